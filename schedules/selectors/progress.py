"""Dose and symptoms day by day, as plain numbers and ready words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from patients.domain.symptoms import CATALOGUE, LEVELS
from patients.models.care import Patient
from patients.models.checkins import CheckIn
from patients.selectors.checkins import checkins_between, events_words
from schedules.domain.dose import ZERO, Dose, render_mg, total
from schedules.domain.pace import change_words
from schedules.domain.rounding import Portion
from schedules.domain.timetable import planned_doses
from schedules.models.doses import DoseEntry
from schedules.selectors.doses import entries_between
from schedules.selectors.plans import Standing, holds_of, standings, step_in_force

SHOWN = ("w1", "w2", "w3", "w4", "w6")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One plan day: planned and logged doses, the answers, whether it was held."""

    day: date
    planned: Dose | None
    taken: Dose | None
    logged: int
    asked: int
    checkin: CheckIn | None
    held: bool

    @property
    def planned_words(self) -> str:
        return render_mg(self.planned) if self.planned is not None else ""

    @property
    def taken_words(self) -> str:
        return render_mg(self.taken) if self.taken is not None else "not logged"

    @property
    def overall_words(self) -> str:
        if self.checkin is None or self.checkin.overall is None:
            return "not logged"
        return LEVELS[self.checkin.overall]

    @property
    def events_words(self) -> str:
        return events_words(self.checkin)

    @property
    def overall(self) -> int | None:
        return self.checkin.overall if self.checkin else None

    def rating(self, code: str) -> int | None:
        return (self.checkin.ratings or {}).get(code) if self.checkin else None


@dataclass(frozen=True, slots=True)
class Progress:
    """A stretch of days with the plan that belongs to it."""

    lines: tuple[DayLine, ...]
    stands: Standing | None
    since: date | None

    @property
    def lanes(self) -> list[tuple[str, list[int | None]]]:
        rated = [
            (CATALOGUE[code].short, [line.rating(code) for line in self.lines]) for code in SHOWN
        ]
        return [("Whole day", [line.overall for line in self.lines]), *rated]


def progress(patient: Patient, now: datetime, *, back: int | None = None) -> Progress:
    """The last `back` days, or everything since a week before the first plan day."""
    found = standings(patient, now)
    today = found[-1].today if found else _today(patient, now)
    since = found[0].since if found else None
    first = today - (back - 1) * DAY if back else _first_day(patient, since, today)
    entries = entries_between(patient, first, today)
    checkins = checkins_between(patient, first, today)
    held = _held_days(found, first, today)
    lines = tuple(
        _line(day, found, entries, checkins.get(day), held=day in held)
        for day in (first + k * DAY for k in range((today - first).days + 1))
    )
    return Progress(lines, found[-1] if found else None, since)


def _today(patient: Patient, now: datetime) -> date:
    return now.astimezone(patient.zone).date()


def _first_day(patient: Patient, since: date | None, today: date) -> date:
    earliest = CheckIn.objects.filter(patient=patient).order_by("plan_day").first()
    days = [day for day in (since, earliest.plan_day if earliest else None) if day is not None]
    return min([*days, today - 13 * DAY])


def _held_days(found: list[Standing], first: date, today: date) -> set[date]:
    days: set[date] = set()
    for stands in found:
        for hold in holds_of(stands.revision):
            day = max(stands.days.day_of(hold.since), first)
            last = stands.days.day_of(hold.until) if hold.until else today
            while day <= min(last, today):
                days.add(day)
                day += DAY
    return days


def _line(
    day: date,
    found: list[Standing],
    entries: dict[tuple[date, str], DoseEntry],
    checkin: CheckIn | None,
    *,
    held: bool,
) -> DayLine:
    in_force = step_in_force(found, day)
    slots: Sequence[tuple[str, Portion]] = in_force[1].portions if in_force else ()
    asked = [slot for slot, portion in slots if portion.dose]
    answers = [entries[(day, slot)] for slot in asked if (day, slot) in entries]
    taken = total([entry.amount or ZERO for entry in answers]) if answers else None
    planned = in_force[1].total if in_force else None
    return DayLine(day, planned, taken, len(answers), len(asked), checkin, held)


def future_steps(stands: Standing, *, most: int) -> list[tuple[date, Dose]]:
    """The next steps on the earliest day each could start; empty while held."""
    planned = stands.course.planned
    if planned is None or stands.course.held:
        return []
    first = max(planned, stands.today + DAY)
    later = planned_doses(stands.taper, first, after=stands.course.step)
    return [(day, Dose(ng)) for day, ng in later[:most]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts on top of a review: what, the value, one line more."""

    title: str
    value: str
    more: str


def facts(lines: Sequence[DayLine], open_flags: int) -> list[Fact]:
    """Five facts about the last 28 days beside the 28 before."""
    recent, before = lines[-28:], lines[-56:-28]
    doses = [line.planned for line in recent if line.planned is not None]
    logged, asked = sum(line.logged for line in recent), sum(line.asked for line in recent)
    return [
        _dose_fact(doses),
        Fact("Symptoms, average day", _average(recent), f"28 days before: {_average(before)}"),
        Fact("Severe days", str(_severe(recent)), _last_severe(recent)),
        Fact("Doses logged", f"{logged} of {asked}", "What is not logged is unknown"),
        Fact("Needs your answer", f"{open_flags} open flag{'' if open_flags == 1 else 's'}", ""),
    ]


def _dose_fact(doses: list[Dose]) -> Fact:
    if not doses:
        return Fact("Dose", "No plan yet", "")
    first, last = doses[0], doses[-1]
    if first == last:
        return Fact("Dose, last 28 days", render_mg(last), "No change")
    words = change_words(first, last)
    return Fact("Dose, last 28 days", f"{render_mg(first)} to {render_mg(last)}", words)


def _overall(lines: Sequence[DayLine]) -> list[int]:
    return [line.overall for line in lines if line.overall is not None]


def _average(lines: Sequence[DayLine]) -> str:
    values = _overall(lines)
    return f"{sum(values) / len(values):.1f} of 4" if values else "not logged"


def _severe(lines: Sequence[DayLine]) -> int:
    return sum(value >= 3 for value in _overall(lines))


def _last_severe(lines: Sequence[DayLine]) -> str:
    days = [line.day for line in lines if line.overall is not None and line.overall >= 3]
    return f"Last one {days[-1].day} {days[-1].strftime('%B')}" if days else "None"
