"""What a supply lasts: counted at the dose in force."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.letter import Letter, pharmacy_letter
from schedules.domain.supply import (
    SupplyInvalid,
    full_days,
    left_of,
    needed,
    open_days,
    pouches,
    run_out_on,
    supply_tier,
)
from tests.cast import built

TODAY = date(2026, 3, 2)
STEP = built().plan.steps[1]
PORTIONS = [portion for _, portion in STEP.portions]


def test_full_days_is_a_floor():
    assert full_days(Fraction("18.5"), Fraction("0.75")) == 24


@pytest.mark.parametrize(("stock", "daily"), [(-1, 1), (1, 0), (1, -1)])
def test_amounts_that_cannot_be(stock, daily):
    with pytest.raises(SupplyInvalid):
        full_days(Fraction(stock), Fraction(daily))


def test_halves_are_counted_in_pairs_and_leftovers_listed():
    found = {need.product: need for need in needed(PORTIONS, 14, reserve=0)}
    assert found["klonopin-0.5"].used == 14 * Fraction(5, 2)
    assert (found["klonopin-0.5"].units, found["klonopin-0.5"].left) == (35, 0)
    assert found["melt-0.125"].units == 14


def test_a_fraction_over_is_one_more_tablet():
    half = [portion for _, portion in built(start={"bedtime": "0.75"}).plan.steps[0].portions]
    need = needed(half, 1, reserve=0)[0]
    assert (need.units, need.left) == (2, Fraction(1, 2))


def test_a_reserve_is_asked_for_by_default():
    assert needed(PORTIONS, 14)[0].used == 28 * Fraction(5, 2)


def test_no_window_is_refused():
    with pytest.raises(SupplyInvalid):
        needed(PORTIONS, 0)


def test_the_first_product_that_falls_short_decides():
    stock = {"klonopin-0.5": Fraction(100), "melt-0.125": Fraction(5)}
    assert run_out_on(stock, PORTIONS, TODAY) == TODAY + timedelta(days=5)


@pytest.mark.parametrize("stock", [{}, {"klonopin-0.5": Fraction(-3), "melt-0.125": Fraction(9)}])
def test_an_empty_or_negative_stock_runs_out_today(stock):
    assert run_out_on(stock, PORTIONS, TODAY) == TODAY


def test_nothing_taken_never_runs_out():
    assert run_out_on({}, [], TODAY) is None


@pytest.mark.parametrize(
    ("days", "tier"),
    [(0, "none-left"), (1, "urgent"), (2, "urgent"), (3, "review"), (6, "review"), (7, "")],
)
def test_how_urgent(days, tier):
    assert supply_tier(TODAY + timedelta(days=days), TODAY) == tier
    assert supply_tier(None, TODAY) == ""


@pytest.mark.parametrize(
    ("first", "days", "tier"),
    [("2026-03-06", 4, "urgent"), ("2026-03-05", 5, "review"), ("2026-03-07", 4, "urgent"),
     ("2026-03-07", 5, "review"), ("2026-03-06", 6, "review")],
)  # fmt: skip
def test_a_weekend_is_no_time_to_get_a_box(first, days, tier):
    day = date.fromisoformat(first)
    assert supply_tier(day + timedelta(days=days), day) == tier


def test_working_days_from_friday():
    friday = date(2026, 3, 6)
    assert [open_days(friday, friday + timedelta(days=k)) for k in range(5)] == [0, 1, 1, 1, 2]


def test_what_is_left_is_never_below_nothing():
    assert left_of(Fraction(5), [Fraction(1), Fraction("1.5")]) == Fraction("2.5")
    assert left_of(Fraction(5), [Fraction(9)]) == 0


def test_no_pouch_runs_beyond_the_next_uncleared_step():
    table = pouches(STEP.portions, TODAY, stops_on=TODAY + timedelta(days=10))
    assert [bool(pouch.portions) for pouch in table] == [True] * 10 + [False] * 18
    assert all(pouch.portions for pouch in pouches(STEP.portions, TODAY))


def letter(**changes):
    given = {
        "patient": "Maya Okafor", "clinic": "Riverside Practice", "medicine": medicine("clonazepam"),
        "portions": STEP.portions, "first": TODAY, "days": 28, "printed_on": TODAY, "revision": 3,
    }  # fmt: skip
    return pharmacy_letter(Letter(**{**given, **changes})).replace("\u00a0", " ")


def test_the_pharmacy_letter():
    assert letter() == (
        "Riverside Practice\n"
        "For: Maya Okafor\n"
        "Medicine: clonazepam, 1.375 mg a day\n"
        "From 2 March 2026, for 28 days and a reserve of 14\n"
        "\n"
        "Morning: Take 1 whole of 0.5 mg and 1 whole of 0.125 mg. 0.5 mg: your tablets "
        "(orange, round). 0.125 mg: your melting tablets. (0.625 mg)\n"
        "Bedtime: Take 1 whole and 1 half of your 0.5 mg tablets (orange, round) (0.75 mg)\n"
        "\n"
        "Please hand over:\n"
        "- 105 of 0.5 mg tablet, Klonopin\n"
        "- 42 of 0.125 mg melting tablet, generic ODT\n"
        "\n"
        "Stay on this dose until the patient's page says new.\n"
        "Printed 2 March 2026, plan 3.\n"
    )


def test_no_letter_speaks_beyond_the_next_uncleared_step():
    short = letter(stops_on=TODAY + timedelta(days=9), reserve=0)
    assert "for 9 days" in short
    assert "From 11 March 2026 on: stay on this dose until" in short
    assert "- 23 of 0.5 mg tablet, Klonopin, 1/2 tablet over" in short


def test_a_liquid_in_a_letter():
    plan = built(start={"bedtime": "0.5"}, keys=("compounded-0.1",), target=Dose.mg("0.25")).plan
    assert "- 210 mL of 0.1 mg in 1 mL liquid" in letter(portions=plan.steps[0].portions)
