"""Equal cuts of receptor occupancy, only where a curve is known.

occ(d) = E * d / (K + d) in per cent. Curves: citalopram (fitted through two
rows of a published table, checked against the other eight), escitalopram
(Klein 2006), duloxetine (Takano 2006). Elsewhere no number is invented.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from schedules.domain.dose import Dose
from schedules.domain.strategies.base import Ratio, StrategyInvalid


@dataclass(frozen=True, slots=True)
class Curve:
    """E in per cent and K in mg, with what to say about the low end."""

    e_percent: Decimal
    k_mg: Decimal
    caution: str

    def occupancy(self, dose: Fraction) -> Fraction:
        """Per cent at a daily dose in mg."""
        return Fraction(self.e_percent) * dose / (Fraction(self.k_mg) + dose)

    def dose(self, occupancy: Fraction) -> Fraction:
        """The daily mg that gives an occupancy below E."""
        return Fraction(self.k_mg) * occupancy / (Fraction(self.e_percent) - occupancy)


CURVES: Final = {
    "citalopram": Curve(
        Decimal("91.97"), Decimal("2.85"), "The lowest doses are the least certain (memory)."
    ),
    "escitalopram": Curve(Decimal("81.8"), Decimal("1.82"), "Over-predicts 10 mg by 5 points."),
    "duloxetine": Curve(
        Decimal("100"), Decimal("7.9"), "Single dose; no form below 20 mg in the US."
    ),
}


def curve_for(medicine: str) -> Curve:
    """The curve of a medicine; raises StrategyInvalid with the reason where there is none."""
    if medicine not in CURVES:
        raise StrategyInvalid(
            f"No occupancy curve is known for {medicine}. Use a per cent of the current dose."
        )
    return CURVES[medicine]


def occupancy_cuts(
    start: Fraction, curve: Curve, cuts: int, interval: int, start_day: int = 0
) -> list[tuple[int, Fraction, Fraction]]:
    """(day, occupancy, mg) of n equal occupancy cuts from the start to zero."""
    if start <= 0 or curve.e_percent <= 0 or curve.k_mg <= 0 or cuts < 1 or interval < 1:
        raise StrategyInvalid("amounts above zero, at least one cut and one day")
    full = curve.occupancy(start)
    rows = []
    for k in range(1, cuts + 1):
        occupancy = full * (cuts - k) / cuts
        rows.append((start_day + interval * (k - 1), occupancy, curve.dose(occupancy)))
    return rows


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Lower by the same share of occupancy each time, `cuts` in all from `start_mg`."""

    curve: Curve
    start_mg: Fraction
    cuts: int
    key: str = "occupancy"

    def __post_init__(self) -> None:
        if not 1 <= self.cuts <= 200:
            raise StrategyInvalid("Between 1 and 200 cuts, like 10")

    def asked(self, previous: Dose) -> Ratio:
        share = self.curve.occupancy(self.start_mg) / self.cuts
        left = max(Fraction(0), self.curve.occupancy(previous.exact) - share)
        return self.curve.dose(left).as_integer_ratio()

    def days(self, previous: Dose, every: int) -> int:
        return every

    def describe(self) -> str:
        return f"{self.cuts} equal cuts of receptor occupancy. {self.curve.caution}"
