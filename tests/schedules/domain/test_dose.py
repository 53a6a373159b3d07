"""One dose, one parser, one renderer."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.domain.dose import (
    MOST_NANOGRAMS,
    Dose,
    DoseInvalid,
    is_many_times,
    parse_dose,
    plain_number,
    render_mg,
)

NB = "\u00a0"


@pytest.mark.parametrize(
    ("typed", "milligrams"),
    [
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("0,5", "0.5"),
        (",5", "0.5"),
        ("½", "0.5"),
        ("¼", "0.25"),
        ("1/4", "0.25"),
        ("1 1/2", "1.5"),
        ("1½", "1.5"),
        (" 2 ", "2"),
        ("2 mg", "2"),
        (f"0.75{NB}mg", "0.75"),
        ("1.125", "1.125"),
        ("0,125", "0.125"),
        ("0.03125", "0.03125"),
        ("10", "10"),
    ],
)
def test_reads_what_people_type(typed, milligrams):
    assert parse_dose(typed) == Dose.mg(milligrams)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "1,000",
        "1.000",
        "1,125",
        "1e2",
        "NaN",
        "inf",
        "-0",
        "-1",
        "+1",
        "1_000",
        "１２",
        "0.000001",
        "1.",
        ".",
        "0x1",
        "1 000",
        "1,2,3",
        "1/3",
        "1/0",
        "10000.1",
        "99999",
        "²",
        "٣",
    ],
)
def test_refuses_what_can_be_misread(typed):
    with pytest.raises(DoseInvalid) as refused:
        parse_dose(typed)
    assert str(refused.value)


def test_the_sentence_for_a_thousands_mark_names_both_readings():
    with pytest.raises(DoseInvalid, match="For 1 mg type 1, for 1000 mg type 1000"):
        parse_dose("1,000")


@pytest.mark.parametrize(
    ("milligrams", "words"),
    [("0.5", "0.5"), ("1", "1"), ("1.0", "1"), ("100", "100"), ("0.03125", "0.03125")],
)
def test_renders_with_leading_and_without_trailing_zero(milligrams, words):
    assert render_mg(Dose.mg(milligrams)) == f"{words}{NB}mg"


def test_an_exponent_is_never_shown():
    assert render_mg(Dose.mg(Decimal("1E+2"))) == f"100{NB}mg"


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Fraction(1, 3), -1])
def test_a_dose_is_exact_and_bounded(amount):
    with pytest.raises(DoseInvalid):
        Dose.mg(amount)


def test_a_dose_has_a_roof():
    with pytest.raises(DoseInvalid):
        Dose(MOST_NANOGRAMS + 1)


@given(st.integers(min_value=0, max_value=MOST_NANOGRAMS // 10))
def test_render_then_parse_gives_the_same_dose(tens_of_ng):
    dose = Dose(tens_of_ng * 10)
    shown = render_mg(dose)
    assert parse_dose(shown) == dose
    assert not shown.startswith(".")
    assert not shown.removesuffix(f"{NB}mg").endswith((".", ".0"))


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_adding_and_taking_away_are_exact(one, two):
    assert (Dose(one) + Dose(two)) - Dose(two) == Dose(one)


DIGITS = "Type the number with the digits 0 to 9, like 0.5"
PLAIN = "Type a number of mg, like 0.5, with at most five decimals"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type a number of mg, like 0.5"),
        (" mg ", "Type a number of mg, like 0.5"),
        ("１２", DIGITS),
        ("²", DIGITS),
        ("1/3", "Type it as a decimal number of mg, like 0.25"),
        ("1e2", PLAIN),
        ("-1", PLAIN),
        ("0.000001", PLAIN),
        ("10000.1", "A dose is between 0 and 10,000 mg."),
        (
            "2,050",
            "2,050 can be read in two ways. For 2.05 mg type 2.05, for 2050 mg type 2050",
        ),
        (
            "20,000",
            "20,000 can be read in two ways. For 20 mg type 20, for 20000 mg type 20000",
        ),
        (
            "1,012",
            "1,012 can be read in two ways. For 1.012 mg type 1.012, for 1012 mg type 1012",
        ),
    ],
)
def test_a_refusal_says_what_to_type(typed, sentence):
    with pytest.raises(DoseInvalid) as refused:
        parse_dose(typed)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        (Decimal("NaN"), "A dose is a number."),
        (Decimal("Infinity"), "A dose is a number."),
        (Fraction(1, 3), "A dose has at most five decimals of a milligram."),
        (Decimal("0.000001"), "A dose has at most five decimals of a milligram."),
        (-1, "A dose is between 0 and 10,000 mg."),
        (10_001, "A dose is between 0 and 10,000 mg."),
    ],
)
def test_what_a_dose_cannot_be(amount, sentence):
    with pytest.raises(DoseInvalid) as refused:
        Dose.mg(amount)
    assert str(refused.value) == sentence


def test_the_bounds_are_doses():
    assert str(Dose.mg(10_000)) == f"10000{NB}mg"
    assert str(Dose.mg(0)) == f"0{NB}mg"
    assert str(Dose.mg("0.00001")) == f"0.00001{NB}mg"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1E+2", "100"), ("1E-8", "0.00000001"), ("0.50", "0.5"), ("20.0", "20"),
        ("100", "100"), ("0", "0"), ("10.010", "10.01"),
    ],
)  # fmt: skip
def test_a_plain_number_has_no_exponent_and_no_needless_zero(amount, shown):
    assert plain_number(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("taken", "planned", "times", "many"),
    [
        ("1.5", "0.5", 3, True),
        ("1.49", "0.5", 3, False),
        ("2", "0.5", 3, True),
        ("1", "0", 3, False),
    ],
)
def test_many_times_a_planned_dose(taken, planned, times, many):
    assert is_many_times(Dose.mg(taken), Dose.mg(planned), times) is many


@pytest.mark.parametrize(
    ("mg", "ng"),
    [("0", 0), ("1/3", 333_340), ("1/100000", 10), ("1/100001", 10), ("1.5", 1_500_000)],
)
def test_up_is_the_lowest_dose_not_below(mg, ng):
    assert Dose.up(Fraction(mg)) == Dose(ng)


@given(st.fractions(0, 10_000))
def test_up_is_within_ten_nanograms(mg):
    up = Dose.up(mg)
    assert mg <= up.exact < mg + Fraction(1, 100_000)
