"""What to do where the products cannot make the cut that was asked: four ways, computed."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from schedules.domain.builder import Built, Request
from schedules.domain.cupboard import shelf_of
from schedules.domain.dose import Dose
from schedules.domain.medicine import Liquid, Medicine, Product
from schedules.domain.pace import percent_cut
from schedules.domain.plan import Step
from schedules.domain.strategies.crossover import Reading, readings


@dataclass(frozen=True, slots=True)
class WayOut:
    """For one step larger than asked: what would make it as asked.

    `products` each make the asked cut when added; `hold_days` keeps the pace
    of the asked cut with the larger one accepted; `crossover` shows the daily
    total in the other medicine by every table.
    """

    step: int
    asked: Fraction
    made: Dose
    percent: Fraction
    products: tuple[Product | Liquid, ...]
    hold_days: int
    crossover: tuple[Reading, ...]


def ways_out(request: Request, built: Built, *, into: Medicine | None = None) -> list[WayOut]:
    """A way out for every step that is larger than asked."""
    return [way_out(request, built, number, into=into) for number in built.over_asked]


def way_out(request: Request, built: Built, number: int, *, into: Medicine | None) -> WayOut:
    """The ways out of one step."""
    step, before = built.plan.steps[number], built.plan.steps[number - 1]
    asked = step.asked if step.asked is not None else step.total.exact
    cross = readings(before.total, request.medicine, into) if into else []
    return WayOut(
        step=number,
        asked=asked,
        made=step.total,
        percent=percent_cut(before.total.exact, step.total.exact),
        products=tuple(_helpful(request, before, asked)),
        hold_days=_hold_days(before, step, asked, built.plan.steps[number].least_days),
        crossover=tuple(cross),
    )


def _helpful(request: Request, before: Step, asked: Fraction) -> list[Product | Liquid]:
    """Products of the medicine, not at home yet, that alone would make the asked cut."""
    known = {item.key for item in request.products} | {item.key for item in request.liquids}
    least = Dose.up(asked).ng
    doses = [portion.dose.ng for _, portion in before.portions]
    others = [item for item in request.medicine.items if item.key not in known]
    return [item for item in others if _makes(request, item, doses, sum(doses) - least)]


def _makes(request: Request, item: Product | Liquid, doses: list[int], short: int) -> bool:
    """Whether with it one of the doses can be lowered by at most so many nanograms."""
    products, liquids = request.products, request.liquids
    if isinstance(item, Liquid):
        shelf = shelf_of(products, (*liquids, item))
    else:
        shelf = shelf_of((*products, item), liquids)
    return any(old > short and shelf.nearest(old - short, old)[1] for old in doses)


def _hold_days(before: Step, step: Step, asked: Fraction, least: int) -> int:
    """More days at this step so that the larger cut is no faster than the asked one."""
    wanted, made = before.total.exact - asked, (before.total - step.total).exact
    if wanted <= 0:
        return 0
    return max(0, ceil(least * made / wanted) - least)
