"""How fast is too fast: the benzodiazepine rules, each with id, severity and source.

Returns what it finds and decides nothing. `block` cannot be saved, `hard`
needs a typed reason, `soft` warns, `info` informs. Percentages are of a hundred.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from schedules.domain.pace import PaceInvalid, percent_cut
from schedules.domain.rulebook import BLOCK, HARD, RULES, SOFT

VERSION: Final = "2026.1"
SLACK: Final = Fraction(1, 10**9)
WINDOW_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a plan breaks on a day (days count from the first reduction)."""

    rule: str
    day: int
    severity: str
    percent: Decimal | None = None
    days: int | None = None
    last_diazepam_mg: Fraction | None = None
    detail: str = ""

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
    start: Fraction, plan: list[tuple[int, Fraction]], factors: Factors
) -> list[Finding]:
    """BZD-01 to BZD-09 over a plan of (first day, daily mg), ordered by day, then rule.

    The stop is judged with the table that gives most diazepam. Raises
    PaceInvalid for a start or factor of zero, a negative dose, or days out of order.
    """
    _check(start, plan, factors)
    found: list[Finding] = []
    before, reductions, last_reduction = start, 0, None
    for at, (day, dose) in enumerate(plan):
        if dose > start + SLACK:
            rise = hundredths(100 * (dose / start - 1))
            found.append(Finding("BZD-09", day, BLOCK, percent=rise))
        if dose < before - SLACK:
            reductions += 1
            if dose == 0:
                found += _stop(day, before * factors.strictest)
            else:
                window = _highest(start, plan[:at], day)
                found += _cut(day, before, dose, window, factors.named, reductions)
            found += _pace(day, before, dose, last_reduction)
            last_reduction = day
        before = dose
    return sorted(found, key=lambda finding: (finding.day, finding.rule))


def _check(start: Fraction, plan: list[tuple[int, Fraction]], factors: Factors) -> None:
    days = [day for day, _ in plan]
    if start <= 0 or factors.named <= 0 or factors.strictest <= 0:
        raise PaceInvalid("amounts above zero")
    if any(dose < 0 for _, dose in plan) or days != sorted(set(days)):
        raise PaceInvalid("doses of zero or more on rising days")


def _highest(start: Fraction, earlier: list[tuple[int, Fraction]], day: int) -> Fraction:
    """The highest dose in force on the fourteen days before this one."""
    opens = day - WINDOW_DAYS
    in_force = start
    highest = Fraction(0)
    for since, dose in earlier:
        if since <= opens:
            in_force = dose
        else:
            highest = max(highest, dose)
    return max(highest, in_force)


def _stop(day: int, last: Fraction) -> list[Finding]:
    if last <= 1 + SLACK:
        return []
    severity = HARD if last > Fraction(5, 2) + SLACK else SOFT
    return [Finding("BZD-07", day, severity, last_diazepam_mg=last)]


def _cut(
    day: int, before: Fraction, dose: Fraction, window: Fraction, factor: Fraction, nth: int
) -> list[Finding]:
    found = []
    hard = False
    if 1 - dose / window > Fraction(1, 4) + SLACK:
        low = window * factor <= 5 + SLACK and (window - dose) * factor <= 1 + SLACK
        hard = not low
        rule, severity = ("BZD-01", HARD) if hard else ("BZD-01b", SOFT)
        found.append(Finding(rule, day, severity, percent=hundredths(percent_cut(window, dose))))
    cut = percent_cut(before, dose)
    if nth <= 2 and not hard and cut > 10 + SLACK:
        found.append(Finding("BZD-02", day, SOFT, percent=hundredths(cut)))
    return found


def _pace(day: int, before: Fraction, dose: Fraction, last: int | None) -> list[Finding]:
    micro = percent_cut(before, dose) <= 2 + SLACK
    if last is None or micro or day - last >= WINDOW_DAYS:
        return []
    return [Finding("BZD-03", day, SOFT, days=day - last)]


def hundredths(value: Fraction) -> Decimal:
    """Two decimals, half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
