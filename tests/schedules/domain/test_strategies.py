"""Every pace falls and ends; published schedules are what they say; a cross-over never adds first."""

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.domain.builder import PlanImpossible, Request, build
from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import ZERO, Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.strategies.base import StrategyInvalid
from schedules.domain.strategies.byhand import ByHand
from schedules.domain.strategies.crossover import cross_over, float_free, readings
from schedules.domain.strategies.occupancy import CURVES, Occupancy, curve_for, occupancy_cuts
from schedules.domain.strategies.published import SCHEDULES, published, schedules_for
from schedules.domain.strategies.registry import Linear, Proportional
from schedules.domain.ways_out import ways_out
from tests.cast import a_request, built

CLONAZEPAM, DIAZEPAM, LORAZEPAM = (medicine(k) for k in ("clonazepam", "diazepam", "lorazepam"))

PACES = st.one_of(
    st.integers(1, 99).map(lambda n: Proportional(Decimal(n))),
    st.integers(1, 400).map(lambda n: Linear(Dose.mg(Decimal(n) / 100))),
    st.tuples(st.sampled_from(sorted(CURVES)), st.integers(1, 30), st.integers(1, 60)).map(
        lambda t: Occupancy(CURVES[t[0]], Fraction(t[1]), t[2])
    ),
    st.sets(st.integers(0, 400), min_size=1, max_size=8).map(
        lambda s: ByHand(tuple(Dose.mg(Decimal(n) / 100) for n in sorted(s, reverse=True)))
    ),
)


@given(PACES, st.integers(1, 500))
def test_every_pace_asks_for_less_and_never_below_zero(pace, hundredths):
    before = Dose(hundredths * 10_000)
    top, under = pace.asked(before)
    assert Fraction(top, under).as_integer_ratio() == (top, under)
    assert 0 <= Fraction(top, under) < before.exact
    assert pace.days(before, 14) >= 1
    assert pace.describe()


@pytest.mark.parametrize("key", ["clonazepam", "sertraline", "paroxetine", "venlafaxine"])
def test_no_curve_is_invented(key):
    with pytest.raises(StrategyInvalid, match="No occupancy curve is known"):
        curve_for(key)


def test_occupancy_ends_at_zero_in_its_number_of_cuts():
    pace, dose = Occupancy(CURVES["citalopram"], Fraction(20), 8), Dose.mg(20)
    asked = [Fraction(*pace.asked(dose))]
    while asked[-1] > Fraction(1, 1000):
        asked.append(Fraction(*pace.asked(Dose.up(asked[-1]))))
    assert len(asked) == 8
    assert float_free(asked[0]) == "9.32"
    exact = occupancy_cuts(Fraction(20), CURVES["citalopram"], 8, 14)
    assert [float_free(mg) for mg in asked] == [float_free(mg) for _, _, mg in exact]


@pytest.mark.parametrize("cuts", [0, 201])
def test_a_number_of_cuts_that_cannot_be(cuts):
    with pytest.raises(StrategyInvalid):
        Occupancy(CURVES["citalopram"], Fraction(20), cuts)


@pytest.mark.parametrize(
    ("totals", "days"), [((), ()), (("1", "1"), ()), (("1", "2"), ()), (("1",), (7, 7))]
)
def test_a_list_that_does_not_fall(totals, days):
    with pytest.raises(StrategyInvalid):
        ByHand(tuple(Dose.mg(mg) for mg in totals), days)


def test_by_hand_is_made_as_typed():
    pace = ByHand(tuple(Dose.mg(mg) for mg in ("1.25", "1", "0.5")))
    found = built(strategy=pace)
    assert [step.total for step in found.plan.steps[1:]] == list(pace.totals)
    assert not found.over_asked


@pytest.mark.parametrize("key", sorted(SCHEDULES))
def test_a_published_schedule_is_its_own_list(key):
    item = SCHEDULES[key]
    pace = item.strategy()
    assert item.totals[-1] == "0"
    assert item.attribution
    dose, asked = Dose.mg(item.start), []
    while dose:
        assert pace.days(dose, 99) in item.least_days
        dose = Dose.mg(Fraction(*pace.asked(dose)))
        asked.append(dose)
    assert asked == [Dose.mg(mg) for mg in item.totals]


def test_a_schedule_that_waits_or_is_never_shipped():
    for key in ("SCH-A", "SCH-F", "SCH-G", "SCH-X"):
        with pytest.raises(StrategyInvalid):
            published(key, "lorazepam")
    with pytest.raises(StrategyInvalid):
        published("SCH-E", "diazepam")
    assert {item.id for item in schedules_for("clonazepam")} == {"SCH-D-1", "SCH-D-4", "SCH-E"}


def a_published(key, products, start):
    item = SCHEDULES[key]
    found = medicine(item.medicine)
    return build(
        Request(
            medicine=found,
            start=(("bedtime", Dose.mg(start)),),
            strategy=item.strategy(),
            every_days=14,
            products=tuple(found.product(p) for p in products),
        )
    )


def test_the_label_rate_breaks_the_guideline_and_says_so():
    found = a_published("SCH-D-1", ["klonopin-0.5", "melt-0.25"], "1")
    rules = [(f.rule, f.day) for f in found.all_findings if f.severity == "hard"]
    assert rules == [("BZD-01", 3), ("BZD-01", 6), ("BZD-07", 9)]


def test_the_smallest_published_steps_break_nothing_hard():
    found = a_published("SCH-C-slow", ["valium-2", "valium-5", "valium-10"], "40")
    assert found.hard in ((), ("BZD-07",))
    assert not {"BZD-01"} & set(found.hard)


START = {
    slot: Cupboard((CLONAZEPAM.product("klonopin-0.5"),)).exactly(Dose.mg("0.5"))
    for slot in ("morning", "noon", "bedtime")
}
TABLETS = DIAZEPAM.products


def crossed(**changes):
    given = {"table": "ashton_2002", "slot_days": 14, **changes}
    return cross_over(START, CLONAZEPAM, DIAZEPAM, TABLETS, **given)


def test_out_and_in_are_one_step_bedtime_first():
    steps = crossed()
    assert [step.changed for step in steps] == ["", "bedtime", "noon", "morning"]
    for before, after in itertools.pairwise(steps):
        changed = [
            (old, new) for old, new in zip(before.slots, after.slots, strict=True) if old != new
        ]
        ((_, old_key, _), (slot, new_key, portion)) = changed[0]
        assert len(changed) == 1
        assert (slot, old_key, new_key) == (after.changed, "clonazepam", "diazepam")
        assert portion.dose == Dose.mg(10)


def test_both_tables_are_shown_and_none_is_chosen():
    shown = [reading.words for reading in readings(Dose.mg("1.5"), CLONAZEPAM, DIAZEPAM)]
    assert shown == [
        "VA/DoD 2021: 15\u00a0mg",
        "Ashton 2002: 30\u00a0mg",
        "NHS Scotland: 30\u00a0mg",
    ]
    with pytest.raises(StrategyInvalid, match="factor of two"):
        crossed(table="")


@pytest.mark.parametrize("changes", [{"slot_days": 6}, {"table": "unknown"}])
def test_a_cross_over_that_cannot_be(changes):
    with pytest.raises(StrategyInvalid):
        crossed(**changes)


def test_a_cross_over_without_small_enough_products():
    with pytest.raises(StrategyInvalid, match="cannot make"):
        cross_over(
            {"bedtime": Cupboard((CLONAZEPAM.product("melt-0.125"),)).exactly(Dose.mg("0.125"))},
            CLONAZEPAM,
            LORAZEPAM,
            (LORAZEPAM.product("ativan-2"),),
            table="va_dod_2021",
        )


def the_way(**changes):
    request = a_request(**{"start": {"bedtime": "1"}, "keys": ("klonopin-0.5",), **changes})
    return ways_out(request, build(request), into=DIAZEPAM)


def test_the_four_ways_out_are_computed():
    first = the_way(target=ZERO)[0]
    keys = {item.key for item in first.products}
    assert (first.made, first.percent) == (Dose.mg("0.75"), 25)
    assert "compounded-0.1" in keys
    assert "klonopin-1" not in keys
    assert first.hold_days == 14 * Fraction(5, 2) - 14
    assert [float_free(reading.mg) for reading in first.crossover] == ["10", "20", "20"]


def test_each_product_named_really_makes_the_cut():
    request = a_request(start={"bedtime": "1"}, keys=("klonopin-0.5",), target=ZERO)
    first = the_way(target=ZERO)[0]
    for item in first.products:
        extra = {"liquids": (item,)} if hasattr(item, "mg_per_ml") else {}
        products = request.products if extra else (*request.products, item)
        again = build(replace(request, products=products, **extra))
        assert 1 not in again.over_asked, item.key


def test_a_plan_within_its_limits_needs_no_way_out():
    assert the_way(start={"bedtime": "1"}, keys=("compounded-0.1",), target=Dose.mg("0.5")) == []


@pytest.mark.parametrize("start", [date(2026, 1, 5)])
def test_a_plan_from_a_dose_above_everything_makeable(start):
    with pytest.raises(PlanImpossible, match="cannot make"):
        built(start={"bedtime": "40"})
