"""`python -m tests.benchmarks [--rounds N]`: prints one table; always exits 0.

Never the live database: an empty one is made for the run, in memory or on the server
that DATABASE_URL names.
"""

import argparse
import gc
import os
import platform
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taper_tracker.settings")

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from schedules.domain.builder import build
from schedules.domain.dose import Dose
from schedules.forms.known import Known, sign_known
from tests.benchmarks.clock import clock_rows
from tests.benchmarks.pairs import Timing, measure
from tests.benchmarks.plans import LIQUID, clonazepam_request
from tests.benchmarks.yardsticks import bare_plan, pieces_of
from tests.cast import a_cast, a_plan

Row = tuple[str, Timing, str, float, str]


def engine_rows(rounds: int) -> list[Row]:
    tablets, mixed = clonazepam_request(), clonazepam_request(LIQUID)
    table = pieces_of((250, 500, 1_000, 2_000), 2_000)
    one = measure(
        {"bare": lambda: bare_plan(250, 50, 14, table), "plan": lambda: build(tablets)},
        "bare", rounds=rounds, calls=20,
    )  # fmt: skip
    two = measure(
        {"bare": lambda: bare_plan(10, 50, 14, table), "plan": lambda: build(mixed)},
        "bare", rounds=rounds, calls=5,
    )  # fmt: skip
    return [
        ("plan, 3 tablets, 2 times of day", one["plan"], "bare integers", 4, ""),
        ("plan, the same and a 0.01 mg liquid", two["plan"], "bare integers", 4, ""),
    ]


FORM = "application/x-www-form-urlencoded"
TYPED = {
    "morning": "1", "bedtime": "1", "target": "0", "strategy": "proportional", "percent": "10",
    "every_days": "14", "first_lower_on": "2030-01-07", "stop_below": "0.05",
    "products": ["klonopin-0.5", "klonopin-1", "klonopin-2"],
}  # fmt: skip


@override_settings(ROOT_URLCONF="tests.benchmarks.urls", ALLOWED_HOSTS=["*"])
def page_rows(rounds: int) -> list[Row]:
    now = datetime.now(UTC) - timedelta(days=3)
    cast = a_cast(now)
    a_plan(cast, now=now)
    doctor, patient = Client(), Client()
    doctor.force_login(cast.bell)
    patient.force_login(cast.ana.user)
    builder = f"/clinic/patients/{cast.ana.pk}/plans/preview/"
    known = sign_known(Known(cast.ana.pk, now.date(), Dose.mg(2)))
    typed = urlencode({**TYPED, "known": known}, doseq=True)
    cases = {
        "floor": lambda: doctor.get("/floor/"),
        "floor again": lambda: doctor.get("/floor/"),
        "preview": lambda: doctor.post(builder, typed, content_type=FORM),
        "today": lambda: patient.get("/today/"),
        "triage": lambda: doctor.get("/clinic/"),
    }
    found = measure(cases, "floor", rounds=rounds, calls=3)
    bars = {"floor again": 1.05, "preview": 2.5, "today": 2.5, "triage": 3.0}
    return [(name, found[name], "floor page", bars[name], extent(cases[name])) for name in bars]


def extent(case) -> str:  # type: ignore[no-untyped-def]
    with CaptureQueriesContext(connection) as queries:
        response = case()
    return f"{len(queries)} queries, {len(response.content) / 1000:.1f} kB, {response.status_code}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", choices=["plans", "pages", "clock"], action="append")
    options = parser.parse_args()
    rounds, only = options.rounds, options.only or ["plans", "pages", "clock"]
    connection.creation.create_test_db(verbosity=0)
    gc.collect()
    gc.freeze()
    head()
    rows = engine_rows(rounds) if "plans" in only else []
    for name, timing, yardstick, bar, more in rows + (page_rows(rounds) if "pages" in only else []):
        low, high = min(timing.ratios), max(timing.ratios)
        verdict = "ok" if timing.ratio <= bar else "over"
        print(
            f"{name:<36} {timing.cpu:8.3f} ms CPU {timing.wall:8.3f} ms wall   "
            f"{timing.ratio:6.2f} x {yardstick} ({low:.2f} to {high:.2f})  bar {bar}  {verdict}  {more}"
        )
    for pair in clock_rows(max(rounds // 5, 1)) if "clock" in only else []:
        print(pair.line)


def head() -> None:
    root = Path(__file__).parents[2]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    load = os.getloadavg()[0]
    print(
        f"{datetime.now(UTC):%Y-%m-%d}  {os.cpu_count()} cores, load {load:.1f}, "
        f"Python {platform.python_version()}, Django {django.__version__}, "
        f"{connection.vendor}, commit {commit}. Ratios are of CPU medians; read those, not the ms."
    )


if __name__ == "__main__":
    main()
