"""What a support person sees: the parts that are shared, in ready words, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from patients.domain.words import short_day
from patients.models.shares import Share
from schedules.selectors.diary import next_words, today_page
from schedules.selectors.plans import Standing
from schedules.selectors.progress import progress

BACK = 14
OPEN, DONE = "Not written down yet.", "Written down."


@dataclass(frozen=True, slots=True)
class SharedPage:
    """One record through one share."""

    name: str
    shows_doses: bool
    shows_plan: bool
    shows_days: bool
    doses: tuple[tuple[str, str], ...] = ()
    plan: str = ""
    next_words: str = ""
    days: tuple[tuple[str, str], ...] = ()


def shared_page(share: Share, now: datetime) -> SharedPage:
    """Only what is shared is read at all."""
    patient, parts = share.patient, set(share.parts)
    today = today_page(patient, now) if parts & {"doses", "plan"} else None
    doses = today.cards if today and "doses" in parts else ()
    plan, coming = "", ""
    if "plan" in parts:
        name = today.stands.medicine.name.capitalize() if today else ""
        plan = f"{name}, {today.total} a day." if today else "No plan yet."
        coming = _coming(today.stands) if today else ""
    lines = progress(patient, now, back=BACK).lines if "days" in parts else ()
    return SharedPage(
        patient.name,
        "doses" in parts,
        "plan" in parts,
        "days" in parts,
        tuple((card.label, OPEN if card.is_open else DONE) for card in doses),
        plan,
        coming,
        tuple((short_day(line.day), line.overall_words) for line in reversed(lines)),
    )


def _coming(stands: Standing) -> str:
    if stands.next_step is None:
        return ""
    return f"Next step: {next_words(stands)}."
