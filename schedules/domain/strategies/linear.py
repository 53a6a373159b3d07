"""A cut by a fixed number of milligrams."""

from dataclasses import dataclass
from fractions import Fraction

from schedules.domain.dose import Dose, render_mg
from schedules.domain.strategies.base import StrategyInvalid


@dataclass(frozen=True, slots=True)
class Linear:
    """Lower by the same amount each time; the last cut may be smaller."""

    decrement: Dose
    key: str = "linear"

    def __post_init__(self) -> None:
        if not self.decrement:
            raise StrategyInvalid("Lower by more than 0 mg, like 0.125")

    def asked(self, previous: Fraction) -> Fraction:
        return max(Fraction(0), previous - self.decrement.exact)

    def describe(self) -> str:
        return f"{render_mg(self.decrement)} each time"
