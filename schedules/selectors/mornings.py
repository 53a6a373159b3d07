"""What the morning minute needs to know of many patients: plan, boxes, doses without an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from patients.domain.days import DAY
from patients.models.care import Patient
from schedules.domain.occasions import OPEN_AFTER_DAYS, AtHome
from schedules.selectors.histories import Answered, histories_and_doses
from schedules.selectors.plans import Standing, standings, step_in_force
from schedules.selectors.supply import boxes_of, counts_of


@dataclass(frozen=True, slots=True)
class Morning:
    """Where one plan stands, and what is known of the boxes and the dose log."""

    stands: Standing
    home: AtHome


def mornings_of(patients: Sequence[Patient], now: datetime) -> dict[UUID, Morning]:
    """Of each patient with a plan in force; two queries for any number."""
    asked = {patient.pk: patient.days.day_of(now) - OPEN_AFTER_DAYS * DAY for patient in patients}
    known, answered = histories_and_doses(patients, days=sorted(set(asked.values())))
    counts = counts_of(patients)
    found: dict[UUID, Morning] = {}
    for patient in patients:
        tapers = standings(patient, now, history=known[patient.pk])
        if not tapers:
            continue
        boxes = boxes_of(tapers, counts[patient.pk])
        home = AtHome(
            tapers[-1].entered_on,
            tapers[0].since,
            boxes.counted_on,
            boxes.runs_out_on,
            _is_open(patient.pk, asked[patient.pk], tapers, answered),
        )
        found[patient.pk] = Morning(tapers[-1], home)
    return found


def _is_open(pk: object, day: date, tapers: list[Standing], answered: Answered) -> bool:
    """Whether a dose of this day has no answer; a plan's very first day may have begun late."""
    in_force = step_in_force(tapers, day)
    if in_force is None or day == tapers[0].since:
        return False
    return any(
        portion.dose and (pk, day, slot) not in answered for slot, portion in in_force[1].portions
    )
