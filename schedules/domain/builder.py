"""A request becomes a plan: strategy, real pieces, rules. Decides nothing for the doctor."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from schedules.domain.class_limits import class_findings
from schedules.domain.dose import ZERO, Dose, render_mg, total
from schedules.domain.limits import Finding
from schedules.domain.medicine import Liquid, Medicine, MedicineInvalid, Product
from schedules.domain.pace import percent_cut
from schedules.domain.plan import SLOT, Plan, Step
from schedules.domain.risk import asam_band, dose_band
from schedules.domain.rounding import NOTHING, Cupboard, Portion
from schedules.domain.rulebook import BLOCK, HARD, INFO, SOFT
from schedules.domain.strategies.base import Strategy

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
    steps = [Step(first, request.every_days)]
    days = 0
    turn = 0
    while steps[-1].total > request.target:
        step, turn = _lower(request, cupboard, steps[-1], turn)
        steps.append(step)
        days += step.least_days
        if days > MOST_DAYS:
            raise PlanImpossible(
                "This pace takes more than ten years. Choose larger cuts or fewer days.",
                field="every_days",
            )
    return _judged(request, Plan(request.medicine.key, tuple(steps)))


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


def _lower(request: Request, cupboard: Cupboard, now: Step, turn: int) -> tuple[Step, int]:
    """The next step: one time of day lowered, in turn, bedtime last."""
    asked = _asked(request, now.total)
    order = _in_turn(request, now, turn)
    lowered = _within(cupboard, now, asked, order) or _larger(request, cupboard, now, asked, order)
    if lowered is None:
        raise PlanImpossible(
            f"These products cannot make a dose between {render_mg(request.target)} and "
            f"{render_mg(now.total)} a day that ends exactly at {render_mg(request.target)}.",
            field="target",
        )
    slot, portion = lowered
    portions = tuple((s, portion if s == slot else old) for s, old in now.portions)
    after = total([p.dose for _, p in portions])
    over = after.exact < asked
    every = request.strategy.days(now.total.exact, request.every_days)
    cut = percent_cut(now.total.exact, after.exact)
    least = _least_days(request, cut, every=every, over=over)
    names = [name for name, _ in _ordered(request, now)]
    return Step(portions, least, asked, over_asked=over), names.index(slot) + 1


def _asked(request: Request, before: Dose) -> Fraction:
    """The daily total asked for next, in mg; display only until it is made real."""
    asked = request.strategy.asked(before.exact)
    if asked < request.stop_below.exact:
        asked = Fraction(0)
    return max(asked, request.target.exact)


def _ordered(request: Request, now: Step) -> list[tuple[str, Portion]]:
    """The times of day in the order they are lowered; bedtime last unless chosen otherwise."""
    place = {slot: n for n, slot in enumerate(request.slot_order)}
    return sorted(now.portions, key=lambda item: place.get(item[0], len(place)))


def _in_turn(request: Request, now: Step, turn: int) -> list[tuple[str, Portion]]:
    """From the next in turn on; with `empty_first` always from the first."""
    ordered = _ordered(request, now)
    turn = 0 if request.empty_first else turn % len(ordered)
    return [*ordered[turn:], *ordered[:turn]]


def _within(
    cupboard: Cupboard, now: Step, asked: Fraction, order: list[tuple[str, Portion]]
) -> tuple[str, Portion] | None:
    """The first time of day, in turn, whose cut stays within what was asked."""
    for slot, old in order:
        others = now.total.exact - old.dose.exact
        wanted = asked - others
        if wanted == 0 and old.dose:
            return slot, NOTHING
        if wanted > 0 and (new := cupboard.at_least(wanted, under=old.dose, like=old)):
            return slot, new
    return None


def _larger(
    request: Request,
    cupboard: Cupboard,
    now: Step,
    asked: Fraction,
    order: list[tuple[str, Portion]],
) -> tuple[str, Portion] | None:
    """The smallest cut larger than asked, never below the plan's own end."""
    options = []
    for slot, old in order:
        others = now.total - old.dose
        floor = Dose(max(request.target.ng - others.ng, 0))
        roof = min(max(asked - others.exact, Fraction(1, 100_000)), old.dose.exact)
        if floor < old.dose and (new := _highest(cupboard, floor, roof, old)):
            options.append((others + new.dose, slot, new))
    best = max(options, key=lambda option: option[0], default=None)
    return (best[1], best[2]) if best else None


def _highest(cupboard: Cupboard, floor: Dose, roof: Fraction, old: Portion) -> Portion | None:
    found = cupboard.below(roof, above=floor, like=old)
    return found if found is not None and found.dose < old.dose else None


def _least_days(request: Request, cut: Fraction, *, every: int, over: bool) -> int:
    if not (over and request.hold_longer):
        return every
    longer = LONGEST_DAYS if cut > LONGEST_OVER else LONGER_DAYS
    return max(every, longer)


def _judged(request: Request, plan: Plan) -> Built:
    days = list(_first_days(plan))
    start = plan.steps[0].total
    totals = [(day, step.total.exact) for day, step in zip(days, plan.steps[1:], strict=True)]
    found = class_findings(request.medicine, start.exact, totals, table=request.table)
    by_step = tuple(tuple(f for f in found if f.day == day) for day in days)
    over = tuple(n for n, step in enumerate(plan.steps) if step.over_asked)
    return Built(plan, by_step, (*_notes(request, start), *_by_hand(request, plan)), over)


def _first_days(plan: Plan) -> Iterator[int]:
    day = 0
    for step in plan.steps[1:]:
        yield day
        day += step.least_days


def _by_hand(request: Request, plan: Plan) -> Iterator[Finding]:
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
