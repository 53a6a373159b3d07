"""What one patient has: the only things a dose may be made of, found by bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Final

from schedules.domain.dose import Dose
from schedules.domain.medicine import Liquid, Product
from schedules.domain.rounding import MOST_PIECES, NOTHING, Portion, Volume, tablet_portions

MOST_ML: Final = Fraction(30)
REMEMBERED: Final = 4096


class _Marks:
    """The doses one liquid makes: a tablet dose, perhaps zero, and whole marks; nanograms.

    Two tablet doses a whole number of marks apart make the same doses, so the
    tablet doses stand in groups by what a mark leaves over. Where one volume is
    not enough, the next tablet dose alone is nearer than it with a mark added.
    """

    def __init__(self, liquid: Liquid, bases: tuple[int, ...]) -> None:
        self.liquid = liquid
        self.mark = liquid.dose_per_mark.ng
        self.span = int(MOST_ML / Fraction(liquid.ml_per_mark)) * self.mark
        self.groups: dict[int, list[int]] = {}
        for base in bases:
            self.groups.setdefault(base % self.mark, []).append(base)

    def lowest(self, least: int, most: int) -> int | None:
        """The lowest dose from `least` to `most`, or None."""
        found = (self._lowest(left, group, least) for left, group in self.groups.items())
        return min((dose for dose in found if dose is not None and dose <= most), default=None)

    def _lowest(self, left: int, group: list[int], least: int) -> int | None:
        dose = max(least + (left - least) % self.mark, group[0] + self.mark)
        nearest = group[bisect_right(group, dose - self.mark) - 1]
        return dose if dose - nearest <= self.span else None

    def highest(self, most: int) -> int:
        """The highest dose up to `most`, or zero."""
        return max((self._highest(group, most) for group in self.groups.values()), default=0)

    def _highest(self, group: list[int], most: int) -> int:
        at = bisect_right(group, most - self.mark) - 1
        if at < 0:
            return 0
        return group[at] + min((most - group[at]) // self.mark * self.mark, self.span)

    def bases(self, ng: int) -> list[int]:
        """The tablet doses to which whole marks of it add up to this dose."""
        group = self.groups.get(ng % self.mark, [])
        return group[bisect_left(group, ng - self.span) : bisect_right(group, ng - self.mark)]


class _Shelf:
    """Every dose some products make, and for each the equally simple ways to make it."""

    def __init__(
        self,
        products: tuple[Product, ...],
        liquids: tuple[Liquid, ...],
        most_pieces: int = MOST_PIECES,
    ) -> None:
        self.ways: dict[int, list[Portion]] = {}
        for portion in tablet_portions(products, most_pieces):
            self.ways.setdefault(portion.dose.ng, []).append(portion)
        self.doses = tuple(self.ways)
        with_room = tuple(ng for ng in self.doses if self.ways[ng][0].pieces < most_pieces)
        self.liquids = [_Marks(liquid, with_room) for liquid in liquids]
        self.simplest = lru_cache(REMEMBERED)(self._simplest)

    def nearest(self, least: int, under: int) -> tuple[int, bool]:
        """The lowest dose from `least` up and below `under`, and True; else the highest lower one.

        Nanograms; the lower one may be zero.
        """
        if least <= 0:
            return 0, not least
        least = min(least, under)
        at = bisect_left(self.doses, least)
        lower, best = self.doses[at - 1], self.doses[at] if at < len(self.doses) else under
        for marks in self.liquids:
            found = marks.lowest(least, best - 1)
            best = best if found is None else found
        if best < under:
            return best, True
        for marks in self.liquids:
            lower = max(lower, marks.highest(least - 1))
        return lower, False

    def highest(self, most: int) -> int:
        """The highest dose up to so many nanograms, or zero."""
        best = self.doses[bisect_right(self.doses, most) - 1]
        return max([best, *(marks.highest(most) for marks in self.liquids)])

    def simplest_like(self, ng: int, like: Portion) -> Portion | None:
        """The simplest way to make so many nanograms that changes least from `like`, or None."""
        ways: tuple[Portion, ...] = self.simplest(ng)
        if len(ways) < 2:
            return ways[0] if ways else None
        kept = _used(like)
        return min(ways, key=lambda way: len(_used(way) - kept))

    def _simplest(self, ng: int) -> tuple[Portion, ...]:
        """Fewest pieces, then exact ones, then fewest strengths; empty where nothing makes it."""
        ways = [*self.ways.get(ng, ()), *self._with_volume(ng)]
        least = min(map(_rank, ways), default=None)
        return tuple(way for way in ways if _rank(way) == least)

    def _with_volume(self, ng: int) -> Iterator[Portion]:
        for marks in self.liquids:
            bases = marks.bases(ng)
            fewest = min((self.ways[base][0].pieces for base in bases), default=0)
            for base in bases:
                for way in self.ways[base]:
                    if way.pieces == fewest:
                        count = (ng - base) // marks.mark
                        volume = Volume(marks.liquid.key, marks.liquid.ml_per_mark * count)
                        yield Portion(Dose(ng), way.tablets, volume, way.pieces + 1)


shelf_of = lru_cache(maxsize=256)(_Shelf)


def _rank(way: Portion) -> tuple[int, bool, int]:
    return (way.pieces, way.by_hand, way.strengths)


@dataclass(frozen=True, slots=True)
class Cupboard:
    """The products and liquids one patient has, and the most pieces of one dose."""

    products: tuple[Product, ...]
    liquids: tuple[Liquid, ...] = ()
    most_pieces: int = MOST_PIECES
    shelf: _Shelf = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shelf", shelf_of(self.products, self.liquids, self.most_pieces))

    def exactly(self, dose: Dose, *, like: Portion = NOTHING) -> Portion | None:
        """The simplest way to make exactly this dose, or None; the least change from `like`."""
        return self.shelf.simplest_like(dose.ng, like)

    def below(self, most: Dose, *, above: Dose, like: Portion) -> Portion | None:
        """The highest makeable dose in [above, most), or None; may be zero."""
        if not most:
            return None
        found = self.shelf.highest(most.ng - 1)
        return self.exactly(Dose(found), like=like) if found >= above.ng else None


def _used(way: Portion) -> set[str]:
    used = {tablet.product for tablet in way.tablets}
    return used if way.liquid is None else used | {way.liquid.product}
