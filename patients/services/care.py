"""Care links: who may open a record, from when, until when."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import CareLink, Patient
from patients.services.audit import record

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
    if not links.exclude(clinician=clinician).exists():
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
