"""The strategies in use: a new one is one file and one line here."""

from schedules.domain.strategies.linear import Linear
from schedules.domain.strategies.proportional import Proportional

STRATEGIES: dict[str, str] = {
    "proportional": "A per cent of the dose at that time",
    "linear": "The same number of mg each time",
}

__all__ = ["STRATEGIES", "Linear", "Proportional"]
