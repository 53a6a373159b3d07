"""A dose answer from the diary: the log entry and what the rules see in it, together."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
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
) -> DoseEntry:
    """Log one time of day and review the day in the same transaction."""
    entry = log_dose(
        patient, day=day, slot=slot, answer=answer, client_uuid=client_uuid, by=by, now=now
    )
    review_day(patient, day, now=now)
    return entry
