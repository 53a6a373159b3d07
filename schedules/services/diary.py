"""A dose answer from the diary: the log entry and what the rules see in it, together."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from schedules.models.doses import DoseEntry
from schedules.services.doses import log_dose
from schedules.services.review import review_day


@transaction.atomic
def record_dose(
    patient: Patient,
    *,
    day: date,
    slot: str,
    kind: str,
    client_uuid: UUID,
    by: User,
    now: datetime,
    **answer: Any,
) -> DoseEntry:
    """Log one time of day and review the day in the same transaction."""
    entry = log_dose(
        patient, day=day, slot=slot, kind=kind, client_uuid=client_uuid, by=by, now=now, **answer
    )
    review_day(patient, day, now=now)
    return entry
