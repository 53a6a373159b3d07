"""The step gate: the patient's *go*, the only thing that lets a lower step start."""

from datetime import datetime
from typing import Any

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.audit import record
from schedules.models.plans import PlanEvent
from schedules.selectors.plans import open_hold_flags, standing


class GateClosed(ValueError):
    """A *go* that cannot count now; the text is for the patient."""


@transaction.atomic
def clear_step(
    patient: Patient, *, step: int, seen: str, answers: dict[str, Any], by: User, now: datetime
) -> PlanEvent:
    """Store a *go* for the next step; it starts at a day boundary, never at once.

    `seen` is the revision the page showed: a go for another one does not count.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    stands = standing(patient, now)
    if stands is None or stands.next_step is None:
        raise GateClosed("There is no next step to answer.")
    if step != stands.course.step + 1 or seen != str(stands.revision.pk):
        raise GateClosed("This page is about another step. Please open it again.")
    if open_hold_flags(patient):
        raise GateClosed("Your clinic needs to look first. You stay on the dose you take now.")
    if not stands.gate_open:
        raise GateClosed("This question is not open now. You stay on the dose you take now.")
    event = PlanEvent.objects.create(
        revision=stands.revision,
        kind=PlanEvent.CLEARED,
        step=step,
        answers=answers,
        at=now,
        by=by,
    )
    record(
        "step-cleared",
        by=by,
        now=now,
        patient=patient,
        subject=stands.revision.pk,
        detail={"step": step},
    )
    return event
