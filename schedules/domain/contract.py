"""The functions of the vector contract, each reading plain input and giving plain output."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from patients.domain.instruments import (
    InstrumentIncomplete,
    InstrumentInvalid,
    cows_band,
    cssrs_risk,
    gad7,
    phq9,
)
from patients.domain.scoring import AnswersInvalid, burden, trend
from schedules.domain import levels, pace
from schedules.domain.equivalents import NotInTable, diazepam_equivalent
from schedules.domain.limits import PER_MG, Factors, Finding, benzodiazepine_findings
from schedules.domain.pace import PaceInvalid
from schedules.domain.risk import dependence, dose_band
from schedules.domain.rounding import (
    MOST_UNITS,
    TabletKind,
    measured_volume,
    nearest_tablets,
)
from schedules.domain.strategies.occupancy import Curve, occupancy_cuts
from schedules.domain.supply import full_days

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
    plan = [(_count(item["day"]), PER_MG * Fraction(_number(item["mg"]))) for item in given["plan"]]
    start = PER_MG * _above_zero(given["start_mg"])
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


def taper_occupancy(given: Input) -> Any:
    curve = Curve(_number(given["E_pct"]), _number(given["K_mg"]), "")
    rows = occupancy_cuts(
        Fraction(_number(given["start_mg"])),
        curve,
        _count(given["n_steps"]),
        _count(given["interval_days"]),
        _count(given.get("start_day", 0)),
    )
    return [{"day": day, "occupancy_pct": o, "dose_mg": mg} for day, o, mg in rows]


def equiv_diazepam(given: Input) -> Any:
    dose = Fraction(_number(given["dose_mg"]))
    if dose < 0 or not isinstance(given["table"], str):
        raise CaseFailed("invalid")
    return diazepam_equivalent(given["inn"], dose, given["table"].lower())


def _float(value: Any) -> float:
    return levels.approximate(_number(value))


def pk_levels(given: Input) -> Any:
    doses = [(_float(dose["t_h"]), _float(dose["mg"])) for dose in given["doses"]]
    ka = given.get("ka_per_h")
    absorbed = None if ka is None else _float(ka)
    half_life = _float(given["t12_h"])
    hours = [_float(hour) for hour in given["sample_h"]]
    return [_exact(levels.amount_at(hour, doses, half_life, absorbed)) for hour in hours]


def pk_steady(given: Input) -> Any:
    found = levels.steady_state(_float(given["t12_h"]), _float(given["tau_h"]), _float(given["mg"]))
    return {
        "accumulation_ratio": _exact(found.accumulation),
        "peak_ss_mg": _exact(found.peak),
        "trough_ss_mg": _exact(found.trough),
        "average_ss_mg": _exact(found.average),
        "hours_to_95pct": _exact(found.hours_to_95),
        "peak_trough_ratio": _exact(found.peak_to_trough),
    }


def _exact(value: float) -> Fraction:
    """A float as the fraction it is, so that all answers compare alike."""
    return Fraction(value)


def adherence_level(given: Input) -> Any:
    found = levels.gap(
        _float(given["t12_h"]), _float(given["tau_h"]), _float(given["hours_since_last_dose"])
    )
    return {"ratio": _exact(found.ratio), "late_h": _exact(found.late_h), "flag": found.rule}


def _items(given: Input) -> list[int | None]:
    return [None if item is None else _count(item) for item in given["items"]]


def score_phq9(given: Input) -> Any:
    score, item9 = phq9(_items(given))
    return {"total": score.total, "band": score.band, "item9_flag": item9}


def score_gad7(given: Input) -> Any:
    score = gad7(_items(given))
    return {"total": score.total, "band": score.band}


def score_cows(given: Input) -> Any:
    return cows_band(_count(given["t"]))


def score_cssrs(given: Input) -> Any:
    return cssrs_risk(given["a"])


def risk_dose_band(given: Input) -> Any:
    return dose_band(_number(given["de_mg"]))


def risk_dependence(given: Input) -> Any:
    return dependence(
        _number(given["days_per_week"]), _number(given["months"]), _number(given["de_mg"])
    )


def supply_full_days(given: Input) -> Any:
    return full_days(Fraction(_number(given["stock_mg"])), Fraction(_number(given["daily_mg"])))


FUNCTIONS: Final[dict[str, Callable[[Input], Any]]] = {
    "taper.linear": taper_linear,
    "taper.linear_n": taper_linear_n,
    "taper.proportional": taper_proportional,
    "round.tablets": round_tablets,
    "liquid.volume": liquid_volume,
    "rules.bzd": rules_bzd,
    "score.W": score_w,
    "score.trend": score_trend,
    "taper.occupancy": taper_occupancy,
    "equiv.diazepam": equiv_diazepam,
    "pk.levels": pk_levels,
    "pk.steady": pk_steady,
    "adherence.level": adherence_level,
    "score.phq9": score_phq9,
    "score.gad7": score_gad7,
    "score.cows_band": score_cows,
    "score.cssrs": score_cssrs,
    "risk.asam_dose_band": risk_dose_band,
    "risk.asam_dependence": risk_dependence,
    "supply.full_days": supply_full_days,
}


def answer(function: str, given: Input) -> Any:
    """What the function gives for this input, or `{"error": code}`."""
    try:
        return FUNCTIONS[function](given)
    except CaseFailed as failed:
        return {"error": failed.code}
    except InstrumentIncomplete:
        return {"error": "incomplete"}
    except NotInTable:
        return {"error": "not_in_table"}
    except (PaceInvalid, AnswersInvalid, InstrumentInvalid, ValueError):
        return {"error": "invalid"}
    except (TypeError, KeyError, AttributeError, ArithmeticError):
        return {"error": "invalid"}
