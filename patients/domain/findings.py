"""A finding: something a rule saw in a record, for a person to answer."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final


class Tier(StrEnum):
    EMERGENCY = "emergency"
    URGENT = "urgent"
    REVIEW = "review"
    INFO = "info"


class Effect(StrEnum):
    """What an open flag does to the plan. Nothing lowers a dose."""

    NONE = "none"
    HOLD = "hold"
    HOLD_IF_DUE = "hold-if-due-72h"
    DEFER = "defer-days"


RANK: Final = {Tier.INFO: 0, Tier.REVIEW: 1, Tier.URGENT: 2, Tier.EMERGENCY: 3}
SEEN_FOR: Final = {Tier.EMERGENCY: timedelta(minutes=60), Tier.URGENT: timedelta(hours=4)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired: its id and version, how urgent, what it does, what it saw."""

    rule: str
    version: str
    tier: Tier
    effect: Effect
    sentence: str
    ack_minutes: int
    inputs: dict[str, Any] = field(default_factory=dict)


def worst(findings: "list[Finding]") -> Tier | None:
    """The highest tier among the findings, or None."""
    return max((finding.tier for finding in findings), key=RANK.__getitem__, default=None)
