"""Revisions are pure: plan in, plan out, and the past stays as it was."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from patients.domain.days import Days
from schedules.domain import revise, timetable
from schedules.domain.cupboard import Cupboard
from schedules.domain.directions import CHANGES, direction, warns_of_tolerance
from schedules.domain.dose import ZERO, Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.revise import InForce, RevisionInvalid, dose_on
from schedules.domain.rounding import NOTHING
from schedules.domain.timetable import Clearing, Events, Hold
from tests.cast import built

PLAN = built().plan
DAYS = Days(ZoneInfo("America/New_York"))
FIRST = date(2026, 1, 5)
DAY = timedelta(days=1)
REASON = "Found drowsy twice this week."


def totals(plan):
    return [step.total for step in plan.steps]


def test_hold_keeps_the_present_dose_and_what_was_to_come():
    assert revise.hold(PLAN, 2).steps == PLAN.steps[2:]


def test_slower_never_shortens_a_step():
    slow = revise.slower(PLAN, 1, every_days=21)
    assert totals(slow) == totals(PLAN)[1:]
    assert all(step.least_days >= 21 for step in slow.steps)
    assert revise.resume(built(hold_longer=True).plan, 5, every_days=7).steps[0].least_days == 21


@pytest.mark.parametrize("days", [0, 366])
def test_slower_by_days_that_cannot_be(days):
    with pytest.raises(RevisionInvalid):
        revise.slower(PLAN, 1, every_days=days)


def test_step_back_is_one_level_and_never_above_the_start():
    back = revise.step_back(PLAN, 2)
    assert totals(back)[:2] == [PLAN.steps[1].total, PLAN.steps[2].total]
    assert max(totals(back)) <= PLAN.steps[0].total
    with pytest.raises(RevisionInvalid):
        revise.step_back(PLAN, 0)


def test_finish_here_is_a_full_ending():
    assert totals(revise.finish_here(PLAN, 3)) == [PLAN.steps[3].total]


def test_switching_products_keeps_every_dose():
    liquid = Cupboard((), (medicine("clonazepam").product("uk-solution-0.1"),))
    with pytest.raises(RevisionInvalid, match="cannot make"):
        revise.switch_products(PLAN, 1, liquid)
    melts = Cupboard(
        tuple(medicine("clonazepam").product(k) for k in ("melt-0.125", "melt-0.25", "melt-0.5"))
    )
    switched = revise.switch_products(PLAN, 1, melts)
    assert totals(switched) == totals(PLAN)[1:]


def portions(morning, bedtime):
    found = Cupboard((medicine("clonazepam").product("klonopin-0.5"),))
    return tuple(
        (slot, found.exactly(Dose.mg(mg)))
        for slot, mg in (("morning", morning), ("bedtime", bedtime))
    )


def test_a_safety_reduction_names_the_next_dose_and_the_reason():
    safe = revise.safety_reduction(PLAN, 0, portions("0.5", "0.5"), reason=REASON)
    assert totals(safe) == [Dose.mg(1)]


@pytest.mark.parametrize(
    ("given_portions", "reason"),
    [
        (portions("0.5", "0.5"), "short"),
        (portions("1", "1"), REASON),
        (portions("0.5", "0.5")[:1], REASON),
    ],
)
def test_a_safety_reduction_that_is_none(given_portions, reason):
    with pytest.raises(RevisionInvalid):
        revise.safety_reduction(PLAN, 0, given_portions, reason=reason)


def test_stop_is_zero_at_every_time_of_day_with_a_reason():
    stopped = revise.stop(PLAN, 2, reason=REASON)
    assert totals(stopped) == [ZERO]
    assert all(portion == NOTHING for _, portion in stopped.steps[0].portions)
    with pytest.raises(RevisionInvalid):
        revise.stop(PLAN, 2, reason="")


@given(st.integers(20, 60), st.sampled_from(["hold", "back", "slower", "finish", "stop"]))
def test_a_revision_leaves_the_past_untouched(day, change):
    goes = tuple(Clearing(k, DAYS.starts_at(FIRST + (14 * k - 1) * DAY)) for k in (1, 2))
    before = (InForce(PLAN, FIRST, Events(goes)),)
    now = DAYS.starts_at(FIRST + 100 * DAY)
    since = FIRST + day * DAY
    new = {
        "hold": lambda: revise.hold(PLAN, 1),
        "back": lambda: revise.step_back(PLAN, 1),
        "slower": lambda: revise.slower(PLAN, 1, every_days=28),
        "finish": lambda: revise.finish_here(PLAN, 1),
        "stop": lambda: revise.stop(PLAN, 1, reason=REASON),
    }[change]()
    after = (*before, InForce(new, since))
    for back in range(-3, day):
        past = FIRST + back * DAY
        assert dose_on(before, past, now, DAYS) == dose_on(after, past, now, DAYS)
    assert dose_on(after, since, now, DAYS) == new.steps[0].total


CLASSES = ("benzodiazepine", "z-drug", "SSRI", "SNRI", "NaSSA", "gabapentinoid", "opioid")


def test_the_matrix_of_directions():
    doctor = {change: direction("opioid", change, "doctor") for change in CHANGES}
    assert doctor == {
        "hold": "allowed", "resume": "allowed", "slower": "allowed", "switch": "allowed",
        "finish-here": "allowed", "step-back": "with-reason", "faster": "limits-checked",
        "safety-reduction": "with-reason", "stop": "with-reason",
    }  # fmt: skip
    for kind in CLASSES:
        assert direction(kind, "hold", "patient") == "allowed"
        for change in ("resume", "slower", "switch", "finish-here", "faster", "stop"):
            assert direction(kind, change, "patient") == "asks"
        assert direction(kind, "step-back", "patient") == "asks-urgent"
        met = direction(kind, "step-back", "patient", conditions_met=True)
        assert met == ("asks-urgent" if kind == "opioid" else "allowed")


def test_what_is_not_in_the_matrix():
    with pytest.raises(KeyError):
        direction("SSRI", "double", "doctor")
    with pytest.raises(KeyError):
        direction("SSRI", "hold", "neighbour")


def test_tolerance_is_an_opioids_warning():
    assert warns_of_tolerance("opioid", "step-back")
    assert not warns_of_tolerance("opioid", "hold")
    assert not warns_of_tolerance("benzodiazepine", "step-back")


class Clearings(RuleBasedStateMachine):
    """Days pass; people say go, hold, resume; flags open and close.

    A model kept beside the timetable knows whether a lower dose may appear.
    """

    ran: dict[str, int] = {}

    @initialize()
    def begin(self):
        self.day, self.minute, self.step = 0, 0, 0
        self.goes, self.holds, self.flags = [], [], []
        self.good = set()

    def now(self):
        return DAYS.starts_at(FIRST + self.day * DAY) + timedelta(hours=12, minutes=self.minute)

    def stands(self):
        events = Events(tuple(self.goes), tuple(self.holds), tuple(self.flags))
        return timetable.course(PLAN, FIRST, events, self.now(), DAYS)

    def count(self, name):
        type(self).ran[name] = type(self).ran.get(name, 0) + 1

    def tick(self):
        self.minute += 1

    @rule(days=st.integers(1, 20))
    def days_pass(self, days):
        self.minute = 0
        self.days_pass_to(self.day + days)
        self.count("days")

    def days_pass_to(self, day):
        self.day = day
        found = self.stands()
        for number in range(self.step + 1, found.step + 1):
            assert number in self.good, f"step {number} began without a good go"
            self.count("entered")
        self.step = found.step

    @precondition(lambda self: not open_now(self.holds) and not open_now(self.flags))
    @rule()
    def say_go(self):
        planned = self.stands().planned
        if planned is not None:
            self.day = max(self.day, (planned - FIRST).days - 2)
        self.days_pass_to(self.day)
        found = self.stands()
        if found.gate_open(FIRST + self.day * DAY):
            self.goes.append(Clearing(found.step + 1, self.now()))
            self.good.add(found.step + 1)
            self.count("go")
            self.tick()

    @precondition(lambda self: not open_now(self.holds))
    @rule()
    def hold(self):
        self.holds.append(Hold(self.now()))
        self.void()
        self.count("hold")

    @precondition(lambda self: open_now(self.holds))
    @rule()
    def resume(self):
        self.tick()
        self.holds[-1] = Hold(self.holds[-1].since, self.now())
        self.count("resume")

    @precondition(lambda self: not open_now(self.flags))
    @rule()
    def raise_flag(self):
        self.flags.append(Hold(self.now()))
        self.void()
        self.count("flag")

    @precondition(lambda self: open_now(self.flags))
    @rule()
    def close_flag(self):
        self.tick()
        self.flags[-1] = Hold(self.flags[-1].since, self.now())
        self.count("closed")

    @precondition(lambda self: not open_now(self.holds) and not open_now(self.flags))
    @rule(kind=st.sampled_from(["holds", "flags"]), days=st.integers(1, 20))
    def say_go_then_stop_for_an_hour(self, kind, days):
        self.say_go()
        getattr(self, kind).append(Hold(self.now(), self.now() + timedelta(minutes=1)))
        self.void()
        self.days_pass(days)
        self.count("stopped")

    @precondition(lambda self: not open_now(self.holds) and not open_now(self.flags))
    @rule(days=st.integers(3, 20))
    def say_go_and_go_on(self, days):
        """Left alone, a random walk nearly always holds or flags before a step begins."""
        self.say_go()
        self.days_pass(days)
        self.count("went on")

    def void(self):
        """What was said before no longer counts, unless its step has begun."""
        self.good = {number for number in self.good if number <= self.stands().step}
        self.tick()


def open_now(intervals):
    return bool(intervals) and intervals[-1].until is None


MACHINE = settings(
    max_examples=max(120, settings().max_examples // 10), stateful_step_count=40, database=None
)


HUNT = settings(MACHINE, max_examples=2000, derandomize=True)


def test_the_state_machine_of_clearing():
    Clearings.ran = {}
    run_state_machine_as_test(Clearings, settings=MACHINE)
    for name in ("days", "go", "entered", "hold", "resume", "flag", "closed", "stopped", "went on"):
        assert Clearings.ran.get(name, 0) > 0, name


def ignores_flags(clearing, planned, events, days, *, own):
    return REAL(clearing, planned, Events(events.clearings, events.holds), days, own=own)


def ignores_holds(clearing, planned, events, days, *, own):
    return REAL(clearing, planned, Events(events.clearings, (), events.flags), days, own=own)


def needs_no_go(plan, number, planned, events, days):
    return planned


REAL = timetable._good_from


@pytest.mark.parametrize(
    ("name", "mutant"),
    [("_good_from", ignores_flags), ("_good_from", ignores_holds), ("_start", needs_no_go)],
)
def test_the_state_machine_kills_planted_mutants(monkeypatch, name, mutant):
    monkeypatch.setattr(timetable, name, mutant)
    with pytest.raises(AssertionError, match="without a good go"):
        run_state_machine_as_test(Clearings, settings=HUNT)
