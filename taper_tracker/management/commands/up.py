"""One supervisor for everything: broker, migrations, web, worker, beat. Ctrl-C stops all."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from taper_tracker import embedded

STOP_SECONDS: Final = 28
MOST_RESTARTS: Final = 5
LOOK_SECONDS: Final = 5
MOST_SILENT: Final = 3
FIRST_TICK: Final = [sys.executable, "-W", "ignore", "manage.py", "run_clock", "--once"]
Spawn = Callable[[], "subprocess.Popen[bytes] | None"]


class Command(BaseCommand):
    help = "Run the whole clinic: broker, web, Celery worker and beat, restarted when they die."
    next_look = 0.0
    silent = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.starters: dict[str, Spawn] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, **options: Any) -> None:
        _check_port(settings.PORT)
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            self._start_broker()
            call_command("migrate", verbosity=0)
            if not options["no_demo"]:
                call_command("seed_demo", stdout=self.stdout)
            _starter(FIRST_TICK)()
            for name, arguments in _programs().items():
                self._spawn(name, _starter(arguments))
            self._say_where()
            self._watch()
        finally:
            self._stop_all()

    def _start_broker(self) -> None:
        if not settings.REDIS_URL:
            data = settings.TAPER_DATA_DIR
            self._spawn("broker", lambda: embedded.start(settings.BROKER_SOCKET, data))

    def _spawn(self, name: str, start: Spawn) -> None:
        self.starters[name] = start
        process = start()
        if process is not None:
            self.running[name] = process

    def _say_where(self) -> None:
        mail = settings.TAPER_DATA_DIR / "mail"
        where = (
            "" if settings.EMAIL_URL else f"Mail goes to files in {mail} (no EMAIL_URL is set).\n"
        )
        self.stdout.write(f"{where}Open {settings.BASE_URL}  (Ctrl-C stops everything)")
        self.stdout.flush()

    def _watch(self) -> None:
        """Bring back what dies; give up on a program that keeps dying at once."""
        deaths: dict[str, list[float]] = {}
        while not self.stopping:
            time.sleep(0.5)
            self._tend_broker()
            for name, process in list(self.running.items()):
                if self.stopping or process.poll() is None:
                    continue
                recent = [at for at in deaths.get(name, []) if time.monotonic() - at < 60]
                deaths[name] = [*recent, time.monotonic()]
                if len(deaths[name]) > MOST_RESTARTS:
                    raise CommandError(f"The {name} keeps stopping; see the lines above.")
                self.stderr.write(f"The {name} stopped ({process.returncode}); starting it again.")
                del self.running[name]
                self._spawn(name, self.starters[name])

    def _tend_broker(self) -> None:
        """A broker that was found running can end, and one of our own can lose its socket."""
        if "broker" not in self.starters or time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + LOOK_SECONDS
        broker = self.running.get("broker")
        if embedded.answers(settings.BROKER_SOCKET):
            self.silent = 0
        elif broker is None:
            self._spawn("broker", self.starters["broker"])
        else:
            self.silent += 1
            if self.silent >= MOST_SILENT:
                broker.kill()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _stop_all(self) -> None:
        """Web, worker and beat first, the broker last."""
        broker = self.running.pop("broker", None)
        _end(list(self.running.values()))
        _end([broker] if broker else [])


def _end(processes: list["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Port {port} is taken. Stop the other program, or run: make run PORT={port + 1}"
            ) from None


def _starter(arguments: list[str]) -> Spawn:
    return lambda: subprocess.Popen(  # noqa: S603
        arguments,
        preexec_fn=embedded.die_with_parent,
        cwd=settings.BASE_DIR,
    )


def _programs() -> dict[str, list[str]]:
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "taper_tracker"]
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    threads = ["--worker-class", "gthread", "--threads", "8", "--workers", "1"]
    web = threads if sqlite else ["--workers", "3"]
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "taper_tracker.wsgi", "--no-control-socket"),
            *("--bind", f"127.0.0.1:{settings.PORT}", "--log-level", "warning", *web),
        ],
        "worker": [
            *(*celery, "worker", "--concurrency", "2", "--pool", "prefork"),
            *("--queues", "clock,messages"),
            *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
        ],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
    }
