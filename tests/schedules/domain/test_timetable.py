"""A step takes effect only when it is cleared. Not cleared means the dose stays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.domain.days import Days
from schedules.domain.dose import Dose
from schedules.domain.strategies.registry import ByHand, Linear
from schedules.domain.timetable import (
    Clearing,
    Entered,
    Events,
    Hold,
    course,
    gate_of,
    lower_on_any_day,
    planned_doses,
)
from tests.cast import built

DAYS = Days(ZoneInfo("America/New_York"))
FIRST = date(2026, 1, 5)
PLAN = built().plan
STEPS = len(PLAN.steps)


def at(day, hour=12):
    """A moment on plan day `day`, counted from the first."""
    return DAYS.starts_at(FIRST + timedelta(days=day)) + timedelta(hours=hour)


def go(step, day, hour=12):
    return Clearing(step, at(day, hour))


def stands(day, clearings=(), holds=(), flags=(), hour=12):
    events = Events(tuple(clearings), tuple(holds), tuple(flags))
    return course(PLAN, FIRST, events, at(day, hour), DAYS)


def entered_on(day, **events):
    return {e.step: (e.on - FIRST).days for e in stands(day, **events).entered}


def test_without_a_clearing_the_dose_stays_for_ever():
    assert entered_on(400) == {0: 0}


def test_a_go_before_the_planned_day_starts_on_it():
    assert entered_on(30, clearings=[go(1, 13)]) == {0: 0, 1: 14}


def test_the_day_before_the_start_is_still_the_old_dose():
    assert stands(13, clearings=[go(1, 13)]).step == 0
    assert stands(14, clearings=[go(1, 13)]).step == 1


def test_a_go_on_the_planned_day_starts_at_the_next_day_boundary():
    assert entered_on(30, clearings=[go(1, 14)]) == {0: 0, 1: 15}


def test_a_late_go_starts_the_day_after_it():
    assert entered_on(90, clearings=[go(1, 40)]) == {0: 0, 1: 41}


def test_a_go_before_the_gate_opened_counts_for_nothing():
    assert entered_on(30, clearings=[go(1, 11)]) == {0: 0}


def test_a_go_for_another_step_counts_for_nothing():
    assert entered_on(30, clearings=[go(2, 13)]) == {0: 0}


def test_the_next_step_is_planned_from_the_actual_first_day():
    late = entered_on(90, clearings=[go(1, 20), go(2, 35)])
    assert late == {0: 0, 1: 21, 2: 36}


def test_a_hold_moves_the_planned_day_and_voids_the_go():
    holds = [Hold(at(13, 14), at(20))]
    assert entered_on(60, clearings=[go(1, 13)], holds=holds) == {0: 0}
    assert entered_on(60, clearings=[go(1, 13), go(1, 21)], holds=holds) == {0: 0, 1: 22}


def test_held_days_are_added_to_the_planned_day():
    found = stands(20, holds=[Hold(at(5), at(10))])
    assert (found.planned - FIRST).days == 20


def test_an_open_hold_has_no_planned_day_and_no_gate():
    found = stands(30, holds=[Hold(at(5))])
    assert found.planned is None
    assert found.held
    assert not found.gate_open(FIRST + timedelta(days=30))


def test_a_go_during_a_hold_counts_for_nothing():
    assert entered_on(60, clearings=[go(1, 15)], holds=[Hold(at(14), at(16))]) == {0: 0}


def test_a_flag_between_the_go_and_the_start_voids_the_go():
    assert entered_on(60, clearings=[go(1, 12)], flags=[Hold(at(13), at(13, 13))]) == {0: 0}


def test_closing_a_flag_weeks_later_clears_nothing():
    flags = [Hold(at(13), at(40))]
    assert entered_on(90, clearings=[go(1, 12)], flags=flags) == {0: 0}
    assert entered_on(90, clearings=[go(1, 12), go(1, 41)], flags=flags) == {0: 0, 1: 42}


def test_a_flag_after_the_start_takes_nothing_back():
    flags = [Hold(at(14, 2), None)]
    assert entered_on(60, clearings=[go(1, 13)], flags=flags) == {0: 0, 1: 14}


def test_a_clock_that_missed_two_days_changes_nothing():
    assert entered_on(16, clearings=[go(1, 13)]) == {0: 0, 1: 14}


def test_the_gate_opens_two_days_before_and_stays_open():
    today = [stands(day).gate_open(FIRST + timedelta(days=day)) for day in (11, 12, 14, 60)]
    assert today == [False, True, True, True]
    assert not stands(13, clearings=[go(1, 12)]).gate_open(FIRST + timedelta(days=13))


def test_what_comes_after_now_is_not_looked_at():
    assert stands(13, clearings=[go(1, 13, hour=20)], hour=12).cleared is False


def all_goes():
    return [go(step, 14 * step - 1) for step in range(1, STEPS)]


def test_a_plan_run_to_its_last_step_is_over():
    over = stands(14 * STEPS + 30, clearings=all_goes())
    assert over.entered == tuple(
        Entered(step, FIRST + timedelta(days=14 * step)) for step in range(STEPS)
    )
    assert (over.planned, over.held, over.cleared) == (None, False, False)
    assert not over.gate_open(FIRST + timedelta(days=14 * STEPS + 30))
    assert stands(400, clearings=all_goes(), holds=[Hold(at(390))]).held is True


def test_the_step_of_every_day():
    found = stands(40, clearings=[go(1, 13), go(2, 27)])
    days = [FIRST + timedelta(days=day) for day in (-1, 0, 13, 14, 27, 28, 40)]
    assert [found.step_on(day) for day in days] == [None, 0, 0, 1, 1, 2, 2]


def test_a_hold_is_in_force_from_its_first_moment_until_its_end():
    held = Hold(at(3), at(5))
    moments = (at(3, 11), at(3), at(4), at(5, 11), at(5))
    assert [held.in_force(now) for now in moments] == [False, True, True, True, False]
    assert [Hold(at(3)).in_force(now) for now in moments] == [False, True, True, True, True]


def test_a_hold_touches_what_lies_inside_it_and_not_its_neighbours():
    held = Hold(at(3), at(5))
    assert held.touches(at(2), at(4))
    assert not held.touches(at(1), at(3))
    assert not held.touches(at(5), at(6))


def test_what_happens_at_this_very_moment_is_known():
    assert stands(13, clearings=[go(1, 13)]).cleared is True
    assert stands(13, clearings=[go(1, 12)], flags=[Hold(at(13))]).cleared is False
    assert stands(13, holds=[Hold(at(13))]).held is True
    assert stands(13, holds=[Hold(at(10), at(13))]).held is False


def test_an_end_that_is_still_to_come_is_not_known():
    assert stands(10, holds=[Hold(at(5), at(12))]).planned is None
    assert stands(12, holds=[Hold(at(5), at(12))]).planned is not None


def test_moments_are_in_universal_time():
    assert DAYS.at(FIRST, time(8)).tzinfo is UTC


def test_planned_doses_name_each_later_step():
    nexts = planned_doses(PLAN, FIRST)
    assert [ng for _, ng in nexts] == [step.total.ng for step in PLAN.steps[1:]]
    assert [(day - FIRST).days for day, _ in nexts] == [14 * k for k in range(STEPS - 1)]
    assert planned_doses(PLAN, FIRST, after=1) == [
        (day - timedelta(days=14), ng) for day, ng in nexts[1:]
    ]


moments = st.tuples(st.integers(0, 120), st.integers(0, 23))
spans = st.tuples(moments, st.integers(1, 60) | st.none())


def interval(span):
    (day, hour), length = span
    begin = at(day, hour)
    return Hold(begin, None if length is None else begin + timedelta(hours=12 * length))


@given(
    st.lists(st.tuples(st.integers(1, STEPS - 1), moments), max_size=12),
    st.lists(spans, max_size=3),
    st.lists(spans, max_size=3),
)
def test_a_lower_dose_never_appears_without_its_clearing(goes, hold_spans, flag_spans):
    clearings = [Clearing(step, at(*moment)) for step, moment in goes]
    holds, flags = [interval(s) for s in hold_spans], [interval(s) for s in flag_spans]
    found = course(PLAN, FIRST, Events(tuple(clearings), tuple(holds), tuple(flags)), at(150), DAYS)
    assert [entry.step for entry in found.entered] == list(range(len(found.entered)))
    for entry in found.entered[1:]:
        start = DAYS.starts_at(entry.on)
        before = [c for c in clearings if c.step == entry.step and c.at < start]
        assert before, "a step began without a go"
        clean = [c for c in before if not any(b.touches(c.at, start) for b in (*holds, *flags))]
        assert clean, "a step began on a voided go"


@given(
    st.lists(st.tuples(st.integers(1, STEPS - 1), moments), max_size=12),
    st.lists(spans, max_size=2),
    st.integers(1, 120),
)
def test_the_past_never_changes(goes, hold_spans, day):
    events = Events(
        tuple(Clearing(step, at(*moment)) for step, moment in goes),
        tuple(interval(s) for s in hold_spans),
    )
    then = course(PLAN, FIRST, events, at(day), DAYS)
    later = course(PLAN, FIRST, events, at(day + 40), DAYS)
    for back in range(day + 1):
        past = FIRST + timedelta(days=back)
        assert then.step_on(past) == later.step_on(past)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 8, 8, 59, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 8, 7, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 3, 8, 59, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 3, 9, 0, tzinfo=UTC), date(2026, 3, 3)),
    ],
)
def test_the_plan_day_begins_at_the_boundary(moment, day):
    assert DAYS.day_of(moment) == day


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Paris", "Pacific/Auckland"])
def test_a_fortnight_keeps_its_weekday_and_clock_over_the_change(zone):
    days = Days(ZoneInfo(zone))
    for k in range(20):
        day = FIRST + timedelta(days=14 * k)
        local = days.at(day, time(8)).astimezone(ZoneInfo(zone))
        assert (local.weekday(), local.hour, local.date()) == (0, 8, day)


def test_a_time_that_does_not_exist_moves_forward_on_the_same_day():
    days = Days(ZoneInfo("America/New_York"), time(0))
    local = days.at(date(2026, 3, 8), time(2, 30)).astimezone(ZoneInfo("America/New_York"))
    assert (local.date(), local.hour, local.minute) == (date(2026, 3, 8), 3, 30)


def test_a_bedtime_after_midnight_belongs_to_the_evening_before():
    local = DAYS.at(date(2026, 3, 2), time(1)).astimezone(DAYS.zone)
    assert local.date() == date(2026, 3, 3)


def test_lower_on_any_day():
    slower = built(every_days=28).plan
    now, old = PLAN.steps[0].total.ng, planned_doses(PLAN, FIRST)
    assert not lower_on_any_day(planned_doses(slower, FIRST), old, today_ng=now)
    assert lower_on_any_day(old, planned_doses(slower, FIRST), today_ng=now)
    assert lower_on_any_day(old, [], today_ng=now)
    assert not lower_on_any_day([], old, today_ng=now)
    assert lower_on_any_day(old[:1], [], today_ng=now)
    later = [(FIRST + timedelta(days=1), old[0][1])]
    assert lower_on_any_day([(FIRST, old[0][1])], later, today_ng=now)


MICRO = built(
    start={"bedtime": "1"}, keys=("compounded-0.1",), strategy=Linear(Dose.mg("0.01")),
    every_days=3, target=Dose.mg("0.85"),
).plan  # fmt: skip


def micro(day, clearings=(), holds=(), flags=()):
    events = Events(tuple(clearings), tuple(holds), tuple(flags))
    found = course(MICRO, FIRST, events, at(day), DAYS)
    return [(e.step, (e.on - FIRST).days) for e in found.entered]


def test_micro_steps_stand_in_blocks_of_at_most_fourteen_days():
    assert [gate_of(MICRO, n) for n in range(1, 10)] == [1, 1, 1, 1, 2, 3, 4, 5, 6]
    assert [gate_of(PLAN, n) for n in range(1, STEPS)] == list(range(1, STEPS))


def gates(start, every_days, target):
    plan = built(
        start={"bedtime": start}, keys=("compounded-0.1",), strategy=Linear(Dose.mg("0.01")),
        every_days=every_days, target=Dose.mg(target),
    ).plan  # fmt: skip
    return [gate_of(plan, n) for n in range(1, len(plan.steps))]


def test_a_block_is_fourteen_days_to_the_day():
    assert gates("1", 7, "0.96") == [1, 1, 2, 3]
    assert gates("1", 8, "0.96") == [1, 2, 3, 4]


def test_two_per_cent_exactly_is_a_micro_step():
    assert gates("0.51", 3, "0.47") == [1, 1, 3, 4]


def test_a_block_counts_the_days_of_its_own_steps():
    totals = tuple(Dose.mg(mg) for mg in ("0.99", "0.98", "0.97"))
    plan = built(
        start={"bedtime": "1"}, keys=("compounded-0.1",), every_days=7,
        strategy=ByHand(totals, least_days=(3, 9, 3)), target=Dose.mg("0.97"),
    ).plan  # fmt: skip
    assert [step.least_days for step in plan.steps] == [7, 3, 9, 3]
    assert [gate_of(plan, n) for n in (1, 2, 3)] == [1, 1, 2]


def test_one_go_clears_a_block_and_no_more():
    assert micro(60, [go(1, 2)]) == [(0, 0), (1, 3), (2, 6), (3, 9), (4, 12)]


def test_a_hold_inside_a_block_stays_at_todays_dose():
    held = [Hold(at(7), at(20))]
    assert micro(60, [go(1, 2)], held) == [(0, 0), (1, 3), (2, 6)]
    assert micro(60, [go(1, 2), go(3, 22)], held)[:4] == [(0, 0), (1, 3), (2, 6), (3, 23)]


def test_a_flag_inside_a_block_stays_at_todays_dose():
    assert micro(60, [go(1, 2)], flags=[Hold(at(7), at(8))]) == [(0, 0), (1, 3), (2, 6)]
