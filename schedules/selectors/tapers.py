"""A taper as the rules see it: the dose log beside the plan, the steps, the symptoms."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median

from patients.domain.days import DAY
from patients.domain.questionnaires import PHQ9
from patients.models.care import Patient
from patients.models.checkins import CheckIn
from patients.selectors.checkins import checkins_between
from patients.selectors.questionnaires import scores_by_day
from schedules.domain.dose import ZERO, Dose, total
from schedules.domain.equivalents import diazepam_equivalent
from schedules.domain.medicine import Medicine
from schedules.domain.plan import SLOT
from schedules.domain.review import LoggedDay, Taper
from schedules.models.doses import DoseEntry
from schedules.selectors.doses import entries_between
from schedules.selectors.occasions import facts_of
from schedules.selectors.plans import Standing, holds_of, standings, step_in_force
from schedules.selectors.supply import boxes_of, counts_of

LOOK_BACK: int = 30
LOOK_BACK_GAP: int = 10
Entries = dict[tuple[date, str], DoseEntry]


def taper_of(patient: Patient, now: datetime) -> Taper | None:
    """The taper of this patient now, or None without a plan in force."""
    found = standings(patient, now)
    if not found:
        return None
    stands = found[-1]
    first = stands.today - (LOOK_BACK - 1) * DAY
    entries = entries_between(patient, first, stands.today)
    checkins = checkins_between(patient, first, stands.today)
    days = tuple(
        _day(found, stands.today - back * DAY, entries, checkins) for back in range(LOOK_BACK)
    )
    facts = facts_of(stands)
    usual = patient.baseline.get("w") or []
    return Taper(
        today=stands.today,
        medicine=stands.medicine.key,
        kind=stands.medicine.kind,
        half_life_h=stands.medicine.half_life_h,
        diazepam_mg=_diazepam_mg(stands),
        slots=sum(bool(portion.dose) for _, portion in stands.step.portions),
        days=days,
        steps=facts.steps,
        planned=facts.planned,
        cleared=stands.course.cleared,
        held_since=_held_since(stands),
        gap_h=_gap_hours(found, entries, now),
        usual_w=Fraction(median(usual)) if len(usual) >= 4 else None,
        had_seizure=_applies(stands, "CG-01", "CG-02"),
        is_bipolar=_applies(stands, "CG-10"),
        moods=tuple(scores_by_day(patient, PHQ9)),
        runs_out_on=boxes_of(found, counts_of([patient])[patient.pk]).runs_out_on,
    )


def _applies(stands: Standing, *gates: str) -> bool:
    """Whether a doctor answered one of these questions before the start with yes."""
    answers = stands.plan.gate_answers()
    return any(gate in answers and answers[gate].applies for gate in gates)


def _diazepam_mg(stands: Standing) -> Fraction | None:
    table = stands.medicine.strictest_table
    if table is None:
        return None
    return diazepam_equivalent(stands.medicine.key, stands.step.total.exact, table)


def extra_diazepam_mg(medicine: Medicine, taken: Dose, planned: Dose) -> Fraction | None:
    """What was taken above the plan as diazepam, by the table that gives most of it; None
    where no table lists the medicine.
    """
    table = medicine.strictest_table
    if table is None:
        return None
    over = taken - planned if taken > planned else ZERO
    return diazepam_equivalent(medicine.key, over.exact, table)


def _held_since(stands: Standing) -> date | None:
    if not stands.course.held:
        return None
    holds = [hold for hold in holds_of(stands.revision) if hold.until is None]
    return stands.days.day_of(holds[-1].since) if holds else None


def _day(
    found: list[Standing], day: date, entries: Entries, checkins: dict[date, CheckIn]
) -> LoggedDay | None:
    in_force = step_in_force(found, day)
    if in_force is None:
        return None
    _, step = in_force
    asked = [slot for slot, portion in step.portions if portion.dose]
    answers = [entries[(day, slot)] for slot in asked if (day, slot) in entries]
    row = checkins.get(day)
    levels = [*(row.ratings or {}).values(), row.overall] if row else []
    return LoggedDay(
        planned=step.total,
        taken=total([entry.amount or ZERO for entry in answers]),
        answered=len([entry for entry in answers if entry.kind != DoseEntry.UNSURE]),
        slots=len(asked),
        nones=sum(entry.kind == DoseEntry.NONE for entry in answers),
        w=row.w if row else None,
        worst=max((level for level in levels if level is not None), default=None),
        hours_slept=row.hours_slept if row else None,
        trouble_sleeping=(row.ratings or {}).get("w2") if row else None,
    )


def _gap_hours(found: list[Standing], entries: Entries, now: datetime) -> Decimal | None:
    """Hours from the last dose taken to the latest one explicitly not taken; None where
    anything in between was not answered.
    """
    latest: datetime | None = None
    for due_at, entry in _backwards(found, entries, now):
        if entry is None:
            if latest is None:
                continue
            return None
        if entry.kind == DoseEntry.NONE:
            latest = latest or due_at
        elif latest is None:
            return None
        elif entry.amount:
            hours = (latest - (entry.taken_at or due_at)) / timedelta(hours=1)
            return Decimal(round(hours * 100)) / 100
        else:
            return None
    return None


def _backwards(
    found: list[Standing], entries: Entries, now: datetime
) -> list[tuple[datetime, DoseEntry | None]]:
    """Every time of day that was due, newest first, with its answer."""
    days, today = found[-1].days, found[-1].today
    due: list[tuple[datetime, DoseEntry | None]] = []
    for back in range(LOOK_BACK_GAP):
        day = today - back * DAY
        in_force = step_in_force(found, day)
        if in_force is None:
            break
        for slot, portion in reversed(in_force[1].portions):
            at = days.at(day, SLOT[slot].at)
            if portion.dose and at <= now:
                due.append((at, entries.get((day, slot))))
    return due
