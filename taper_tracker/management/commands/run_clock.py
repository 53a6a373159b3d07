"""The clock without a broker: the same tick, in a loop, for a small clinic."""

import contextlib
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from taper_tracker.clock import deliver, tick

EVERY_SECONDS = 30.0


class Command(BaseCommand):
    help = "Run the clock without Celery; Ctrl-C stops it after the tick at hand."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="one tick, then stop")
        parser.add_argument("--every", type=float, default=EVERY_SECONDS, help="seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        while True:
            with contextlib.suppress(Exception):
                tick(timezone.now)
            with contextlib.suppress(Exception):
                deliver(timezone.now, stopped.is_set)
            close_old_connections()
            if options["once"] or stopped.wait(options["every"]):
                return
