"""Deletes what a person has left in this app, rows that name others last."""

from datetime import datetime

from django.db import models, transaction

from patients.models.absences import Absence
from patients.models.accounts import Invitation, User
from patients.models.care import CareLink, Patient
from patients.models.checkins import CheckIn
from patients.models.deletions import Deletion
from patients.models.devices import KnownDevice
from patients.models.endpoints import Endpoint
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.models.questionnaires import FilledIn
from patients.models.remarks import Remark
from patients.models.shares import Share
from patients.models.visits import Visit
from patients.services.audit import forget, record
from patients.services.messages import post_message

OF_PATIENT = (FilledIn, Remark, Visit, Share, Flag, Deletion)


def delete_chain(rows: models.QuerySet[models.Model], newer: str) -> None:
    """Delete rows that supersede each other, the newest first."""
    while rows.filter(**{f"{newer}__isnull": True}).delete()[0]:
        pass


@transaction.atomic
def erase_person(patient: Patient, *, now: datetime) -> None:
    """The record and the account; plans and doses must be gone. A receipt goes to the address.

    The audit trail stays without the name.
    """
    user = patient.user
    address = user.email
    Message.objects.filter(patient=patient).delete()
    Message.objects.filter(recipient=user).delete()
    for model in OF_PATIENT:
        model._default_manager.filter(patient=patient).delete()
    delete_chain(CheckIn.objects.filter(patient=patient), "superseded_by")
    CareLink.objects.filter(patient=patient).delete()
    _erase_account(patient, user)
    forget(user)
    record("record-deleted", by=None, now=now, subject=patient.pk)
    post_message(
        "deleted", occurrence=f"deleted:{patient.pk}", due_at=now, now=now, address=address
    )


def _erase_account(patient: Patient, user: User) -> None:
    assert not Absence.objects.filter(clinician=user).exists()
    KnownDevice.objects.filter(user=user).delete()
    Endpoint.objects.filter(user=user).delete()
    Invitation.objects.filter(user=user).delete()
    Invitation.objects.filter(invited_by=user).delete()
    Patient.objects.filter(pk=patient.pk).delete()
    User.objects.filter(pk=user.pk).delete()
