"""The flag rules as data, read from their fact file; the functions of the rules stand elsewhere."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from patients.domain.findings import Effect, Finding, Tier

VERSION: Final = "2026.2"
FEEL, TAKEN, SILENCE = "feel", "taken", "silence"


@dataclass(frozen=True, slots=True)
class FlagRule:
    """One rule. `ack_minutes` wins over its tier; 0 where nobody must answer.

    `fed` is the room whose data feeds it; empty where it waits for data that
    nobody asks yet, and then `needs` says which.
    """

    id: str
    kind: str
    trigger: str
    threshold: str
    tier: Tier
    ack_minutes: int
    effect: Effect
    told: str
    doctor_sees: str
    evidence: str
    source: str
    fed: str
    needs: str = ""


def _rules() -> dict[str, FlagRule]:
    path = Path(__file__).parent / "flagbook.toml"
    raw: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["flags"]
    return {
        item["id"]: FlagRule(
            **{**item, "tier": Tier(item["tier"]), "effect": Effect(item["effect"])}
        )
        for item in raw
    }


FLAGS: Final = _rules()


def finding(
    rule: str,
    sentence: str,
    *,
    tier: Tier | None = None,
    effect: Effect | None = None,
    **inputs: Any,
) -> Finding:
    """A rule that fired, with tier, effect and minutes of the book and what it saw.

    A rule that can be raised by context gives its own `tier` or `effect`; the
    minutes then are those of the nearest rule of that tier.
    """
    known = FLAGS[rule]
    chosen = tier or known.tier
    minutes = known.ack_minutes if chosen is known.tier else MINUTES[chosen]
    return Finding(rule, VERSION, chosen, effect or known.effect, sentence, minutes, inputs)


MINUTES: Final = {Tier.EMERGENCY: 15, Tier.URGENT: 240, Tier.REVIEW: 2880, Tier.INFO: 0}
