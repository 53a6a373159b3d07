"""How long the boxes at home last, at the dose in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from patients.domain.days import DAY
from patients.domain.words import short_day
from patients.models.care import Patient
from schedules.domain.medicine import Liquid
from schedules.domain.supply import daily_use, left_of, run_out_on, supply_tier
from schedules.models.supply import SupplyCount
from schedules.selectors.plans import Standing, standings, step_in_force

Counts = dict[str, SupplyCount]


@dataclass(frozen=True, slots=True)
class Box:
    """One product of the dose in force: how it is called, how it is counted, what was counted."""

    product: str
    title: str
    unit: str
    counted: Fraction | None


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes at home: when counted last, and the first day that falls short."""

    boxes: tuple[Box, ...]
    counted_on: date | None
    runs_out_on: date | None


def counts_of(patients: Sequence[Patient]) -> dict[object, Counts]:
    """The newest count of each product of each patient; one query for any number."""
    found: dict[object, Counts] = {patient.pk: {} for patient in patients}
    for row in SupplyCount.objects.filter(patient__in=patients, replaced_at__isnull=True):
        found[row.patient_id][row.product] = row
    return found


def boxes_of(found: list[Standing], counts: Counts) -> Boxes:
    """The boxes of one patient with a plan; what was not counted is not known.

    Days since the count are taken as planned. A count of every product of the
    dose in force is needed to say when they run out.
    """
    stands = found[-1]
    portions = [portion for _, portion in stands.step.portions]
    used = daily_use(portions)
    counted = [counts[product].plan_day for product in used if product in counts]
    is_whole = bool(used) and len(counted) == len(used)
    stock = {product: _left(found, counts[product]) for product in used if product in counts}
    return Boxes(
        tuple(_box(stands, product, counts) for product in used),
        min(counted) if is_whole else None,
        run_out_on(stock, portions, stands.today) if is_whole else None,
    )


def _left(found: list[Standing], row: SupplyCount) -> Fraction:
    days = range((found[-1].today - row.plan_day).days)
    return left_of(row.amount, (_used(found, row.plan_day + k * DAY, row.product) for k in days))


def _used(found: list[Standing], day: date, product: str) -> Fraction:
    in_force = step_in_force(found, day)
    if in_force is None:
        return Fraction(0)
    portions = [portion for _, portion in in_force[1].portions]
    return daily_use(portions).get(product, Fraction(0))


def _box(stands: Standing, product: str, counts: Counts) -> Box:
    item = stands.medicine.product(product)
    unit = "mL" if isinstance(item, Liquid) else "tablets"
    row = counts.get(product)
    return Box(product, item.title, unit, row.amount if row else None)


def amount_words(amount: Fraction) -> str:
    """`12.5`; a third is written as a fraction."""
    hundredths = amount * 100
    if hundredths.denominator == 1:
        whole, part = divmod(int(hundredths), 100)
        return f"{whole}.{part:02}".rstrip("0").rstrip(".") if part else str(whole)
    whole, rest = divmod(amount, 1)
    return f"{whole} {rest}" if whole else str(rest)


@dataclass(frozen=True, slots=True)
class BoxesPage:
    """What the page of boxes says; `urgency` is that of `supply_tier`."""

    boxes: tuple[Box, ...]
    counted: str
    lasts: str
    urgency: str


def boxes_page(patient: Patient, now: datetime) -> BoxesPage:
    """Ready words for the patient and her clinic; without a plan there is nothing to count."""
    found = standings(patient, now)
    if not found:
        return BoxesPage((), "", "", "")
    known = boxes_of(found, counts_of([patient])[patient.pk])
    today, end = found[-1].today, known.runs_out_on
    return BoxesPage(
        known.boxes,
        f"Counted on {short_day(known.counted_on)}." if known.counted_on else "",
        _lasts(end, today),
        supply_tier(end, today),
    )


def _lasts(end: date | None, today: date) -> str:
    if end is None:
        return ""
    if end <= today:
        return "There is not enough left for a whole day."
    return f"Enough until {short_day(end - DAY)}."
