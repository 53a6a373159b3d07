"""What a supply lasts and what a pharmacy must hand over.

Counted at the dose in force, as if the next step does not happen. Remainders
of the same product are kept for the next fraction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from schedules.domain.rounding import Portion

RESERVE_DAYS: Final = 14
POUCH_DAYS: Final = 28
DAY: Final = timedelta(days=1)
REVIEW_DAYS: Final = 7
URGENT_DAYS: Final = 3
SATURDAY: Final = 5


class SupplyInvalid(ValueError):
    """A stock or daily amount that cannot be."""


def full_days(stock_mg: Fraction, daily_mg: Fraction) -> int:
    """Whole days a stock lasts: the floor, in exact arithmetic."""
    if stock_mg < 0 or daily_mg <= 0:
        raise SupplyInvalid("a stock of zero or more, a daily amount above zero")
    return int(stock_mg // daily_mg)


@dataclass(frozen=True, slots=True)
class Need:
    """Tablets or mL of one product for a window; `left` is what remains over."""

    product: str
    used: Fraction
    units: int
    left: Fraction


def daily_use(portions: Sequence[Portion]) -> dict[str, Fraction]:
    """Tablets (as fractions) and mL of each product in one day."""
    use: dict[str, Fraction] = {}
    for portion in portions:
        for tablet in portion.tablets:
            use[tablet.product] = use.get(tablet.product, Fraction(0)) + tablet.count
        if portion.liquid is not None:
            ml = Fraction(portion.liquid.ml)
            use[portion.liquid.product] = use.get(portion.liquid.product, Fraction(0)) + ml
    return use


def needed(portions: Sequence[Portion], days: int, *, reserve: int = RESERVE_DAYS) -> list[Need]:
    """What to hand over for so many days and a reserve: the sum of fractions, rounded up."""
    if days < 1 or reserve < 0:
        raise SupplyInvalid("at least one day")
    found = []
    for product, use in sorted(daily_use(portions).items()):
        used = use * (days + reserve)
        units = int(-(-used // 1))
        found.append(Need(product, used, units, units - used))
    return found


def run_out_on(
    stock: Mapping[str, Fraction], portions: Sequence[Portion], today: date
) -> date | None:
    """The first day any product falls short; None where nothing is taken.

    A stock may be negative (a late count): then it has run out today.
    """
    lasting = [
        full_days(max(stock.get(product, Fraction(0)), Fraction(0)), use)
        for product, use in daily_use(portions).items()
    ]
    return today + min(lasting) * DAY if lasting else None


def left_of(stock: Fraction, uses: Iterable[Fraction]) -> Fraction:
    """What is left of one product after the uses of some days, never below zero."""
    return max(stock - sum(uses, Fraction(0)), Fraction(0))


def open_days(first: date, end: date) -> int:
    """Working days from the first day up to, not including, the end."""
    days = (first + k * DAY for k in range((end - first).days))
    return sum(day.weekday() < SATURDAY for day in days)


def supply_tier(run_out: date | None, today: date) -> str:
    """RF-27: review under 7 days, urgent under 3 working days, `none-left`; empty otherwise."""
    if run_out is None:
        return ""
    left = (run_out - today).days
    if left <= 0:
        return "none-left"
    if open_days(today, run_out) < URGENT_DAYS:
        return "urgent"
    return "review" if left < REVIEW_DAYS else ""


@dataclass(frozen=True, slots=True)
class Pouch:
    """One day of a pouch table; `portions` is empty from the day papers must stop."""

    day: date
    portions: tuple[tuple[str, Portion], ...]


def pouches(
    portions: Sequence[tuple[str, Portion]], first: date, *, stops_on: date | None = None
) -> list[Pouch]:
    """Twenty-eight days at the dose in force; nothing from the next uncleared step on."""
    table = []
    for k in range(POUCH_DAYS):
        day = first + k * DAY
        open_day = stops_on is None or day < stops_on
        table.append(Pouch(day, tuple(portions) if open_day else ()))
    return table
