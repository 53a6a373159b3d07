"""Silence is a flag: softer than a symptom, but never nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from patients.domain.days import DAY
from patients.domain.findings import Effect, Finding, Tier
from patients.domain.flagbook import finding
from schedules.domain.occasions import WEEKLY, Facts, is_daily

AFTER_FLAG_DAYS, AFTER_STEP_DAYS, NEAR_STEP_DAYS = 2, 3, 7
DAILY_DAYS, REVIEW_DAILY, REVIEW_WEEKLY, FIRST_DAYS = 5, 3, 10, 2


@dataclass(frozen=True, slots=True)
class Silence:
    """Since when nothing was heard. `last` is the last day with a check-in, or the plan's first."""

    today: date
    last: date
    facts: Facts
    has_urgent_flag: bool = False

    @property
    def days(self) -> int:
        return (self.today - self.last).days

    @property
    def is_daily(self) -> bool:
        return is_daily(self.today, self.facts)


Rule = Callable[[Silence], "Finding | None"]


def after_trouble(silence: Silence) -> Finding | None:
    """RF-30: urgent after an urgent flag, soon after a step, or five days in the daily phase;
    in the weekly phase a review after one expected day and five more.
    """
    if silence.has_urgent_flag and silence.days >= AFTER_FLAG_DAYS:
        return _unheard(silence, "after an urgent flag")
    if _near_step(silence) and silence.days >= AFTER_STEP_DAYS:
        return _unheard(silence, "within a week of a step")
    if silence.is_daily:
        return _unheard(silence, "") if silence.days >= DAILY_DAYS else None
    expected = next(
        silence.last + k * DAY for k in range(1, 8) if (silence.last + k * DAY).weekday() in WEEKLY
    )
    if (silence.today - expected).days < DAILY_DAYS:
        return None
    return finding("RF-30", _words(silence, ""), tier=Tier.REVIEW, effect=Effect.HOLD_IF_DUE)


def _near_step(silence: Silence) -> bool:
    steps = silence.facts.steps
    return bool(steps) and (silence.today - steps[-1]).days <= NEAR_STEP_DAYS


def _unheard(silence: Silence, when: str) -> Finding:
    return finding("RF-30", _words(silence, when), days=silence.days)


def _words(silence: Silence, when: str) -> str:
    return f"No check-in for {silence.days} days {when}".strip() + "."


def no_checkin(silence: Silence) -> Finding | None:
    """RF-29: three days in the daily phase, ten in the weekly one; RF-28 from the second day on."""
    least = REVIEW_DAILY if silence.is_daily else REVIEW_WEEKLY
    if silence.days >= least:
        return finding("RF-29", _words(silence, ""), days=silence.days)
    if silence.is_daily and silence.days >= FIRST_DAYS:
        return finding("RF-28", _words(silence, ""), days=silence.days)
    return None


RULES: Final[tuple[Rule, ...]] = (after_trouble, no_checkin)


def silence_findings(silence: Silence) -> list[Finding]:
    """The rule that fires, the stronger one alone."""
    return [found for rule in RULES if (found := rule(silence)) is not None][:1]
