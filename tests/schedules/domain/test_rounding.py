"""Real pieces only: what can be made, and the simplest way to make it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.domain import cupboard as cupboards
from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.medicine import Product, Source
from schedules.domain.rounding import (
    NOTHING,
    TabletKind,
    nearest_tablets,
    tablet_portions,
)
from schedules.domain.wording import describe_dose

CLONAZEPAM = medicine("clonazepam")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test makes its portions afresh."""
    tablet_portions.cache_clear()
    cupboards.shelf_of.cache_clear()


def cupboard(*keys, liquids=()):
    return Cupboard(
        tuple(CLONAZEPAM.product(key) for key in keys),
        tuple(CLONAZEPAM.product(key) for key in liquids),
    )


def at_least(found, least, *, under, like):
    """The lowest dose in [least, under), made from what is there, or None."""
    dose, is_within = found.shelf.nearest(least.ng, under.ng)
    return found.exactly(Dose(dose), like=like) if is_within else None


@pytest.mark.parametrize(
    ("keys", "dose", "pieces"),
    [
        (("klonopin-0.5",), "0.75", 2),
        (("klonopin-0.5",), "0.25", 1),
        (("klonopin-0.5", "klonopin-1"), "1", 1),
        (("klonopin-0.5", "melt-0.125"), "0.625", 2),
        (("eu-uk-2",), "1.5", 2),
    ],
)
def test_fewest_pieces(keys, dose, pieces):
    assert cupboard(*keys).exactly(Dose.mg(dose)).pieces == pieces


@pytest.mark.parametrize(
    ("keys", "dose"),
    [(("klonopin-1",), "0.5"), (("melt-0.25",), "0.125"), (("klonopin-0.5",), "0.125")],
)
def test_what_the_scoring_does_not_allow_is_not_made(keys, dose):
    assert cupboard(*keys).exactly(Dose.mg(dose)) is None


def test_at_most_six_pieces():
    assert cupboard("klonopin-0.5").exactly(Dose.mg(3)).pieces == 6
    assert cupboard("klonopin-0.5").exactly(Dose.mg("3.25")) is None


def test_a_liquid_is_one_piece_and_mixes_with_tablets():
    both = cupboard("klonopin-0.5", liquids=("compounded-0.1",))
    assert both.exactly(Dose.mg("0.51")).liquid is not None
    assert both.exactly(Dose.mg("0.505")) is None


def test_the_lowest_dose_at_or_above_a_target():
    found = at_least(cupboard("klonopin-0.5"), Dose.mg("0.9"), under=Dose.mg(2), like=NOTHING)
    assert found.dose == Dose.mg(1)


def test_nothing_between_the_target_and_the_dose_before():
    found = at_least(cupboard("klonopin-0.5"), Dose.mg("0.9"), under=Dose.mg(1), like=NOTHING)
    assert found is None


def test_the_highest_dose_below():
    found = cupboard("klonopin-0.5").below(Dose.mg("0.9"), above=Dose.mg("0.25"), like=NOTHING)
    assert found.dose == Dose.mg("0.75")


KEYS = [product.key for product in CLONAZEPAM.products]


@given(st.sets(st.sampled_from(KEYS), min_size=1, max_size=3))
def test_every_portion_is_exactly_its_pieces(keys):
    products = tuple(CLONAZEPAM.product(key) for key in sorted(keys))
    for portion in tablet_portions(products, 3):
        made = sum(
            (CLONAZEPAM.product(t.product).strength.exact * t.count for t in portion.tablets),
            Fraction(0),
        )
        assert made == portion.dose.exact
        assert describe_dose(portion, CLONAZEPAM).sums


@given(st.integers(1, 400), st.sampled_from(["klonopin-0.5", "melt-0.125", "generic-b-1"]))
def test_at_least_is_never_below_the_target_nor_at_the_roof(hundredths, key):
    target, roof = Dose(hundredths * 10_000), Dose.mg(3)
    found = at_least(cupboard(key), target, under=roof, like=NOTHING)
    if found is not None:
        assert target <= found.dose < roof


def test_a_volume_has_a_most_and_tablets_take_over_above_it():
    both = cupboard("klonopin-0.5", liquids=("compounded-0.1",))
    found = at_least(both, Dose.mg("3.21"), under=Dose.mg(4), like=NOTHING)
    assert found.dose == Dose.mg("3.21")
    assert found.liquid.ml <= 30
    alone = cupboard(liquids=("compounded-0.1",))
    assert at_least(alone, Dose.mg("3.21"), under=Dose.mg(4), like=NOTHING) is None
    assert alone.below(Dose.mg(4), above=Dose(0), like=NOTHING).dose == Dose.mg(3)


def every_dose(one):
    """The plain way: all tablets, all volumes, everything added up."""
    bases = [(p.dose.ng, p.pieces) for p in tablet_portions(one.products, one.most_pieces)]
    made = {ng for ng, _ in bases}
    for liquid in one.liquids:
        mark, most = liquid.dose_per_mark.ng, int(30 / liquid.ml_per_mark)
        made |= {
            ng + mark * k for ng, n in bases if n < one.most_pieces for k in range(1, most + 1)
        }
    return sorted(made)


BOTH = cupboard("klonopin-0.5", "melt-0.125", liquids=("uk-solution-0.4",))
MADE = every_dose(BOTH)


@given(st.integers(1, 500_000), st.integers(0, 5_000_000))
def test_the_quick_search_finds_what_the_plain_one_finds(tens_of_ng, roof):
    target, under = Dose(tens_of_ng * 10), Dose(roof // 10 * 10)
    up = next((ng for ng in MADE if tens_of_ng * 10 <= ng < under.ng), None)
    found = at_least(BOTH, target, under=under, like=NOTHING)
    assert (found.dose.ng if found else None) == up
    down = max((ng for ng in MADE if ng < tens_of_ng * 10), default=None)
    lower = BOTH.below(target, above=Dose(0), like=NOTHING)
    assert (lower.dose.ng if lower else None) == down


def kinds(*strengths, smallest=1):
    return tuple(TabletKind(Fraction(mg), Fraction(smallest)) for mg in strengths)


@pytest.mark.parametrize(
    ("target", "found_kinds", "most_units", "dose", "tablets"),
    [
        (3, kinds(1), 2, 2, [(1, 2)]),
        (2, kinds(1), 2, 2, [(1, 2)]),
        (4, kinds(1, "0.5"), 3, 3, [(1, 3)]),
        ("1.5", kinds("0.5", 1), 9, "1.5", [(1, 1), ("0.5", 1)]),
        (3, kinds(2, "1.5", 1), 9, 3, [("1.5", 2)]),
        (2, kinds("0.5", 1), 9, 2, [(1, 2)]),
        ("0.75", kinds(1, smallest="1/2"), 9, 1, [(1, 1)]),
        ("1.25", kinds("0.5", 1), 9, "1.5", [(1, 1), ("0.5", 1)]),
    ],
)
def test_the_nearest_tablets_within_so_many(target, found_kinds, most_units, dose, tablets):
    found = nearest_tablets(Fraction(target), found_kinds, most_units=Fraction(most_units))
    assert found.dose == Fraction(dose)
    assert list(found.tablets) == [(Fraction(mg), Fraction(count)) for mg, count in tablets]


def test_the_strongest_tablet_is_named_first():
    for keys in (("klonopin-0.5", "klonopin-2"), ("klonopin-2", "klonopin-0.5")):
        found = cupboard(*keys).exactly(Dose.mg("2.5"))
        assert [(t.product, t.count) for t in found.tablets] == [
            ("klonopin-2", 1),
            ("klonopin-0.5", 1),
        ]
        assert found.pieces == 2


def test_a_volume_counts_as_one_of_the_six_pieces():
    both = cupboard("klonopin-0.5", liquids=("compounded-0.1",))
    assert both.exactly(Dose.mg("5.5")).pieces == 6
    assert both.exactly(Dose.mg(6)) is None
    assert both.exactly(Dose.mg("0.51")).pieces == 1
    assert both.exactly(Dose.mg("3.4")).pieces == 2


def test_a_volume_of_exactly_thirty_millilitres():
    liquid = cupboard(liquids=("compounded-0.1",))
    assert at_least(liquid, Dose.mg(3), under=Dose.mg(5), like=NOTHING).liquid.ml == 30
    assert liquid.exactly(Dose.mg("3.01")) is None
    assert at_least(liquid, Dose.mg("3.01"), under=Dose.mg(5), like=NOTHING) is None


def test_the_dose_below_is_strictly_below():
    tablets = cupboard("klonopin-0.5")
    assert tablets.below(Dose.mg("0.75"), above=Dose.mg("0.25"), like=NOTHING).dose.ng == 500_000
    assert tablets.below(Dose.mg("0.5"), above=Dose.mg("0.5"), like=NOTHING) is None


def test_the_same_liquid_as_before_is_kept():
    strong = "compounded-0.1"
    both = cupboard(liquids=(strong, "uk-solution-0.1"))
    for key in (strong, "uk-solution-0.1"):
        before = cupboard(liquids=(key,)).exactly(Dose.mg("0.4"))
        assert both.exactly(Dose.mg("0.2"), like=before).liquid.product == key


def test_between_the_reach_of_two_tablets_the_next_tablet_is_found():
    tens = Product("ten", "ten", "tablet", Dose.mg(10), "none", Source("test", "derived"))
    both = Cupboard((tens,), (CLONAZEPAM.product("compounded-0.1"),))
    assert at_least(both, Dose.mg("3.5"), under=Dose.mg(20), like=NOTHING).dose == Dose.mg(10)
    assert at_least(both, Dose.mg("3.5"), under=Dose.mg(10), like=NOTHING) is None
    assert at_least(both, Dose.mg("12.995"), under=Dose.mg(20), like=NOTHING).dose == Dose.mg(13)
    assert both.below(Dose.mg("9.5"), above=Dose(0), like=NOTHING).dose == Dose.mg(3)
    assert both.exactly(Dose.mg("13.01")) is None
    assert both.exactly(Dose.mg("10.01")).pieces == 2


def test_of_several_simple_ways_the_one_like_before_is_kept():
    both = cupboard("klonopin-0.5", "eu-uk-0.5")
    for key in ("klonopin-0.5", "eu-uk-0.5"):
        like = cupboard(key).exactly(Dose.mg(1))
        assert both.exactly(Dose.mg("0.5"), like=like).tablets[0].product == key
        assert at_least(both, Dose.mg("0.5"), under=Dose.mg(1), like=like).tablets[0].product == key
        assert both.below(Dose.mg("0.75"), above=Dose(0), like=like).tablets[0].product == key
    assert both.below(Dose(0), above=Dose(0), like=NOTHING) is None


def test_a_tablet_nearer_than_every_volume_is_kept():
    both = cupboard("klonopin-0.5", liquids=("uk-solution-0.4",))
    found = at_least(both, Dose.mg("0.245"), under=Dose.mg(1), like=NOTHING)
    assert (found.dose, found.liquid) == (Dose.mg("0.25"), None)


@pytest.mark.parametrize(
    ("least", "under", "found"),
    [
        ("0.6", "1", ("0.75", True)),
        ("0.75", "1", ("0.75", True)),
        ("0.9", "1", ("0.75", False)),
        ("0.3", "0.5", ("0.25", False)),
        ("0.1", "0.25", ("0", False)),
        ("0.00001", "0.25", ("0", False)),
        ("0.25", "0.5", ("0.25", True)),
        ("3.1", "9", ("3", False)),
        ("1.9", "1", ("0.75", False)),
    ],
)
def test_the_nearest_dose_within_what_is_asked_or_else_just_below(least, under, found):
    shelf = cupboard("klonopin-0.5").shelf
    dose, is_within = shelf.nearest(Dose.mg(least).ng, Dose.mg(under).ng)
    assert (Dose(dose), is_within) == (Dose.mg(found[0]), found[1])


@pytest.mark.parametrize(("least", "is_within"), [(0, True), (-10, False), (-1_000_000, False)])
def test_nothing_is_within_only_where_exactly_nothing_is_asked(least, is_within):
    assert cupboard("klonopin-0.5").shelf.nearest(least, 250_000) == (0, is_within)


@pytest.mark.parametrize(
    ("least", "under", "found"),
    [("0.61", "1", ("0.61", True)), ("0.605", "0.61", ("0.6", False)), ("0.745", "0.75", ("0.74", False)),
     ("0.745", "0.76", ("0.75", True)), ("0.005", "0.01", ("0", False))],
)  # fmt: skip
def test_nearest_with_a_liquid(least, under, found):
    shelf = cupboard("klonopin-0.5", liquids=("compounded-0.1",)).shelf
    dose, is_within = shelf.nearest(Dose.mg(least).ng, Dose.mg(under).ng)
    assert (Dose(dose), is_within) == (Dose.mg(found[0]), found[1])
