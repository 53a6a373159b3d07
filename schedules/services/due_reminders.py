"""The morning minute: what is due is posted, and each pointer moves on by local days."""

import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from patients.domain.days import DAY
from patients.models.care import Patient
from patients.models.messages import Message
from patients.selectors.care import clinicians_of
from patients.selectors.endpoints import live_channels
from patients.services.messages import Notice, channels_for
from schedules.domain.occasions import (
    checkin_kind,
    has_gone_quiet,
    home_kinds,
    morning_kinds,
    starts_tomorrow,
)
from schedules.domain.supply import supply_tier
from schedules.models.reminders import ReminderTime
from schedules.selectors.mornings import Morning, mornings_of
from schedules.selectors.occasions import facts_of
from schedules.selectors.plans import Standing
from schedules.services.pointers import Pointer, advance_pointers, due_pointers
from schedules.services.reminders import gate_notice

log = logging.getLogger(__name__)

Posting = dict[str, Any]
MOST_DAYS_BACK: Final = 400
SECOND_AFTER: Final = timedelta(minutes=45)
CHECKIN_AGAIN: Final = timedelta(minutes=90)
DOSE_LASTS: Final = timedelta(hours=3)
BEFORE_NEXT: Final = timedelta(hours=1)
NEEDS_ANSWER: Final = (
    "dose-due",
    "not-logged",
    "open-days",
    "check-in",
    "baseline",
    "longer-check-in",
)
POISON_WAITS: Final = timedelta(hours=1)
PATHS: Final = {
    "aftercare": "/aftercare/",
    "step-stays": "/gate/",
    "baseline-done": "/progress/",
    "open-days": "/diary/",
    "supply": "/supply/",
    "count-boxes": "/supply/",
    "questions": "/questions/",
}
TOLD_TOO: Final = {
    "last-dose-ahead": "taper-ends",
    "last-dose": "taper-ends",
    "baseline-done": "baseline-ready",
    "supply": "supply-low",
}
NO_DAY: Final = (Message.CANCELLED, "no such local date")


def post_due_reminders(now: datetime) -> int:
    """Post what is due and advance each pointer; one transaction per batch."""
    posted = 0
    while batch := _post_batch(now):
        posted += batch
    return posted


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a batch needs to know of its patients, asked once."""

    now: datetime
    mornings: dict[UUID, Morning]
    channels: dict[Any, tuple[str, ...]]
    dose_times: dict[object, list[time]]


@transaction.atomic
def _post_batch(now: datetime) -> int:
    rows = due_pointers(now)
    if not rows:
        return 0
    batch = _known(rows, now)
    messages: list[Posting] = []
    for row in rows:
        try:
            messages += _occurrences(row, batch)
        except Exception:
            log.exception("a reminder could not be made; it waits an hour")
            row.next_due_at = now + POISON_WAITS
    Message.objects.store(messages)
    advance_pointers(rows)
    return len(rows)


def _known(rows: list[Pointer], now: datetime) -> _Batch:
    people = {row.patient_id: row.person for row in rows}
    asked = {row.patient_id for row in rows if row.kind != "dose-due"}
    times: dict[object, list[time]] = defaultdict(list)
    doses = ReminderTime.objects.filter(patient__in=list(people), kind="dose-due", is_enabled=True)
    for patient_id, at in doses.values_list("patient_id", "local_time"):
        times[patient_id].append(at)
    return _Batch(now, _mornings(asked, now), live_channels(people.values()), times)


def _mornings(patient_ids: set[UUID], now: datetime) -> dict[UUID, Morning]:
    """What is known of those whose reminder depends on it; short boxes go to the review."""
    if not patient_ids:
        return {}
    patients = Patient.objects.select_related("user").filter(pk__in=patient_ids)
    found = mornings_of(list(patients), now)
    short = [
        pk
        for pk, morning in found.items()
        if supply_tier(morning.home.runs_out_on, morning.stands.today)
    ]
    if short:
        Patient.objects.filter(pk__in=short).update(needs_review=True)
    return found


def _occurrences(row: Pointer, batch: _Batch) -> list[Posting]:
    """The messages of every day up to now; the pointer ends on the next day to come."""
    found: list[Posting] = []
    for _ in range(MOST_DAYS_BACK):
        if row.next_due_at > batch.now:
            break
        has_day = row.days.has(row.next_day, row.local_time)
        notices = _notices(row, batch)
        for notice in notices:
            found += _rows(notice, row, batch, has_day=has_day)
        if row.kind == "gate" and notices:
            found += _clinicians_told(notices, batch.mornings[row.patient_id].stands, batch.now)
        row.next_day += DAY
        row.next_due_at = row.days.at(row.next_day, row.local_time)
    return found


def _rows(notice: Notice, row: Pointer, batch: _Batch, *, has_day: bool) -> list[Posting]:
    channels = channels_for(notice.kind, row.person, batch.channels[row.person.pk])
    made = [notice.row(channel, now=batch.now) for channel in channels]
    ended = _ended(notice, row, batch.now) if has_day else NO_DAY
    if ended is not None:
        state, reason = ended
        made = [{**one, "state": state, "reason": reason, "available_at": None} for one in made]
    return made


def _ended(notice: Notice, row: Pointer, now: datetime) -> tuple[str, str] | None:
    """The state a message is born in when it can no longer help, with the reason."""
    expires = notice.expires
    if expires is not None and expires < now:
        return Message.EXPIRED, "the clock was stopped"
    if notice.kind in NEEDS_ANSWER and has_gone_quiet(row.next_day, row.last_answered_on):
        return Message.CANCELLED, "no answer for three days"
    return None


def _notices(row: Pointer, batch: _Batch) -> list[Notice]:
    if row.kind == "dose-due":
        return _dose(row, batch)
    known = batch.mornings.get(row.patient_id)
    if row.kind == "check-in":
        return _checkin(row, known) if known else []
    if row.next_due_at <= batch.now - DAY or known is None:
        return []
    return _evening(row, known.stands) if row.kind == "evening" else _morning(row, known)


def _checkin(row: Pointer, known: Morning) -> list[Notice]:
    """The check-in of the evening, and once more while it is open; the baseline week only once."""
    kind = checkin_kind(row.next_day, facts_of(known.stands))
    if kind is None:
        return []
    first = _notice(row, kind, "/check-in/")
    if kind == "baseline":
        return [first]
    again = replace(first, occurrence=f"{first.occurrence}:2", due_at=first.due_at + CHECKIN_AGAIN)
    return [first, again]


def _dose(row: Pointer, batch: _Batch) -> list[Notice]:
    """At most two for one dose: at its time, and once more where nothing is written down."""
    expires = min(row.next_due_at + DOSE_LASTS, _next_dose(row, batch) - BEFORE_NEXT)
    expires = max(expires, row.next_due_at)
    first = _notice(row, "dose-due", "/today/", expires_at=expires)
    second_at = row.next_due_at + SECOND_AFTER
    if second_at > expires:
        return [first]
    return [first, replace(first, kind="not-logged", due_at=second_at)]


def _next_dose(row: Pointer, batch: _Batch) -> datetime:
    later = [
        row.days.at(day, at)
        for day in (row.next_day, row.next_day + DAY)
        for at in batch.dose_times[row.patient_id]
    ]
    return min((at for at in later if at > row.next_due_at), default=row.next_due_at + DAY)


def _notice(
    row: Pointer,
    kind: str,
    path: str,
    *,
    expires_at: datetime | None = None,
) -> Notice:
    day = row.next_day.isoformat()
    return Notice(
        kind,
        f"{day}#{row.slot or row.kind}",
        row.next_due_at,
        row.person,
        patient_id=row.patient_id,
        params={"path": path, "clock": row.clock, "day": day, "slot": row.slot},
        expires_at=expires_at,
    )


def _morning(row: Pointer, known: Morning) -> list[Notice]:
    """The question of an open gate, and what the day brings; see `morning_kinds`, `home_kinds`."""
    stands = known.stands
    kinds = morning_kinds(row.next_day, facts_of(stands))
    if stands.step.total:
        kinds += home_kinds(row.next_day, known.home)
    found = [_told(row, kind, stands) for kind in kinds]
    was_open = stands.next_step is not None and stands.course.gate_open(row.next_day)
    if was_open and "step-stays" not in kinds:
        found.append(gate_notice(row.person, row.patient_id, stands, due_at=row.next_due_at))
    return found


def _told(row: Pointer, kind: str, stands: Standing) -> Notice:
    notice = _notice(row, kind, PATHS.get(kind, "/plan/"))
    notice.params.update(revision=str(stands.revision.pk), planned=str(stands.course.planned))
    notice.params.update(step=stands.course.step + 1)
    return notice


def _clinicians_told(notices: list[Notice], stands: Standing, now: datetime) -> list[Posting]:
    """The end of a plan, the days before it and short boxes are news for the clinicians too."""
    patient, found = stands.plan.patient, []
    for notice in notices:
        if notice.kind not in TOLD_TOO:
            continue
        people = clinicians_of(patient, now=now)
        live = live_channels(people)
        for person in people:
            told = replace(
                notice,
                kind=TOLD_TOO[notice.kind],
                recipient=person,
                params={"path": f"/clinic/patients/{patient.pk}/"},
            )
            channels = channels_for(told.kind, person, live[person.pk])
            found += [told.row(name, now=now) for name in channels]
    return found


def _evening(row: Pointer, stands: Standing) -> list[Notice]:
    """A step that was cleared begins tomorrow."""
    if not starts_tomorrow(row.next_day, facts_of(stands)):
        return []
    number = stands.course.step + 1
    notice = _notice(row, "new-dose", "/plan/")
    notice.params.update(revision=str(stands.revision.pk), step=number)
    return [notice]
