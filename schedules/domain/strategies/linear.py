"""A cut by a fixed number of milligrams."""

from dataclasses import dataclass
from fractions import Fraction

from schedules.domain.dose import Dose, render_mg
from schedules.domain.strategies.base import Ratio, StrategyInvalid


@dataclass(frozen=True, slots=True)
class Linear:
    """Lower by the same amount each time; the last cut may be smaller."""

    decrement: Dose
    key: str = "linear"

    def __post_init__(self) -> None:
        if not self.decrement:
            raise StrategyInvalid("Lower by more than 0 mg, like 0.125")

    def asked(self, previous: Dose) -> Ratio:
        return max(Fraction(0), previous.exact - self.decrement.exact).as_integer_ratio()

    def days(self, previous: Dose, every: int) -> int:
        return every

    def describe(self) -> str:
        return f"{render_mg(self.decrement)} each time"


@dataclass(frozen=True, slots=True)
class EqualCuts:
    """`cuts` equal cuts from the start to the end of the plan; mg, exact fractions."""

    start: Fraction
    end: Fraction
    cuts: int
    key: str = "cuts"

    def __post_init__(self) -> None:
        if not 1 <= self.cuts <= 200:
            raise StrategyInvalid("Between 1 and 200 cuts, like 10")

    def asked(self, previous: Dose) -> Ratio:
        asked = max(self.end, previous.exact - (self.start - self.end) / self.cuts)
        return asked.as_integer_ratio()

    def days(self, previous: Dose, every: int) -> int:
        return every

    def describe(self) -> str:
        return f"{self.cuts} equal cuts"
