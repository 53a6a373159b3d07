"""What the rules on a patient's answers look at: the day, the days before, her own usual."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

SEDATIVE_CLASSES: Final = frozenset({"benzodiazepine", "z-drug", "gabapentinoid"})


@dataclass(frozen=True, slots=True)
class Day:
    """One day's answers; None means not answered."""

    overall: int | None = None
    ratings: tuple[tuple[str, int], ...] = ()
    w: int | None = None
    hours_slept: Decimal | None = None
    events: tuple[tuple[str, int], ...] = ()

    def happened(self, code: str) -> bool:
        """Whether this was ticked, or counted above zero."""
        return dict(self.events).get(code, 0) > 0


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that may be set for one patient, within bounds; the number itself is derived."""

    name: str
    label: str
    usual: int
    least: int
    most: int


THRESHOLDS: Final = {
    item.name: item
    for item in (
        Threshold("red-rise", "Rise of the symptom score above her own usual: urgent", 10, 6, 20),
        Threshold("amber-rise", "Rise of the symptom score above her own usual: review", 6, 4, 15),
        Threshold("very-high", "Symptom score that is urgent by itself", 31, 25, 40),
        Threshold("short-sleep", "Hours of sleep that count as a short night", 5, 3, 7),
    )
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the rules look at: today's answers and the days before.

    `days[k]` is k days before today; `baseline` holds each item's own level,
    `usual_w` the scores of the baseline week.
    """

    safety: frozenset[str] = frozenset()
    r4_grade: int | None = None
    classes: frozenset[str] = frozenset()
    days: tuple[Day | None, ...] = ()
    baseline: tuple[tuple[str, int], ...] = ()
    usual_w: tuple[int, ...] = ()
    age: int | None = None
    note: str = ""
    medicine: str = ""
    thresholds: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def limit(self, name: str) -> int:
        """The patient's own threshold, else the usual one."""
        return self.thresholds.get(name, THRESHOLDS[name].usual)

    @property
    def is_sedated(self) -> bool:
        """Whether the medicine is one that slows; an unknown class counts as one."""
        return not self.classes or bool(self.classes & SEDATIVE_CLASSES)

    @property
    def today(self) -> Day:
        """The day itself; empty where nothing was answered."""
        first = self.days[0] if self.days else None
        return first or Day()

    @property
    def known(self) -> list[Day]:
        return [day for day in self.days if day is not None]
