"""`make faults`: kills, restarts and outages against real processes; JSON in reports/.

Exit 1 when a bar is missed. Needs the packages of requirements-dev.txt.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from statistics import quantiles
from subprocess import Popen
from typing import Any

from tests.faults.crowd import Crowd
from tests.faults.sink import Sink
from tests.faults.world import ROOT, World, verdict

REPORTS = ROOT / "reports"
SEED = 20260105
Report = dict[str, Any]


def explained(found: Report) -> bool:
    return found["lost"] == 0 and found["unexplained_copies"] == 0


def storm(database: str, size: int) -> Report:
    """3,000 messages, 40 kills of one of three workers at random."""
    with World(database) as world:
        world.fill(size)
        kills = world.kill_at_random(workers=3, kills=max(40, size // 75), seed=SEED)
        rows = world.wait()
        found = verdict(rows, world.sink.accepted)
        return {
            **found,
            "kills": kills,
            "ok": explained(found) and found["states"] == {"sent": size},
        }


def storm_with_bad_mail(database: str, size: int) -> Report:
    """Half the messages, a mail server that hangs up before its answer to 5 %."""
    with World(database, sink=Sink("drop", share=0.05, delay=0.02)) as world:
        world.fill(size // 2)
        kills = world.kill_at_random(workers=3, kills=12, seed=SEED + 1)
        found = verdict(world.wait(), world.sink.accepted)
        return {**found, "kills": kills, "ok": explained(found)}


def frozen(database: str, size: int) -> Report:
    """A worker stopped in the middle of a group for five leases (ten minutes in the full run).

    What it had handed over unrecorded goes twice, one group at most; after the thaw it
    changes no row and hands over at most what each connection was in the middle of.
    """
    lease = PRODUCT_LEASE_S if size >= FULL else 4
    with World(database, lease=lease) as world:
        world.fill(size // 6)
        first = world.start()
        world.wait_for_mail()
        os.kill(first.pid, signal.SIGSTOP)
        world.start()
        time.sleep(5 * world.lease)
        before, handed_over = world.wait(), world.sink.accepted.total()
        os.kill(first.pid, signal.SIGCONT)
        time.sleep(SOON_S)
        rows, late = world.rows(), world.sink.accepted.total() - handed_over
        found = verdict(rows, world.sink.accepted)
        stale = {"rows_changed_by_thawed": rows != before, "sent_by_thawed": late}
        ok = rows == before and late <= world.connections and found["duplicate_ids"] <= GROUP
        return {**found, **stale, "frozen_s": 5 * world.lease, "ok": ok and explained(found)}


def two_clocks(database: str, size: int) -> Report:
    """Two clocks for the whole run, nobody killed: nothing twice."""
    with World(database, sink=Sink(delay=0.005)) as world:
        world.fill(size // 3)
        world.start()
        world.start()
        found = verdict(world.wait(), world.sink.accepted)
        return {**found, "ok": explained(found) and found["duplicate_ids"] == 0}


def stopped_gently(database: str, size: int) -> Report:
    """SIGTERM in the middle: gone within 30 s, nothing left ambiguous."""
    with World(database) as world:
        world.fill(size // 6)
        worker = world.start()
        time.sleep(2.5)
        began = time.monotonic()
        worker.terminate()
        worker.wait(30)
        took = time.monotonic() - began
        left = [row for row in world.rows() if row[1] in ("leased", "sending") or row[2]]
        world.start()
        found = verdict(world.wait(), world.sink.accepted)
        ok = not left and explained(found) and found["duplicate_ids"] == 0
        return {**found, "stop_s": round(took, 1), "left_in_hand": len(left), "ok": ok}


def database_restarts(database: str, size: int) -> Report:
    """PostgreSQL stopped at once and started again, three times, while messages go out."""
    if database != "postgres":
        return {"ok": True, "skipped": "PostgreSQL only"}
    with World(database) as world:
        world.fill(size // 3)
        world.start()
        world.start()
        for _ in range(3):
            time.sleep(3)
            restart(world)
        found = verdict(world.wait(), world.sink.accepted)
        return {**found, "restarts": 3, "ok": explained(found)}


def crowd_and_restarts(database: str, size: int) -> Report:
    """The same restarts under 200 people: advice on every page that answers red, no false *saved*.

    After the last start the pages are well again within seconds.
    """
    if database != "postgres":
        return {"ok": True, "skipped": "PostgreSQL only"}
    with World(database) as world:
        world.fill(1)
        people = json.loads(world.python("-m", "tests.faults.users", str(max(20, size // 15))))
        up_again = []
        with Crowd(world.start_web(), people) as crowd:
            for _ in range(3):
                time.sleep(8)
                restart(world)
                up_again.append(time.monotonic())
            time.sleep(12)
        stored = json.loads(world.python("-m", "tests.faults.users", "--saved"))
    said = {key: count for key, count in crowd.told_saved.items() if count}
    lost = [key for key in said if not stored["answers"].get(key)]
    unflagged = [key for key in stored["answers"] if not stored["flags"].get(key)]
    recovered = round(max(0.0, crowd.last_trouble - up_again[-1]), 1)
    answers, pages = dict(crowd.answers), dict(crowd.pages)
    clean = {*answers} | {*pages} <= {200, 503}
    ok = clean and not (crowd.unadvised or lost or unflagged) and recovered <= RECOVERS_S
    return {
        "people": len(people), "restarts": 3, "pages": pages, "red_answers": answers,
        "without_advice": crowd.unadvised, "said_saved_but_lost": len(lost),
        "stored_without_flag": len(unflagged), "recovered_s": recovered, "bar_s": RECOVERS_S,
        "ok": ok,
    }  # fmt: skip


def restart(world: World) -> None:
    """The server's own immediate shutdown (SIGQUIT: no goodbye to anybody), then up again."""
    process = world.server.get_postmaster_info().process
    os.kill(process.pid, signal.SIGQUIT)
    process.wait(20)
    world.server.ensure_postgres_running()


def broker_trouble(database: str, size: int) -> Report:
    """The whole clinic under Celery; its broker flushed mid-work, hung, stopped for minutes, started.

    The same messages end in the same states as without any broker trouble.
    """
    ends = {}
    for trouble in (False, True):
        with World(database, sink=Sink(delay=0.05), lease=10) as world:
            world.fill(size // 10, later=60)
            broker = world.start_celery()
            world.wait_for_mail()
            if trouble:
                world.broker_says("FLUSHALL")
                hang(broker, HUNG_S)
                broker.kill()
                broker.wait()
                time.sleep(STOPPED_S)
                world.start_broker()
            rows = world.wait()
            ends[trouble] = verdict(rows, world.sink.accepted)
    same = ends[True]["states"] == ends[False]["states"] == {"sent": size // 10}
    ok = same and explained(ends[True]) and ends[True]["duplicate_ids"] == 0
    return {**ends[True], "without_trouble": ends[False], "stopped_s": STOPPED_S, "hung_s": HUNG_S,
            "ok": ok}  # fmt: skip


def hang(broker: Popen[bytes], seconds: float) -> None:
    """Listening, never answering."""
    os.kill(broker.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(broker.pid, signal.SIGCONT)


def checkins_without_broker(database: str, size: int) -> Report:
    """Check-ins while the broker answers, hangs and is gone; p95 in ms, of the POST alone."""
    with World(database, sink=Sink(delay=0.01)) as world:
        world.fill(1)
        broker = world.start_celery()
        time.sleep(5)
        ends = {"well": check_ins(world, size // 10, "Well")}
        os.kill(broker.pid, signal.SIGSTOP)
        ends["hung"] = check_ins(world, size // 10, "Hung")
        broker.kill()
        broker.wait()
        ends["gone"] = check_ins(world, size // 10, "Gone")
    grown = max(ends["hung"]["p95_ms"], ends["gone"]["p95_ms"]) - ends["well"]["p95_ms"]
    saved = all(end["saved"] == size // 10 for end in ends.values())
    return {
        **ends,
        "grown_ms": round(grown, 1),
        "bar_ms": GROWS_MS,
        "ok": saved and grown <= GROWS_MS,
    }


def check_ins(world: World, count: int, clinic: str) -> Report:
    done = json.loads(world.python("-m", "tests.faults.checkins", str(count), clinic))
    return {"saved": done["saved"], "p95_ms": round(quantiles(done["times"], n=20)[-1], 1)}


GROUP = 50
STOPPED_S = 300
HUNG_S = 30
PRODUCT_LEASE_S = 120
SOON_S = 5
GROWS_MS = 50
RECOVERS_S = 5
FULL = 3000
SCENARIOS: dict[str, Callable[[str, int], Report]] = {
    "storm": storm,
    "storm-bad-mail": storm_with_bad_mail,
    "frozen": frozen,
    "two-clocks": two_clocks,
    "stopped-gently": stopped_gently,
    "database-restarts": database_restarts,
    "crowd-and-restarts": crowd_and_restarts,
    "broker-trouble": broker_trouble,
    "checkins-without-broker": checkins_without_broker,
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=SCENARIOS, action="append")
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--size", type=int, default=FULL)
    options = parser.parse_args()
    REPORTS.mkdir(exist_ok=True)
    all_well = True
    for database in options.database or ["sqlite", "postgres"]:
        for name in options.only or SCENARIOS:
            began = time.monotonic()
            found = SCENARIOS[name](database, options.size)
            report = {"fault": name, "database": database, "seed": SEED, **found}
            report["took_s"] = round(time.monotonic() - began, 1)
            path = REPORTS / f"{name}-{database}.json"
            path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
            print(json.dumps(report), flush=True)
            all_well = all_well and report["ok"]
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
