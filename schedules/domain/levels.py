"""The amount in the body as an estimate, for drawing only. The one room with floats.

One compartment, one half-life, instant absorption, 24-hour steps; scaled so
that a steady dose reads as itself. Nothing from here can become a Dose.
"""

from collections.abc import Sequence


def daily_levels(doses_mg: Sequence[float | None], half_life_h: float) -> list[float]:
    """The level of each day in `mg a day at steady state`; starts settled on the first dose.

    A day without a known dose is drawn as if the dose before went on.
    """
    keep = 2 ** (-24 / half_life_h)
    known = [dose for dose in doses_mg if dose is not None]
    dose = level = known[0] if known else 0.0
    levels = []
    for given in doses_mg:
        dose = dose if given is None else given
        level = level * keep + dose * (1 - keep)
        levels.append(level)
    return levels
