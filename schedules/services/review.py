"""Runs the rules on what was taken and raises what they find."""

from datetime import date, datetime

from patients.models.care import Patient
from patients.services.flags import raise_flag, was_raised_for
from schedules.domain.dose import total
from schedules.domain.review import TakenDay, findings_for
from schedules.domain.wording import describe_dose
from schedules.selectors.doses import entries_between
from schedules.selectors.plans import standings, start_dose, step_in_force


def review_day(patient: Patient, day: date, *, now: datetime) -> None:
    """Judge one plan day from the answers there are; unlogged is never counted as zero."""
    found = standings(patient, now)
    in_force = step_in_force(found, day)
    if in_force is None:
        return
    stands, step = in_force
    taken = [entry.amount for entry in entries_between(patient, day, day).values() if entry.amount]
    medicine = stands.medicine
    seen = TakenDay(
        taken=total(taken),
        planned=step.total,
        before_taper=start_dose(found),
        maximum=medicine.maximum_for(stands.revision.asked.get("indication", "")),
        words_sum=all(describe_dose(portion, medicine).sums for _, portion in step.portions),
    )
    for finding in findings_for(seen):
        if not was_raised_for(patient, finding.rule, day):
            raise_flag(patient, finding, day=day, now=now)
