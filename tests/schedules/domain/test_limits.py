"""How fast is too fast, on the edge of every number."""

from decimal import Decimal
from fractions import Fraction

import pytest

from schedules.domain.limits import PER_MG, Factors, benzodiazepine_findings, highest, hundredths
from schedules.domain.pace import PaceInvalid

ONE = Factors(Fraction(1), Fraction(1))
TEN = Factors(Fraction(10), Fraction(10))
TINY = Fraction(1, 10**6)


def found(start, *plan, factors=ONE):
    doses = [(day, PER_MG * Fraction(dose)) for day, dose in plan]
    return [
        (finding.rule, finding.day, finding.severity)
        for finding in benzodiazepine_findings(PER_MG * Fraction(start), doses, factors)
    ]


@pytest.mark.parametrize(
    ("dose", "rules"),
    [
        ("75", [("BZD-02", 0, "soft")]),
        (75 - TINY, [("BZD-01", 0, "hard")]),
        ("90", []),
        (90 - TINY, [("BZD-02", 0, "soft")]),
        ("89.5", [("BZD-02", 0, "soft")]),
        ("100", []),
        ("101", [("BZD-09", 0, "block")]),
    ],
)
def test_a_quarter_in_fourteen_days_and_a_tenth_at_first(dose, rules):
    assert found(100, (0, dose)) == rules


@pytest.mark.parametrize(
    ("start", "dose", "rules"),
    [
        ("0.3", "0.2", ["BZD-01b", "BZD-02"]),
        ("0.5", "0.3", ["BZD-01"]),
        ("0.35", "0.25", ["BZD-01b", "BZD-02"]),
        ("0.51", "0.37", ["BZD-01"]),
        ("0.39", "0.28", ["BZD-01"]),
        ("0.5", "0.35", ["BZD-01"]),
    ],
)
def test_low_in_diazepam_is_five_and_one_milligram(start, dose, rules):
    assert [rule for rule, _, _ in found(start, (0, dose), factors=TEN)] == rules


def test_low_at_exactly_five_and_exactly_one_milligram():
    five = Factors(Fraction(5), Fraction(5))
    assert [rule for rule, _, _ in found("0.6", (0, "0.4"), factors=five)] == ["BZD-01b", "BZD-02"]
    assert [rule for rule, _, _ in found("0.7", (0, "0.5"), factors=five)] == ["BZD-01b", "BZD-02"]
    assert [rule for rule, _, _ in found("0.8", (0, "0.59"), factors=five)] == ["BZD-01"]
    assert found(5, (0, 5 - 1)) == [("BZD-02", 0, "soft")]
    assert [rule for rule, _, _ in found("5.5", (0, 4))] == ["BZD-01"]


@pytest.mark.parametrize(
    ("last", "rules"),
    [
        ("1", []),
        (1 + TINY, [("BZD-07", 0, "soft")]),
        ("2.5", [("BZD-07", 0, "soft")]),
        (Fraction(5, 2) + TINY, [("BZD-07", 0, "hard")]),
        ("2.8", [("BZD-07", 0, "hard")]),
    ],
)
def test_the_stop_is_judged_by_the_last_dose(last, rules):
    assert found(last, (0, 0)) == rules


@pytest.mark.parametrize(
    ("second", "rules"),
    [
        ("98", []),
        (98 - TINY, [("BZD-03", 7, "soft")]),
        ("97.5", [("BZD-03", 7, "soft")]),
    ],
)
def test_two_per_cent_is_a_micro_step(second, rules):
    assert found("101", (0, 100), (7, second)) == rules


def test_a_fortnight_between_reductions_is_enough():
    assert found(100, (0, 95), (14, 90)) == []
    assert found(100, (0, 95), (13, 90)) == [("BZD-03", 13, "soft")]


def test_the_same_dose_again_is_no_reduction():
    assert found(100, (0, 95), (13, 95), (14, 90)) == []


def test_a_rise_is_given_in_per_cent_of_the_start():
    (rise,) = benzodiazepine_findings(Fraction(4), [(0, Fraction(5))], ONE)
    assert rise.percent == Decimal("25.00")


@pytest.mark.parametrize(
    ("start", "plan", "factors", "sentence"),
    [
        (0, [], ONE, "amounts above zero"),
        (-1, [], ONE, "amounts above zero"),
        (1, [], Factors(Fraction(0), Fraction(1)), "amounts above zero"),
        (1, [], Factors(Fraction(1), Fraction(0)), "amounts above zero"),
        (1, [(0, -1)], ONE, "doses of zero or more on rising days"),
        (1, [(1, 1), (0, 1)], ONE, "doses of zero or more on rising days"),
        (1, [(1, 1), (1, 1)], ONE, "doses of zero or more on rising days"),
    ],
)
def test_what_cannot_be_judged(start, plan, factors, sentence):
    with pytest.raises(PaceInvalid) as refused:
        benzodiazepine_findings(Fraction(start), [(d, Fraction(m)) for d, m in plan], factors)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (800, 799, 13),
        (300, 299, 33),
        (4000, 3999, 3),
        (800, 801, -13),
        (300, 0, 10_000),
        (7, 7, 0),
        (PER_MG * Fraction(1, 3), PER_MG * Fraction(1, 4), 2500),
    ],
)
def test_hundredths_go_half_up(before, after, shown):
    assert hundredths(before, after) == shown


@pytest.mark.parametrize(
    ("at", "window", "top"),
    [(3, 19, 95), (3, 20, 98), (2, 15, 95), (2, 16, 98), (2, 30, 100), (0, 14, 100)],
)
def test_the_highest_dose_of_a_window(at, window, top):
    assert highest(100, [(0, 98), (10, 95), (25, 90), (29, 80)], at, window) == top
