"""A request becomes a plan that a pharmacy can make, with every breach marked."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.domain.builder import PlanImpossible, build
from schedules.domain.dose import Dose, total
from schedules.domain.medicine import Product, Source
from schedules.domain.plan import as_json, from_json
from schedules.domain.risk import asam_band
from schedules.domain.strategies.base import StrategyInvalid
from schedules.domain.strategies.registry import Linear, Proportional
from schedules.domain.wording import describe_dose
from tests.cast import a_request, built


def totals(plan):
    return [str(step.total).split("\u00a0")[0] for step in plan.steps]


def test_the_sample_plan_of_two_products():
    found = built(hold_longer=True)
    expected = ["1.5", "1.375", "1.25", "1.125", "1", "0.875", "0.75", "0.625", "0.5"]
    assert totals(found.plan) == expected
    assert found.over_asked == (4, 5, 6, 7, 8)
    assert [step.least_days for step in found.plan.steps[1:]] == [14, 14, 14, 21, 21, 21, 28, 28]


def synthetic(scoring):
    return Product("x", "synthetic", "tablet", Dose.mg("0.5"), scoring, Source("test", "derived"))


@pytest.mark.parametrize(("scoring", "marks"), [("quarter", 8), ("half", 4)])
def test_cuts_larger_than_asked_are_marked_the_stop_included(scoring, marks):
    request = a_request(
        start={"bedtime": "1"}, target=Dose(0), keys=(), products=(synthetic(scoring),)
    )
    assert len(build(request).over_asked) == marks


def test_a_liquid_marks_none_down_to_its_limit():
    found = built(start={"bedtime": "1"}, keys=("compounded-0.1",), target=Dose(0))
    marked = [found.plan.steps[n].total for n in found.over_asked]
    assert max(marked) < Dose.mg("0.1")


def test_each_step_changes_one_time_of_day_in_turn():
    steps = built().plan.steps
    for before, after in itertools.pairwise(steps):
        changed = [a for a, b in zip(before.portions, after.portions, strict=True) if a != b]
        assert len(changed) == 1
    assert steps[1].portion("bedtime") == steps[0].portion("bedtime")


def test_a_target_above_zero_ends_exactly_there():
    assert built(target=Dose.mg("0.625")).plan.steps[-1].total == Dose.mg("0.625")


def test_linear_cuts_the_same_amount():
    found = built(strategy=Linear(Dose.mg("0.25")), target=Dose.mg("0.5"))
    assert totals(found.plan) == ["1.5", "1.25", "1", "0.75", "0.5"]


def test_stop_from_below_goes_to_zero():
    found = built(
        start={"bedtime": "0.1"},
        keys=("compounded-0.1",),
        target=Dose(0),
        stop_below=Dose.mg("0.05"),
    )
    assert totals(found.plan)[-2:] == ["0.05", "0"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": {}}, "start"),
        ({"start": {"bedtime": "0"}}, "start"),
        ({"keys": ()}, "products"),
        ({"start": {"bedtime": "0.3"}, "target": Dose(0)}, "products"),
        ({"target": Dose.mg("1.5")}, "target"),
        ({"target": Dose.mg("0.3")}, "target"),
        ({"every_days": 0}, "every_days"),
        ({"every_days": 366}, "every_days"),
        ({"in_force": Dose.mg("1.75")}, "start"),
    ],
)
def test_what_makes_no_plan_says_why_and_where(changes, field):
    with pytest.raises(PlanImpossible) as impossible:
        built(**changes)
    assert impossible.value.field == field
    assert str(impossible.value).endswith((".", "14"))


def test_a_plan_longer_than_ten_years_is_refused():
    with pytest.raises(PlanImpossible, match="ten years"):
        built(
            start={"bedtime": "2"},
            keys=("compounded-0.1",),
            target=Dose(0),
            every_days=365,
        )


@pytest.mark.parametrize("percent", ["0", "100", "-1", "NaN"])
def test_a_per_cent_is_between_nothing_and_all(percent):
    with pytest.raises(StrategyInvalid):
        Proportional(Decimal(percent))


def test_linear_by_nothing_is_refused():
    with pytest.raises(StrategyInvalid):
        Linear(Dose(0))


@pytest.mark.parametrize(
    ("daily", "use", "hard"),
    [
        ("20", "seizures", False),
        ("20.5", "seizures", True),
        ("4", "panic", False),
        ("4.5", "panic", True),
        ("4.5", "", False),
    ],
)
def test_a_start_above_the_maximum_needs_a_reason(daily, use, hard):
    half = str(Decimal(daily) / 2)
    found = built(
        start={"morning": half, "bedtime": half},
        keys=("klonopin-0.5", "klonopin-1", "klonopin-2"),
        indication=use,
        target=Dose.mg(3),
    )
    assert ("BZD-10" in found.hard) == hard


def test_a_start_above_the_dose_in_force_needs_a_reason():
    assert "GEN-04" in built(in_force=Dose.mg("1.25")).hard


def test_a_stop_from_a_high_dose_needs_a_reason():
    found = built(start={"bedtime": "0.5"}, keys=("klonopin-0.5",), target=Dose(0))
    assert "BZD-07" in found.hard


def test_a_short_interval_is_noted():
    notes = {finding.rule for finding in built(every_days=5).notes}
    assert "BZD-28" in notes


@pytest.mark.parametrize(
    ("mg", "band"), [("0.5", "low"), ("1.5", "moderate"), ("1.625", "high"), ("2", "high")]
)
def test_the_guidelines_own_bands(mg, band):
    assert asam_band("clonazepam", Dose.mg(mg)) == band


KEYS = ["klonopin-0.5", "klonopin-1", "melt-0.125", "melt-0.25", "generic-b-1", "compounded-0.1"]


@st.composite
def requests(draw):
    keys = tuple(sorted(draw(st.sets(st.sampled_from(KEYS), min_size=1, max_size=3))))
    start = draw(
        st.dictionaries(
            st.sampled_from(["morning", "noon", "bedtime"]),
            st.integers(1, 16).map(lambda n: str(Decimal(n) / 8)),
            min_size=1,
        )
    )
    ordered = {slot: start[slot] for slot in ("morning", "noon", "bedtime") if slot in start}
    strategy = draw(
        st.one_of(
            st.integers(1, 50).map(lambda n: Proportional(Decimal(n))),
            st.integers(1, 8).map(lambda n: Linear(Dose.mg(Decimal(n) / 8))),
        )
    )
    target = Dose.mg(Decimal(draw(st.integers(0, 4))) / 8)
    return a_request(keys=keys, start=ordered, strategy=strategy, target=target)


@given(requests())
def test_every_plan_falls_ends_at_the_target_and_hides_no_cut(request):
    try:
        found = build(request)
    except PlanImpossible:
        return
    steps = found.plan.steps
    assert steps[-1].total == request.target
    for before, after in itertools.pairwise(steps):
        assert after.total < before.total
        assert after.over_asked == (after.total.exact < after.asked)
        assert after.total == total([portion.dose for _, portion in after.portions])
    for step in steps:
        assert all(describe_dose(p, request.medicine).sums for _, p in step.portions)
    assert build(request) == found
    assert from_json(found.plan.medicine, as_json(found.plan)) == found.plan


def test_the_ten_per_cent_limits_of_the_arithmetic():
    halves = built(start={"bedtime": "2.75"}, keys=("klonopin-0.5",), target=Dose.mg("2"))
    marked = [halves.plan.steps[n - 1].total for n in halves.over_asked]
    assert max(marked) <= Dose.mg("2.5")
    melts = built(start={"bedtime": "1.25"}, keys=("melt-0.125", "melt-0.5"), target=Dose.mg("1"))
    first = melts.plan.steps[melts.over_asked[0] - 1].total
    assert first.exact < Fraction(5, 4)


def lowered(**changes):
    steps = built(**changes).plan.steps
    return [
        next(slot for slot, portion in after.portions if before.portion(slot) != portion)
        for before, after in itertools.pairwise(steps)
    ]


THREE = {"morning": "0.5", "noon": "0.5", "bedtime": "0.5"}


def test_the_order_of_the_times_of_day_can_be_chosen():
    assert lowered(start=THREE)[:3] == ["morning", "noon", "bedtime"]
    chosen = lowered(start=THREE, slot_order=("noon", "morning"))
    assert chosen[:3] == ["noon", "morning", "bedtime"]


def test_one_time_of_day_can_be_emptied_first():
    order = lowered(start=THREE, slot_order=("noon",), empty_first=True)
    assert order[:4] == ["noon"] * 4
