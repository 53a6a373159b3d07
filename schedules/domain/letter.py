"""The letter to a pharmacy: plain text, for a window at the dose in force, never beyond."""

from dataclasses import dataclass
from datetime import date

from schedules.domain.dose import render_mg, total
from schedules.domain.medicine import Liquid, Medicine, Product
from schedules.domain.plan import SLOT
from schedules.domain.rounding import Portion
from schedules.domain.supply import RESERVE_DAYS, Need, needed
from schedules.domain.wording import describe_dose

STAY = "Stay on this dose until the patient's page says new."


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter is about. `stops_on` is the next step that is not cleared."""

    patient: str
    clinic: str
    medicine: Medicine
    portions: tuple[tuple[str, Portion], ...]
    first: date
    days: int
    printed_on: date
    revision: int
    stops_on: date | None = None
    reserve: int = RESERVE_DAYS


def pharmacy_letter(letter: Letter) -> str:
    """The text; it names the dose of each time of day and what to hand over."""
    daily = total([portion.dose for _, portion in letter.portions])
    lines = [
        f"{letter.clinic}",
        f"For: {letter.patient}",
        f"Medicine: {letter.medicine.name}, {render_mg(daily)} a day",
        f"From {_day(letter.first)}, for {_window(letter)} days and a reserve of {letter.reserve}",
        "",
        *(_slot(slot, portion, letter.medicine) for slot, portion in letter.portions),
        "",
        "Please hand over:",
        *(_line(need, letter.medicine) for need in _needs(letter)),
        "",
        _until(letter),
        f"Printed {_day(letter.printed_on)}, plan {letter.revision}.",
    ]
    return "\n".join(lines) + "\n"


def _window(letter: Letter) -> int:
    """The days the letter may speak for: up to the next uncleared step."""
    if letter.stops_on is None:
        return letter.days
    return max(1, min(letter.days, (letter.stops_on - letter.first).days))


def _needs(letter: Letter) -> list[Need]:
    portions = [portion for _, portion in letter.portions]
    return needed(portions, _window(letter), reserve=letter.reserve)


def _until(letter: Letter) -> str:
    if letter.stops_on is None:
        return STAY
    return f"From {_day(letter.stops_on)} on: {STAY[0].lower()}{STAY[1:]}"


def _slot(slot: str, portion: Portion, medicine: Medicine) -> str:
    said = describe_dose(portion, medicine)
    return f"{SLOT[slot].label}: {said.line} ({said.total})"


def _line(need: Need, medicine: Medicine) -> str:
    item = medicine.product(need.product)
    if isinstance(item, Liquid):
        return f"- {need.units} mL of {item.title}"
    over = f", {need.left} tablet over" if need.left else ""
    return f"- {need.units} of {_title(item)}{over}"


def _title(item: Product) -> str:
    return f"{render_mg(item.strength)} {item.noun}, {item.label}"


def _day(day: date) -> str:
    return f"{day.day} {day.strftime('%B %Y')}"
