"""A cut by a per cent of the dose at that time, not of the first dose."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import gcd

from schedules.domain.dose import NANOGRAMS_PER_MG, Dose, plain_number
from schedules.domain.strategies.base import Ratio, StrategyInvalid


@dataclass(frozen=True, slots=True)
class Proportional:
    """Lower by `percent` of the current dose; 0 < percent < 100.

    ASAM 2025 pocket guide p3: start with 5 to 10 % every 2 to 4 weeks.
    """

    percent: Decimal
    key: str = "proportional"
    top: int = field(init=False, repr=False, compare=False)
    under: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.percent.is_finite() or not 0 < self.percent < 100:
            raise StrategyInvalid("Lower by more than 0 % and less than 100 %, like 10")
        top, under = (1 - Fraction(self.percent) / 100).as_integer_ratio()
        object.__setattr__(self, "top", top)
        object.__setattr__(self, "under", under * NANOGRAMS_PER_MG)

    def asked(self, previous: Dose) -> Ratio:
        top = previous.ng * self.top
        shared = gcd(top, self.under)
        return top // shared, self.under // shared

    def days(self, previous: Dose, every: int) -> int:
        return every

    def describe(self) -> str:
        return f"{plain_number(self.percent)}\u00a0% of the dose at that time"
