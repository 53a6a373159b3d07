"""How fast is too fast for each class of medicine; every finding has a rule id.

A plan is a list of (first day, daily nanograms); days count from the first reduction.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter
from typing import Final

from schedules.domain.limits import (
    BILLION,
    PER_MG,
    Factors,
    Finding,
    benzodiazepine_findings,
    highest,
    hundredths,
    is_over_percent,
)
from schedules.domain.medicine import Medicine
from schedules.domain.rulebook import HARD, INFO, SOFT
from schedules.domain.strategies.occupancy import CURVES, Curve

Totals = list[tuple[int, int]]
WEEK, MONTH, FORTNIGHT = 7, 30, 14


@dataclass(frozen=True, slots=True)
class Cut:
    """One reduction: its place in the plan, first day, nanograms before and after."""

    at: int
    day: int
    before: int
    after: int


def class_findings(
    medicine: Medicine, start: int, totals: Totals, *, table: str = ""
) -> list[Finding]:
    """Every rule of the medicine's class that the plan breaks, by day, then rule."""
    check = CLASSES.get(medicine.kind)
    found = check(medicine, start, totals, table) if check else []
    return sorted(found, key=attrgetter("day", "rule"))


def _cuts(start: int, totals: Totals) -> Iterator[Cut]:
    before = start
    for at, (day, dose) in enumerate(totals):
        if dose < before:
            yield Cut(at, day, before, dose)
        before = dose


def _benzodiazepine(medicine: Medicine, start: int, totals: Totals, table: str) -> list[Finding]:
    strictest = medicine.strictest_table
    if strictest is None:
        return []
    named = table if table in medicine.tables else strictest
    factors = Factors(medicine.diazepam_mg_per_mg(named), medicine.diazepam_mg_per_mg(strictest))
    found = benzodiazepine_findings(start, totals, factors)
    if medicine.key == "alprazolam":
        found += _label_rate(start, totals)
    return found


def _label_rate(start: int, totals: Totals) -> list[Finding]:
    """BZD-13: alprazolam by at most 0.5 mg every 3 days (US label)."""
    return [
        Finding("BZD-13", cut.day, SOFT)
        for cut in _cuts(start, totals)
        if 2 * (highest(start, totals, cut.at, 3) - cut.after) > PER_MG
    ]


def _antidepressant(medicine: Medicine, start: int, totals: Totals, _: str) -> list[Finding]:
    """AD-01, 02, 04 or 05, and 08 (NHS and RCPsych guidance, see the rulebook)."""
    found, last = [], None
    curve = CURVES.get(medicine.key)
    for cut in _cuts(start, totals):
        size = hundredths(cut.before, cut.after)
        if cut.after and is_over_percent(50, cut.before, cut.after):
            found.append(Finding("AD-01", cut.day, SOFT, size))
        if last is not None and cut.day - last < WEEK:
            found.append(Finding("AD-02", cut.day, SOFT, days=cut.day - last))
        if curve is not None:
            found += _points(curve, cut)
        elif is_over_percent(10, cut.before, cut.after):
            found.append(Finding("AD-05", cut.day, SOFT, size))
        last = cut.day
    return found + _at_once("AD-08", start, totals)


def _points(curve: Curve, cut: Cut) -> list[Finding]:
    """AD-04: more than ten points of occupancy."""
    before, after = Fraction(cut.before, PER_MG), Fraction(cut.after, PER_MG)
    points = curve.occupancy(before) - curve.occupancy(after)
    if BILLION * (points - 10) <= 1:
        return []
    return [Finding("AD-04", cut.day, SOFT, int(100 * points + Fraction(1, 2)))]


def _at_once(rule: str, start: int, totals: Totals) -> list[Finding]:
    """Stopped in one step from the start."""
    first = next(_cuts(start, totals), None)
    return [Finding(rule, first.day, HARD)] if first and not first.after else []


def _opioid(_: Medicine, start: int, totals: Totals, __: str) -> list[Finding]:
    """OP-01 (CDC 2022), OP-04 and OP-05 (FDA 2019), OP-09."""
    found = []
    for number, cut in enumerate(_cuts(start, totals)):
        if not number:
            found.append(Finding("OP-09", cut.day, INFO))
        month = highest(start, totals, cut.at, MONTH)
        fortnight = highest(start, totals, cut.at, FORTNIGHT)
        if cut.after and is_over_percent(10, month, cut.after):
            found.append(Finding("OP-01", cut.day, SOFT, hundredths(month, cut.after)))
        if cut.after and is_over_percent(25, fortnight, cut.after):
            found.append(Finding("OP-04", cut.day, HARD, hundredths(fortnight, cut.after)))
    return found + _at_once("OP-05", start, totals)


PER_WEEK: Final = {"gabapentin": ("GB-01", 300 * PER_MG), "pregabalin": ("GB-02", 75 * PER_MG)}


def _gabapentinoid(medicine: Medicine, start: int, totals: Totals, _: str) -> list[Finding]:
    """GB-01, GB-02, GB-03 (label: over at least a week), GB-06 (decided)."""
    rule, most = PER_WEEK.get(medicine.key, ("", 0))
    found = []
    cuts = list(_cuts(start, totals))
    for cut in cuts:
        if rule and highest(start, totals, cut.at, WEEK) - cut.after > most:
            found.append(Finding(rule, cut.day, SOFT))
        if is_over_percent(25, cut.before, cut.after):
            found.append(Finding("GB-06", cut.day, SOFT, hundredths(cut.before, cut.after)))
    if cuts and not cuts[-1].after and cuts[-1].day - cuts[0].day < WEEK:
        found.append(Finding("GB-03", cuts[-1].day, HARD, days=cuts[-1].day - cuts[0].day))
    return found


Check = Callable[[Medicine, int, Totals, str], list[Finding]]
CLASSES: Final[dict[str, Check]] = {
    "benzodiazepine": _benzodiazepine,
    "z-drug": _benzodiazepine,
    "SSRI": _antidepressant,
    "SNRI": _antidepressant,
    "NaSSA": _antidepressant,
    "gabapentinoid": _gabapentinoid,
    "opioid": _opioid,
}
