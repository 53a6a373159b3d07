"""One dose, one parser, one renderer."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.domain.dose import MOST_NANOGRAMS, Dose, DoseInvalid, parse_dose, render_mg

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
