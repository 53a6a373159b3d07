"""Silence is a flag, by the phase she is in."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from schedules.domain.occasions import (
    AFTERCARE,
    Facts,
    aftercare_day,
    checkin_kind,
    has_gone_quiet,
    is_daily,
    is_longer,
    starts_tomorrow,
)
from schedules.domain.silence import Silence, silence_findings

TODAY = date(2026, 3, 20)
DAY = timedelta(days=1)


def found(days, *, steps=(), planned=None, urgent=False, today=TODAY):
    facts = Facts(steps=tuple(today - back * DAY for back in steps), planned=planned)
    silence = Silence(today, today - days * DAY, facts, has_urgent_flag=urgent)
    return [(item.rule, item.tier, item.effect) for item in silence_findings(silence)]


@pytest.mark.parametrize(
    ("days", "more", "rules"),
    [
        (1, {"steps": (9,)}, []),
        (2, {"steps": (9,)}, [("RF-28", "info", "none")]),
        (3, {"steps": (9,)}, [("RF-29", "review", "hold-if-due-72h")]),
        (5, {"steps": (9,)}, [("RF-30", "urgent", "hold")]),
        (2, {"steps": (7,)}, [("RF-28", "info", "none")]),
        (3, {"steps": (7,)}, [("RF-30", "urgent", "hold")]),
        (2, {"urgent": True}, [("RF-30", "urgent", "hold")]),
        (1, {"urgent": True, "steps": (1,)}, []),
        (5, {"planned": TODAY + 2 * DAY, "steps": (20,)}, [("RF-30", "urgent", "hold")]),
    ],
)
def test_in_the_daily_phase(days, more, rules):
    assert found(days, **more) == rules


@pytest.mark.parametrize("days", range(1, 8))
def test_in_the_weekly_phase_a_few_days_are_nothing(days):
    assert found(days, steps=(30,)) in ([], [("RF-30", "review", "hold-if-due-72h")])
    assert found(min(days, 5), steps=(30,)) == []


def test_in_the_weekly_phase_one_expected_day_and_five_more():
    monday = date(2026, 3, 16)
    last = monday - 2 * DAY
    facts = Facts(steps=(date(2026, 1, 1),))
    for after, rule in ((4, []), (5, ["RF-30"])):
        seen = silence_findings(Silence(monday + after * DAY, last, facts))
        assert [item.rule for item in seen] == rule


LONGER = "longer-check-in"
FACTS = Facts(steps=(date(2026, 3, 2),), planned=date(2026, 3, 30))


@pytest.mark.parametrize(
    ("day", "daily"),
    [(date(2026, 3, 2), True), (date(2026, 3, 11), True), (date(2026, 3, 12), False),
     (date(2026, 3, 27), False), (date(2026, 3, 28), True), (date(2026, 4, 20), True)],
)  # fmt: skip
def test_daily_for_ten_days_after_a_step_and_before_the_gate(day, daily):
    assert is_daily(day, FACTS) is daily


def test_weekly_days_and_the_baseline_week():
    assert checkin_kind(date(2026, 3, 16), FACTS) == "check-in"
    assert checkin_kind(date(2026, 3, 17), FACTS) is None
    assert checkin_kind(date(2026, 3, 19), FACTS) == "check-in"
    first = Facts(planned=date(2026, 3, 30))
    assert checkin_kind(date(2026, 3, 22), first) is None
    assert checkin_kind(date(2026, 3, 23), first) == "baseline"
    assert checkin_kind(date(2026, 3, 29), first) == "baseline"


def test_the_longer_check_in_comes_two_five_and_ten_days_after_each_step():
    two = Facts(steps=(date(2026, 3, 2), date(2026, 3, 30)), planned=date(2026, 4, 27))
    days = [k for k in range(20) if checkin_kind(date(2026, 3, 30) + k * DAY, two) == LONGER]
    assert days == [2, 5, 10]
    assert not is_longer(date(2026, 3, 4), Facts(planned=date(2026, 3, 30)))
    assert not is_longer(date(2026, 3, 4), Facts(steps=FACTS.steps, ended=date(2026, 3, 3)))


def test_aftercare_counts_from_the_last_dose_and_later_for_a_long_half_life():
    last = date(2026, 3, 1)
    short = Facts(ended=last + DAY, half_life_h=Decimal(35))
    days = [k for k in range(200) if aftercare_day(last + k * DAY, short)]
    assert tuple(days) == AFTERCARE
    slow = Facts(ended=last + DAY, half_life_h=Decimal(100))
    assert [k - 21 for k in range(220) if aftercare_day(last + k * DAY, slow)] == list(AFTERCARE)
    assert aftercare_day(last, Facts()) is None


def test_a_cleared_step_is_announced_on_the_evening_before():
    starts = Facts(starts=TODAY)
    assert starts_tomorrow(TODAY - DAY, starts)
    assert not starts_tomorrow(TODAY, starts)
    assert not starts_tomorrow(TODAY, Facts())


def test_three_days_without_an_answer():
    assert not has_gone_quiet(TODAY, TODAY - 3 * DAY)
    assert has_gone_quiet(TODAY, TODAY - 4 * DAY)
    assert not has_gone_quiet(TODAY, None)
