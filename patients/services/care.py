"""Care links: who may open a record, from when, until when."""

from datetime import datetime

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import CareLink, Patient
from patients.services.audit import record


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
