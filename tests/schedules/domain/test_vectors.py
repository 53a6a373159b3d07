"""The cases of the vector contract, one test each."""

import subprocess
import sys
from pathlib import Path

import pytest

from schedules.domain.contract import FUNCTIONS, answer
from schedules.domain.vectors import load, run

FILE = Path(__file__).parents[2] / "data" / "vectors.json"
CASES = [case for case in load(FILE) if case["function"] in FUNCTIONS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    assert run([case])[0].differs == ""


def test_every_function_has_cases():
    assert {case["function"] for case in CASES} == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("function", "given"),
    [
        ("taper.linear", {"start_mg": 1, "decrement_mg": 0, "interval_days": 7}),
        ("taper.linear", {"start_mg": -1, "decrement_mg": 1, "interval_days": 7}),
        ("taper.linear", {"start_mg": 10**9, "decrement_mg": 1, "interval_days": 0}),
        ("taper.linear", {"start_mg": 10**9, "decrement_mg": 1, "interval_days": 1}),
        ("taper.linear", {"start_mg": "1", "decrement_mg": 1, "interval_days": 1}),
        ("taper.linear", {"decrement_mg": 1, "interval_days": 1}),
        ("taper.linear_n", {"start_mg": 1, "n_steps": 0, "interval_days": 7}),
        ("taper.proportional", {"start_mg": 1, "pct": 100, "interval_days": 7, "stop_below_mg": 1}),
        ("taper.proportional", {"start_mg": 1, "pct": 10, "interval_days": 7, "stop_below_mg": 0}),
        ("round.tablets", {"target_mg": 1, "products": [], "max_units": 4}),
        ("liquid.volume", {"dose_mg": 1, "mg_per_ml": 0, "graduation_ml": 1}),
        ("rules.bzd", {"start_mg": 0, "plan": [], "eq_factor": 20}),
        ("rules.bzd", {"start_mg": 1, "plan": [{"day": 0, "mg": -1}], "eq_factor": 20}),
        ("score.W", {"items": [5] * 10}),
        ("score.W", {"items": [1] * 9}),
        ("score.trend", {"baseline": [41] * 4, "recent": [], "today": 1}),
    ],
)
def test_wrong_input_has_the_code_of_the_contract(function, given):
    assert answer(function, given) == {"error": "invalid"}


def test_a_wrong_answer_is_noticed():
    case = next(case for case in CASES if case["id"] == "P-LIN-01")
    wrong = {**case, "expected": [*case["expected"][:-1], {"day": 9, "dose_mg": 1}]}
    assert run([wrong])[0].differs


def test_the_command_counts_and_loads_no_django(tmp_path):
    code = (
        "import sys, schedules.domain.vectors as v; rc = v.main([sys.argv[1]]);"
        "assert 'django' not in sys.modules; sys.exit(rc)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(FILE)], capture_output=True, text=True, check=False
    )
    last = done.stdout.strip().splitlines()[-1]
    assert last.endswith("failed")
    assert "AssertionError" not in done.stderr
