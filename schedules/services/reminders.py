"""When a person is reminded: pointers that the clock advances by local days."""

from datetime import datetime, time, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet

from patients.models.care import Patient
from patients.models.messages import Message
from patients.services.messages import new_message, post_message
from schedules.domain.plan import SLOT
from schedules.domain.timetable import DAY
from schedules.models.reminders import ReminderTime
from schedules.selectors.plans import days_of, standing

BATCH: Final = 1000
CHECK_IN_AT: Final = time(19)
GATE_AT: Final = time(9)
MOST_DAYS_BACK: Final = 400


def sync_reminders(patient: Patient, slots: tuple[str, ...], *, now: datetime) -> None:
    """Make the pointers fit the times of day of the plan in force."""
    wanted = {("dose-due", slot): SLOT[slot].at for slot in slots}
    wanted[("check-in", "")] = CHECK_IN_AT
    wanted[("gate", "")] = GATE_AT
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


def _point(row: ReminderTime, patient: Patient, now: datetime) -> None:
    """Set the pointer to the next time that is still to come."""
    days = days_of(patient)
    day = days.day_of(now)
    while days.at(day, row.local_time) <= now:
        day += DAY
    row.next_day, row.next_due_at = day, days.at(day, row.local_time)


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


@transaction.atomic
def _post_batch(now: datetime) -> int:
    rows = list(_due(now)[:BATCH])
    messages: list[Message] = []
    for row in rows:
        messages += _occurrences(row, now)
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    ReminderTime.objects.bulk_update(rows, ["next_day", "next_due_at"])
    return len(rows)


def _occurrences(row: ReminderTime, now: datetime) -> list[Message]:
    """The messages of every day up to now; the pointer ends on the next day to come."""
    days, found = days_of(row.patient), []
    for _ in range(MOST_DAYS_BACK):
        if row.next_due_at > now:
            break
        if row.kind != "gate":
            found.append(_message(row, now))
        elif row.next_due_at > now - timedelta(days=1):
            post_open_gate(row.patient, now=now)
        row.next_day += DAY
        row.next_due_at = days.at(row.next_day, row.local_time)
    return found


def _message(row: ReminderTime, now: datetime) -> Message:
    clock = row.local_time.strftime("%I:%M %p").lstrip("0").replace(":00", "").lower()
    return new_message(
        row.kind,
        occurrence=f"{row.next_day.isoformat()}#{row.slot or row.kind}",
        due_at=row.next_due_at,
        now=now,
        recipient=row.patient.user,
        patient=row.patient,
        params={
            "path": "/today/" if row.kind == "dose-due" else "/check-in/",
            "clock": clock,
            "day": row.next_day.isoformat(),
            "slot": row.slot,
        },
    )


def post_open_gate(patient: Patient, *, now: datetime) -> None:
    """Tell a patient once that a step gate is open; no answer means the dose stays."""
    stands = standing(patient, now)
    if stands is None or not stands.gate_open:
        return
    step = stands.course.step + 1
    post_message(
        "gate",
        occurrence=f"gate:{stands.revision.pk}:{step}:{stands.course.planned}",
        due_at=now,
        now=now,
        recipient=patient.user,
        patient=patient,
        params={"path": "/gate/", "step": step, "revision": str(stands.revision.pk)},
    )
