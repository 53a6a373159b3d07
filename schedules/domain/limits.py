"""How fast is too fast: the benzodiazepine rules, each with id, severity and source.

Returns what it finds and decides nothing. `block` cannot be saved, `hard`
needs a typed reason, `soft` warns, `info` informs. Doses are nanograms, whole
or exact fractions; a limit is broken by more than a billionth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from schedules.domain.pace import PaceInvalid
from schedules.domain.rulebook import BLOCK, HARD, RULES, SOFT

VERSION: Final = "2026.1"
WINDOW_DAYS: Final = 14
BILLION: Final = 10**9
PER_MG: Final = 10**6

Nanograms = int | Fraction
DayDose = tuple[int, Nanograms]


class Finding(NamedTuple):
    """A rule that a plan breaks on a day (days count from the first reduction).

    `hundredths` is a per cent in hundredths, half up.
    """

    rule: str
    day: int
    severity: str
    hundredths: int | None = None
    days: int | None = None
    last_diazepam_mg: Fraction | None = None
    detail: str = ""

    @property
    def percent(self) -> Decimal | None:
        return None if self.hundredths is None else Decimal(self.hundredths).scaleb(-2)

    @property
    def says(self) -> str:
        return RULES[self.rule].says

    @property
    def source(self) -> str:
        return RULES[self.rule].source


@dataclass(frozen=True, slots=True)
class Factors:
    """mg diazepam for 1 mg: by the patient's named table, and by the strictest one."""

    named: Fraction
    strictest: Fraction


def benzodiazepine_findings(
    start: Nanograms, plan: Sequence[DayDose], factors: Factors
) -> list[Finding]:
    """BZD-01 to BZD-09 over a plan of (first day, daily dose), ordered by day, then rule.

    The stop is judged with the table that gives most diazepam. Raises
    PaceInvalid for a start or factor of zero, a negative dose, or days out of order.
    """
    _check(start, plan, factors)
    found: list[Finding] = []
    before, reductions, last_reduction = start, 0, None
    for at, (day, dose) in enumerate(plan):
        if is_more(before, dose):
            reductions += 1
            if dose:
                window = highest(start, plan, at, WINDOW_DAYS)
                found += _cut(day, before, dose, window, factors.named, reductions)
            if last_reduction is not None and day - last_reduction < WINDOW_DAYS:
                found += _pace(day, before, dose, last_reduction)
            if not dose:
                found += _stop(day, before, factors.strictest)
            last_reduction = day
        if is_more(dose, start):
            found.append(Finding("BZD-09", day, BLOCK, -hundredths(start, dose)))
        before = dose
    return found


def _check(start: Nanograms, plan: Sequence[DayDose], factors: Factors) -> None:
    if start <= 0 or factors.named <= 0 or factors.strictest <= 0:
        raise PaceInvalid("amounts above zero")
    before = None
    for day, dose in plan:
        if dose < 0 or (before is not None and day <= before):
            raise PaceInvalid("doses of zero or more on rising days")
        before = day


def is_more(one: Nanograms, other: Nanograms) -> bool:
    """More by over a billionth of a mg."""
    return 1000 * (one - other) > 1


def is_over_percent(percent: int, before: Nanograms, after: Nanograms) -> bool:
    """Whether `after` is over so many per cent lower, by more than a billionth of `before`."""
    return BILLION * (100 * (before - after) - percent * before) > 100 * before


def highest(start: Nanograms, plan: Sequence[DayDose], at: int, window: int) -> Nanograms:
    """The highest dose in force in the `window` days before step `at` of the plan."""
    opens = plan[at][0] - window
    top: Nanograms = 0
    while at:
        at -= 1
        since, dose = plan[at]
        top = max(top, dose)
        if since <= opens:
            return top
    return max(top, start)


def _gives_more(ng: Nanograms, factor: Fraction, limit_ng: int) -> bool:
    """Whether a dose is more diazepam than the limit, by over a billionth of a mg."""
    under = factor.denominator
    return 1000 * (ng * factor.numerator - limit_ng * under) > under


def _stop(day: int, last: Nanograms, factor: Fraction) -> list[Finding]:
    if not _gives_more(last, factor, PER_MG):
        return []
    severity = HARD if _gives_more(last, factor, 5 * PER_MG // 2) else SOFT
    diazepam_mg = Fraction(last * factor.numerator, PER_MG * factor.denominator)
    return [Finding("BZD-07", day, severity, last_diazepam_mg=diazepam_mg)]


def _cut(
    day: int, before: Nanograms, dose: Nanograms, window: Nanograms, factor: Fraction, nth: int
) -> list[Finding]:
    found = []
    hard = False
    if is_over_percent(25, window, dose):
        high = _gives_more(window, factor, 5 * PER_MG)
        hard = high or _gives_more(window - dose, factor, PER_MG)
        rule, severity = ("BZD-01", HARD) if hard else ("BZD-01b", SOFT)
        found.append(Finding(rule, day, severity, hundredths(window, dose)))
    if nth <= 2 and not hard and is_over_percent(10, before, dose):
        found.append(Finding("BZD-02", day, SOFT, hundredths(before, dose)))
    return found


def _pace(day: int, before: Nanograms, dose: Nanograms, last: int) -> list[Finding]:
    if not is_over_percent(2, before, dose):
        return []
    return [Finding("BZD-03", day, SOFT, days=day - last)]


def hundredths(before: Nanograms, after: Nanograms) -> int:
    """How many hundredths of a per cent lower, half up; a rise is below zero."""
    change = before - after
    size = int((20_000 * (change if change > 0 else -change) + before) // (2 * before))
    return size if change > 0 else -size
