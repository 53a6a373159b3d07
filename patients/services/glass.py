"""Break glass: a record without a care link, for an hour, with a reason, and everybody is told."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from patients.domain.roles import Permission, Role
from patients.models.accounts import User
from patients.models.care import CareLink, Patient
from patients.selectors.audit import times_done
from patients.selectors.care import may_open, person_named
from patients.services.audit import record
from patients.services.care import tell_opened
from patients.services.messages import post_message

OPEN_FOR: Final = timedelta(minutes=60)
LEAST_REASON: Final = 10
MOST_TRIES: Final = 5
TRIES_IN: Final = timedelta(hours=1)
NO_RECORD: Final = "No record of your clinic has this name and day of birth. Check both."


class GlassHolds(ValueError):
    """A record that does not open like this; the text is for a clinician."""


def break_glass(*, name: str, born_on: date, reason: str, by: User, now: datetime) -> Patient:
    """Open one record for 60 minutes. The patient and the admins are told.

    Raises GlassHolds for a name that fits nobody, a reason of under ten letters
    or more than five tries in an hour; every try is written down.
    """
    if not by.allows(Permission.ANSWER_FLAG):
        raise GlassHolds("This account cannot open records.")
    if len(reason.strip()) < LEAST_REASON:
        raise GlassHolds("Type the reason in 10 letters or more. The patient can read it.")
    _count_try(by, now)
    patient = person_named(by.clinic, name, born_on)
    if patient is None:
        raise GlassHolds(NO_RECORD)
    if not may_open(by, patient.pk, now=now):
        _open(patient, reason.strip(), by, now)
    return patient


@transaction.atomic
def _count_try(by: User, now: datetime) -> None:
    if times_done(by, "glass-tried", since=now - TRIES_IN) >= MOST_TRIES:
        raise GlassHolds("Five tries in an hour. Call a colleague who has this patient.")
    record("glass-tried", by=by, now=now)


@transaction.atomic
def _open(patient: Patient, reason: str, by: User, now: datetime) -> None:
    link = CareLink.objects.create(
        patient=patient,
        clinician=by,
        kind="break-glass",
        reason=reason,
        since=now,
        until=now + OPEN_FOR,
        made_by=by,
    )
    record("glass-broken", by=by, now=now, patient=patient, subject=link.pk)
    tell_opened(link, now=now)
    admins = User.objects.filter(clinic=by.clinic_id, role=Role.ADMIN.value, is_active=True)
    for admin in admins:
        post_message(
            "break-glass",
            occurrence=f"glass:{link.pk}",
            due_at=now,
            now=now,
            recipient=admin,
            params={"path": "/manage/opened/"},
        )
