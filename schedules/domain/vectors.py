"""Runs a vector file: `python -m schedules.domain.vectors FILE`. Loads no Django.

Prints one line per failing case and a last line `N passed, N failed`; exits 1
on any failure. Numbers compare with |a-b| <= tolerance * max(1, |b|).
"""

import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from schedules.domain.contract import FUNCTIONS, answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case that was run: its id, and what differs (empty where nothing does)."""

    case: str
    differs: str


def run(cases: list[dict[str, Any]]) -> list[Verdict]:
    return [_verdict(case) for case in cases]


def _verdict(case: dict[str, Any]) -> Verdict:
    if case["function"] not in FUNCTIONS:
        return Verdict(case["id"], f"{case['function']} is not implemented")
    got = answer(case["function"], case["input"])
    tolerance = Fraction(case.get("tolerance", 0))
    same = _same(got, case["expected"], tolerance)
    return Verdict(case["id"], "" if same else f"expected {case['expected']}, got {got}")


def _same(got: Any, expected: Any, tolerance: Fraction) -> bool:
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(_same_at(key, got[key], expected[key], tolerance) for key in expected)
        )
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and len(got) == len(expected)
            and all(_same(one, two, tolerance) for one, two in zip(got, expected, strict=True))
        )
    if isinstance(expected, bool | str) or expected is None:
        return type(got) is type(expected) and bool(got == expected)
    if isinstance(got, bool) or not isinstance(got, int | Decimal | Fraction):
        return False
    wanted = Fraction(expected)
    return abs(Fraction(got) - wanted) <= tolerance * max(Fraction(1), abs(wanted))


def _same_at(key: str, got: Any, expected: Any, tolerance: Fraction) -> bool:
    if key != "example":
        return _same(got, expected, tolerance)
    return _example_total(got) == _example_total(expected)


def _example_total(example: list[dict[str, Any]]) -> Fraction:
    return sum(
        (Fraction(item["strength_mg"]) * Fraction(item["tablets"]) for item in example),
        Fraction(0),
    )


def load(path: Path) -> list[dict[str, Any]]:
    """The cases of a vector file, numbers exact."""
    text = path.read_text(encoding="utf-8")
    raw = json.loads(text, parse_float=Decimal, parse_constant=Decimal)
    return list(raw["cases"])


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m schedules.domain.vectors FILE")
        return 2
    verdicts = run(load(Path(arguments[0])))
    failed = [verdict for verdict in verdicts if verdict.differs]
    for verdict in failed:
        print(f"{verdict.case}: {verdict.differs}")
    print(f"{len(verdicts) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
