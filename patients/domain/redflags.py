"""Rules on what a patient feels. They run in the very request, before any input or output.

Does a rule need to know what was taken? Then it belongs in schedules.
Ids, tiers and minutes follow the clinical table of the project with its
decisions applied; the clinical sources stand in `docs/clinical-safety.md`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from patients.domain.findings import Effect, Finding, Tier
from patients.domain.scoring import VERY_SEVERE
from patients.domain.symptoms import CATALOGUE, WITHDRAWAL

VERSION: Final = "2026.1"
SEDATIVE_CLASSES: Final = frozenset({"benzodiazepine", "z-drug", "gabapentinoid"})
SEVERE, WORST = 3, 4


@dataclass(frozen=True, slots=True)
class Day:
    """One day's answers; None means not answered."""

    overall: int | None = None
    ratings: tuple[tuple[str, int], ...] = ()
    w: int | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What the rules look at: today's answers and the days before, newest last.

    `days[k]` is k days before today; `baseline` holds each item's own level.
    """

    safety: frozenset[str] = frozenset()
    r4_grade: int | None = None
    classes: frozenset[str] = frozenset()
    days: tuple[Day | None, ...] = ()
    baseline: tuple[tuple[str, int], ...] = ()


Rule = Callable[[Answers], "Finding | None"]


def _finding(
    rule: str, tier: Tier, minutes: int, sentence: str, effect: Effect = Effect.HOLD
) -> Finding:
    return Finding(rule, VERSION, tier, effect, sentence, minutes)


def seizure(answers: Answers) -> Finding | None:
    """RF-01: a fit is an emergency (ASAM 2025 pocket guide p9 table 3, p15 rec 12)."""
    if "r1" not in answers.safety:
        return None
    return _finding("RF-01", Tier.EMERGENCY, 15, "Ticked a fit (seizure) or a blackout.")


def suicidal(answers: Answers) -> Finding | None:
    """RF-02: counts as an emergency until it is graded; only a human lowers the flag."""
    if "r4" not in answers.safety:
        return None
    return _finding("RF-02", Tier.EMERGENCY, 15, "Ticked thoughts of ending life or self-harm.")


def breathing(answers: Answers) -> Finding | None:
    """RF-03: hard to wake, slow breathing, blue lips (boxed warning)."""
    if "r5" not in answers.safety:
        return None
    return _finding(
        "RF-03", Tier.EMERGENCY, 15, "Ticked very hard to wake, slow breathing or blue lips."
    )


def confusion(answers: Answers) -> Finding | None:
    """RF-04: severe confusion (ASAM 2025 pocket guide p9 note b)."""
    if "r3" not in answers.safety:
        return None
    return _finding("RF-04", Tier.EMERGENCY, 15, "Ticked being very confused.")


def hallucination(answers: Answers) -> Finding | None:
    """RF-05 for sedatives and where the class is not known, else RF-05b."""
    if "r2" not in answers.safety:
        return None
    sentence = "Ticked seeing or hearing things that are not there."
    if not answers.classes or answers.classes & SEDATIVE_CLASSES:
        return _finding("RF-05", Tier.EMERGENCY, 15, sentence)
    return _finding("RF-05b", Tier.URGENT, 120, sentence)


def very_high_burden(answers: Answers) -> Finding | None:
    """RF-10: W of 31 or more, or one item very severe on 2 of the last 3 entries.

    The item rule wants that item at least 2 above its own baseline, and runs
    without a baseline too. Thresholds derived.
    """
    today = answers.days[0] if answers.days else None
    if today is not None and today.w is not None and today.w >= VERY_SEVERE:
        return _finding("RF-10", Tier.URGENT, 240, f"Symptom score {today.w} of 40, very severe.")
    risen = _risen_items(answers)
    if not risen:
        return None
    names = ", ".join(CATALOGUE[code].short.lower() for code in risen)
    return _finding("RF-10", Tier.URGENT, 240, f"Very severe on 2 of the last 3 entries: {names}.")


def _risen_items(answers: Answers) -> list[str]:
    entries = [day for day in answers.days if day is not None and day.ratings][:3]
    levels = dict(answers.baseline)
    return [
        symptom.code
        for symptom in WITHDRAWAL
        if sum(dict(day.ratings).get(symptom.code) == WORST for day in entries) >= 2
        and WORST - levels.get(symptom.code, 0) >= 2
    ]


def very_severe_days(answers: Answers) -> Finding | None:
    """RF-10b: the overall answer very severe on 2 of the last 3 days (derived)."""
    if _days_at(answers, WORST, within=3) < 2:
        return None
    return _finding("RF-10b", Tier.URGENT, 240, "Very severe days on 2 of the last 3 days.")


def severe_days(answers: Answers) -> Finding | None:
    """RF-11b: severe or worse on 3 of the last 5 days (derived)."""
    if _days_at(answers, SEVERE, within=5) < 3:
        return None
    return _finding(
        "RF-11b",
        Tier.REVIEW,
        2880,
        "Severe or worse on 3 of the last 5 days.",
        Effect.HOLD_IF_DUE,
    )


def _days_at(answers: Answers, level: int, *, within: int) -> int:
    overall = [day.overall for day in answers.days[:within] if day is not None]
    return sum(value is not None and value >= level for value in overall)


RED: Final[tuple[Rule, ...]] = (seizure, suicidal, breathing, confusion, hallucination)
RULES: Final[tuple[Rule, ...]] = (*RED, very_high_burden, very_severe_days, severe_days)
RED_RULES: Final = frozenset({"RF-01", "RF-02", "RF-03", "RF-04", "RF-05", "RF-05b"})


def findings_for(answers: Answers, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Every rule that fires on these answers, in the order of the table."""
    found = (rule(answers) for rule in rules)
    return [finding for finding in found if finding is not None]


def ticked(codes: Iterable[str]) -> frozenset[str]:
    """The safety answers among what a form sent; anything unknown is dropped."""
    return frozenset(code for code in codes if code in CATALOGUE and code.startswith("r"))
