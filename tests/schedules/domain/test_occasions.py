"""What a patient hears in the morning of a plan day, and how often a gate asks."""

from datetime import date

import pytest

from patients.domain.days import DAY
from schedules.domain.occasions import Facts, gate_round, morning_kinds

STEP = date(2026, 6, 15)
NEXT = Facts(steps=(STEP - 14 * DAY,), planned=STEP)


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
