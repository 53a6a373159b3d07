"""Sums and bands of published instruments; a blank is never zero."""

import pytest

from patients.domain.instruments import (
    InstrumentIncomplete,
    InstrumentInvalid,
    cows_band,
    cssrs_risk,
    gad7,
    phq9,
)


@pytest.mark.parametrize(
    ("total", "band"),
    [(4, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe")],
)
def test_phq9_bands(total, band):
    items = [total // 9 + (k < total % 9) for k in range(9)]
    assert phq9(items)[0].band == band


def test_item_nine_is_a_flag_by_itself():
    assert phq9([0] * 8 + [1])[1]
    assert not phq9([3] * 8 + [0])[1]


def test_a_blank_is_incomplete():
    with pytest.raises(InstrumentIncomplete):
        phq9([None, *[0] * 8])
    with pytest.raises(InstrumentIncomplete):
        gad7([0] * 6 + [None])


@pytest.mark.parametrize("items", [[0] * 8, [4, *[0] * 8], [-1, *[0] * 8]])
def test_answers_it_does_not_have(items):
    with pytest.raises(InstrumentInvalid):
        phq9(items)


@pytest.mark.parametrize(
    ("total", "band"), [(0, "none"), (5, "mild"), (13, "moderate"), (48, "severe")]
)
def test_cows(total, band):
    assert cows_band(total) == band


def test_cows_out_of_range():
    with pytest.raises(InstrumentInvalid):
        cows_band(49)


BASE = {"q1": "no", "q2": "no", "q6": "no"}


@pytest.mark.parametrize(
    ("changes", "risk"),
    [
        ({}, "none"),
        ({"q1": "yes"}, "low"),
        ({"q6": "lifetime"}, "moderate"),
        ({"q6": "3months"}, "high"),
        ({"q4": "yes"}, "none"),
        ({"q2": "yes", "q3": "no", "q4": "no", "q5": "no"}, "low"),
        ({"q2": "yes", "q3": "yes", "q4": "no", "q5": "no"}, "moderate"),
        ({"q2": "yes", "q3": "no", "q4": "yes", "q5": "no"}, "high"),
        ({"q2": "yes", "q3": "no", "q4": "no", "q5": "yes"}, "high"),
        ({"q2": "yes", "q5": "yes"}, "high"),
    ],
)
def test_cssrs_triage(changes, risk):
    assert cssrs_risk({**BASE, **changes}) == risk


@pytest.mark.parametrize("answers", [{}, {"q1": "no", "q2": "no"}, {**BASE, "q2": "yes"}])
def test_cssrs_with_a_blank(answers):
    with pytest.raises(InstrumentIncomplete):
        cssrs_risk(answers)


@pytest.mark.parametrize(
    "answers", [{**BASE, "q1": "maybe"}, {**BASE, "q7": "no"}, {**BASE, "q6": "yes"}]
)
def test_cssrs_answers_it_does_not_have(answers):
    with pytest.raises(InstrumentInvalid):
        cssrs_risk(answers)
