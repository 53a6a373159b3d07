"""The rules of tapering and the start gates, read from their two fact files."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
BLOCK, HARD, SOFT, INFO = "block", "hard", "soft", "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it says, its limit, severity, source, and how it is held.

    `how` is `finding`, `construction`, `person`, or `other:` with the rule that
    covers it.
    """

    id: str
    applies_to: str
    says: str
    limit: str
    severity: str
    action: str
    source: str
    evidence: str
    how: str
    window: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that disagree; shown, not hidden."""

    rules: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A question before signing. `override` is `reason`, `tick` or `never`."""

    id: str
    question: str
    condition: str
    ask: str
    action: str
    override: str
    source: str
    evidence: str
    limits: str = ""


def _rules() -> dict[str, Rule]:
    raw = tomllib.loads((HERE / "rulebook.toml").read_text(encoding="utf-8"))
    return {item["id"]: Rule(**item) for item in raw["rules"]}


def _gates() -> dict[str, Gate]:
    raw = tomllib.loads((HERE / "gates.toml").read_text(encoding="utf-8"))
    return {item["id"]: Gate(**item) for item in raw["gates"]}


RULES: Final = _rules()
GATES: Final = _gates()
CONFLICTS: Final = (
    Conflict(
        ("BZD-11", "BZD-02", "BZD-03"),
        "The US label lowers by 0.125 mg twice daily every 3 days; the ASAM guideline by 5 to "
        "10 % every 2 to 4 weeks.",
    ),
    Conflict(
        ("BZD-12", "BZD-01"),
        "Below 1 mg a day the 2010 trial protocol lowers by 25 to 50 % a week; its results are "
        "for panic disorder only.",
    ),
    Conflict(
        ("BZD-01",), "The 25 % limit is 'typically': a hospital may exceed it, so it asks why."
    ),
    Conflict(
        ("OP-08",),
        "With an opioid beside it one source lowers the opioid first, another the benzodiazepine.",
    ),
    Conflict(
        ("BZD-15", "BZD-03"),
        "NICE CKS lowers every 1 to 2 weeks, up to twice as fast as ASAM; both fit BZD-01.",
    ),
)


def conflicts_about(rules: set[str]) -> list[Conflict]:
    """The disagreements that touch any of these rules."""
    return [conflict for conflict in CONFLICTS if rules & set(conflict.rules)]


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """What a doctor answered: is it so, and the reason or action where it is."""

    applies: bool
    words: str = ""


LEAST_REASON: Final = 10


def gates_in_the_way(answers: dict[str, GateAnswer]) -> dict[str, str]:
    """Why each gate still blocks signing; empty when nothing does.

    An unanswered gate blocks. One that applies wants a typed reason or an
    action, and two can never be overridden.
    """
    found = {}
    for gate in GATES.values():
        why = _in_the_way(gate, answers.get(gate.id))
        if why:
            found[gate.id] = why
    return found


def _in_the_way(gate: Gate, answer: GateAnswer | None) -> str:
    if answer is None:
        return "not answered"
    if not answer.applies:
        return ""
    words = answer.words.strip()
    if gate.override == "never":
        return "cannot be overridden"
    if gate.override == "reason":
        return "needs a typed reason" if len(words) < LEAST_REASON else ""
    return "" if words else "needs the action taken"
