"""How fast is too fast for each class of medicine; every finding has a rule id.

A plan is a list of (first day, daily mg); days count from the first reduction.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final

from schedules.domain.limits import SLACK, Factors, Finding, benzodiazepine_findings, hundredths
from schedules.domain.medicine import Medicine
from schedules.domain.pace import percent_cut
from schedules.domain.rulebook import HARD, INFO, SOFT
from schedules.domain.strategies.occupancy import CURVES

Totals = list[tuple[int, Fraction]]
Cut = tuple[int, Fraction, Fraction]
WEEK, MONTH, FORTNIGHT = 7, 30, 14


def class_findings(
    medicine: Medicine, start: Fraction, totals: Totals, *, table: str = ""
) -> list[Finding]:
    """Every rule of the medicine's class that the plan breaks, by day, then rule."""
    check = CLASSES.get(medicine.kind)
    found = check(medicine, start, totals, table) if check else []
    return sorted(found, key=lambda finding: (finding.day, finding.rule))


def _cuts(start: Fraction, totals: Totals) -> Iterator[Cut]:
    """(day, dose before, dose after) of every reduction."""
    before = start
    for day, dose in totals:
        if dose < before:
            yield day, before, dose
        before = dose


def _highest(start: Fraction, totals: Totals, day: int, window: int) -> Fraction:
    """The highest dose in force on the days before this one, within the window."""
    highest, in_force = Fraction(0), start
    for since, dose in totals:
        if since >= day:
            break
        if since <= day - window:
            in_force = dose
        else:
            highest = max(highest, dose)
    return max(highest, in_force)


def _benzodiazepine(
    medicine: Medicine, start: Fraction, totals: Totals, table: str
) -> list[Finding]:
    strictest = medicine.strictest_table
    if strictest is None:
        return []
    named = table if table in medicine.tables else strictest
    factors = Factors(medicine.diazepam_mg_per_mg(named), medicine.diazepam_mg_per_mg(strictest))
    found = benzodiazepine_findings(start, totals, factors)
    if medicine.key == "alprazolam":
        found += _label_rate(start, totals)
    return found


def _label_rate(start: Fraction, totals: Totals) -> list[Finding]:
    """BZD-13: alprazolam by at most 0.5 mg every 3 days (US label)."""
    return [
        Finding("BZD-13", day, SOFT)
        for day, _, after in _cuts(start, totals)
        if _highest(start, totals, day, 3) - after > Fraction(1, 2) + SLACK
    ]


def _antidepressant(medicine: Medicine, start: Fraction, totals: Totals, _: str) -> list[Finding]:
    """AD-01, 02, 04 or 05, and 08 (NHS and RCPsych guidance, see the rulebook)."""
    found, last = [], None
    curve = CURVES.get(medicine.key)
    for day, before, after in _cuts(start, totals):
        cut = percent_cut(before, after)
        if after and cut > 50 + SLACK:
            found.append(Finding("AD-01", day, SOFT, percent=hundredths(cut)))
        if last is not None and day - last < WEEK:
            found.append(Finding("AD-02", day, SOFT, days=day - last))
        if curve is not None:
            points = curve.occupancy(before) - curve.occupancy(after)
            if points > 10 + SLACK:
                found.append(Finding("AD-04", day, SOFT, percent=hundredths(points)))
        elif cut > 10 + SLACK:
            found.append(Finding("AD-05", day, SOFT, percent=hundredths(cut)))
        last = day
    return found + _at_once("AD-08", start, totals)


def _at_once(rule: str, start: Fraction, totals: Totals) -> list[Finding]:
    """Stopped in one step from the start."""
    first = next(_cuts(start, totals), None)
    return [Finding(rule, first[0], HARD)] if first and not first[2] else []


def _opioid(_: Medicine, start: Fraction, totals: Totals, __: str) -> list[Finding]:
    """OP-01 (CDC 2022), OP-04 and OP-05 (FDA 2019), OP-09."""
    found = []
    for number, (day, _before, after) in enumerate(_cuts(start, totals)):
        if not number:
            found.append(Finding("OP-09", day, INFO))
        month = percent_cut(_highest(start, totals, day, MONTH), after)
        fortnight = percent_cut(_highest(start, totals, day, FORTNIGHT), after)
        if after and month > 10 + SLACK:
            found.append(Finding("OP-01", day, SOFT, percent=hundredths(month)))
        if after and fortnight > 25 + SLACK:
            found.append(Finding("OP-04", day, HARD, percent=hundredths(fortnight)))
    return found + _at_once("OP-05", start, totals)


PER_WEEK: Final = {"gabapentin": ("GB-01", Fraction(300)), "pregabalin": ("GB-02", Fraction(75))}


def _gabapentinoid(medicine: Medicine, start: Fraction, totals: Totals, _: str) -> list[Finding]:
    """GB-01, GB-02, GB-03 (label: over at least a week), GB-06 (decided)."""
    rule, most = PER_WEEK.get(medicine.key, ("", Fraction(0)))
    found = []
    cuts = list(_cuts(start, totals))
    for day, before, after in cuts:
        if rule and _highest(start, totals, day, WEEK) - after > most + SLACK:
            found.append(Finding(rule, day, SOFT))
        cut = percent_cut(before, after)
        if cut > 25 + SLACK:
            found.append(Finding("GB-06", day, SOFT, percent=hundredths(cut)))
    if cuts and not cuts[-1][2] and cuts[-1][0] - cuts[0][0] < WEEK:
        found.append(Finding("GB-03", cuts[-1][0], HARD, days=cuts[-1][0] - cuts[0][0]))
    return found


Check = Callable[[Medicine, Fraction, Totals, str], list[Finding]]
CLASSES: Final[dict[str, Check]] = {
    "benzodiazepine": _benzodiazepine,
    "z-drug": _benzodiazepine,
    "SSRI": _antidepressant,
    "SNRI": _antidepressant,
    "NaSSA": _antidepressant,
    "gabapentinoid": _gabapentinoid,
    "opioid": _opioid,
}
