"""When a person is reminded: pointers that the clock advances by local days."""

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet

from patients.domain.days import DAY
from patients.models.care import Patient
from patients.models.messages import Message
from patients.selectors.endpoints import live_channels
from patients.services.messages import Notice, channels_for, post_message
from schedules.domain.occasions import (
    aftercare_day,
    checkin_kind,
    has_gone_quiet,
    starts_tomorrow,
)
from schedules.domain.plan import SLOT
from schedules.models.reminders import ReminderTime
from schedules.selectors.occasions import facts_of, standings_of
from schedules.selectors.plans import Standing, standing

log = logging.getLogger(__name__)

BATCH: Final = 1000
TIMES: Final = {"check-in": time(19), "gate": time(9), "evening": time(18)}
MOST_DAYS_BACK: Final = 400
SECOND_AFTER: Final = timedelta(minutes=45)
DOSE_LASTS: Final = timedelta(hours=3)
BEFORE_NEXT: Final = timedelta(hours=1)
NEEDS_ANSWER: Final = ("dose-due", "not-logged", "check-in", "baseline", "longer-check-in")
POISON_WAITS: Final = timedelta(hours=1)
LEAST_GAP: Final = timedelta(hours=12)


def sync_reminders(patient: Patient, slots: tuple[str, ...], *, now: datetime) -> None:
    """Make the pointers fit the times of day of the plan in force."""
    wanted = {("dose-due", slot): SLOT[slot].at for slot in slots}
    wanted |= {(kind, ""): at for kind, at in TIMES.items()}
    existing = {(row.kind, row.slot): row for row in ReminderTime.objects.filter(patient=patient)}
    for key, row in existing.items():
        if row.is_enabled != (key in wanted):
            row.is_enabled = key in wanted
            _point(row, patient, now)
            row.save()
    for key, at in wanted.items():
        if key not in existing:
            row = ReminderTime(patient=patient, kind=key[0], slot=key[1], local_time=at)
            _point(row, patient, now)
            row.save()
    if patient.last_answered_on is None:
        patient.last_answered_on = patient.days.day_of(now)
        Patient.objects.filter(pk=patient.pk).update(last_answered_on=patient.last_answered_on)


def _point(row: ReminderTime, patient: Patient, now: datetime) -> None:
    """Set the pointer to the next time that is still to come."""
    days = patient.days
    day = days.day_of(now)
    while days.at(day, row.local_time) <= now:
        day += DAY
    row.next_day, row.next_due_at = day, days.at(day, row.local_time)


def move_reminders(patient: Patient, *, now: datetime) -> None:
    """After a change of zone: the same local times, never closer than half a day to the last.

    A dose that would come too soon after the one before is left out that day.
    """
    tomorrow = patient.days.day_of(now) + DAY
    for row in ReminderTime.objects.filter(patient=patient, is_enabled=True):
        last = row.next_due_at - DAY if row.next_due_at > now else row.next_due_at
        day = max(row.next_day, tomorrow)
        while patient.days.at(day, row.local_time) < last + LEAST_GAP:
            day += DAY
        row.next_day, row.next_due_at = day, patient.days.at(day, row.local_time)
        row.save(update_fields=["next_day", "next_due_at"])


def stop_reminders(patient: Patient) -> None:
    ReminderTime.objects.filter(patient=patient).update(is_enabled=False)


def post_due_reminders(now: datetime) -> int:
    """Post what is due and advance each pointer; one transaction per batch."""
    posted = 0
    while batch := _post_batch(now):
        posted += batch
    return posted


def _due(now: datetime) -> QuerySet[ReminderTime]:
    due = (
        ReminderTime.objects.filter(is_enabled=True, next_due_at__lte=now)
        .select_related("patient__user")
        .order_by("next_due_at")
    )
    if connection.features.has_select_for_update_skip_locked:
        return due.select_for_update(skip_locked=True, of=("self",))
    return due


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a batch needs to know of its patients, asked once."""

    now: datetime
    stands: dict[object, Standing]
    channels: dict[Any, tuple[str, ...]]
    dose_times: dict[object, list[time]]


@transaction.atomic
def _post_batch(now: datetime) -> int:
    rows = list(_due(now)[:BATCH])
    if not rows:
        return 0
    batch = _known(rows, now)
    messages: list[Message] = []
    for row in rows:
        try:
            messages += _occurrences(row, batch)
        except Exception:
            log.exception("a reminder could not be made; it waits an hour")
            row.next_due_at = now + POISON_WAITS
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    _advance(rows)
    return len(rows)


def _known(rows: list[ReminderTime], now: datetime) -> _Batch:
    patients = {row.patient_id: row.patient for row in rows}
    asked = {row.patient_id: row.patient for row in rows if row.kind != "dose-due"}
    times: dict[object, list[time]] = defaultdict(list)
    doses = ReminderTime.objects.filter(
        patient__in=list(patients), kind="dose-due", is_enabled=True
    )
    for patient_id, at in doses.values_list("patient_id", "local_time"):
        times[patient_id].append(at)
    return _Batch(
        now,
        standings_of(list(asked.values()), now) if asked else {},
        live_channels([patient.user for patient in patients.values()]),
        times,
    )


def _advance(rows: list[ReminderTime]) -> None:
    """Store the pointers; the many that share a time are one statement."""
    groups: dict[tuple[date, datetime], list[int]] = defaultdict(list)
    for row in rows:
        groups[(row.next_day, row.next_due_at)].append(row.pk)
    if len(groups) > 20:
        ReminderTime.objects.bulk_update(rows, ["next_day", "next_due_at"])
        return
    for (day, due_at), keys in groups.items():
        ReminderTime.objects.filter(pk__in=keys).update(next_day=day, next_due_at=due_at)


def _occurrences(row: ReminderTime, batch: _Batch) -> list[Message]:
    """The messages of every day up to now; the pointer ends on the next day to come."""
    days, found = row.patient.days, []
    for _ in range(MOST_DAYS_BACK):
        if row.next_due_at > batch.now:
            break
        for notice in _notices(row, batch):
            found += _rows(notice, row, batch)
        row.next_day += DAY
        row.next_due_at = days.at(row.next_day, row.local_time)
    return found


def _rows(notice: Notice, row: ReminderTime, batch: _Batch) -> list[Message]:
    person = row.patient.user
    channels = channels_for(notice.kind, person, batch.channels[person.pk])
    made = [notice.by(channel, now=batch.now) for channel in channels]
    for message in made:
        if (ended := _ended(message, row, batch.now)) is not None:
            message.state, message.reason = ended
            message.available_at = None
    return made


def _ended(message: Message, row: ReminderTime, now: datetime) -> tuple[str, str] | None:
    """The state a message is born in when it can no longer help, with the reason."""
    if not row.patient.days.has(row.next_day, row.local_time):
        return Message.CANCELLED, "no such local date"
    if message.expires_at is not None and message.expires_at < now:
        return Message.EXPIRED, "the clock was stopped"
    answered = row.patient.last_answered_on
    if message.kind in NEEDS_ANSWER and has_gone_quiet(row.next_day, answered):
        return Message.CANCELLED, "no answer for three days"
    return None


def _notices(row: ReminderTime, batch: _Batch) -> list[Notice]:
    if row.kind == "dose-due":
        return _dose(row, batch)
    stands = batch.stands.get(row.patient_id)
    if row.kind == "check-in":
        kind = checkin_kind(row.next_day, facts_of(stands)) if stands else None
        return [_notice(row, kind, "/check-in/")] if kind else []
    if row.next_due_at <= batch.now - DAY or stands is None:
        return []
    return _evening(row, stands) if row.kind == "evening" else _morning(row, stands)


def _dose(row: ReminderTime, batch: _Batch) -> list[Notice]:
    """At most two for one dose: at its time, and once more where nothing is written down."""
    expires = min(row.next_due_at + DOSE_LASTS, _next_dose(row, batch) - BEFORE_NEXT)
    expires = max(expires, row.next_due_at)
    first = _notice(row, "dose-due", "/today/", expires_at=expires)
    second_at = row.next_due_at + SECOND_AFTER
    if second_at > expires:
        return [first]
    return [first, _notice(row, "not-logged", "/today/", due_at=second_at, expires_at=expires)]


def _next_dose(row: ReminderTime, batch: _Batch) -> datetime:
    days = row.patient.days
    later = [
        days.at(day, at)
        for day in (row.next_day, row.next_day + DAY)
        for at in batch.dose_times[row.patient_id]
    ]
    return min((at for at in later if at > row.next_due_at), default=row.next_due_at + DAY)


def _notice(
    row: ReminderTime,
    kind: str,
    path: str,
    *,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Notice:
    clock = row.local_time.strftime("%I:%M %p").lstrip("0").replace(":00", "").lower()
    return Notice(
        kind,
        f"{row.next_day.isoformat()}#{row.slot or row.kind}",
        due_at or row.next_due_at,
        row.patient.user,
        patient=row.patient,
        params={
            "path": path,
            "clock": clock,
            "day": row.next_day.isoformat(),
            "slot": row.slot,
        },
        expires_at=expires_at,
    )


def _morning(row: ReminderTime, stands: Standing) -> list[Notice]:
    """An open gate, or a day of aftercare."""
    number = aftercare_day(row.next_day, facts_of(stands))
    if number is not None:
        return [_notice(row, "aftercare", "/check-in/")]
    return [_gate(row.patient, stands, row.next_due_at)] if stands.gate_open else []


def _evening(row: ReminderTime, stands: Standing) -> list[Notice]:
    """A step that was cleared begins tomorrow."""
    if not starts_tomorrow(row.next_day, facts_of(stands)):
        return []
    number = stands.course.step + 1
    notice = _notice(row, "new-dose", "/plan/")
    notice.params.update(revision=str(stands.revision.pk), step=number)
    return [notice]


def _gate(patient: Patient, stands: Standing, due_at: datetime) -> Notice:
    step = stands.course.step + 1
    return Notice(
        "gate",
        f"gate:{stands.revision.pk}:{step}:{stands.course.planned}",
        due_at,
        patient.user,
        patient=patient,
        params={"path": "/gate/", "step": step, "revision": str(stands.revision.pk)},
    )


def post_open_gate(patient: Patient, *, now: datetime) -> None:
    """Tell a patient once that a step gate is open; no answer means the dose stays."""
    stands = standing(patient, now)
    if stands is None or not stands.gate_open:
        return
    notice = _gate(patient, stands, now)
    post_message(
        notice.kind,
        occurrence=notice.occurrence,
        due_at=now,
        now=now,
        recipient=patient.user,
        patient=patient,
        params=notice.params,
    )
