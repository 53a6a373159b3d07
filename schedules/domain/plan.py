"""A plan: an ordered list of steps, each a dose by time of day and its least days."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from schedules.domain.dose import Dose
from schedules.domain.rounding import Portion, Tablet, Volume
from schedules.domain.strategies.base import Ratio


@dataclass(frozen=True, slots=True)
class SlotName:
    """A time of day: stored code, the word people read, the usual clock time."""

    id: str
    label: str
    at: time


SLOTS: Final = (
    SlotName("morning", "Morning", time(8)),
    SlotName("noon", "Noon", time(12)),
    SlotName("evening", "Evening", time(18)),
    SlotName("bedtime", "Bedtime", time(22)),
)
SLOT: Final = {slot.id: slot for slot in SLOTS}


class SlotUnknown(KeyError):
    """A time of day this plan does not have."""


class Step(NamedTuple):
    """The doses of one step by time of day, and the least days it lasts."""

    portions: tuple[tuple[str, Portion], ...]
    least_days: int
    asked_ratio: Ratio | None = None
    over_asked: bool = False

    @property
    def asked(self) -> Fraction | None:
        """The daily mg asked for, exact; never a dose."""
        return None if self.asked_ratio is None else Fraction(*self.asked_ratio)

    @property
    def total(self) -> Dose:
        """The daily dose."""
        return Dose(sum([portion.dose.ng for _, portion in self.portions]))

    def portion(self, slot: str) -> Portion:
        """Raises SlotUnknown for a time of day without a dose in this plan."""
        try:
            return dict(self.portions)[slot]
        except KeyError:
            raise SlotUnknown(slot) from None


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order; the first is the dose the plan starts from."""

    medicine: str
    steps: tuple[Step, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(slot for slot, _ in self.steps[0].portions)

    @property
    def days(self) -> int:
        """Least days from the first lowered day to the last step."""
        return sum(step.least_days for step in self.steps[1:-1])

    def lowers(self, number: int) -> bool:
        return self.steps[number].total < self.steps[number - 1].total


def as_json(plan: Plan) -> list[dict[str, Any]]:
    """The steps as plain values; `from_json` reads them back unchanged."""
    return [
        {
            "least_days": step.least_days,
            "asked": str(step.asked) if step.asked_ratio is not None else None,
            "over_asked": step.over_asked,
            "slots": {slot: portion_as_json(portion) for slot, portion in step.portions},
        }
        for step in plan.steps
    ]


def from_json(medicine: str, steps: list[dict[str, Any]]) -> Plan:
    return Plan(medicine, tuple(_step(item) for item in steps))


def _step(item: dict[str, Any]) -> Step:
    return Step(
        portions=tuple(
            (slot.id, portion_from_json(item["slots"][slot.id]))
            for slot in SLOTS
            if slot.id in item["slots"]
        ),
        least_days=item["least_days"],
        asked_ratio=_ratio(item["asked"]),
        over_asked=item["over_asked"],
    )


def _ratio(asked: str | None) -> Ratio | None:
    return None if asked is None else Fraction(asked).as_integer_ratio()


def portion_as_json(portion: Portion) -> dict[str, Any]:
    liquid = portion.liquid
    return {
        "ng": portion.dose.ng,
        "pieces": portion.pieces,
        "tablets": [_tablet_as_json(tablet) for tablet in portion.tablets],
        "liquid": [liquid.product, str(liquid.ml)] if liquid is not None else None,
    }


def _tablet_as_json(tablet: Tablet) -> list[Any]:
    return [tablet.product, str(tablet.count), *(["by hand"] if tablet.by_hand else [])]


def portion_from_json(item: dict[str, Any]) -> Portion:
    liquid = item["liquid"]
    return Portion(
        dose=Dose(item["ng"]),
        tablets=tuple(
            Tablet(product, Fraction(count), by_hand=bool(by_hand))
            for product, count, *by_hand in item["tablets"]
        ),
        liquid=Volume(liquid[0], Decimal(liquid[1])) if liquid else None,
        pieces=item["pieces"],
    )
