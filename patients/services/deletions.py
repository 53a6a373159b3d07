"""Asking to be deleted, in two steps and thirty days; the clinic knows from the first."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from patients.domain.roles import Role
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.deletions import Deletion
from patients.selectors.care import clinicians_of
from patients.selectors.deletions import open_deletion
from patients.services.audit import record
from patients.services.messages import post_message

WAIT: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=7)


class DeletionRefused(ValueError):
    """A deletion that cannot be asked for; the text is for a person."""


@transaction.atomic
def ask_deletion(patient: Patient, *, password: str, by: User, now: datetime) -> Deletion:
    """A day in thirty days; the patient hears now and a week before, the clinic at once."""
    if not by.check_password(password):
        raise DeletionRefused("This is not your password. Nothing was asked for.")
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if open_deletion(patient) is not None:
        raise DeletionRefused("You have asked for this already.")
    asked = Deletion.objects.create(patient=patient, asked_at=now, due_at=now + WAIT)
    record("deletion-asked", by=by, now=now, patient=patient, subject=asked.pk)
    _tell(asked, "deletion", patient.user, due_at=now, now=now, path="/data/")
    _tell(asked, "deletion", patient.user, due_at=asked.due_at - AHEAD, now=now, path="/data/")
    for person in clinicians_of(patient, now=now):
        where = f"/clinic/patients/{patient.pk}/"
        _tell(asked, "deletion-asked", person, due_at=now, now=now, path=where)
    for admin in User.objects.filter(
        clinic=patient.clinic_id, role=Role.ADMIN.value, is_active=True
    ):
        _tell(asked, "deletion-asked", admin, due_at=now, now=now, path="/manage/")
    return asked


@transaction.atomic
def take_back_deletion(patient: Patient, *, by: User, now: datetime) -> None:
    """Everything stays."""
    if Deletion.objects.filter(patient=patient, taken_back_at__isnull=True).update(
        taken_back_at=now
    ):
        record("deletion-taken-back", by=by, now=now, patient=patient)


def _tell(
    asked: Deletion, kind: str, person: User, *, due_at: datetime, now: datetime, path: str
) -> None:
    post_message(
        kind,
        occurrence=f"{kind}:{asked.pk}:{due_at:%Y-%m-%d}",
        due_at=due_at,
        now=now,
        recipient=person,
        params={"path": path, "deletion": str(asked.pk)},
    )


@transaction.atomic
def tell_exported(patient: Patient, *, by: User, now: datetime) -> None:
    """Every download of the whole record leaves a line and a word to its patient."""
    record("record-exported", by=by, now=now, patient=patient)
    post_message(
        "export-made",
        occurrence=f"export:{now.isoformat()}",
        due_at=now,
        now=now,
        recipient=patient.user,
        params={"path": "/data/"},
    )
