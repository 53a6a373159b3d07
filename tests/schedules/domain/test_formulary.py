"""Every medicine file loads, is sane, and can be tapered."""

from decimal import Decimal
from fractions import Fraction

import pytest

from schedules.domain.builder import Request, build
from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import ZERO, Dose
from schedules.domain.formulary.loader import medicine, medicine_keys, offered_keys, read_medicine
from schedules.domain.medicine import Liquid, MedicineInvalid, Product, Source
from schedules.domain.strategies.registry import Proportional
from schedules.domain.wording import describe_dose

SOURCE = Source("test", "derived")


@pytest.mark.parametrize("key", medicine_keys())
def test_every_medicine_loads_and_names_its_sources(key):
    found = medicine(key)
    assert found.sources or all(not item.source.verified for item in found.items)
    for source in (found.half_life_source, *(item.source for item in found.items)):
        assert source.ids
        assert source.checked
    assert (found.strictest_table is None) == (found.kind not in ("benzodiazepine", "z-drug"))


def test_the_whole_formulary_is_here():
    found = [medicine(key) for key in medicine_keys()]
    assert len(found) == 23
    assert sum(len(item.products) for item in found) == 130 + 2
    assert sum(len(item.liquids) for item in found) == 27


def test_only_classes_with_their_own_questions_are_offered():
    kinds = {medicine(key).kind for key in offered_keys()}
    assert kinds == {"benzodiazepine", "z-drug", "gabapentinoid"}


def test_decided_values():
    assert medicine("zolpidem").maximum_for("insomnia, slow release") == Dose.mg("12.5")
    assert medicine("sertraline").maximum_for("") == Dose.mg(200)
    oxycodone = {
        p.strength: p.scoring for p in medicine("oxycodone").products if p.form == "tablet"
    }
    assert oxycodone[Dose.mg(10)] == oxycodone[Dose.mg(20)] == "none"


def last_total(found, start, percent, **items):
    request = Request(
        medicine=found,
        start=(("bedtime", start),),
        strategy=Proportional(Decimal(percent)),
        every_days=14,
        **{"products": (), **items},
    )
    return build(request).plan.steps[-1].total


@pytest.mark.parametrize("key", medicine_keys())
def test_every_liquid_can_be_tapered(key):
    found = medicine(key)
    for liquid in found.liquids:
        assert last_total(found, liquid.dose_per_mark * 10, 20, liquids=(liquid,)) == ZERO


def test_drops_are_counted():
    drops = medicine("clonazepam").product("rivotril-drops-2.5")
    assert drops.dose_per_mark == Dose.mg("0.1")
    portion = Cupboard((), (drops,)).exactly(Dose.mg("0.3"))
    words = describe_dose(portion, medicine("clonazepam")).line.replace("\u00a0", " ")
    assert words == "Take 3 drops (0.3 mg) from the bottle marked 2.5 mg in 1 mL"


def test_a_third_only_where_it_is_exact():
    third = Product("x", "x", "tablet", Dose.mg("1.5"), "third", SOURCE)
    assert Cupboard((third,)).exactly(Dose.mg("0.5")).pieces == 1
    with pytest.raises(MedicineInvalid, match="exactly"):
        Product("x", "x", "tablet", Dose.mg(1), "third", SOURCE)


@pytest.mark.parametrize("key", medicine_keys())
def test_every_product_can_be_tapered(key):
    found = medicine(key)
    for product in found.products:
        assert last_total(found, product.strength * 2, 10, products=(product,)) == ZERO


def test_scoring_belongs_to_the_product():
    found = medicine("clonazepam")
    assert found.product("klonopin-1").pieces == (Fraction(1),)
    assert found.product("generic-b-1").pieces == (Fraction(1), Fraction(1, 2))


def test_the_tables_disagree_by_two_and_the_strictest_is_named():
    found = medicine("clonazepam")
    assert found.diazepam_mg_per_mg("va_dod_2021") == 10
    assert found.diazepam_mg_per_mg(found.strictest_table) == 20


def test_what_is_from_memory_is_not_verified():
    found = medicine("clonazepam")
    assert not found.product("uk-solution-0.1").source.verified
    assert found.product("klonopin-0.5").source.verified


def test_an_unknown_medicine():
    with pytest.raises(KeyError):
        medicine("../settings")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Product("x", "x", "tablet", Dose(0), "half", SOURCE),
        lambda: Product("x", "x", "tablet", Dose.mg(1), "fifths", SOURCE),
        lambda: Product("x", "x", "tablet", Dose.mg("0.00001"), "half", SOURCE),
        lambda: Product("x", "x", "capsule", Dose.mg(1), "half", SOURCE),
        lambda: Product("x", "x", "oral liquid", Dose.mg(1), "n/a", SOURCE),
        lambda: Liquid("x", "x", Dose(0), SOURCE),
        lambda: Source("x", "hearsay"),
    ],
)
def test_an_impossible_product_is_refused(make):
    with pytest.raises(MedicineInvalid):
        make()


def test_two_products_with_one_key_are_refused():
    item = {"key": "x", "label": "x", "form": "tablet", "strength_mg": "1", "scoring": "none",
            "source": "t", "evidence": "derived"}  # fmt: skip
    raw = {
        "name": "x", "brand": "x", "class": "x", "sources": {"t": "t"},
        "half_life": {"model_h": "1", "source": "t", "evidence": "derived"},
        "maximum": {"mg": {}, "source": "t", "evidence": "derived"},
        "products": [item, item],
    }  # fmt: skip
    with pytest.raises(MedicineInvalid, match="share a key"):
        read_medicine("x", raw)
    with pytest.raises(MedicineInvalid, match="no product"):
        read_medicine("x", {**raw, "products": []})
