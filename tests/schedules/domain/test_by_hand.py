"""Beyond the scoring only by a doctor's hand, with a reason, and never called exact."""

from fractions import Fraction

import pytest

from schedules.domain.builder import PlanImpossible
from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.medicine import MedicineInvalid
from schedules.domain.plan import as_json, from_json
from schedules.domain.rounding import Portion, Tablet
from schedules.domain.strategies.registry import ByHand
from schedules.domain.wording import CALL_FIRST, NOT_EXACT, describe_dose
from tests.cast import built

CLONAZEPAM = medicine("clonazepam")
ONE = CLONAZEPAM.product("klonopin-1")
HALF = CLONAZEPAM.product("klonopin-0.5")


def by_hand(*totals, start="1.5", keys=("klonopin-1",), cut=("klonopin-1",), **changes):
    return built(
        start={"bedtime": start}, keys=keys, cut_by_hand=cut, target=Dose.mg(totals[-1]),
        strategy=ByHand(tuple(Dose.mg(mg) for mg in totals)), **changes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("product", "pieces"),
    [
        (ONE, (Fraction(1), Fraction(1, 2))),
        (HALF, (Fraction(1), Fraction(1, 2), Fraction(1, 4))),
    ],
)
def test_by_hand_gives_one_piece_more(product, pieces):
    assert product.by_hand().pieces == pieces
    assert product.pieces == pieces[:-1]


@pytest.mark.parametrize("key", ["melt-0.5", "eu-uk-2"])
def test_what_must_stay_whole_and_what_is_quartered_already(key):
    with pytest.raises(MedicineInvalid, match="GEN-02"):
        CLONAZEPAM.product(key).by_hand()


def test_a_plan_cut_by_hand_needs_a_typed_reason():
    found = by_hand("1", "0.5")
    assert [str(step.total) for step in found.plan.steps] == [
        "1.5\u00a0mg", "1\u00a0mg", "0.5\u00a0mg",
    ]  # fmt: skip
    assert "GEN-02b" in found.hard
    (note,) = [note for note in found.notes if note.rule == "GEN-02b"]
    assert "not exact" in note.detail
    assert "Klonopin" in note.detail


def test_a_plan_that_needs_no_such_piece_is_not_marked():
    found = by_hand("1", start="2")
    assert "GEN-02b" not in found.hard
    assert not any(portion.by_hand for step in found.plan.steps for _, portion in step.portions)


def test_the_exact_way_is_taken_where_there_is_one():
    cupboard = Cupboard((ONE.by_hand(), HALF))
    assert cupboard.exactly(Dose.mg("0.5")).tablets == (Tablet("klonopin-0.5", Fraction(1)),)
    assert cupboard.exactly(Dose.mg("1.5")).by_hand is False


def test_it_is_never_proposed():
    with pytest.raises(PlanImpossible, match="typed by hand") as refused:
        built(start={"bedtime": "1"}, keys=("klonopin-1",), cut_by_hand=("klonopin-1",))
    assert refused.value.field == "cut_by_hand"
    with pytest.raises(PlanImpossible, match="Choose the product"):
        by_hand("1", cut=("klonopin-2",), start="2")
    with pytest.raises(PlanImpossible, match="cannot be cut further"):
        by_hand("0.5", keys=("melt-0.5",), cut=("melt-0.5",), start="1")


def test_the_patient_reads_that_it_is_not_exact():
    for mg in ("0.5", "2.5"):
        portion = Cupboard((ONE.by_hand(),)).exactly(Dose.mg(mg))
        said = describe_dose(portion, CLONAZEPAM)
        assert said.sums
        assert NOT_EXACT in said.line


def test_two_products_and_one_cut_by_hand():
    portion = Cupboard((HALF.by_hand(), CLONAZEPAM.product("klonopin-2"))).exactly(Dose.mg("2.125"))
    said = describe_dose(portion, CLONAZEPAM)
    assert said.sums
    assert said.line.replace("\u00a0", " ").startswith(
        "Take 1 whole of 2 mg and 1 quarter of 0.5 mg"
    )
    assert said.line.count(NOT_EXACT) == 1


def test_the_same_piece_unmarked_is_still_refused():
    portion = Portion(Dose.mg("0.5"), (Tablet("klonopin-1", Fraction(1, 2)),), pieces=1)
    assert describe_dose(portion, CLONAZEPAM).say == CALL_FIRST
    too_far = Portion(Dose.mg("0.25"), (Tablet("klonopin-1", Fraction(1, 4), by_hand=True),))
    assert describe_dose(too_far, CLONAZEPAM).say == CALL_FIRST
    whole_only = Portion(Dose.mg("0.25"), (Tablet("melt-0.5", Fraction(1, 2), by_hand=True),))
    assert describe_dose(whole_only, CLONAZEPAM).say == CALL_FIRST


def test_the_mark_survives_being_kept():
    plan = by_hand("1", "0.5").plan
    assert from_json("clonazepam", as_json(plan)) == plan
