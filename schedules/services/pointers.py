"""Pointers that are due, as plain values with what is needed of their patient.

Thousands fall due in one minute, and a model instance costs more than the message.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from patients.domain.days import Days
from patients.domain.delivery import QuietHours
from schedules.models.reminders import ReminderTime

BATCH: Final = 1000
MOST_GROUPS: Final = 20


class Person(NamedTuple):
    """Whom a pointer belongs to."""

    pk: UUID
    email: str
    channel: str
    quiet_from: time | None
    quiet_until: time | None
    time_zone: str

    @property
    def quiet_hours(self) -> QuietHours | None:
        return QuietHours.stored(self.quiet_from, self.quiet_until, self.time_zone)


@dataclass(slots=True)
class Pointer:
    """One reminder that is due; `next_day` and `next_due_at` move on."""

    pk: int
    kind: str
    slot: str
    local_time: time
    next_day: date
    next_due_at: datetime
    patient_id: UUID
    zone: str
    boundary: time
    moves: list[list[str]]
    last_answered_on: date | None
    person: Person
    days: Days = field(init=False)
    clock: str = field(init=False)

    def __post_init__(self) -> None:
        moved = Days.stored(self.zone, self.boundary, self.moves) if self.moves else None
        self.days = moved or _days(self.zone, self.boundary)
        self.clock = _clock(self.local_time)


@cache
def _days(zone: str, boundary: time) -> Days:
    return Days.stored(zone, boundary, ())


@cache
def _clock(at: time) -> str:
    """`8 am`, in the words of a message."""
    return at.strftime("%I:%M %p").lstrip("0").replace(":00", "").lower()


COLUMNS: Final = (
    "pk", "kind", "slot", "local_time", "next_day", "next_due_at", "patient_id",
    "patient__time_zone", "patient__day_boundary", "patient__zone_moves",
    "patient__last_answered_on",
    "patient__user_id", "patient__user__email", "patient__user__channel",
    "patient__user__quiet_from", "patient__user__quiet_until", "patient__user__time_zone",
)  # fmt: skip
OF_PERSON: Final = COLUMNS.index("patient__user_id")


def due_pointers(now: datetime) -> list[Pointer]:
    """The pointers due longest; each is held until the transaction ends."""
    due = ReminderTime.objects.filter(is_enabled=True, next_due_at__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    rows = due.order_by("next_due_at").values_list(*COLUMNS)
    return [_pointer(row) for row in rows[:BATCH]]


def _pointer(row: tuple[Any, ...]) -> Pointer:
    values = [*row[:OF_PERSON], Person(*row[OF_PERSON:])]
    return Pointer(*values)


def advance_pointers(rows: list[Pointer]) -> None:
    """Store the pointers; the many that share a time are one statement."""
    groups: dict[tuple[date, datetime], list[int]] = defaultdict(list)
    for row in rows:
        groups[(row.next_day, row.next_due_at)].append(row.pk)
    if len(groups) > MOST_GROUPS:
        moved = [
            ReminderTime(pk=row.pk, next_day=row.next_day, next_due_at=row.next_due_at)
            for row in rows
        ]
        ReminderTime.objects.bulk_update(moved, ["next_day", "next_due_at"])
        return
    for (day, due_at), keys in groups.items():
        ReminderTime.objects.filter(pk__in=keys).update(next_day=day, next_due_at=due_at)
