"""Words first: exactly what the patient reads."""

from decimal import Decimal
from fractions import Fraction

import pytest

from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.rounding import NOTHING, Portion, Tablet, Volume
from schedules.domain.wording import CALL_FIRST, describe_dose, pieces_words

CLONAZEPAM = medicine("clonazepam")


def said(dose, *keys, liquids=()):
    cupboard = Cupboard(
        tuple(CLONAZEPAM.product(key) for key in keys),
        tuple(CLONAZEPAM.product(key) for key in liquids),
    )
    return describe_dose(cupboard.exactly(Dose.mg(dose)), CLONAZEPAM)


@pytest.mark.parametrize(
    ("dose", "keys", "words"),
    [
        ("0.75", ["klonopin-0.5"],
         "Take 1 whole and 1 half of your 0.5 mg tablets (orange, round)"),
        ("0.25", ["klonopin-0.5"], "Take 1 half of your 0.5 mg tablets (orange, round)"),
        ("1.5", ["eu-uk-2"], "Take 1 half and 1 quarter of your 2 mg tablets"),
        ("0.25", ["melt-0.125"], "Take 2 whole of your 0.125 mg melting tablets"),
        ("0.625", ["klonopin-0.5", "melt-0.125"],
         "Take 1 whole of 0.5 mg and 1 whole of 0.125 mg. "
         "0.5 mg: your tablets (orange, round). 0.125 mg: your melting tablets."),
    ],
)  # fmt: skip
def test_tablets_in_words(dose, keys, words):
    assert said(dose, *keys).line.replace("\u00a0", " ") == words


def test_a_liquid_says_volume_milligrams_and_the_bottle():
    words = said("0.45", liquids=("compounded-0.1",)).line.replace("\u00a0", " ")
    assert words == "Take 4.5 mL (0.45 mg) from the bottle marked 0.1 mg in 1 mL"


def test_tablets_and_a_liquid_together():
    words = said("0.55", "klonopin-0.5", liquids=("compounded-0.1",)).line.replace("\u00a0", " ")
    assert words.startswith("Take 5.5 mL (0.55 mg)")


def test_no_dose_at_a_time_of_day():
    assert describe_dose(NOTHING, CLONAZEPAM).say == "Take none"
    assert pieces_words(describe_dose(NOTHING, CLONAZEPAM)) == "none"


@pytest.mark.parametrize(
    "portion",
    [
        Portion(Dose.mg("0.75"), (Tablet("klonopin-0.5", Fraction(1)),), pieces=1),
        Portion(Dose.mg("0.5"), (Tablet("klonopin-1", Fraction(1, 2)),), pieces=1),
        Portion(Dose.mg("0.5"), (Tablet("no-such", Fraction(1)),), pieces=1),
        Portion(Dose.mg("0.5"), (Tablet("compounded-0.1", Fraction(1)),), pieces=1),
        Portion(Dose.mg("0.5"), (), Volume("klonopin-1", Decimal(1)), 1),
        Portion(Dose.mg("0.5"), (), None, 0),
    ],
)
def test_parts_that_do_not_sum_say_call_first(portion):
    words = describe_dose(portion, CLONAZEPAM)
    assert (words.say, words.sums) == (CALL_FIRST, False)
    assert words.pieces == ()


def test_no_number_parts_from_its_unit():
    words = said("0.75", "klonopin-0.5").line
    for unit in ("whole", "half", "mg"):
        assert f" {unit}" not in words
