"""The bare taper arithmetic of the vector contract: days and doses, no products.

Day 0 is the first reduction unless a start day says otherwise.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from schedules.domain.dose import Dose
from schedules.domain.strategies.base import Ratio

DIGITS: Final = 60
MOST_STEPS: Final = 100_000

DoseDay = tuple[int, Decimal]


class PaceInvalid(ValueError):
    """Numbers from which no finite taper follows."""


def linear(start: Decimal, decrement: Decimal, interval: int, start_day: int = 0) -> list[DoseDay]:
    """Lower by `decrement` mg every `interval` days until zero, exactly."""
    _positive(start, decrement)
    _interval(interval)
    count = -(-start // decrement) + 1
    if count > MOST_STEPS:
        raise PaceInvalid("too many steps")
    days, dose, day = [], start, start_day
    while dose > 0:
        dose = max(Decimal(0), dose - decrement)
        days.append((day, dose))
        day += interval
    return days


def linear_cuts(start: Decimal, cuts: int, interval: int, start_day: int = 0) -> list[DoseDay]:
    """Equal cuts of start / cuts, the last one reaching exactly zero."""
    _positive(start)
    _interval(interval)
    if not 1 <= cuts <= MOST_STEPS:
        raise PaceInvalid("at least one cut")
    with localcontext() as context:
        context.prec = DIGITS
        return [(start_day + interval * k, start * (cuts - 1 - k) / cuts) for k in range(cuts)]


def proportional(
    start: Decimal, percent: Decimal, interval: int, stop_below: Decimal, start_day: int = 0
) -> list[DoseDay]:
    """Lower by a per cent of the current dose, unrounded; zero once under `stop_below`."""
    _positive(start, percent, stop_below)
    _interval(interval)
    if percent >= 100:
        raise PaceInvalid("less than 100 per cent")
    with localcontext() as context:
        context.prec = DIGITS
        keep, days, dose, day = 1 - percent / 100, [], start, start_day
        while dose > 0:
            lowered = dose * keep
            dose = lowered if lowered >= stop_below else Decimal(0)
            days.append((day, dose))
            day += interval
            if len(days) > MOST_STEPS:
                raise PaceInvalid("too many steps")
    return days


def percent_cut(before: Fraction, after: Fraction) -> Fraction:
    """How many per cent lower `after` is than `before`."""
    return 100 * (1 - after / before)


def cut_words(before: Dose, after: Dose) -> str:
    """`8.3%`: how much lower or higher, one decimal, half up, no trailing zero."""
    return _percent_words(abs(before.ng - after.ng), before.ng)


def share_words(part: Dose, whole: Dose) -> str:
    """`91.7%` of the whole."""
    return _percent_words(part.ng, whole.ng)


def _percent_words(part: int, whole: int) -> str:
    percent, tenth = divmod((2_000 * part + whole) // (2 * whole), 10)
    return f"{percent}.{tenth}%" if tenth else f"{percent}%"


def asked_words(asked: Ratio) -> str:
    """An asked amount for display, four decimals half up: `1.3122 mg`. Never a dose."""
    top, under = asked
    whole, part = divmod((20_000 * top + under) // (2 * under), 10_000)
    return f"{whole}.{part:04d}".rstrip("0").rstrip(".") + "\u00a0mg"


def change_words(before: Dose, after: Dose) -> str:
    """`8.3% lower`, `20% higher`, or `no change`."""
    if before == after or not before:
        return "no change"
    return f"{cut_words(before, after)} {'lower' if after < before else 'higher'}"


def _positive(*amounts: Decimal) -> None:
    if any(not amount.is_finite() or amount <= 0 for amount in amounts):
        raise PaceInvalid("amounts above zero")


def _interval(days: int) -> None:
    if days < 1:
        raise PaceInvalid("an interval of at least one day")
