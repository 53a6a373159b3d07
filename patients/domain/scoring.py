"""Scores of the daily check-in: burden W, baseline and trend, as the vectors say.

W is 0 to 40. Unanswered is unknown, never zero. Bands are quarters of the
range by analogy, not validated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Final

ITEMS: Final = 10
MOST: Final = 4
BANDS: Final = ((0, "none"), (10, "mild"), (20, "moderate"), (30, "severe"), (40, "very severe"))
VERY_SEVERE: Final = 31
LEAST_BASELINE: Final = 4
RECENT_DAYS: Final = 5
RECENT_ENTRIES: Final = 3
LEAST_SPREAD: Final = Fraction(2)
RED_RISE, AMBER_RISE = 10, 6
MAD_FACTOR: Final = Fraction("1.4826")


class AnswersInvalid(ValueError):
    """Answers outside 0 to 4, or not ten of them."""


@dataclass(frozen=True, slots=True)
class Burden:
    """W with whether blanks were filled in proportion; None under eight answers."""

    w: int | None
    prorated: bool
    band: str | None


def burden(items: list[int | None]) -> Burden:
    """Sum of the ten withdrawal items; one or two blanks are prorated half up."""
    answered = [item for item in items if item is not None]
    if len(items) != ITEMS or any(not 0 <= item <= MOST for item in answered):
        raise AnswersInvalid("ten answers from 0 to 4")
    if len(answered) < ITEMS - 2:
        return Burden(None, False, None)
    exact = Fraction(sum(answered) * ITEMS, len(answered))
    w = int(exact + Fraction(1, 2))
    return Burden(w, len(answered) < ITEMS, band(w))


def band(w: int) -> str:
    return next(word for most, word in BANDS if w <= most)


@dataclass(frozen=True, slots=True)
class Trend:
    """Where the last days stand against a person's own baseline."""

    status: str
    baseline: Fraction | None = None
    spread: Fraction | None = None
    mean: Fraction | None = None


Entry = tuple[int, int | None]


def trend(
    baseline: Sequence[int | None],
    recent: Sequence[Entry],
    today: int,
    *,
    red: int = RED_RISE,
    amber: int = AMBER_RISE,
) -> Trend:
    """RED, AMBER, GREEN, insufficient or no_baseline; days are counted numbers.

    The window is the five days up to and with today. `red` and `amber` are
    the least rises above the baseline, in points.
    """
    known = [w for w in baseline if w is not None]
    if len(known) < LEAST_BASELINE:
        return Trend("no_baseline")
    middle = Fraction(median([Fraction(w) for w in known]))
    spread = max(LEAST_SPREAD, MAD_FACTOR * median([abs(w - middle) for w in known]))
    window = sorted(
        (day, w) for day, w in recent if w is not None and today - RECENT_DAYS < day <= today
    )
    last = [w for _, w in window][-RECENT_ENTRIES:]
    mean = Fraction(sum(last), RECENT_ENTRIES) if len(last) == RECENT_ENTRIES else None
    very_severe = any(w >= VERY_SEVERE for _, w in window)
    status = _status(mean, middle, spread, red, amber, very_severe=very_severe)
    return Trend(status, middle, spread, mean)


def _status(
    mean: Fraction | None,
    middle: Fraction,
    spread: Fraction,
    red: int,
    amber: int,
    *,
    very_severe: bool,
) -> str:
    if very_severe:
        return "RED"
    if mean is None:
        return "insufficient"
    if mean >= middle + red and mean >= middle + 3 * spread:
        return "RED"
    if mean >= middle + amber and mean >= middle + 2 * spread:
        return "AMBER"
    return "GREEN"
