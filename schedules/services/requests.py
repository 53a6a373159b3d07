"""A patient asks, a clinician answers; a question left open goes to somebody else too."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from patients.domain.roles import Permission
from patients.models.accounts import User
from patients.models.care import Patient
from patients.selectors.care import clinicians_of
from patients.services.audit import record
from patients.services.care import open_escalation
from patients.services.flags import raise_flag
from patients.services.messages import post_message
from schedules.domain.requests import answer_by, is_urgent, unanswered
from schedules.models.requests import ChangeRequest
from schedules.selectors.plans import standing, waiting_revision
from schedules.selectors.requests import offered

BATCH: Final = 500


class RequestRefused(ValueError):
    """A question or an answer that cannot be; the text is for a person."""


@transaction.atomic
def ask_change(patient: Patient, *, ask: str, note: str, by: User, now: datetime) -> ChangeRequest:
    """Ask for a change. Nothing about the plan changes; the answer is a person's."""
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    stands = standing(patient, now)
    waits = waiting_revision(patient, now) is not None
    if ask not in {item.id for item in offered(stands, waits=waits)}:
        raise RequestRefused("This cannot be asked for now. Choose something else.")
    if ChangeRequest.objects.filter(patient=patient, ask=ask, answer="").exists():
        raise RequestRefused("You have asked for this already. Your clinic has not answered yet.")
    urgent = stands is not None and is_urgent(stands.medicine.kind, ask)
    zone = ZoneInfo(patient.clinic.time_zone)
    made = ChangeRequest.objects.create(
        patient=patient,
        ask=ask,
        note=note.strip(),
        is_urgent=urgent,
        asked_at=now,
        answer_by=answer_by(now, zone, urgent=urgent),
    )
    record("change-asked", by=by, now=now, patient=patient, subject=made.pk, detail={"ask": ask})
    _tell(made, clinicians_of(patient, now=now), "asked", now)
    return made


def _tell(made: ChangeRequest, people: list[User], round_: str, now: datetime) -> None:
    for person in people:
        post_message(
            "request",
            occurrence=f"request:{made.pk}:{round_}",
            due_at=now,
            now=now,
            recipient=person,
            patient=made.patient,
            params={"path": f"/clinic/patients/{made.patient_id}/"},
        )


@transaction.atomic
def answer_request(
    made: ChangeRequest, *, answer: str, note: str, by: User, now: datetime
) -> ChangeRequest:
    """Answer once, in words the patient reads. A yes changes no plan by itself."""
    made = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=made.pk)
    needs = Permission.ANSWER_FLAG if made.ask == "talk" else Permission.SIGN_PLAN
    if not by.allows(needs):
        raise RequestRefused("A doctor answers this. You can add a note to the record.")
    if not made.is_open:
        raise RequestRefused("Somebody has answered this already.")
    if answer not in dict(ChangeRequest.ANSWERS):
        raise RequestRefused("Choose yes or not now.")
    if not note.strip():
        raise RequestRefused("Write a sentence for the patient.")
    made.answer, made.answer_note = answer, note.strip()
    made.answered_at, made.answered_by = now, by
    made.save(update_fields=["answer", "answer_note", "answered_at", "answered_by"])
    patient = made.patient
    record("change-answered", by=by, now=now, patient=patient, subject=made.pk)
    post_message(
        "request-answered",
        occurrence=f"answered:{made.pk}",
        due_at=now,
        now=now,
        recipient=patient.user,
        patient=patient,
        params={"path": "/change/"},
    )
    return made


def chase_requests(now: datetime) -> int:
    """Questions past their deadline: a flag, and the backup is asked too; once each."""
    due = ChangeRequest.objects.filter(answer="", answer_by__lte=now, chased_at__isnull=True)
    return sum(_chase(pk, now) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _chase(pk: UUID, now: datetime) -> bool:
    made = (
        ChangeRequest.objects.select_for_update(of=("self",))
        .select_related("patient__clinic__backup", "patient__user")
        .filter(pk=pk, answer="", chased_at__isnull=True)
        .first()
    )
    if made is None:
        return False
    made.chased_at = now
    made.save(update_fields=["chased_at"])
    patient = made.patient
    raise_flag(patient, unanswered(made.ask), day=patient.days.day_of(now), now=now)
    backup = patient.clinic.backup
    people = {person.pk: person for person in clinicians_of(patient, now=now)}
    if backup is not None and backup.is_active:
        open_escalation(patient, backup, now=now)
        people[backup.pk] = backup
    _tell(made, list(people.values()), "late", now)
    return True
