"""Runs a vector file: `python -m schedules.domain.vectors FILE`. Loads no Django.

Prints one line per failing case and a last line `N passed, N failed`; exits 1
on any failure. Numbers compare with |a-b| <= tolerance * max(1, |b|).
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from patients.domain.scoring import AnswersInvalid, burden, trend
from schedules.domain import pace
from schedules.domain.limits import Factors, Finding, benzodiazepine_findings
from schedules.domain.pace import PaceInvalid
from schedules.domain.rounding import (
    MOST_UNITS,
    TabletKind,
    measured_volume,
    nearest_tablets,
)

Input = dict[str, Any]


class CaseFailed(ValueError):
    """A call that must fail with this code: invalid, not_in_table or incomplete."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise CaseFailed("invalid")
    number = Decimal(value)
    if not number.is_finite():
        raise CaseFailed("invalid")
    return number


def _above_zero(value: Any) -> Fraction:
    number = _number(value)
    if number <= 0:
        raise CaseFailed("invalid")
    return Fraction(number)


def _count(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise CaseFailed("invalid")
    return int(number)


def _days(found: list[pace.DoseDay]) -> list[dict[str, Any]]:
    return [{"day": day, "dose_mg": dose} for day, dose in found]


def taper_linear(given: Input) -> Any:
    return _days(
        pace.linear(
            _number(given["start_mg"]),
            _number(given["decrement_mg"]),
            _count(given["interval_days"]),
            _count(given.get("start_day", 0)),
        )
    )


def taper_linear_n(given: Input) -> Any:
    return _days(
        pace.linear_cuts(
            _number(given["start_mg"]),
            _count(given["n_steps"]),
            _count(given["interval_days"]),
            _count(given.get("start_day", 0)),
        )
    )


def taper_proportional(given: Input) -> Any:
    return _days(
        pace.proportional(
            _number(given["start_mg"]),
            _number(given["pct"]),
            _count(given["interval_days"]),
            _number(given["stop_below_mg"]),
            _count(given.get("start_day", 0)),
        )
    )


def round_tablets(given: Input) -> Any:
    target = Fraction(_number(given["target_mg"]))
    before = given.get("previous_mg")
    below = _above_zero(before) if before is not None else None
    units = _above_zero(given["max_units"])
    kinds = tuple(
        TabletKind(_above_zero(item["strength_mg"]), _piece(item["smallest_piece"]))
        for item in given["products"]
    )
    if target < 0 or units > MOST_UNITS or not kinds:
        raise CaseFailed("invalid")
    best = nearest_tablets(target, kinds, most_units=units, below=below)
    if best is None:
        return {"achievable": False}
    result = {
        "achievable": True,
        "dose_mg": best.dose,
        "error_mg": best.dose - target,
        "example": [{"strength_mg": mg, "tablets": n} for mg, n in best.tablets],
    }
    if below is not None and target:
        result["step_pct"] = pace.percent_cut(below, best.dose)
    return result


def _piece(value: Any) -> Fraction:
    piece = _above_zero(value)
    if piece > 1:
        raise CaseFailed("invalid")
    return piece


def liquid_volume(given: Input) -> Any:
    dose = _above_zero(given["dose_mg"])
    measured = measured_volume(
        dose, _above_zero(given["mg_per_ml"]), _above_zero(given["graduation_ml"])
    )
    return {
        "exact_ml": measured.exact_ml,
        "ml": measured.ml,
        "actual_mg": measured.actual_mg,
        "error_pct": 100 * (measured.actual_mg / dose - 1),
    }


def rules_bzd(given: Input) -> Any:
    factor = _above_zero(given["eq_factor"])
    plan = [(_count(item["day"]), Fraction(_number(item["mg"]))) for item in given["plan"]]
    start = _above_zero(given["start_mg"])
    found = benzodiazepine_findings(start, plan, Factors(factor, factor))
    return [_finding(finding) for finding in found]


def _finding(finding: Finding) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "rule": finding.rule,
        "day": finding.day,
        "severity": finding.severity,
    }
    extra = {
        "pct": finding.percent,
        "days": finding.days,
        "last_de_mg": finding.last_diazepam_mg,
    }
    return shown | {key: value for key, value in extra.items() if value is not None}


def score_w(given: Input) -> Any:
    items = [None if item is None else _count(item) for item in given["items"]]
    score = burden(items)
    return {"W": score.w, "prorated": score.prorated, "band": score.band}


def score_trend(given: Input) -> Any:
    entries = [(_count(item["day"]), _w(item["W"])) for item in given["recent"]]
    found = trend([_w(w) for w in given["baseline"]], entries, _count(given["today"]))
    named = {"B": found.baseline, "s": found.spread, "m3": found.mean}
    shown = {key: value for key, value in named.items() if value is not None}
    return shown | {"status": found.status}


def _w(value: Any) -> int | None:
    if value is None:
        return None
    w = _count(value)
    if not 0 <= w <= 40:
        raise CaseFailed("invalid")
    return w


FUNCTIONS: Final[dict[str, Callable[[Input], Any]]] = {
    "taper.linear": taper_linear,
    "taper.linear_n": taper_linear_n,
    "taper.proportional": taper_proportional,
    "round.tablets": round_tablets,
    "liquid.volume": liquid_volume,
    "rules.bzd": rules_bzd,
    "score.W": score_w,
    "score.trend": score_trend,
}


def answer(function: str, given: Input) -> Any:
    """What the function gives for this input, or `{"error": code}`."""
    try:
        return FUNCTIONS[function](given)
    except CaseFailed as failed:
        return {"error": failed.code}
    except (PaceInvalid, AnswersInvalid, ValueError, TypeError, KeyError, ArithmeticError):
        return {"error": "invalid"}


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
