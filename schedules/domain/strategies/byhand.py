"""A list of daily totals typed by the doctor, or published by somebody."""

from dataclasses import dataclass

from schedules.domain.dose import Dose, render_mg
from schedules.domain.strategies.base import NOTHING_ASKED, Ratio, StrategyInvalid


@dataclass(frozen=True, slots=True)
class ByHand:
    """Daily totals in falling order, each with its own least days where given."""

    totals: tuple[Dose, ...]
    least_days: tuple[int, ...] = ()
    key: str = "by-hand"
    words: str = "Typed by hand"

    def __post_init__(self) -> None:
        if not self.totals:
            raise StrategyInvalid("Type the daily totals in falling order, like 1.5, 1.25, 1")
        if any(not two < one for one, two in zip(self.totals, self.totals[1:], strict=False)):
            raise StrategyInvalid("Each daily total must be lower than the one before.")
        if self.least_days and len(self.least_days) != len(self.totals):
            raise StrategyInvalid("Give the days of every step, or of none.")

    def _next(self, previous: Dose) -> int | None:
        return next((n for n, dose in enumerate(self.totals) if dose < previous), None)

    def asked(self, previous: Dose) -> Ratio:
        """The next total of the list below `previous`; zero after the last one."""
        number = self._next(previous)
        return self.totals[number].exact.as_integer_ratio() if number is not None else NOTHING_ASKED

    def days(self, previous: Dose, every: int) -> int:
        number = self._next(previous)
        known = number is not None and bool(self.least_days)
        return self.least_days[number] if known and number is not None else every

    def describe(self) -> str:
        return f"{self.words}: " + ", ".join(render_mg(dose) for dose in self.totals)
