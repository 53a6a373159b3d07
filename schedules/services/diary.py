"""A dose answer from the diary: the log entry and what the rules see in it, together."""

from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.flags import raise_flag, was_raised_for
from schedules.domain.review import second_dose
from schedules.models.doses import DoseEntry
from schedules.services.doses import Answer, log_dose
from schedules.services.review import review_day


@transaction.atomic
def record_dose(
    patient: Patient,
    *,
    day: date,
    slot: str,
    answer: Answer,
    client_uuid: UUID,
    by: User,
    now: datetime,
    both: bool = False,
) -> DoseEntry:
    """Log one time of day and review the day in the same transaction.

    `both`: a second full dose inside the least gap, confirmed by the patient (RF-24b).
    """
    entry = log_dose(
        patient, day=day, slot=slot, answer=answer, client_uuid=client_uuid, by=by, now=now
    )
    review_day(patient, day, now=now)
    if both and not was_raised_for(patient, "RF-24b", day):
        raise_flag(patient, second_dose(), day=day, now=now)
    return entry


@transaction.atomic
def record_at_its_time(
    before: DoseEntry,
    *,
    taken_at: datetime,
    day: date,
    slot: str,
    answer: Answer,
    client_uuid: UUID,
    by: User,
    now: datetime,
) -> DoseEntry:
    """The dose before was taken at its own time after all; then this one, now."""
    record_dose(
        before.patient,
        day=before.plan_day,
        slot=before.slot,
        answer=Answer(before.kind, amount=before.amount, taken_at=taken_at, correct=True),
        client_uuid=uuid5(client_uuid, "before"),
        by=by,
        now=now,
    )
    return record_dose(
        before.patient, day=day, slot=slot, answer=answer, client_uuid=client_uuid, by=by, now=now
    )
