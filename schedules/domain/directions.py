"""Who may turn a taper which way: one table by class, change and person."""

from typing import Final

ALLOWED, ASKS, ASKS_URGENT, WITH_REASON, CHECKED = (
    "allowed",
    "asks",
    "asks-urgent",
    "with-reason",
    "limits-checked",
)
CHANGES: Final = (
    "hold",
    "resume",
    "slower",
    "switch",
    "finish-here",
    "step-back",
    "faster",
    "safety-reduction",
    "stop",
)
BACK_AT_ONCE: Final = frozenset(
    {"benzodiazepine", "z-drug", "SSRI", "SNRI", "NaSSA", "gabapentinoid"}
)
STEP_BACK_DAYS: Final = 28

PATIENT: Final = {
    "hold": ALLOWED,
    "resume": ASKS,
    "slower": ASKS,
    "switch": ASKS,
    "finish-here": ASKS,
    "faster": ASKS,
    "safety-reduction": ASKS,
    "stop": ASKS,
}
DOCTOR: Final = {
    "hold": ALLOWED,
    "resume": ALLOWED,
    "slower": ALLOWED,
    "switch": ALLOWED,
    "finish-here": ALLOWED,
    "step-back": WITH_REASON,
    "faster": CHECKED,
    "safety-reduction": WITH_REASON,
    "stop": WITH_REASON,
}


def direction(kind: str, change: str, who: str, *, conditions_met: bool = False) -> str:
    """What happens when this person wants this change.

    `conditions_met` are those of a patient's own step back: authorised in the
    plan, first time, within 28 days of the step, the boxes make the old dose,
    and no sedation, fall, opioid, overdose or interaction flag is open.
    Raises KeyError for a change or person that is not in the table.
    """
    if change not in CHANGES:
        raise KeyError(change)
    table = {"patient": PATIENT, "doctor": DOCTOR}[who]
    if who == "patient" and change == "step-back":
        return ALLOWED if kind in BACK_AT_ONCE and conditions_met else ASKS_URGENT
    return table[change]


def warns_of_tolerance(kind: str, change: str) -> bool:
    """Going up on an opioid after a gap or a step can kill: the warning is acknowledged first."""
    return kind == "opioid" and change in ("step-back", "faster")
