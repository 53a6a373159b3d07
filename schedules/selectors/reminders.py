"""Send-time checks: are these messages still true? For each one that is not, the reason.

Each asks the same few questions of the database for one message or fifty.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from patients.domain.days import DAY
from patients.models.care import Patient
from patients.models.checkins import CheckIn
from patients.models.messages import Message
from schedules.domain.occasions import AFTERCARE_AGAIN
from schedules.models.aftercare import AftercareAnswer
from schedules.models.plans import PlanEvent
from schedules.selectors.histories import histories, histories_and_doses
from schedules.selectors.mornings import mornings_of
from schedules.selectors.plans import Standing, standing, waiting_revision

Reasons = dict[UUID, str]


def dose_no_longer_due(messages: Sequence[Message], now: datetime) -> Reasons:
    """Logged already, or the plan has no such time of day any more; one query for any number."""
    days = {date.fromisoformat(message.params["day"]) for message in messages}
    patients = list(_patients(messages).values())
    known, logged = histories_and_doses(patients, days=sorted(days))
    stands: dict[object, Standing | None] = {
        patient.pk: standing(patient, now, history=known[patient.pk]) for patient in patients
    }
    reasons = {}
    for message in messages:
        day, slot = date.fromisoformat(message.params["day"]), message.params["slot"]
        if (message.patient_id, day, slot) in logged:
            reasons[message.pk] = "logged already"
        elif not _has_dose(stands.get(message.patient_id), day, slot):
            reasons[message.pk] = "no dose planned"
    return reasons


def _has_dose(stands: Standing | None, day: date, slot: str) -> bool:
    step = stands.step_on(day) if stands else None
    return step is not None and slot in dict(step.portions) and bool(step.portion(slot).dose)


def _standings(messages: Sequence[Message], now: datetime) -> dict[object, Standing | None]:
    patients = list(_patients(messages).values())
    known = histories(patients)
    return {patient.pk: standing(patient, now, history=known[patient.pk]) for patient in patients}


def _patients(messages: Sequence[Message]) -> dict[object, Patient]:
    return {message.patient.pk: message.patient for message in messages if message.patient}


def checkin_no_longer_due(messages: Sequence[Message], now: datetime) -> Reasons:
    rows = CheckIn.objects.filter(
        patient__in={message.patient_id for message in messages},
        plan_day__in={message.params["day"] for message in messages},
        superseded_by__isnull=True,
    )
    done = {(row.patient_id, row.plan_day.isoformat()) for row in rows if row.is_complete}
    return {
        message.pk: "checked in already"
        for message in messages
        if (message.patient_id, message.params["day"]) in done
    }


def aftercare_answered(messages: Sequence[Message], now: datetime) -> Reasons:
    """Two days later it asks once more only whom it has not heard from."""
    patients = {message.patient_id for message in messages}
    first = min(date.fromisoformat(message.params["day"]) for message in messages)
    rows = AftercareAnswer.objects.filter(
        patient__in=patients, plan_day__gte=first - AFTERCARE_AGAIN * DAY
    )
    last: dict[UUID, date] = {}
    for patient_id, day in rows.values_list("patient_id", "plan_day").order_by("plan_day"):
        last[patient_id] = day
    return {
        message.pk: "answered already"
        for message in messages
        if message.patient_id in last
        and last[message.patient_id]
        >= date.fromisoformat(message.params["day"]) - AFTERCARE_AGAIN * DAY
    }


Holds = Callable[[Standing, Message], bool]


def _no_longer(messages: Sequence[Message], now: datetime, holds: Holds, reason: str) -> Reasons:
    """The reason for each whose revision is not in force any more or of which it does not hold."""
    stands = _standings(messages, now)

    def stays(message: Message) -> bool:
        found = stands[message.patient_id]
        if found is None or str(found.revision.pk) != message.params["revision"]:
            return False
        return holds(found, message)

    return {message.pk: reason for message in messages if not stays(message)}


def gate_no_longer_open(messages: Sequence[Message], now: datetime) -> Reasons:
    reason = "gate answered or replaced"
    return _no_longer(messages, now, lambda stands, _: stands.gate_open, reason)


def step_no_longer_planned(messages: Sequence[Message], now: datetime) -> Reasons:
    """A step announced days before that a hold or a new plan has moved since."""
    return _no_longer(messages, now, _still_planned, "the step was moved")


def _still_planned(stands: Standing, message: Message) -> bool:
    return bool(str(stands.course.planned) == message.params["planned"])


def step_no_longer_starts(messages: Sequence[Message], now: datetime) -> Reasons:
    """A step announced for tomorrow that a hold or a new plan has stopped since."""
    return _no_longer(messages, now, _still_cleared, "the step does not start")


def _still_cleared(stands: Standing, message: Message) -> bool:
    return stands.course.cleared and stands.course.step + 1 == message.params["step"]


def plan_no_longer_waits(messages: Sequence[Message], now: datetime) -> Reasons:
    patients = _patients(messages)
    known = histories(list(patients.values()))
    waits = {
        pk: waiting_revision(patient, now, history=known[pk]) for pk, patient in patients.items()
    }
    return {
        message.pk: "read, replaced or withdrawn"
        for message in messages
        if str(getattr(waits[message.patient_id], "pk", "")) != message.params["revision"]
    }


def plan_replaced(messages: Sequence[Message], now: datetime) -> Reasons:
    """A plan announced for tomorrow that another signature has replaced since."""
    patients = _patients(messages)
    known = histories(list(patients.values()))
    newest = {
        pk: next(
            (
                str(revision.pk)
                for revision in reversed(known[pk].revisions)
                if PlanEvent.WITHDRAWN not in known[pk].kinds(revision)
            ),
            "",
        )
        for pk in patients
    }
    return {
        message.pk: "replaced"
        for message in messages
        if newest[message.patient_id] != message.params["revision"]
    }


def days_no_longer_open(messages: Sequence[Message], now: datetime) -> Reasons:
    """Every dose of two days ago has its answer by now."""
    known = mornings_of(list(_patients(messages).values()), now)
    return {
        message.pk: "written down already"
        for message in messages
        if message.patient_id is None
        or message.patient_id not in known
        or not known[message.patient_id].home.has_open_dose
    }


def change_withdrawn(messages: Sequence[Message], now: datetime) -> Reasons:
    named = {message.params["revision"] for message in messages}
    undone = PlanEvent.objects.filter(revision__in=named, kind=PlanEvent.WITHDRAWN)
    gone = {str(pk) for pk in undone.values_list("revision_id", flat=True)}
    return {m.pk: "withdrawn" for m in messages if m.params["revision"] in gone}
