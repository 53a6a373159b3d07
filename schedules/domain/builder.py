"""A request becomes a plan: strategy, real pieces, rules. Decides nothing for the doctor."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from schedules.domain.class_limits import Totals, class_findings
from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import ZERO, Dose, render_mg, total
from schedules.domain.limits import Finding
from schedules.domain.medicine import Liquid, Medicine, MedicineInvalid, Product
from schedules.domain.pace import percent_cut
from schedules.domain.plan import SLOT, Plan, Step
from schedules.domain.risk import asam_band, dose_band
from schedules.domain.rounding import NOTHING, Portion
from schedules.domain.rulebook import BLOCK, HARD, INFO, SOFT
from schedules.domain.strategies.base import NOTHING_ASKED, Ratio, Strategy

MOST_DAYS: Final = 3653
MOST_PRODUCTS: Final = 6
LONGER_DAYS: Final = 21
LONGEST_DAYS: Final = 28
LONGEST_OVER: Final = 15


class PlanImpossible(ValueError):
    """A request that makes no plan; `field` names the input, the text is for a doctor."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Request:
    """What a doctor asks for. Doses in mg by time of day, pace in days."""

    medicine: Medicine
    start: tuple[tuple[str, Dose], ...]
    strategy: Strategy
    every_days: int
    products: tuple[Product, ...]
    liquids: tuple[Liquid, ...] = ()
    target: Dose = ZERO
    stop_below: Dose = ZERO
    hold_longer: bool = False
    indication: str = ""
    table: str = ""
    in_force: Dose | None = None
    slot_order: tuple[str, ...] = ()
    empty_first: bool = False
    cut_by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """A plan with what it breaks; `findings[k]` belong to step k + 1, `notes` to the whole."""

    plan: Plan
    findings: tuple[tuple[Finding, ...], ...]
    notes: tuple[Finding, ...]
    over_asked: tuple[int, ...] = field(default=())

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return (*self.notes, *(finding for step in self.findings for finding in step))

    @property
    def blocked(self) -> bool:
        return any(finding.severity == BLOCK for finding in self.all_findings)

    @property
    def hard(self) -> tuple[str, ...]:
        """The ids of the rules that need a typed reason."""
        return tuple(sorted({f.rule for f in self.all_findings if f.severity == HARD}))


def build(request: Request) -> Built:
    """Build the plan step by step; raises PlanImpossible with the field at fault."""
    _check(request)
    cupboard = Cupboard(tuple(_cut(request)), request.liquids)
    first = tuple((slot, _starting(cupboard, slot, dose)) for slot, dose in request.start)
    steps, totals, days = [Step(first, request.every_days)], [], 0
    line = _Line(request, steps[0], cupboard)
    while line.total > line.target:
        steps.append(line.lower())
        totals.append((days, line.total))
        days += line.step.least_days
        if days > MOST_DAYS:
            raise PlanImpossible(
                "This pace takes more than ten years. Choose larger cuts or fewer days.",
                field="every_days",
            )
    return _judged(request, Plan(request.medicine.key, tuple(steps)), totals)


def _check(request: Request) -> None:
    start = total([dose for _, dose in request.start])
    if not start:
        raise PlanImpossible(
            "Type the dose she takes now, at one time of day at least.", field="start"
        )
    if request.in_force is not None and start < request.in_force:
        raise PlanImpossible(
            f"{render_mg(request.in_force)} a day is in force now. Start from that dose: "
            "a lower dose comes as a step that the patient clears.",
            field="start",
        )
    if not 1 <= request.every_days <= 365:
        raise PlanImpossible("Between 1 and 365 days, like 14", field="every_days")
    if not (request.products or request.liquids):
        raise PlanImpossible("Choose at least one product.", field="products")
    if len(request.products) + len(request.liquids) > MOST_PRODUCTS:
        raise PlanImpossible(f"Choose at most {MOST_PRODUCTS} products.", field="products")
    if not request.target < start:
        raise PlanImpossible(
            f"Plan down to less than the {render_mg(start)} a day she takes now.", field="target"
        )


def _cut(request: Request) -> Iterator[Product]:
    """The products; those a doctor has cut by hand beyond their scoring give smaller pieces."""
    if request.cut_by_hand and request.strategy.key != "by-hand":
        raise PlanImpossible(
            "Cutting beyond the score is for daily totals typed by hand.", field="cut_by_hand"
        )
    if not {*request.cut_by_hand} <= {product.key for product in request.products}:
        raise PlanImpossible("Choose the product too that is cut by hand.", field="cut_by_hand")
    for product in request.products:
        try:
            yield product.by_hand() if product.key in request.cut_by_hand else product
        except MedicineInvalid as invalid:
            raise PlanImpossible(str(invalid), field="cut_by_hand") from None


def _starting(cupboard: Cupboard, slot: str, dose: Dose) -> Portion:
    portion = cupboard.exactly(dose)
    if portion is None:
        raise PlanImpossible(
            f"{SLOT[slot].label}: these products cannot make {render_mg(dose)}. "
            "Choose another product or correct the dose.",
            field="products",
        )
    return portion


class _Line:
    """The way down: one time of day lowered at each step, in turn, bedtime last; nanograms."""

    def __init__(self, request: Request, first: Step, cupboard: Cupboard) -> None:
        self.request, self.shelf, self.step = request, cupboard.shelf, first
        self.stop_below, self.target = request.stop_below.ng, request.target.ng
        self.doses = [portion.dose.ng for _, portion in first.portions]
        self.total = sum(self.doses)
        self.turns = _turns(request)
        self.order = self.turns[0]

    def lower(self) -> Step:
        """The next step; raises PlanImpossible where these products cannot make one."""
        before, strategy = Dose(self.total), self.request.strategy
        asked, least = self._asked(before)
        n, dose = self._lowered(least)
        self.total += dose - self.doses[n]
        self.doses[n] = dose
        self.order = self.turns[0 if self.request.empty_first else n + 1]
        over = self.total < least
        every = strategy.days(before, self.request.every_days)
        self.step = Step(self._portions(n, dose), every, asked, over)
        if over and self.request.hold_longer:
            self.step = _held_longer(before, self.step)
        return self.step

    def _asked(self, before: Dose) -> tuple[Ratio, int]:
        """The daily total asked for next in mg, and the lowest nanograms not below it.

        For display only until it is made real.
        """
        top, under = self.request.strategy.asked(before)
        least = -(-top * 100_000 // under) * 10
        if least < self.stop_below:
            (top, under), least = NOTHING_ASKED, 0
        if least < self.target:
            return self.request.target.exact.as_integer_ratio(), self.target
        return (top, under), least

    def _lowered(self, least: int) -> tuple[int, int]:
        """Which time of day is lowered, and to what.

        The first in turn whose cut stays within what was asked; else the smallest
        cut larger than asked, never below the plan's own end.
        """
        best, made, chosen = -1, -1, -1
        for n in self.order:
            old = self.doses[n]
            if not old:
                continue
            others = self.total - old
            dose, is_within = self.shelf.nearest(least - others, old)
            if is_within:
                return n, dose
            if others + dose > best and others + dose >= self.target:
                best, made, chosen = others + dose, dose, n
        if chosen < 0:
            raise self._impossible()
        return chosen, made

    def _impossible(self) -> PlanImpossible:
        end, now = render_mg(self.request.target), render_mg(Dose(self.total))
        return PlanImpossible(
            f"These products cannot make a dose between {end} and {now} a day that ends "
            f"exactly at {end}.",
            field="target",
        )

    def _portions(self, n: int, ng: int) -> tuple[tuple[str, Portion], ...]:
        portions = list(self.step.portions)
        slot, like = portions[n]
        made = self.shelf.simplest_like(ng, like) if ng else NOTHING
        assert made is not None
        portions[n] = (slot, made)
        return tuple(portions)


def _turns(request: Request) -> list[list[int]]:
    """The times of day in the order they are tried: at first, and after each was lowered."""
    slots = [slot for slot, _ in request.start]
    place = {slot: n for n, slot in enumerate(request.slot_order)}
    order = sorted(range(len(slots)), key=lambda n: place.get(slots[n], len(place)))
    after = {n: order[at + 1 :] + order[: at + 1] for at, n in enumerate(order)}
    return [order, *(after[n] for n in range(len(slots)))]


def _held_longer(before: Dose, step: Step) -> Step:
    cut = percent_cut(before.exact, step.total.exact)
    longer = LONGEST_DAYS if cut > LONGEST_OVER else LONGER_DAYS
    return step._replace(least_days=max(step.least_days, longer))


def _judged(request: Request, plan: Plan, totals: Totals) -> Built:
    start = plan.steps[0].total
    by_day: dict[int, list[Finding]] = {day: [] for day, _ in totals}
    for finding in class_findings(request.medicine, start.ng, totals, table=request.table):
        by_day[finding.day].append(finding)
    over = tuple([n for n, step in enumerate(plan.steps) if step.over_asked])
    notes = (*_notes(request, start), *_by_hand(request, plan))
    return Built(plan, tuple(map(tuple, by_day.values())), notes, over)


def _by_hand(request: Request, plan: Plan) -> Iterator[Finding]:
    if not request.cut_by_hand:
        return
    portions = [portion for step in plan.steps for _, portion in step.portions]
    keys = {tablet.product for p in portions for tablet in p.tablets if tablet.by_hand}
    for product in request.products:
        if product.key in keys:
            yield Finding("GEN-02b", 0, HARD, detail=f"parts of {product.title} are not exact")


def _notes(request: Request, start: Dose) -> Iterator[Finding]:
    maximum = request.medicine.maximum_for(request.indication)
    if maximum is not None and start > maximum:
        yield Finding(
            "BZD-10",
            0,
            HARD,
            detail=f"{render_mg(start)} a day; the maximum for {request.indication or 'any use'} "
            f"is {render_mg(maximum)}",
        )
    if request.in_force is not None and start > request.in_force:
        yield Finding(
            "GEN-04",
            0,
            HARD,
            detail=f"{render_mg(start)} a day; {render_mg(request.in_force)} is in force now",
        )
    if request.medicine.kind not in ("benzodiazepine", "z-drug"):
        return
    half_lives_days = 5 * request.medicine.half_life_h / 24
    if request.every_days < half_lives_days:
        days = half_lives_days.quantize(Decimal("0.1"))
        yield Finding("BZD-28", 0, SOFT, detail=f"5 half-lives are {days} days")
    if band := _band(request.medicine, start):
        yield Finding("BZD-18", 0, INFO, detail=f"{band} dose")


def _band(medicine: Medicine, start: Dose) -> str:
    """The guideline's own mg limits where it has them, else by the strictest table."""
    if medicine.kind not in ("benzodiazepine", "z-drug"):
        return ""
    own = asam_band(medicine.key, start)
    if own or medicine.strictest_table is None:
        return own
    equivalent = start.exact * medicine.diazepam_mg_per_mg(medicine.strictest_table)
    return dose_band(Decimal(equivalent.numerator) / Decimal(equivalent.denominator))
