"""What a patient is asked or told on which plan day, seen from where the plan stands.

Relative to events, not to dates: days after a step, days before it, days
after the last dose. Intervals follow the project's own decisions.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Final

from patients.domain.days import DAY

DAILY_AFTER_STEP: Final = 10
DAILY_BEFORE_GATE: Final = 2
LONGER_AFTER_STEP: Final = (2, 5, 10)
WEEKLY: Final = (0, 3)
BASELINE_DAYS: Final = 7
AFTERCARE: Final = (3, 7, 14, 21, 28, 42, 60, 90, 180)
AFTERCARE_AGAIN: Final = 2
DAILY_AFTERCARE: Final = 28
STEP_AHEAD: Final = 7
GATE_ASKS: Final = (2, 1)
LAST_DOSE_AHEAD: Final = (14, 3)
LONG_HALF_LIFE_H: Final = 48
QUIET_AFTER_DAYS: Final = 3
OPEN_AFTER_DAYS: Final = 2
SUPPLY_AHEAD: Final = (10, 5, 2)
COUNT_EVERY: Final = 28
QUESTIONS_EVERY: Final = 14


@dataclass(frozen=True, slots=True)
class Facts:
    """Where the plan stands: the first days of the steps so far, the next step, the end.

    `steps` begins with the first lowered day; `planned` is the planned day of
    the next step, `starts` its day once it is cleared, `is_last` whether that
    step is the first without a dose, `ended` the first day without one.
    """

    steps: tuple[date, ...] = ()
    planned: date | None = None
    starts: date | None = None
    is_last: bool = False
    ended: date | None = None
    half_life_h: Decimal = Decimal(0)


def is_daily(day: date, facts: Facts) -> bool:
    """Whether she is asked every day now: after a step, before a gate, in the first weeks after."""
    if facts.ended is not None:
        return (day - facts.ended).days < DAILY_AFTERCARE
    if facts.steps and (day - facts.steps[-1]).days < DAILY_AFTER_STEP:
        return True
    return is_baseline(day, facts) or _is_near(day, facts.planned)


def _is_near(day: date, planned: date | None) -> bool:
    return planned is not None and day >= planned - DAILY_BEFORE_GATE * DAY


def is_baseline(day: date, facts: Facts) -> bool:
    """The last seven plan days before the first lowered day."""
    if facts.steps or facts.planned is None:
        return False
    return facts.planned - BASELINE_DAYS * DAY <= day < facts.planned


def checkin_kind(day: date, facts: Facts) -> str | None:
    """check-in, baseline, longer-check-in, or nothing; weekly days are Monday and Thursday."""
    if is_baseline(day, facts):
        return "baseline"
    if is_longer(day, facts):
        return "longer-check-in"
    return "check-in" if is_daily(day, facts) or day.weekday() in WEEKLY else None


def is_longer(day: date, facts: Facts) -> bool:
    """Whether the fuller list is asked for: days 2, 5 and 10 after the latest step."""
    if facts.ended is not None or not facts.steps:
        return False
    return (day - facts.steps[-1]).days in LONGER_AFTER_STEP


def starts_tomorrow(day: date, facts: Facts) -> bool:
    return facts.starts is not None and facts.starts == day + DAY


def aftercare_day(day: date, facts: Facts) -> int | None:
    """Which of the aftercare days this is, counted from the last dose, or None.

    With a half-life over 48 h the count begins five half-lives later.
    """
    if facts.ended is None:
        return None
    wait = ceil(5 * facts.half_life_h / 24) if facts.half_life_h > LONG_HALF_LIFE_H else 0
    since = (day - facts.ended).days + 1 - wait
    return since if since in AFTERCARE else None


def morning_kinds(day: date, facts: Facts) -> list[str]:
    """What a patient hears in the morning of a plan day, the gate itself left out.

    With the first step, that the days before it are kept; a week before a step;
    fourteen and three days before the last dose; on the day of a step that
    nobody cleared, that the dose stays; after the last dose, and two days later
    once more.
    """
    if facts.ended is not None:
        first = ["last-dose"] if day == facts.ended else []
        asked = aftercare_day(day, facts) is not None
        again = aftercare_day(day - AFTERCARE_AGAIN * DAY, facts) is not None
        return first + (["aftercare"] if asked or again else [])
    found = ["baseline-done"] if facts.steps[:1] == (day,) else []
    if facts.planned is None:
        return found
    ahead = (facts.planned - day).days
    if ahead == STEP_AHEAD:
        found.append("step-ahead")
    if facts.is_last and ahead in LAST_DOSE_AHEAD:
        found.append("last-dose-ahead")
    if ahead == 0 and facts.starts is None:
        found.append("step-stays")
    return found


@dataclass(frozen=True, slots=True)
class AtHome:
    """The boxes as last counted, and whether a dose of two days ago has no answer."""

    in_force_since: date
    plan_since: date
    counted_on: date | None = None
    runs_out_on: date | None = None
    has_open_dose: bool = False


def home_kinds(day: date, home: AtHome) -> list[str]:
    """What a patient is asked about the boxes at home and about doses nobody wrote down.

    Every two weeks the questionnaires;
    ten, five and two days before the first day that falls short; a count once
    a month, the first on the second day of a plan.
    """
    found = ["open-days"] if home.has_open_dose else []
    if day > home.plan_since and (day - home.plan_since + DAY).days % QUESTIONS_EVERY == 0:
        found.append("questions")
    if home.runs_out_on is not None and (home.runs_out_on - day).days in SUPPLY_AHEAD:
        return [*found, "supply"]
    since = home.counted_on or home.in_force_since + DAY - COUNT_EVERY * DAY
    waited = (day - since).days
    if waited > 0 and waited % COUNT_EVERY == 0:
        found.append("count-boxes")
    return found


def gate_round(day: date, planned: date) -> int:
    """Which asking of a step gate this day is: two days before, and once more the day after."""
    return 0 if (planned - day).days >= GATE_ASKS[0] else 1


def has_gone_quiet(day: date, last_answer: date | None) -> bool:
    """Three days without any answer: reminders stop, and the clinic is told."""
    return last_answer is not None and (day - last_answer).days > QUIET_AFTER_DAYS
