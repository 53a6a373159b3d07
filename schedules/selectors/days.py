"""The days behind as the patient sees them: each dose with its answer, or open."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from patients.domain.days import DAY
from patients.domain.words import day_words
from patients.models.care import Patient
from schedules.selectors.diary import SlotCard, card_of
from schedules.selectors.doses import entries_between
from schedules.selectors.plans import standings, step_in_force

SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """One plan day in ready words."""

    day: date
    heading: str
    cards: tuple[SlotCard, ...]

    @property
    def open_count(self) -> int:
        return sum(card.is_open and card.state == "due" for card in self.cards)


def diary_days(patient: Patient, now: datetime) -> list[DiaryDay]:
    """The last two weeks with a plan, newest first."""
    found = standings(patient, now)
    if not found:
        return []
    today = found[-1].today
    entries = entries_between(patient, today - SHOWN * DAY, today)
    days = []
    for back in range(SHOWN):
        day = today - back * DAY
        in_force = step_in_force(found, day)
        if in_force is None:
            break
        stands, step = in_force
        cards = tuple(
            card_of(stands, day, slot, portion, entries.get((day, slot)), now)
            for slot, portion in step.portions
            if portion.dose or (day, slot) in entries
        )
        days.append(DiaryDay(day, day_words(day), cards))
    return days
