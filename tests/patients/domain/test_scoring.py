"""Unanswered is unknown, never zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.domain.scoring import AnswersInvalid, burden, trend

answers = st.lists(st.integers(0, 4) | st.none(), min_size=10, max_size=10)


@given(answers)
def test_w_is_in_range_or_unknown(items):
    score = burden(items)
    blanks = items.count(None)
    assert (score.w is None) == (blanks > 2)
    if score.w is not None:
        assert 0 <= score.w <= 40
        assert score.prorated == (blanks > 0)


@given(answers, st.integers(0, 9))
def test_a_worse_item_never_lowers_w(items, at):
    if items[at] is None or items[at] == 4:
        return
    worse = [*items[:at], items[at] + 1, *items[at + 1 :]]
    before, after = burden(items).w, burden(worse).w
    assert before is None or after >= before


@pytest.mark.parametrize(
    ("w", "word"),
    [(0, "none"), (10, "mild"), (11, "moderate"), (21, "severe"), (31, "very severe")],
)
def test_bands(w, word):
    items = [w // 10 + (k < w % 10) for k in range(10)]
    assert burden(items).band == word


def test_wrong_answers():
    with pytest.raises(AnswersInvalid):
        burden([5] * 10)


def test_a_window_of_five_days():
    old = [(1, 39), (2, 39)]
    assert trend([5, 5, 5, 5], old, today=10).status == "insufficient"
    assert trend([5, 5, 5, 5], [(8, 6), (9, 6), (10, 6)], today=10).status == "GREEN"
