"""Rules on how the taper goes: they need to know what was taken.

Does a rule need to know what was taken? Then it belongs here, else in
patients. Ids and thresholds follow the clinical table with its decisions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from patients.domain.findings import Effect, Finding, Tier
from schedules.domain.dose import Dose, render_mg

VERSION: Final = "2026.1"
MORE_THAN_PLANNED: Final = Fraction(3, 2)


@dataclass(frozen=True, slots=True)
class TakenDay:
    """What was taken on one plan day beside what was planned, in daily totals."""

    taken: Dose
    planned: Dose
    before_taper: Dose
    maximum: Dose | None = None
    words_sum: bool = True


Rule = Callable[[TakenDay], "Finding | None"]


def overdose(day: TakenDay) -> Finding | None:
    """RF-06: over 3 times the plan and above the dose before the taper, or over
    1.5 times the maximum for the indication (ASAM 2025 pocket guide p1; derived).
    """
    over_plan = day.taken.exact > 3 * day.planned.exact and day.taken > day.before_taper
    over_maximum = day.maximum is not None and day.taken.exact > Fraction(3, 2) * day.maximum.exact
    if not (over_plan or over_maximum):
        return None
    sentence = f"Logged {render_mg(day.taken)} in a day; {render_mg(day.planned)} planned."
    return Finding("RF-06", VERSION, Tier.EMERGENCY, Effect.HOLD, sentence, 15)


def much_more(day: TakenDay) -> Finding | None:
    """RF-24: 1.5 times the plan or more, or above the maximum (derived)."""
    if overdose(day) is not None:
        return None
    over_plan = bool(day.planned) and day.taken.exact >= MORE_THAN_PLANNED * day.planned.exact
    over_maximum = day.maximum is not None and day.taken > max(day.maximum, day.before_taper)
    if not (over_plan or over_maximum):
        return None
    sentence = f"Logged {render_mg(day.taken)} in a day; {render_mg(day.planned)} planned."
    return Finding("RF-24", VERSION, Tier.URGENT, Effect.HOLD, sentence, 240)


def words_do_not_sum(day: TakenDay) -> Finding | None:
    """RF-41: the text of a dose does not add up; the page says to call instead."""
    if day.words_sum:
        return None
    sentence = "The pieces of a dose do not add up to its total."
    return Finding("RF-41", VERSION, Tier.URGENT, Effect.HOLD, sentence, 120)


RULES: Final[tuple[Rule, ...]] = (overdose, much_more, words_do_not_sum)


def findings_for(day: TakenDay) -> list[Finding]:
    return [finding for rule in RULES if (finding := rule(day)) is not None]
