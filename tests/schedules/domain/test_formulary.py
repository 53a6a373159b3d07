"""Every medicine file loads, is sane, and can be tapered."""

from decimal import Decimal
from fractions import Fraction

import pytest

from schedules.domain.builder import Request, build
from schedules.domain.dose import ZERO, Dose
from schedules.domain.formulary.loader import medicine, medicine_keys, read_medicine
from schedules.domain.medicine import Liquid, MedicineInvalid, Product, Source
from schedules.domain.strategies.registry import Proportional

COUNTS = {"clonazepam": (15, 4), "diazepam": (3, 3), "lorazepam": (7, 1)}


@pytest.mark.parametrize("key", medicine_keys())
def test_every_medicine_loads_and_names_its_sources(key):
    found = medicine(key)
    assert (len(found.products), len(found.liquids)) == COUNTS[key]
    assert found.sources
    for item in found.items:
        assert item.source.ids
    assert found.diazepam_mg_per_mg(found.strictest_table) >= 1


@pytest.mark.parametrize("key", medicine_keys())
def test_every_product_can_be_tapered(key):
    found = medicine(key)
    for product in found.products:
        request = Request(
            medicine=found,
            start=(("bedtime", product.strength * 2),),
            strategy=Proportional(Decimal(10)),
            every_days=14,
            products=(product,),
        )
        plan = build(request).plan
        assert plan.steps[-1].total == ZERO


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


SOURCE = Source("test", "derived")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Product("x", "x", "tablet", Dose(0), "half", SOURCE),
        lambda: Product("x", "x", "tablet", Dose.mg(1), "thirds", SOURCE),
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
        "mg_equal_to_10_mg_diazepam": {}, "products": [item, item],
    }  # fmt: skip
    with pytest.raises(MedicineInvalid, match="share a key"):
        read_medicine("x", raw)
    with pytest.raises(MedicineInvalid, match="no product"):
        read_medicine("x", {**raw, "products": []})
