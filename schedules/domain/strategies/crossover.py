"""A cross-over: one time of day at a time from one medicine to another.

Out and in are one step, never an addition first. The table of equivalents is
named by the doctor and has no default, because tables differ by a factor of
two; both readings are shown. At least seven days a time of day (BZD-16).
Schedule H is this with clonazepam to diazepam, then the smallest CKS steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import Dose, render_mg
from schedules.domain.equivalents import NAMES, NotInTable, diazepam_mg_per_mg
from schedules.domain.medicine import Liquid, Medicine, Product
from schedules.domain.rounding import Portion
from schedules.domain.strategies.base import StrategyInvalid

LEAST_DAYS: Final = 7
BEDTIME_FIRST: Final = ("bedtime", "evening", "noon", "morning")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one table makes of a dose: mg of the new medicine, exact."""

    table: str
    mg: Fraction

    @property
    def words(self) -> str:
        return f"{NAMES[self.table]}: {float_free(self.mg)}\u00a0mg"


def float_free(mg: Fraction) -> str:
    """mg to two decimals, half up, for display."""
    hundredths = (200 * mg.numerator + mg.denominator) // (2 * mg.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class CrossStep:
    """One step: by time of day the medicine and what to take."""

    slots: tuple[tuple[str, str, Portion], ...]
    least_days: int
    changed: str = ""


def readings(dose: Dose, out: Medicine, into: Medicine) -> list[Reading]:
    """What every table that lists both medicines makes of this dose."""
    both = [table for table in out.tables if table in into.tables]
    return [Reading(table, converted(dose, out, into, table)) for table in both]


def converted(dose: Dose, out: Medicine, into: Medicine, table: str) -> Fraction:
    """mg of the new medicine for a dose of the old one; raises NotInTable."""
    factor = diazepam_mg_per_mg(out.key, table) / diazepam_mg_per_mg(into.key, table)
    return dose.exact * factor


def cross_over(
    start: Mapping[str, Portion],
    out: Medicine,
    into: Medicine,
    products: tuple[Product | Liquid, ...],
    *,
    table: str,
    slot_days: int = 14,
) -> list[CrossStep]:
    """Steps from the old medicine to the new one, bedtime first.

    Raises StrategyInvalid without a named table, under seven days a slot, or
    where the new products cannot make an equal dose or one below it.
    """
    if not table:
        raise StrategyInvalid("Choose the table of equivalents; they differ by a factor of two.")
    if slot_days < LEAST_DAYS:
        raise StrategyInvalid("At least 7 days for each time of day.")
    now = {slot: (out.key, portion) for slot, portion in start.items()}
    steps = [CrossStep(_as_slots(now), slot_days)]
    for slot in (slot for slot in BEDTIME_FIRST if slot in start and start[slot].dose):
        now = {**now, slot: (into.key, _equal(start[slot], out, into, products, table))}
        steps.append(CrossStep(_as_slots(now), slot_days, changed=slot))
    return steps


def _as_slots(now: Mapping[str, tuple[str, Portion]]) -> tuple[tuple[str, str, Portion], ...]:
    return tuple((slot, key, portion) for slot, (key, portion) in now.items())


def _equal(
    old: Portion,
    out: Medicine,
    into: Medicine,
    products: tuple[Product | Liquid, ...],
    table: str,
) -> Portion:
    """The makeable dose equal to the converted one, else the next below it."""
    try:
        wanted = converted(old.dose, out, into, table)
    except NotInTable:
        raise StrategyInvalid(f"{NAMES.get(table, table)} does not list both medicines.") from None
    cupboard = Cupboard(
        tuple(item for item in products if isinstance(item, Product)),
        tuple(item for item in products if isinstance(item, Liquid)),
    )
    found = cupboard.below(Dose.up(wanted + Fraction(1, 100_000)), above=Dose(10), like=old)
    if found is None:
        raise StrategyInvalid(
            f"These products cannot make {float_free(wanted)} mg for {render_mg(old.dose)}."
        )
    return found
