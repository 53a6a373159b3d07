"""Saves a day's answers and looks for red flags in the same transaction."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from patients.domain.events import CODES, MOST_DRINKS
from patients.domain.redflags import RED_RULES, findings_for
from patients.domain.scoring import burden
from patients.domain.symptoms import RATED, VERSION, rated_items
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.checkins import CheckIn
from patients.models.flags import Flag
from patients.selectors.checkins import answers_on, checkin_on
from patients.services.audit import record
from patients.services.flags import raise_flag, was_raised_for

BACK_DAYS: Final = 14
FIELDS: Final = (
    "overall",
    "safety",
    "r4_grade",
    "ratings",
    "hours_slept",
    "events",
    "new_medicine",
    "note",
)
EMPTY: Final = (None, "")


class CheckInRefused(ValueError):
    """Answers that cannot be saved; the text is for the patient."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The day's row after saving, and the flags these answers raised."""

    checkin: CheckIn
    flags: tuple[Flag, ...]


def check_day(day: date, *, today: date) -> None:
    """Raises CheckInRefused for a day that is still to come or too long ago."""
    if day > today:
        raise CheckInRefused("That day is still to come. You can fill it in when it is here.")
    if day < today - timedelta(days=BACK_DAYS):
        raise CheckInRefused("You can fill in the last 14 days.")


@transaction.atomic
def submit_checkin(
    patient: Patient, *, day: date, today: date, by: User, now: datetime, **answers: Any
) -> Saved:
    """Save some answers of a day; what was not answered stays unknown.

    Answers: overall 0 to 4; safety, the red codes, empty for *none of these*;
    r4_grade 0 to 3; ratings, code to 0 to 4; hours_slept; events, code to 0 or 1 and
    drinks from 0 to 40; new_medicine; note.
    """
    check_day(day, today=today)
    _check(answers)
    Patient.objects.select_for_update().get(pk=patient.pk)
    before = checkin_on(patient, day)
    row, changed = _merged(patient, day, before, answers, now)
    if not changed:
        return Saved(row, ())
    _score(row)
    row.save()
    record(
        "checkin-corrected" if row.supersedes_id else "checkin-saved",
        by=by,
        now=now,
        patient=patient,
        subject=row.pk,
        detail={"day": day.isoformat(), "fields": sorted(changed)},
    )
    _note_last_day(patient, day, today)
    return Saved(row, _raise_flags(patient, day, changed, now))


def _check(answers: dict[str, Any]) -> None:
    known = {symptom.code for symptom in RATED}
    ratings = answers.get("ratings") or {}
    levels = [answers.get("overall"), *ratings.values()]
    if set(answers) - set(FIELDS) or set(ratings) - known:
        raise CheckInRefused("We do not know that question. Please open the page again.")
    events = answers.get("events") or {}
    if set(events) - set(CODES) or not all(0 <= n <= MOST_DRINKS for n in events.values()):
        raise CheckInRefused("We do not know that question. Please open the page again.")
    if any(level is not None and level not in range(5) for level in levels):
        raise CheckInRefused("Choose one of the five answers.")


def _merged(
    patient: Patient, day: date, before: CheckIn | None, answers: dict[str, Any], now: datetime
) -> tuple[CheckIn, set[str]]:
    """The row to save and the fields that change; a correction is a new row."""
    given = {name: value for name, value in answers.items() if value not in EMPTY}
    if before is None:
        row = CheckIn(patient=patient, plan_day=day, catalogue=VERSION, recorded_at=now, **given)
        return row, set(given)
    changed = {name for name, value in given.items() if getattr(before, name) != value}
    corrects = any(getattr(before, name) not in EMPTY for name in changed)
    row = _successor(before, now) if corrects else before
    for name in changed:
        setattr(row, name, given[name])
    return row, changed


def _successor(before: CheckIn, now: datetime) -> CheckIn:
    kept = {name: getattr(before, name) for name in FIELDS}
    return CheckIn(
        patient=before.patient,
        plan_day=before.plan_day,
        catalogue=VERSION,
        recorded_at=now,
        supersedes=before,
        **kept,
    )


def _score(row: CheckIn) -> None:
    if row.ratings:
        score = burden(rated_items(row.ratings))
        row.w, row.w_prorated = score.w, score.prorated


def _note_last_day(patient: Patient, day: date, today: date) -> None:
    """The columns that lists and reminders read: the last day filled in, the last answer given."""
    last = max(day, patient.last_checkin_on or day)
    patient.last_checkin_on, patient.last_answered_on = last, today
    Patient.objects.filter(pk=patient.pk).update(
        last_checkin_on=last, last_answered_on=today, needs_review=True
    )


def _raise_flags(patient: Patient, day: date, changed: set[str], now: datetime) -> tuple[Flag, ...]:
    """Red rules fire when the safety answer changed; the others once a day."""
    flags = []
    for finding in findings_for(answers_on(patient, day)):
        red = finding.rule in RED_RULES
        fresh = "safety" in changed if red else not was_raised_for(patient, finding.rule, day)
        if fresh:
            flags.append(raise_flag(patient, finding, day=day, now=now))
    return tuple(flags)
