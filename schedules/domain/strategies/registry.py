"""The strategies in use: a new one is one file and one line here.

A cross-over changes the medicine, not the daily total, so it stands beside
these and not among them.
"""

from schedules.domain.strategies.byhand import ByHand
from schedules.domain.strategies.linear import EqualCuts, Linear
from schedules.domain.strategies.occupancy import Occupancy
from schedules.domain.strategies.proportional import Proportional
from schedules.domain.strategies.published import published

STRATEGIES: dict[str, str] = {
    "proportional": "A per cent of the dose at that time",
    "linear": "The same number of mg each time",
    "cuts": "A number of equal cuts",
    "by-hand": "Daily totals typed by hand",
}

__all__ = ["STRATEGIES", "ByHand", "EqualCuts", "Linear", "Occupancy", "Proportional", "published"]
