"""A patient has died: nothing more is sent to her, and nobody is asked about her."""

from datetime import datetime

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.models.remarks import Remark
from patients.services.audit import record

REASON = "the patient has died"


@transaction.atomic
def mark_death(patient: Patient, *, by: User, now: datetime) -> None:
    """Set by a clinician. What waits is cancelled, what is in hand is checked again there."""
    Patient.objects.filter(pk=patient.pk).update(died_at=now)
    User.objects.filter(pk=patient.user_id).update(is_active=False)
    waiting = Message.objects.filter(state=Message.PENDING)
    for mine in (waiting.filter(patient=patient), waiting.filter(recipient=patient.user_id)):
        mine.update(state=Message.CANCELLED, available_at=None, reason=REASON)
    Flag.objects.filter(patient=patient, state__in=Flag.OPEN).update(next_escalation_at=None)
    unread = Remark.objects.filter(patient=patient, read_at__isnull=True, chased_at__isnull=True)
    unread.update(chased_at=now)
    record("death-noted", by=by, now=now, patient=patient)


@transaction.atomic
def unmark_death(patient: Patient, *, by: User, now: datetime) -> None:
    """It was a mistake. Open flags that were asked about before are asked about again at once."""
    noted = Patient.objects.values_list("died_at", flat=True).get(pk=patient.pk)
    if noted is not None:
        Remark.objects.filter(patient=patient, chased_at=noted).update(chased_at=None)
    Patient.objects.filter(pk=patient.pk).update(died_at=None)
    User.objects.filter(pk=patient.user_id).update(is_active=True)
    asked = Flag.objects.filter(
        patient=patient, state__in=("raised", "seen"), tier__in=("emergency", "urgent")
    )
    asked.update(next_escalation_at=now)
    record("death-taken-back", by=by, now=now, patient=patient)
