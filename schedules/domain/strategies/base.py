"""What a strategy is: from the dose before to the dose asked next."""

from typing import Final, Protocol

from schedules.domain.dose import Dose


class StrategyInvalid(ValueError):
    """A pace that cannot be planned; the text is for a doctor."""


Ratio = tuple[int, int]
NOTHING_ASKED: Final[Ratio] = (0, 1)


class Strategy(Protocol):
    """Asks for the next daily total in mg; the builder makes it real.

    A ratio is a numerator and a denominator in lowest terms, neither below zero.
    """

    @property
    def key(self) -> str: ...

    def asked(self, previous: Dose) -> Ratio:
        """The next daily total in mg, at least zero and below `previous`; never a Dose."""

    def days(self, previous: Dose, every: int) -> int:
        """The least days of the step after `previous`; `every` is what the doctor asked."""

    def describe(self) -> str: ...
