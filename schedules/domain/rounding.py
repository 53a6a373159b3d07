"""The doses a pharmacy can really make from the products at hand.

The first half answers the contract functions `round.tablets` and
`liquid.volume`; the second half lists, for one time of day, every makeable
dose with the simplest way to make it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial
from itertools import combinations_with_replacement
from typing import Final

from schedules.domain.dose import ZERO, Dose
from schedules.domain.medicine import Liquid, Product

MOST_PIECES: Final = 6
MOST_ML: Final = Fraction(30)
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


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Every dose that tablets alone make: nanograms ascending, the simplest ways of each.

    `with_room` are the doses to which a measured volume may still be added.
    """

    doses: tuple[int, ...]
    with_room: tuple[int, ...]
    ways: dict[int, tuple[Portion, ...]]


@lru_cache(maxsize=256)
def _shelf(products: tuple[Product, ...], most_pieces: int) -> _Shelf:
    ways: dict[int, list[Portion]] = {}
    for portion in tablet_portions(products, most_pieces):
        ways.setdefault(portion.dose.ng, []).append(portion)
    doses = tuple(sorted(ways))
    with_room = tuple(ng for ng in doses if ways[ng][0].pieces < most_pieces)
    return _Shelf(doses, with_room, {ng: tuple(found) for ng, found in ways.items()})


@dataclass(frozen=True, slots=True)
class Cupboard:
    """What one patient has: the only things a dose may be made of."""

    products: tuple[Product, ...]
    liquids: tuple[Liquid, ...] = ()
    most_pieces: int = MOST_PIECES

    def exactly(self, dose: Dose, *, like: Portion = NOTHING) -> Portion | None:
        """The simplest way to make exactly this dose, or None."""
        return self._simplest(dose.ng, like)

    def at_least(self, target: Fraction, *, under: Dose, like: Portion) -> Portion | None:
        """The lowest makeable dose in [target mg, under), or None."""
        least, most = _up(target), under.ng - 1
        if least > most:
            return None
        shelf = _shelf(self.products, self.most_pieces)
        at = bisect_left(shelf.doses, least)
        best = shelf.doses[at] if at < len(shelf.doses) else most + 1
        for base in self._bases(most):
            for mark, most_marks in self._marks():
                marks = max(-(-(least - base) // mark), 1)
                if marks <= most_marks:
                    best = min(best, base + marks * mark)
        return self._simplest(best, like) if best <= most else None

    def below(self, target: Fraction, *, above: Dose, like: Portion) -> Portion | None:
        """The highest makeable dose in [above, target mg), or None; may be zero."""
        least, most = above.ng, _up(target) - 1
        if most < least:
            return None
        shelf = _shelf(self.products, self.most_pieces)
        best = shelf.doses[bisect_right(shelf.doses, most) - 1]
        for base in self._bases(most):
            for mark, most_marks in self._marks():
                best = max(best, base + min((most - base) // mark, most_marks) * mark)
        return self._simplest(best, like) if best >= least else None

    def _bases(self, most: int) -> Iterable[int]:
        """The tablet doses that a volume may be added to."""
        if not self.liquids:
            return ()
        room = _shelf(self.products, self.most_pieces).with_room
        return room[: bisect_right(room, most)]

    def _marks(self) -> list[tuple[int, int]]:
        """For each liquid the nanograms of one mark, and how many marks one dose may have."""
        return [_marks_of(liquid) for liquid in self.liquids]

    def _simplest(self, ng: int, like: Portion) -> Portion | None:
        shelf = _shelf(self.products, self.most_pieces)
        ways = [*shelf.ways.get(ng, ()), *self._with_volume(ng, shelf)]
        return min(ways, key=partial(_rank, like=like), default=None)

    def _with_volume(self, ng: int, shelf: _Shelf) -> Iterator[Portion]:
        """Tablets, perhaps none, and one measured volume of whole marks."""
        for liquid in self.liquids:
            mark, most_marks = _marks_of(liquid)
            for base in self._bases(ng - mark):
                marks, rest = divmod(ng - base, mark)
                if not rest and marks <= most_marks:
                    ml = liquid.ml_per_mark * marks
                    for way in shelf.ways[base]:
                        if way.pieces < self.most_pieces:
                            volume = Volume(liquid.key, ml)
                            yield Portion(Dose(ng), way.tablets, volume, way.pieces + 1)


@lru_cache(maxsize=256)
def _marks_of(liquid: Liquid) -> tuple[int, int]:
    return liquid.dose_per_mark.ng, int(MOST_ML / Fraction(liquid.ml_per_mark))


def _up(mg: Fraction) -> int:
    """Nanograms, rounded up to the five decimals that a dose can have."""
    return -((-mg * 100_000) // 1) * 10


def _rank(way: Portion, *, like: Portion) -> tuple[int, bool, int, int]:
    """Fewest pieces, then exact ones, then fewest strengths, then least change."""
    return (way.pieces, way.by_hand, way.strengths, len(_used(way) - _used(like)))


def _used(way: Portion) -> set[str]:
    used = {tablet.product for tablet in way.tablets}
    return used if way.liquid is None else used | {way.liquid.product}
