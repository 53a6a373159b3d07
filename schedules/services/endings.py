"""The end of a case: closed after the last dose, or because the patient has died."""

from datetime import datetime

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.flags import Flag
from patients.selectors.care import clinicians_of
from patients.services.audit import record
from patients.services.endings import mark_death, unmark_death
from patients.services.messages import post_message
from schedules.models.requests import ChangeRequest
from schedules.selectors.aftercare import has_ended
from schedules.selectors.plans import standing
from schedules.services.reminders import stop_reminders, sync_reminders


class EndingRefused(ValueError):
    """A case that cannot end like this; the text is for a clinician."""


@transaction.atomic
def close_case(patient: Patient, *, by: User, now: datetime) -> None:
    """After the last dose: reminders stop, both sides are told once. Help and check-in stay.

    Raises EndingRefused while a dose is planned or a flag waits for an answer:
    a plan that ends above zero is never closed.
    """
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if not has_ended(patient, now):
        raise EndingRefused("There is a dose in the plan. A plan above zero is never closed.")
    if Flag.objects.filter(patient=patient, state__in=Flag.OPEN).exclude(tier="info").exists():
        raise EndingRefused("A flag is open. Close it first.")
    if patient.closed_at is not None:
        return
    Patient.objects.filter(pk=patient.pk).update(closed_at=now)
    stop_reminders(patient)
    record("case-closed", by=by, now=now, patient=patient)
    for person in (patient.user, *clinicians_of(patient, now=now)):
        own = person.pk == patient.user_id
        post_message(
            "case-closed",
            occurrence=f"closed:{now.isoformat()}",
            due_at=now,
            now=now,
            recipient=person,
            patient=patient,
            params={"path": "/progress/" if own else f"/clinic/patients/{patient.pk}/"},
        )


@transaction.atomic
def note_death(patient: Patient, *, by: User, now: datetime) -> None:
    """Every message stops, also those that wait; nothing of the record changes."""
    mark_death(patient, by=by, now=now)
    ChangeRequest.objects.filter(patient=patient, answer="", chased_at__isnull=True).update(
        chased_at=now
    )
    stop_reminders(patient)


@transaction.atomic
def undo_death(patient: Patient, *, by: User, now: datetime) -> None:
    """It was a mistake: the account is on again and the reminders begin anew."""
    noted = Patient.objects.values_list("died_at", flat=True).get(pk=patient.pk)
    if noted is not None:
        ChangeRequest.objects.filter(patient=patient, chased_at=noted).update(chased_at=None)
    unmark_death(patient, by=by, now=now)
    stands = standing(patient, now)
    if stands is not None and stands.step.total:
        sync_reminders(patient, stands.taper.slots, now=now)
