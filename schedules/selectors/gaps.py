"""Two doses close together: which one came just before, and what to ask about it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from patients.domain.days import DAY
from patients.domain.words import clock_words
from patients.models.care import Patient
from schedules.domain.plan import SLOT
from schedules.domain.timetable import least_gap
from schedules.models.doses import DoseEntry
from schedules.selectors.doses import entries_between


@dataclass(frozen=True, slots=True)
class JustBefore:
    """A full dose that was written down as taken inside the least gap before another."""

    entry: DoseEntry
    label: str
    at: str
    minutes: int
    due_at: datetime


def taken_just_before(patient: Patient, day: date, slot: str, now: datetime) -> JustBefore | None:
    """The nearest full dose too close to one that is taken now, or None."""
    if slot not in SLOT:
        return None
    days, due_at = patient.days, patient.days.at(day, SLOT[slot].at)
    entries, found = entries_between(patient, day - DAY, day + DAY), []
    if (day, slot) in entries:
        return None
    for (on, other), entry in entries.items():
        if not entry.amount or entry.amount < entry.planned:
            continue
        if entry.taken_at is None or not timedelta(0) <= now - entry.taken_at:
            continue
        if now - entry.taken_at < least_gap(due_at, days.at(on, SLOT[other].at)):
            found.append(entry)
    if not found:
        return None
    return _said(max(found, key=lambda entry: entry.taken_at or now), patient, now)


def _said(entry: DoseEntry, patient: Patient, now: datetime) -> JustBefore:
    assert entry.taken_at is not None
    local = entry.taken_at.astimezone(patient.zone)
    return JustBefore(
        entry,
        SLOT[entry.slot].label,
        clock_words(local),
        int((now - entry.taken_at) / timedelta(minutes=1)),
        patient.days.at(entry.plan_day, SLOT[entry.slot].at),
    )
