"""Reads of the daily check-ins: one answer a day, the newest correction."""

from dataclasses import dataclass
from datetime import date, timedelta

from patients.domain.answers import Answers, Day
from patients.domain.events import DRINKS, EVENTS
from patients.domain.symptoms import LEVELS
from patients.models.care import Patient
from patients.models.checkins import CheckIn

LOOK_BACK_DAYS = 14


def checkin_on(patient: Patient, day: date) -> CheckIn | None:
    """The answer of a day: the row that nothing supersedes."""
    return CheckIn.objects.filter(patient=patient, plan_day=day, superseded_by__isnull=True).first()


def was_mixed(patient: Patient, day: date) -> bool:
    """Whether an opioid or alcohol was told of on this day."""
    row = checkin_on(patient, day)
    events = (row.events if row else None) or {}
    return any(events.get(code, 0) > 0 for code in ("opioid", DRINKS))


def checkins_between(patient: Patient, first: date, last: date) -> dict[date, CheckIn]:
    rows = CheckIn.objects.filter(
        patient=patient, plan_day__range=(first, last), superseded_by__isnull=True
    )
    return {row.plan_day: row for row in rows.order_by("plan_day")}


def recent_days(patient: Patient, today: date) -> tuple[Day | None, ...]:
    """The last two weeks for the rules, today first; None where nothing was logged."""
    first = today - timedelta(days=LOOK_BACK_DAYS - 1)
    rows = checkins_between(patient, first, today)
    days = (today - timedelta(days=back) for back in range(LOOK_BACK_DAYS))
    return tuple(_day(rows.get(day)) for day in days)


def _day(row: CheckIn | None) -> Day | None:
    if row is None:
        return None
    return Day(
        row.overall,
        tuple(sorted((row.ratings or {}).items())),
        row.w,
        row.hours_slept,
        tuple(sorted((row.events or {}).items())),
    )


def answers_on(patient: Patient, day: date) -> Answers:
    """Everything the red-flag rules look at for this day."""
    row = checkin_on(patient, day)
    usual = patient.baseline
    return Answers(
        safety=frozenset((row.safety if row else None) or ()),
        r4_grade=row.r4_grade if row else None,
        classes=frozenset(patient.taper_classes),
        days=recent_days(patient, day),
        baseline=tuple(sorted(usual.get("items", {}).items())),
        usual_w=tuple(usual.get("w", ())),
        age=patient.age_on(day),
        note=row.note if row else "",
        medicine=row.new_medicine if row else "",
        thresholds=patient.thresholds,
    )


@dataclass(frozen=True, slots=True)
class Note:
    """A patient's own words with their day."""

    text: str
    day: date
    overall: str


def recent_notes(patient: Patient, *, limit: int = 4) -> list[Note]:
    rows = (
        CheckIn.objects.filter(patient=patient, superseded_by__isnull=True)
        .exclude(note="")
        .order_by("-plan_day")[:limit]
    )
    return [
        Note(row.note, row.plan_day, LEVELS[row.overall] if row.overall is not None else "")
        for row in rows
    ]


def events_words(row: CheckIn | None) -> str:
    """What happened in a day beside the symptoms, for a clinician."""
    events = (row.events if row else None) or {}
    told = [event.label for event in EVENTS if events.get(event.code)]
    if events.get(DRINKS):
        told.append(f"{events[DRINKS]} drinks")
    if row is not None and row.new_medicine:
        told.append(f"new: {row.new_medicine}")
    return ". ".join(told)
