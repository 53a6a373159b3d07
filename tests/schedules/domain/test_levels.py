"""The estimate: its shape, its limits, and that bad numbers give no curve."""

from decimal import Decimal
from fractions import Fraction

import pytest

from schedules.domain.equivalents import (
    NotInTable,
    diazepam_equivalent,
    strictest_table,
    tables_for,
)
from schedules.domain.levels import (
    LevelInvalid,
    amount_at,
    approximate,
    gap,
    metabolite_note,
    steady_state,
)
from schedules.domain.risk import RiskInvalid, dependence, dose_band


def test_equal_rates_take_the_limit_form():
    ke = 0.1
    near = amount_at(5, [(0, 1)], 6.931471805599453, ke * (1 + 1e-6))
    assert amount_at(5, [(0, 1)], 6.931471805599453, ke) == pytest.approx(near, rel=1e-4)


def test_a_dose_at_exactly_the_hour_counts_and_a_later_one_does_not():
    assert amount_at(24, [(24, 1), (25, 1)], 35) == 1


@pytest.mark.parametrize("half_life", [0, -1, float("nan"), float("inf")])
def test_a_half_life_that_cannot_be(half_life):
    with pytest.raises(LevelInvalid):
        amount_at(1, [(0, 1)], half_life)
    with pytest.raises(LevelInvalid):
        steady_state(half_life, 24, 1)
    with pytest.raises(LevelInvalid):
        gap(half_life, 24, 1)


def test_a_negative_dose_or_gap():
    with pytest.raises(LevelInvalid):
        amount_at(1, [(0, -1)], 35)
    with pytest.raises(LevelInvalid):
        gap(35, 24, -1)


@pytest.mark.parametrize(
    ("hours", "rule"), [(24, None), (25, "RF-20"), (48, "RF-21"), (59, "RF-22"), (10, None)]
)
def test_missed_dose_tiers_follow_the_level(hours, rule):
    assert gap(35, 24, hours).rule == rule


def test_a_ratio_over_one_is_not_clipped():
    assert gap(35, 24, 10).ratio > 1


def test_notes_about_breakdown_products():
    assert "not drawn" in metabolite_note("desmethyldiazepam 36-200 h")
    assert "not drawn" not in metabolite_note("none clinically relevant (7-amino)")


def test_an_exact_number_becomes_a_float_in_one_place():
    assert approximate(Decimal("0.5")) == 0.5


def test_the_table_must_list_the_medicine():
    with pytest.raises(NotInTable):
        diazepam_equivalent("clobazam", Fraction(1), "va_dod_2021")
    with pytest.raises(NotInTable):
        diazepam_equivalent("clonazepam", Fraction(1), "unknown")


def test_the_strictest_table_gives_most_diazepam():
    assert strictest_table("clonazepam") == "ashton_2002"
    assert strictest_table("sertraline") is None
    assert tables_for("zopiclone") == ("nhs_scotland",)


@pytest.mark.parametrize(
    ("days", "months", "mg", "likely"),
    [
        (3, 12, 30, "rare"),
        (7, 0, 30, "lower"),
        (7, 1, 10, "lower"),
        (7, 1, 11, "yes"),
        (7, 3, 1, "yes"),
        (4, 2, 16, "yes"),
    ],
)
def test_dependence(days, months, mg, likely):
    assert dependence(Decimal(days), Decimal(months), Decimal(mg)) == likely


@pytest.mark.parametrize(("days", "months", "mg"), [(8, 1, 1), (-1, 1, 1), (7, -1, 1), (7, 1, -1)])
def test_numbers_no_person_has(days, months, mg):
    with pytest.raises(RiskInvalid):
        dependence(Decimal(days), Decimal(months), Decimal(mg))


def test_bands():
    assert [dose_band(Decimal(mg)) for mg in ("10", "10.01", "15", "15.5")] == [
        "low", "moderate", "moderate", "high",
    ]  # fmt: skip
