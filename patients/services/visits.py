"""Appointments: planned, called off, and three questions answered before."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from patients.domain.redflags import crisis_in
from patients.domain.visits import FARTHEST, QUESTIONS, asked_at, brief_at
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.visits import Visit
from patients.services.audit import record
from patients.services.flags import raise_flag
from patients.services.messages import post_message


class VisitRefused(ValueError):
    """An appointment that cannot be; the text is for a person."""


@transaction.atomic
def plan_visit(patient: Patient, *, starts_at: datetime, by: User, now: datetime) -> Visit:
    """Plan one, tell the patient, ask her three questions before it; raises VisitRefused."""
    if not now < starts_at <= now + FARTHEST:
        raise VisitRefused("Choose a time that is still to come, within a year.")
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if Visit.objects.filter(patient=patient, starts_at=starts_at, called_off_at=None).exists():
        raise VisitRefused("There is a visit at this time already.")
    visit = Visit.objects.create(
        patient=patient, starts_at=starts_at, planned_at=now, planned_by=by
    )
    record("visit-planned", by=by, now=now, patient=patient, subject=visit.pk)
    _post("visit-changed", visit, patient.user, due_at=now, now=now, path="/visit/")
    asked = asked_at(starts_at, patient.zone, now=now)
    _post("visit", visit, patient.user, due_at=asked, now=now, path="/visit/")
    brief = brief_at(starts_at, ZoneInfo(by.time_zone), now=now)
    _post("visit-brief", visit, by, due_at=brief, now=now, path=f"/clinic/patients/{patient.pk}/")
    return visit


@transaction.atomic
def call_off(visit: Visit, *, by: User, now: datetime) -> None:
    """The patient is told; what was to be sent before it is not sent any more."""
    visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if visit.called_off_at is not None or visit.starts_at <= now:
        raise VisitRefused("This visit is over or was called off already.")
    visit.called_off_at, visit.called_off_by = now, by
    visit.save(update_fields=["called_off_at", "called_off_by"])
    record("visit-called-off", by=by, now=now, patient=visit.patient, subject=visit.pk)
    _post(
        "visit-changed", visit, visit.patient.user, due_at=now, now=now, path="/visit/", part="off"
    )


@transaction.atomic
def answer_visit(visit: Visit, *, answers: Mapping[str, str], by: User, now: datetime) -> None:
    """Keep what the patient wants to say; it can be changed until the visit.

    Words of crisis raise RF-40 in the same transaction.
    """
    patient = visit.patient
    said = {key: answers.get(key, "").strip() for key in QUESTIONS}
    visit.answers, visit.answered_at = said, now
    visit.save(update_fields=["answers", "answered_at"])
    record("visit-answered", by=by, now=now, patient=patient, subject=visit.pk)
    if (found := crisis_in(" ".join(said.values()))) is not None:
        raise_flag(patient, found, day=patient.days.day_of(now), now=now)


def _post(
    kind: str,
    visit: Visit,
    person: User,
    *,
    due_at: datetime,
    now: datetime,
    path: str,
    part: str = "",
) -> None:
    post_message(
        kind,
        occurrence=f"visit:{visit.pk}{part}",
        due_at=due_at,
        now=now,
        recipient=person,
        patient=visit.patient,
        params={"path": path, "visit": str(visit.pk)},
    )
