"""The amount in the body as an estimate, for drawing only. The one room with floats.

One compartment, one half-life, bioavailability 1, with or without first-order
absorption. Nothing from here can become a Dose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, isclose, isfinite, log, log2

LN2 = log(2)


class LevelInvalid(ValueError):
    """A half-life, interval or dose that gives no curve."""


def approximate(exact: Decimal) -> float:
    """The one place where an exact number becomes a float."""
    return float(exact)


def _positive(*values: float) -> None:
    if any(not isfinite(value) or value <= 0 for value in values):
        raise LevelInvalid("numbers above zero")


def amount_at(
    hour: float, doses: Sequence[tuple[float, float]], half_life_h: float, ka: float | None = None
) -> float:
    """mg in the body at an hour, from doses of (hour, mg); a dose at that hour counts."""
    _positive(half_life_h, *([ka] if ka is not None else []))
    if any(mg < 0 or not isfinite(mg) or not isfinite(at) for at, mg in doses):
        raise LevelInvalid("doses of zero or more")
    ke = LN2 / half_life_h
    return sum(mg * _left(hour - at, ke, ka) for at, mg in doses if at <= hour)


def _left(elapsed: float, ke: float, ka: float | None) -> float:
    """The part of a dose in the body after so many hours."""
    if ka is None:
        return exp(-ke * elapsed)
    if isclose(ka, ke, rel_tol=1e-9):
        return ke * elapsed * exp(-ke * elapsed)
    return ka / (ka - ke) * (exp(-ke * elapsed) - exp(-ka * elapsed))


@dataclass(frozen=True, slots=True)
class Steady:
    """Steady state of a dose every `tau` hours, instant absorption; mg and hours."""

    accumulation: float
    peak: float
    trough: float
    average: float
    hours_to_95: float
    peak_to_trough: float


def steady_state(half_life_h: float, tau_h: float, mg: float) -> Steady:
    _positive(half_life_h, tau_h, mg)
    q = 2 ** (-tau_h / half_life_h)
    return Steady(
        accumulation=1 / (1 - q),
        peak=mg / (1 - q),
        trough=mg * q / (1 - q),
        average=mg / (LN2 / half_life_h * tau_h),
        hours_to_95=half_life_h * log2(20),
        peak_to_trough=1 / q,
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """How late a dose is and what is left of the level; `rule` is RF-20, RF-21, RF-22 or None."""

    late_h: float
    ratio: float
    rule: str | None


def gap(half_life_h: float, tau_h: float, hours_since_last_dose: float) -> Gap:
    """The missed-dose tier by what is left of the level, not by a count of doses."""
    _positive(half_life_h, tau_h)
    if not isfinite(hours_since_last_dose) or hours_since_last_dose < 0:
        raise LevelInvalid("hours of zero or more")
    late = hours_since_last_dose - tau_h
    ratio = 2 ** (-late / half_life_h)
    return Gap(late, ratio, _tier(late, ratio))


def _tier(late: float, ratio: float) -> str | None:
    if late <= 0:
        return None
    if ratio > 0.75:
        return "RF-20"
    return "RF-22" if ratio <= 0.5 and late >= 24 else "RF-21"


def daily_levels(doses_mg: Sequence[float | None], half_life_h: float) -> list[float]:
    """The level of each day in `mg a day at steady state`; starts settled on the first dose.

    A day without a known dose is drawn as if the dose before went on.
    """
    _positive(half_life_h)
    keep = 2 ** (-24 / half_life_h)
    known = [dose for dose in doses_mg if dose is not None]
    dose = level = known[0] if known else 0.0
    levels = []
    for given in doses_mg:
        dose = dose if given is None else given
        level = level * keep + dose * (1 - keep)
        levels.append(level)
    return levels


def metabolite_note(metabolite: str) -> str:
    """The sentence under a curve: whether it shows the parent only."""
    if not metabolite or metabolite.startswith("none"):
        return "An estimate from one half-life. Not a blood test."
    return (
        "An estimate of the medicine itself, not a blood test. Its active breakdown "
        f"product lasts longer and is not drawn: {metabolite}."
    )
