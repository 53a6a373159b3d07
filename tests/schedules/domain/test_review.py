"""Rules on what was taken."""

import pytest

from schedules.domain.dose import Dose
from schedules.domain.levels import daily_levels
from schedules.domain.review import TakenDay, findings_for


def rules(taken, planned="0.5", before="2", maximum="4", **more):
    day = TakenDay(
        Dose.mg(taken), Dose.mg(planned), Dose.mg(before), Dose.mg(maximum) if maximum else None,
        **more,
    )  # fmt: skip
    return [finding.rule for finding in findings_for(day)]


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("0.5", []),
        ("0.625", []),
        ("0.75", ["RF-24"]),
        ("1.5", ["RF-24"]),
        ("2", ["RF-24"]),
        ("2.125", ["RF-06"]),
        ("6", ["RF-06"]),
        ("6.5", ["RF-06"]),
    ],
)
def test_more_than_planned(taken, expected):
    assert rules(taken) == expected


def test_above_one_and_a_half_times_the_maximum_whatever_the_plan():
    assert rules("6.5", planned="6", before="6") == ["RF-06"]
    assert rules("6.5", planned="6", before="6", maximum=None) == []


def test_words_that_do_not_sum():
    assert rules("0.5", words_sum=False) == ["RF-41"]


def test_nothing_planned_is_no_ratio():
    assert rules("0", planned="0") == []


def test_the_level_follows_the_dose_slowly_and_an_unknown_day_goes_on():
    levels = daily_levels([2.0, 2.0, 1.0, None, 1.0], 35)
    assert levels[0] == levels[1] == 2.0
    assert 1.0 < levels[4] < levels[3] < levels[2] < 2.0
    assert daily_levels([None, None], 35) == [0.0, 0.0]
