"""Send-time checks: is this message still true? Each answers with a reason, or nothing."""

from datetime import date, datetime

from patients.models.messages import Message
from patients.selectors.checkins import checkin_on
from schedules.models.plans import PlanEvent
from schedules.selectors.doses import entries_between
from schedules.selectors.plans import standing, waiting_revision


def dose_no_longer_due(message: Message, now: datetime) -> str:
    """Logged already, or the plan has no such time of day any more."""
    patient = message.patient
    assert patient is not None
    day, slot = date.fromisoformat(message.params["day"]), message.params["slot"]
    stands = standing(patient, now)
    step = stands.step_on(day) if stands else None
    if step is None or slot not in dict(step.portions) or not step.portion(slot).dose:
        return "no dose planned"
    return "logged already" if (day, slot) in entries_between(patient, day, day) else ""


def checkin_no_longer_due(message: Message, now: datetime) -> str:
    assert message.patient is not None
    row = checkin_on(message.patient, date.fromisoformat(message.params["day"]))
    return "checked in already" if row is not None and row.is_complete else ""


def gate_no_longer_open(message: Message, now: datetime) -> str:
    assert message.patient is not None
    stands = standing(message.patient, now)
    same = stands is not None and str(stands.revision.pk) == message.params["revision"]
    return "" if same and stands is not None and stands.gate_open else "gate answered or replaced"


def plan_no_longer_waits(message: Message, now: datetime) -> str:
    assert message.patient is not None
    waiting = waiting_revision(message.patient, now)
    same = waiting is not None and str(waiting.pk) == message.params["revision"]
    return "" if same else "read, replaced or withdrawn"


def change_withdrawn(message: Message, now: datetime) -> str:
    undone = PlanEvent.objects.filter(
        revision=message.params["revision"], kind=PlanEvent.WITHDRAWN
    ).exists()
    return "withdrawn" if undone else ""
