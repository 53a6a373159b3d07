"""The doses a pharmacy can really make from the products at hand.

The first half answers the contract functions `round.tablets` and
`liquid.volume`; the second half lists every dose that tablets alone make, with
the simplest ways to make it. What one patient has is `cupboard.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Final

from schedules.domain.dose import ZERO, Dose
from schedules.domain.medicine import Product

MOST_PIECES: Final = 6
MOST_UNITS: Final = Fraction(200)


@dataclass(frozen=True, slots=True)
class TabletKind:
    """A strength in mg and its smallest piece as a part of a tablet."""

    strength: Fraction
    smallest: Fraction


@dataclass(frozen=True, slots=True)
class Rounded:
    """A makeable dose in mg and the tablets of each strength that make it."""

    dose: Fraction
    tablets: tuple[tuple[Fraction, Fraction], ...]


def nearest_tablets(
    target: Fraction,
    kinds: tuple[TabletKind, ...],
    *,
    most_units: Fraction,
    below: Fraction | None = None,
) -> Rounded | None:
    """The makeable dose above zero nearest to `target`, ties to the higher dose.

    `most_units` bounds the sum of tablets, pieces counted as fractions.
    With `below` only doses strictly lower count. None where nothing fits;
    a target of zero is zero.
    """
    if target == 0:
        return Rounded(Fraction(0), ())
    roof = target + max(kind.strength for kind in kinds)
    reach = _reachable(kinds, most_units, min(roof, below) if below is not None else roof)
    doses = [dose for dose in reach if dose > 0 and (below is None or dose < below)]
    if not doses:
        return None
    best = min(doses, key=lambda dose: (abs(dose - target), -dose))
    return Rounded(best, reach[best])


Tablets = tuple[tuple[Fraction, Fraction], ...]


def _reachable(
    kinds: tuple[TabletKind, ...], most_units: Fraction, roof: Fraction
) -> dict[Fraction, Tablets]:
    """Every dose up to the roof with one combination of the fewest tablets."""
    reach: dict[Fraction, tuple[Fraction, Tablets]] = {Fraction(0): (Fraction(0), ())}
    for kind in sorted(kinds, key=lambda item: -item.strength):
        for dose, (used, tablets) in list(reach.items()):
            for count in _counts(kind, most_units - used, roof - dose):
                new, units = dose + count * kind.strength, used + count
                if new not in reach or units < reach[new][0]:
                    reach[new] = (units, (*tablets, (kind.strength, count)))
    return {dose: tablets for dose, (_, tablets) in reach.items()}


def _counts(kind: TabletKind, units: Fraction, room: Fraction) -> Iterator[Fraction]:
    most = min(units, room / kind.strength) // kind.smallest
    return (kind.smallest * n for n in range(1, int(most) + 1))


@dataclass(frozen=True, slots=True)
class Measured:
    """A volume on the syringe: exact and rounded mL, and the mg it holds."""

    exact_ml: Fraction
    ml: Fraction
    actual_mg: Fraction


def measured_volume(dose: Fraction, mg_per_ml: Fraction, graduation: Fraction) -> Measured:
    """mL for a dose in mg, rounded half up to a multiple of the graduation."""
    exact = dose / mg_per_ml
    marks = (exact / graduation + Fraction(1, 2)) // 1
    return Measured(exact, marks * graduation, marks * graduation * mg_per_ml)


@dataclass(frozen=True, slots=True)
class Tablet:
    """So many tablets of one product; halves and quarters as fractions.

    `by_hand` where a piece goes beyond the product's scoring and is not exact.
    """

    product: str
    count: Fraction
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """So many mL of one liquid."""

    product: str
    ml: Decimal


@dataclass(frozen=True, slots=True)
class Portion:
    """One way to make one dose: tablets, or one liquid, or both."""

    dose: Dose
    tablets: tuple[Tablet, ...] = ()
    liquid: Volume | None = None
    pieces: int = 0

    def __hash__(self) -> int:
        return hash((self.dose.ng, self.pieces))

    @property
    def strengths(self) -> int:
        return len(self.tablets) + (self.liquid is not None)

    @property
    def by_hand(self) -> bool:
        return any(tablet.by_hand for tablet in self.tablets)


NOTHING: Final = Portion(ZERO)


@lru_cache(maxsize=256)
def tablet_portions(
    products: tuple[Product, ...], most_pieces: int = MOST_PIECES
) -> tuple[Portion, ...]:
    """Every dose these products make in at most so many pieces, simplest ways only.

    Ascending by dose; several portions of one dose stand together, fewest
    pieces first, then fewest strengths.
    """
    kinds = [(product, piece) for product in products for piece in product.pieces]
    ways: dict[Dose, list[Portion]] = {ZERO: [NOTHING]}
    for size in range(1, most_pieces + 1):
        for chosen in combinations_with_replacement(kinds, size):
            dose = Dose(sum(_ng(product, piece) for product, piece in chosen))
            found = ways.setdefault(dose, [])
            if not found or found[0].pieces == size:
                found.append(_portion(dose, chosen))
    for found in ways.values():
        found.sort(key=lambda way: way.strengths)
    return tuple(way for dose in sorted(ways) for way in ways[dose])


def _ng(product: Product, piece: Fraction) -> int:
    return int(product.strength.ng * piece)


def _portion(dose: Dose, chosen: tuple[tuple[Product, Fraction], ...]) -> Portion:
    counts: dict[Product, Fraction] = {}
    for product, piece in sorted(chosen, key=lambda item: -item[0].strength.ng):
        counts[product] = counts.get(product, Fraction(0)) + piece
    tablets = tuple(Tablet(p.key, n, not p.is_scored_for(n)) for p, n in counts.items())
    return Portion(dose, tablets=tablets, pieces=len(chosen))
