"""Per cents and asked amounts in words: exact, half up, no trailing zero."""

import pytest

from schedules.domain.dose import Dose
from schedules.domain.pace import asked_words, change_words, cut_words, share_words


@pytest.mark.parametrize(
    ("before", "after", "cut", "share", "change"),
    [
        ("2", "1.75", "12.5%", "87.5%", "12.5% lower"),
        ("1.2", "1.1", "8.3%", "91.7%", "8.3% lower"),
        ("1", "1.2", "20%", "120%", "20% higher"),
        ("0.25", "0", "100%", "0%", "100% lower"),
        ("2", "1.999", "0.1%", "100%", "0.1% lower"),
        ("2", "1.9991", "0%", "100%", "0% lower"),
        ("1", "1", "0%", "100%", "no change"),
    ],
)
def test_a_change_in_words(before, after, cut, share, change):
    one, two = Dose.mg(before), Dose.mg(after)
    assert cut_words(one, two) == cut
    assert share_words(two, one) == share
    assert change_words(one, two) == change


def test_from_nothing_there_is_no_per_cent():
    assert change_words(Dose(0), Dose.mg(1)) == "no change"


@pytest.mark.parametrize(
    ("asked", "words"),
    [((9, 5), "1.8 mg"), ((13_122, 10_000), "1.3122 mg"), ((1, 3), "0.3333 mg"), ((2, 3), "0.6667 mg"),
     ((1, 20_000), "0.0001 mg"), ((0, 1), "0 mg"), ((120, 1), "120 mg")],
)  # fmt: skip
def test_an_asked_amount_in_words(asked, words):
    assert asked_words(asked).replace("\u00a0", " ") == words
