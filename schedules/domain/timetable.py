"""Which step is in force on which day: a pure function of steps, clearings, holds and now.

A lowering step starts only at a day boundary: the first plan day on or after
its planned day and after the day of its clearing that no hold covers. Not
cleared means the dose stays. A clearing is void after any hold, and after any
flag with effect *hold* that was open between the clearing and the start.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from patients.domain.days import DAY, Days
from schedules.domain.plan import Plan

GATE_OPENS_DAYS: Final = 2
BLOCK_DAYS: Final = 14
MICRO_SHARE: Final = 50
FAR_DAYS: Final = 4000


@dataclass(frozen=True, slots=True)
class Clearing:
    """The patient's *go* for one step."""

    step: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold from a moment until it is ended by a person; it never ends by itself."""

    since: datetime
    until: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or self.until > now)

    def touches(self, begin: datetime, end: datetime) -> bool:
        return self.since < end and (self.until is None or self.until > begin)


@dataclass(frozen=True, slots=True)
class Entered:
    """A step and the first plan day it was in force."""

    step: int
    on: date


@dataclass(frozen=True, slots=True)
class Course:
    """How a plan stands at one moment."""

    entered: tuple[Entered, ...]
    planned: date | None
    held: bool
    cleared: bool

    @property
    def step(self) -> int:
        return self.entered[-1].step

    def step_on(self, day: date) -> int | None:
        """The step in force on a plan day up to now; None before the plan."""
        in_force = [entry.step for entry in self.entered if entry.on <= day]
        return in_force[-1] if in_force else None

    def gate_open(self, today: date) -> bool:
        """Whether the step gate asks; it stays open until it is answered."""
        if self.planned is None or self.held or self.cleared:
            return False
        return today >= self.planned - GATE_OPENS_DAYS * DAY


@dataclass(frozen=True, slots=True)
class Events:
    """Everything that has happened to a plan: goes, holds, flags with effect hold."""

    clearings: tuple[Clearing, ...] = ()
    holds: tuple[Hold, ...] = ()
    flags: tuple[Hold, ...] = ()


def course(plan: Plan, first_day: date, events: Events, now: datetime, days: Days) -> Course:
    """Where the plan stands now. Nothing after `now` is looked at."""
    today = days.day_of(now)
    known = _until(events, now)
    held = any(hold.in_force(now) for hold in known.holds)
    entered = [Entered(0, first_day)]
    while entered[-1].step + 1 < len(plan.steps):
        last = entered[-1]
        planned = _planned(last.on, plan.steps[last.step].least_days, known.holds, days)
        start = _start(plan, last.step + 1, planned, known, days)
        if start is None or start > today:
            return Course(tuple(entered), planned, held, cleared=start is not None)
        entered.append(Entered(last.step + 1, start))
    return Course(tuple(entered), None, held, cleared=False)


def _until(events: Events, now: datetime) -> Events:
    return Events(
        tuple(item for item in events.clearings if item.at <= now),
        tuple(_known(item, now) for item in events.holds if item.since <= now),
        tuple(_known(item, now) for item in events.flags if item.since <= now),
    )


def _known(hold: Hold, now: datetime) -> Hold:
    return hold if hold.until is None or hold.until <= now else Hold(hold.since)


def _covered(day: date, holds: tuple[Hold, ...], days: Days) -> bool:
    begin, end = days.starts_at(day), days.starts_at(day + DAY)
    return any(hold.touches(begin, end) for hold in holds)


def _planned(since: date, least: int, holds: tuple[Hold, ...], days: Days) -> date | None:
    """The actual first day of the step before, plus its least days, plus held days."""
    free, day = 0, since
    for _ in range(FAR_DAYS):
        if not _covered(day, holds, days):
            if free >= least:
                return day
            free += 1
        day += DAY
        if _open_ended(day, holds, days):
            return None
    return None


def _open_ended(day: date, holds: tuple[Hold, ...], days: Days) -> bool:
    return any(hold.until is None and days.starts_at(day) >= hold.since for hold in holds)


def gate_of(plan: Plan, number: int) -> int:
    """The step whose gate clears this one: itself, or the first of its block.

    Steps of 2 % or less (one part in fifty) stand in blocks of at most
    fourteen days with one gate.
    """
    first, days = number, 0
    while first > 1 and _is_micro(plan, first) and _is_micro(plan, first - 1):
        days += plan.steps[first - 1].least_days
        if days + plan.steps[number].least_days > BLOCK_DAYS:
            break
        first -= 1
    return first


def _is_micro(plan: Plan, number: int) -> bool:
    before, after = plan.steps[number - 1].total.ng, plan.steps[number].total.ng
    return after < before and MICRO_SHARE * (before - after) <= before


def _start(
    plan: Plan, number: int, planned: date | None, events: Events, days: Days
) -> date | None:
    if planned is None:
        return None
    if not plan.lowers(number):
        return planned
    starts = [
        start
        for clearing in events.clearings
        if clearing.step in (number, gate_of(plan, number))
        and (start := _good_from(clearing, planned, events, days, own=clearing.step == number))
        is not None
    ]
    return min(starts, default=None)


def _good_from(
    clearing: Clearing, planned: date, events: Events, days: Days, *, own: bool
) -> date | None:
    """The day this *go* lets the step start, or None where it is void.

    A go of the block's first step (not `own`) also lets the later ones start,
    each on its planned day, until a hold or a flag comes between.
    """
    said_on = days.day_of(clearing.at)
    if own and said_on < planned - GATE_OPENS_DAYS * DAY:
        return None
    start = max(planned, said_on + DAY)
    moment = days.starts_at(start)
    blocks = (*events.holds, *events.flags)
    if any(block.touches(clearing.at, moment) for block in blocks):
        return None
    return start


def planned_doses(plan: Plan, first_lower_on: date, *, after: int = 0) -> list[tuple[date, int]]:
    """The days each later step starts if every gate is cleared at once; totals in ng."""
    found, day = [], first_lower_on
    for step in plan.steps[after + 1 :]:
        found.append((day, step.total.ng))
        day += step.least_days * DAY
    return found


def lower_on_any_day(
    new: list[tuple[date, int]], old: list[tuple[date, int]], *, today_ng: int
) -> bool:
    """Whether a plan is below another on any future day; both start from today's dose."""
    changes = sorted({day for day, _ in (*new, *old)})
    return any(_in_force(new, day, today_ng) < _in_force(old, day, today_ng) for day in changes)


def _in_force(doses: list[tuple[date, int]], day: date, otherwise: int) -> int:
    return next((ng for since, ng in reversed(doses) if since <= day), otherwise)


def least_gap(due_at: datetime, other_due_at: datetime) -> timedelta:
    """How close two doses may be taken before it is asked about: half their planned distance.

    Decided here; the clinical tables name a least gap and no length.
    """
    return abs(due_at - other_due_at) / 2
