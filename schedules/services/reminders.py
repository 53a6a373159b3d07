"""When a person is reminded: pointers that the clock advances by local days."""

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from patients.domain.days import DAY
from patients.models.care import Patient
from patients.services.messages import Notice, Recipient
from schedules.domain.occasions import gate_round
from schedules.domain.plan import SLOT
from schedules.models.reminders import ReminderTime
from schedules.selectors.plans import Standing

TIMES: Final = {"check-in": time(19), "gate": time(9), "evening": time(18)}
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


def gate_notice(to: Recipient, patient_id: UUID, stands: Standing, *, due_at: datetime) -> Notice:
    """The question before a step: when its gate opens, and once more on the day after."""
    step, planned = stands.course.step + 1, stands.course.planned
    assert planned is not None
    again = ":again" if gate_round(stands.today, planned) else ""
    return Notice(
        "gate",
        f"gate:{stands.revision.pk}:{step}:{planned}{again}",
        due_at,
        to,
        patient_id=patient_id,
        params={"path": "/gate/", "step": step, "revision": str(stands.revision.pk)},
    )
