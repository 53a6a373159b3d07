"""Care links: who may open a record, from when, until when."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import CareLink, Patient
from patients.services.audit import record
from patients.services.messages import post_message

ESCALATION: Final = timedelta(days=3)


class LastLink(ValueError):
    """Ending this link would leave a patient without a clinician."""


@transaction.atomic
def link_care(patient: Patient, clinician: User, *, by: User, now: datetime) -> CareLink:
    """Open the record to a clinician of the patient's own clinic."""
    if not clinician.is_clinician or clinician.clinic_id != patient.clinic_id:
        raise ValueError("A care link is for a clinician of the patient's clinic.")
    link, made = CareLink.objects.get_or_create(
        patient=patient,
        clinician=clinician,
        kind="care",
        until=None,
        defaults={"since": now, "made_by": by},
    )
    if made:
        record("care-linked", by=by, now=now, patient=patient, subject=clinician.pk)
    return link


@transaction.atomic
def end_care(patient: Patient, clinician: User, *, by: User, now: datetime) -> None:
    """Close the record to a clinician; raises LastLink where nobody else is left."""
    links = CareLink.objects.active(now).filter(patient=patient)
    if not links.filter(kind="care").exclude(clinician=clinician).exists():
        raise LastLink("Another clinician must accept this patient first.")
    links.filter(clinician=clinician).update(until=now)
    record("care-ended", by=by, now=now, patient=patient, subject=clinician.pk)


def open_escalation(patient: Patient, clinician: User, *, now: datetime) -> None:
    """The record opens to somebody who is asked on a higher rung, for three days at most."""
    open_ones = CareLink.objects.active(now).filter(patient=patient, clinician=clinician)
    if open_ones.exists():
        return
    CareLink.objects.create(
        patient=patient, clinician=clinician, kind="escalation", since=now, until=now + ESCALATION
    )
    record("escalation-linked", by=None, now=now, patient=patient, subject=clinician.pk)


def close_escalations(patient: Patient, *, now: datetime) -> None:
    """With the last escalated flag the record closes again to those who were called in."""
    links = CareLink.objects.active(now).filter(patient=patient, kind="escalation")
    for link in links:
        record("escalation-ended", by=None, now=now, patient=patient, subject=link.clinician_id)
    links.update(until=now)


@transaction.atomic
def note_opening(patient: Patient, *, by: User, page: str, now: datetime) -> None:
    """Write down who opened a record; the first time by a link the patient is told.

    The clinician who invited the patient is no news to her.
    """
    record("record-opened", by=by, now=now, patient=patient, detail={"page": page})
    unopened = CareLink.objects.in_time(now).filter(
        patient=patient, clinician=by, first_opened_at__isnull=True
    )
    for link in unopened.select_related("patient__user"):
        CareLink.objects.filter(pk=link.pk).update(first_opened_at=now)
        if link.made_by_id != by.pk or link.kind != "care":
            tell_opened(link, now=now)


def tell_opened(link: CareLink, *, now: datetime) -> None:
    """Tell the patient once that somebody can see her record by this link."""
    patient = link.patient
    post_message(
        "record-opened",
        occurrence=f"opened:{link.pk}",
        due_at=now,
        now=now,
        recipient=patient.user,
        patient=patient,
        params={"path": "/more/#who"},
    )
