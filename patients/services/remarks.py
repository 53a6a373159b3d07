"""Writing to each other: once each, never lost, and never unread for long without somebody told."""

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min

from patients.domain.deadlines import end_of_next_working_day, unread
from patients.domain.redflags import crisis_in
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.remarks import Remark
from patients.selectors.care import clinicians_of
from patients.services.audit import record
from patients.services.care import open_escalation
from patients.services.flags import raise_flag
from patients.services.messages import post_message

AGAIN: Final = (timedelta(0), timedelta(days=2))
GATHERED_AT: Final = time(8)
BATCH: Final = 200


class RemarkRefused(ValueError):
    """Words that cannot be kept; the text is for a person."""


@transaction.atomic
def write_remark(
    patient: Patient, *, text: str, client_uuid: UUID, by: User, now: datetime
) -> Remark:
    """Keep what somebody wrote and tell the other side; the same submission is kept once.

    Words of crisis raise RF-40 in the same transaction. Raises RemarkRefused
    for nothing or more than 4,000 characters.
    """
    said = text.strip()
    if not said or len(said) > Remark.LONGEST:
        raise RemarkRefused("Write something, in up to 4,000 characters.")
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    known = Remark.objects.filter(client_uuid=client_uuid, patient=patient, author=by).first()
    if known is not None:
        return known
    zone = ZoneInfo(patient.clinic.time_zone)
    remark = Remark.objects.create(
        client_uuid=client_uuid,
        patient=patient,
        author=by,
        text=said,
        written_at=now,
        answer_by=end_of_next_working_day(now, zone) if by.is_patient else None,
    )
    record("remark-written", by=by, now=now, patient=patient, subject=remark.pk)
    read_remarks(patient, by=by, now=now)
    _note_unread(patient)
    if by.is_patient:
        _tell_clinic(remark, clinicians_of(patient, now=now), now)
        if (found := crisis_in(said)) is not None:
            raise_flag(patient, found, day=patient.days.day_of(now), now=now)
    else:
        _tell_patient(remark, now)
    return remark


@transaction.atomic
def read_remarks(patient: Patient, *, by: User, now: datetime) -> int:
    """Somebody has read what the other side wrote; returns how many texts that were new."""
    theirs = Remark.objects.filter(
        patient=patient, read_at__isnull=True, answer_by__isnull=by.is_patient
    )
    count = theirs.update(read_at=now, read_by=by)
    if count:
        _note_unread(patient)
        record("remarks-read", by=by, now=now, patient=patient, detail={"count": count})
    return count


def _note_unread(patient: Patient) -> None:
    """Keep the two columns of the patient row that lists read equal to the texts."""
    unread_ones = Remark.objects.filter(patient=patient, read_at__isnull=True)
    written = Min("written_at")
    to_clinic = unread_ones.filter(answer_by__isnull=False).aggregate(at=written)["at"]
    to_patient = unread_ones.filter(answer_by__isnull=True).aggregate(at=written)["at"]
    Patient.objects.filter(pk=patient.pk).update(wrote_at=to_clinic, written_to_at=to_patient)


def _first_unread(remark: Remark) -> Remark:
    """The text that began the pile: one message for a pile, not one for each text."""
    same_side = Remark.objects.filter(
        patient=remark.patient_id,
        read_at__isnull=True,
        answer_by__isnull=remark.answer_by is None,
    )
    return same_side.order_by("written_at", "pk").first() or remark


def _tell_clinic(remark: Remark, people: list[User], now: datetime, *, late: str = "") -> None:
    first = _first_unread(remark)
    for person in people:
        post_message(
            "patient-wrote",
            occurrence=f"wrote:{first.pk}{late}",
            due_at=gathered(person, now),
            now=now,
            recipient=person,
            patient=remark.patient,
            params={"path": f"/clinic/patients/{remark.patient_id}/", "remark": str(first.pk)},
        )


def _tell_patient(remark: Remark, now: datetime) -> None:
    first, person = _first_unread(remark), remark.patient.user
    for number, wait in enumerate(AGAIN):
        post_message(
            "message",
            occurrence=f"wrote:{first.pk}" + (f":{number}" if number else ""),
            due_at=gathered(person, now) + wait,
            now=now,
            recipient=person,
            patient=remark.patient,
            params={"path": "/messages/", "remark": str(first.pk)},
        )


def gathered(person: User, now: datetime) -> datetime:
    """At once, or at the next eight o'clock for who wants them once a day."""
    if not person.gathers_messages:
        return now
    zone = ZoneInfo(person.time_zone)
    today = now.astimezone(zone).date()
    at = datetime.combine(today, GATHERED_AT, tzinfo=zone)
    later = datetime.combine(today + timedelta(days=1), GATHERED_AT, tzinfo=zone)
    return at if at >= now else later


def chase_remarks(now: datetime) -> int:
    """What a patient wrote and nobody read in time: a flag, and the backup is asked; once each."""
    due = Remark.objects.filter(answer_by__lte=now, read_at__isnull=True, chased_at__isnull=True)
    return sum(_chase(pk, now) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _chase(pk: UUID, now: datetime) -> bool:
    remark = (
        Remark.objects.select_for_update(of=("self",))
        .select_related("patient__clinic__backup", "patient__user")
        .filter(pk=pk, read_at__isnull=True, chased_at__isnull=True)
        .first()
    )
    if remark is None:
        return False
    patient = remark.patient
    pile = Remark.objects.filter(
        patient=patient, answer_by__lte=now, read_at__isnull=True, chased_at__isnull=True
    )
    pile.update(chased_at=now)
    raise_flag(patient, unread(), day=patient.days.day_of(now), now=now)
    backup = patient.clinic.backup
    people = {person.pk: person for person in clinicians_of(patient, now=now)}
    if backup is not None and backup.is_active:
        open_escalation(patient, backup, now=now)
        people[backup.pk] = backup
    _tell_clinic(remark, list(people.values()), now, late=":late")
    return True
