"""What a patient hears in the morning of a plan day, and how often a gate asks."""

from datetime import date

import pytest

from patients.domain.days import DAY
from schedules.domain.occasions import AtHome, Facts, gate_round, home_kinds, morning_kinds

STEP = date(2026, 6, 15)
FAR = STEP + 700 * DAY
NEXT = Facts(steps=(STEP - 28 * DAY, STEP - 14 * DAY), planned=STEP)


@pytest.mark.parametrize(
    ("before", "kinds"),
    [(8, []), (7, ["step-ahead"]), (6, []), (2, []), (1, []), (0, ["step-stays"]), (-1, [])],
)
def test_before_a_step(before, kinds):
    assert morning_kinds(STEP - before * DAY, NEXT) == kinds


def test_a_step_that_was_cleared_does_not_stay():
    cleared = Facts(steps=NEXT.steps, planned=STEP, starts=STEP)
    assert morning_kinds(STEP, cleared) == []


@pytest.mark.parametrize(
    ("before", "kinds"),
    [(15, []), (14, ["last-dose-ahead"]), (13, []), (7, ["step-ahead"]), (3, ["last-dose-ahead"]),
     (2, []), (0, ["step-stays"])],
)  # fmt: skip
def test_before_the_last_dose(before, kinds):
    last = Facts(steps=NEXT.steps, planned=STEP, is_last=True)
    assert morning_kinds(STEP - before * DAY, last) == kinds


@pytest.mark.parametrize(
    ("after", "kinds"),
    [(0, ["last-dose"]), (1, []), (2, ["aftercare"]), (6, ["aftercare"]), (7, [])],
)
def test_after_the_last_dose(after, kinds):
    assert morning_kinds(STEP + after * DAY, Facts(steps=(STEP,), ended=STEP)) == kinds


def test_while_a_hold_lasts_no_step_is_planned_and_nothing_is_said():
    assert all(morning_kinds(STEP + k * DAY, Facts(steps=NEXT.steps)) == [] for k in range(-20, 20))


@pytest.mark.parametrize(("before", "number"), [(3, 0), (2, 0), (1, 1), (0, 1), (-5, 1)])
def test_a_gate_asks_twice(before, number):
    assert gate_round(STEP - before * DAY, STEP) == number


def test_with_the_first_step_the_days_before_it_are_kept_and_with_no_other():
    first = Facts(steps=(STEP,))
    assert [morning_kinds(STEP + k * DAY, first) for k in (-1, 0, 1)] == [[], ["baseline-done"], []]
    assert morning_kinds(STEP, Facts(steps=(STEP - 14 * DAY, STEP))) == []


@pytest.mark.parametrize("left", range(12))
def test_boxes_that_run_out_are_told_ten_five_and_two_days_before(left):
    home = AtHome(STEP, FAR, counted_on=STEP, runs_out_on=STEP + (1 + left) * DAY)
    assert home_kinds(STEP + DAY, home) == (["supply"] if left in (10, 5, 2) else [])


@pytest.mark.parametrize(("after", "asks"), [(0, 0), (1, 1), (2, 0), (28, 0), (29, 1), (57, 1)])
def test_boxes_never_counted_are_asked_for_on_the_second_day_and_every_month(after, asks):
    assert home_kinds(STEP + after * DAY, AtHome(STEP, FAR)) == ["count-boxes"] * asks


@pytest.mark.parametrize(("after", "asks"), [(0, 0), (1, 0), (27, 0), (28, 1), (29, 0), (56, 1)])
def test_a_count_is_asked_for_once_a_month(after, asks):
    home = AtHome(STEP - 90 * DAY, FAR, counted_on=STEP, runs_out_on=STEP + 200 * DAY)
    assert home_kinds(STEP + after * DAY, home) == ["count-boxes"] * asks


def test_a_dose_without_an_answer_is_told_beside_the_boxes():
    home = AtHome(STEP, FAR, STEP, STEP + 5 * DAY, has_open_dose=True)
    assert home_kinds(STEP, home) == ["open-days", "supply"]


def test_the_questionnaires_are_asked_for_every_two_weeks():
    home = AtHome(STEP, STEP, STEP, STEP + 300 * DAY)
    asked = [k for k in range(1, 60) if "questions" in home_kinds(STEP + k * DAY, home)]
    assert asked == [13, 27, 41, 55]


def test_aftercare_asks_once_more_two_days_later():
    facts = Facts(steps=(STEP,), ended=STEP)
    asked = [k for k in range(12) if "aftercare" in morning_kinds(STEP + k * DAY, facts)]
    assert asked == [2, 4, 6, 8]
