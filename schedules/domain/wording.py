"""The one place that puts a dose into words: words first, pieces second, total last."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from schedules.domain.dose import Dose, plain_number, render_mg, total
from schedules.domain.medicine import Liquid, Medicine, Product
from schedules.domain.rounding import Portion, Tablet

NB: Final = "\u00a0"
CALL_FIRST: Final = "Call your clinic before you take this dose."
TAKE_NONE: Final = "Take none"
NOT_EXACT: Final = (
    "There is no line to cut it on, so this part is not exact. Ask your pharmacist how to cut it."
)
PARTS: Final = {
    Fraction(1, 2): ((1, "half"),),
    Fraction(1, 4): ((1, "quarter"),),
    Fraction(3, 4): ((1, "half"), (1, "quarter")),
    Fraction(1, 3): ((1, "third"),),
    Fraction(2, 3): ((2, "thirds"),),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One drawing with its label: `1 whole` of an orange round tablet."""

    shape: str
    count: int
    label: str
    strength: str
    colour: str
    form: str


@dataclass(frozen=True, slots=True)
class Said:
    """A dose in words. `sums` is false when the parts do not make the total."""

    say: str
    of: str
    pieces: tuple[Piece, ...]
    total: str
    sums: bool

    def __hash__(self) -> int:
        return hash((self.say, self.of, self.total))

    @property
    def line(self) -> str:
        joined = self.of.startswith(("of ", "at "))
        return f"{self.say} {self.of}" if joined else f"{self.say}. {self.of}".removesuffix(". ")


@lru_cache(maxsize=4096)
def describe_dose(portion: Portion, medicine: Medicine) -> Said:
    """Say how to make this dose from these products.

    Where the parts do not sum to the dose the words are an instruction to
    call, and `sums` is false: the caller raises flag RF-41.
    """
    amount = render_mg(portion.dose)
    if not portion.dose:
        return Said(TAKE_NONE, "at this time of day", (), amount, sums=not portion.pieces)
    if not _sums(portion, medicine):
        return Said(CALL_FIRST, "", (), amount, sums=False)
    parts = [_tablet_part(medicine.product(tablet.product), tablet) for tablet in portion.tablets]
    same = len({part.strength for part in parts}) < len(parts)
    pieces = tuple(piece for part in parts for piece in part.pieces)
    if portion.liquid is None and len(parts) == 1:
        return Said(f"Take {parts[0].count}", parts[0].of, pieces, amount, sums=True)
    spoken = [f"{part.count} of {part.short if same else part.strength}" for part in parts]
    if portion.liquid is not None:
        liquid = _liquid(portion, medicine)
        spoken.append(volume_words(portion.liquid.ml, liquid))
        pieces = (*pieces, _syringe(portion.liquid.ml, liquid))
    looks = " ".join(part.told for part in parts)
    return Said("Take " + join_words(spoken), looks, pieces, amount, sums=True)


def volume_words(ml: Decimal, liquid: Liquid) -> str:
    """`4.5 mL (0.45 mg) from the bottle marked 0.1 mg in 1 mL`, or so many drops."""
    dose = render_mg(liquid.mg_per_ml * Fraction(ml))
    return f"{_amount_words(ml, liquid)} ({dose}) from the bottle marked {liquid.bottle}"


def _amount_words(ml: Decimal, liquid: Liquid) -> str:
    if liquid.drop is None:
        return f"{plain_number(ml)}{NB}mL"
    drops = int(ml / liquid.ml_per_mark)
    return f"{drops}{NB}drop" if drops == 1 else f"{drops}{NB}drops"


@lru_cache(maxsize=4096)
def pieces_words(said: Said) -> str:
    """One line for a clinician's table: `1 whole and 1 half of 0.5 mg`."""
    if said.say == TAKE_NONE:
        return "none"
    single = said.of if said.of.startswith("of ") else ""
    return f"{said.say} {single}".strip().removeprefix("Take ").replace("of your ", "of ")


def join_words(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


@dataclass(frozen=True, slots=True)
class _Part:
    count: str
    of: str
    short: str
    strength: str
    told: str
    pieces: tuple[Piece, ...]


def _tablet_part(product: Product | Liquid, tablet: Tablet) -> _Part:
    assert isinstance(product, Product)
    counted = _counted(tablet.count)
    words = join_words([f"{n}{NB}{name}" for n, name in counted])
    strength, looks = render_mg(product.strength), product.looks
    short = f"{strength} {product.noun}s"
    of = f"of your {short}" + (f" ({looks})" if looks else "")
    told = f"{strength}: your {product.noun}s" + (f" ({looks})." if looks else ".")
    if tablet.by_hand:
        of, told = f"{of}. {NOT_EXACT}", f"{told} {NOT_EXACT}"
    pieces = tuple(
        Piece(name.rstrip("s"), n, f"{n}{NB}{name}", strength, product.colour, product.form)
        for n, name in counted
    )
    return _Part(words, of, short, strength, told, pieces)


def _counted(count: Fraction) -> list[tuple[int, str]]:
    whole, rest = int(count // 1), count % 1
    spoken = [(whole, "whole")] if whole else []
    return spoken + list(PARTS[rest] if rest else ())


def _syringe(ml: Decimal, liquid: Liquid) -> Piece:
    label = _amount_words(ml, liquid)
    return Piece("syringe", 1, label, liquid.bottle, "", "oral liquid")


def _liquid(portion: Portion, medicine: Medicine) -> Liquid:
    assert portion.liquid is not None
    found = medicine.product(portion.liquid.product)
    assert isinstance(found, Liquid)
    return found


def _sums(portion: Portion, medicine: Medicine) -> bool:
    try:
        return total(_amounts(portion, medicine)) == portion.dose
    except (KeyError, ValueError):
        return False


def _amounts(portion: Portion, medicine: Medicine) -> list[Dose]:
    doses = []
    for tablet in portion.tablets:
        product = medicine.product(tablet.product)
        if not isinstance(product, Product) or _splits_too_far(product, tablet):
            raise ValueError(tablet.product)
        doses.append(product.strength * tablet.count)
    if portion.liquid is not None:
        liquid = medicine.product(portion.liquid.product)
        if not isinstance(liquid, Liquid):
            raise ValueError(portion.liquid.product)
        doses.append(liquid.mg_per_ml * Fraction(portion.liquid.ml))
    return doses


def _splits_too_far(product: Product, tablet: Tablet) -> bool:
    cut = product.by_hand() if tablet.by_hand else product
    return tablet.count <= 0 or (tablet.count / cut.pieces[-1]).denominator != 1
