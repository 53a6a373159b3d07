"""The jobs of the clock. Each finds its work in the database and is safe to run twice at once."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import requests
from django.conf import settings
from django.db import connection

from patients.channels.base import Clock
from patients.selectors.accounts import invitation_used
from patients.selectors.deletions import deletion_taken_back
from patients.selectors.endpoints import has_dead_channels
from patients.selectors.heartbeats import LATE, is_hour_over, oldest_due
from patients.selectors.remarks import remarks_read
from patients.selectors.shares import share_over
from patients.selectors.visits import visit_off
from patients.services.absences import keep_cover
from patients.services.dispatch import Recheck, deliver_due
from patients.services.flags import escalate_flags
from patients.services.heartbeats import alarm_admins, beat, note_trouble
from patients.services.reconciler import raise_lost_flags
from patients.services.remarks import chase_remarks
from schedules.selectors import reminders
from schedules.services.digest import plan_digests, post_digests
from schedules.services.due_reminders import post_due_reminders
from schedules.services.erasure import erase_due
from schedules.services.requests import chase_requests
from schedules.services.review import review_new_days
from schedules.services.silence import review_silence
from taper_tracker.backups import keep_backups
from taper_tracker.facts import keep_facts

log = logging.getLogger(__name__)

RECHECKS: Final[Mapping[str, Recheck]] = {
    "dose-due": reminders.dose_no_longer_due,
    "not-logged": reminders.dose_no_longer_due,
    "open-days": reminders.days_no_longer_open,
    "check-in": reminders.checkin_no_longer_due,
    "baseline": reminders.checkin_no_longer_due,
    "longer-check-in": reminders.checkin_no_longer_due,
    "aftercare": reminders.aftercare_answered,
    "gate": reminders.gate_no_longer_open,
    "step-stays": reminders.gate_no_longer_open,
    "step-ahead": reminders.step_no_longer_planned,
    "last-dose-ahead": reminders.step_no_longer_planned,
    "plan-starts": reminders.plan_replaced,
    "new-dose": reminders.step_no_longer_starts,
    "plan-to-read": reminders.plan_no_longer_waits,
    "plan-unread": reminders.plan_no_longer_waits,
    "visit": visit_off,
    "visit-brief": visit_off,
    "shared-news": share_over,
    "shared-quiet": share_over,
    "deletion": deletion_taken_back,
    "deletion-asked": deletion_taken_back,
    "message": remarks_read,
    "patient-wrote": remarks_read,
    "invitation": invitation_used,
    "invitation-over": invitation_used,
    "plan-changed": reminders.change_withdrawn,
}
BUDGET_SECONDS: Final = 20.0
PING_SECONDS: Final = 5.0
JUMP: Final = timedelta(seconds=60)
SKEW: Final = timedelta(seconds=5)


@dataclass(slots=True)
class Steadiness:
    """Notices a clock that jumps: wall time and monotonic time must pass alike between ticks."""

    wall: datetime | None = None
    steady: float = 0.0

    def jumped(self, now: datetime, steady: float) -> bool:
        before, self_steady = self.wall, self.steady
        self.wall, self.steady = now, steady
        if before is None:
            return False
        return abs((now - before) - timedelta(seconds=steady - self_steady)) > JUMP


STEADINESS: Final = Steadiness()


def tick(clock: Clock) -> None:
    """Escalate, remind, review. A clock that jumped or differs from the database skips one tick."""
    now = clock()
    if STEADINESS.jumped(now, time.monotonic()) or _is_skewed(now):
        log.error("the clock jumped; this tick is skipped")
        note_trouble("tick", "the clock of the machine jumped", now=now)
        return
    _job("tick", lambda: _each(now), clock)
    _ping()


def _ping() -> None:
    """Tell an outside watch that the clock lives; its own trouble is not ours."""
    if settings.PING_URL:
        try:
            requests.get(settings.PING_URL, timeout=PING_SECONDS)
        except requests.RequestException:
            log.warning("the outside watch could not be reached")


def _each(now: datetime) -> None:
    """Every job has its turn; the first that failed is reported after the last."""
    failed: list[Exception] = []
    for job in JOBS:
        try:
            job(now)
        except Exception as error:
            log.exception("a job of the tick failed: %s", job.__name__)
            failed.append(error)
    if failed:
        raise failed[0]


def sweep(now: datetime) -> None:
    """Once an hour: silence, red answers without a flag, absences, people out of reach."""
    if not is_hour_over("sweep", now):
        return
    review_silence(now)
    raise_lost_flags(now)
    plan_digests(now)
    keep_cover(now)
    keep_backups(now)
    keep_facts(now)
    erase_due(now)
    if has_dead_channels():
        alarm_admins("channel-list", occurrence=f"{now:%Y-%m-%d}", now=now)
    beat("sweep", now=now)


def watch_ledger(now: datetime) -> None:
    """Tell the admins when messages are late, at most every quarter of an hour."""
    if (oldest := oldest_due(now)) is not None and now - oldest > LATE:
        quarter = f"{now:%Y-%m-%dT%H}:{now.minute // 15}"
        alarm_admins("ledger-late", occurrence=quarter, now=now)


JOBS: Final[tuple[Callable[[datetime], object], ...]] = (
    escalate_flags,
    post_due_reminders,
    review_new_days,
    post_digests,
    chase_requests,
    chase_remarks,
    sweep,
    watch_ledger,
)


def deliver(clock: Clock, stop: Callable[[], bool] = lambda: False) -> None:
    """Send what is due, for at most the budget of one tick; the rest waits for the next."""
    until = time.monotonic() + BUDGET_SECONDS

    def over() -> bool:
        return stop() or time.monotonic() > until

    _job("deliver", lambda: deliver_due(clock, rechecks=RECHECKS, stop=over), clock)


def _job(name: str, work: Callable[[], object], clock: Clock) -> None:
    began = time.monotonic()
    try:
        work()
    except Exception as error:
        log.exception("a job of the clock failed: %s", name)
        note_trouble(name, f"failed: {type(error).__name__}", now=clock())
        raise
    beat(name, now=clock(), took_ms=int((time.monotonic() - began) * 1000))


def _is_skewed(now: datetime) -> bool:
    """Whether the database server's clock is more than five seconds away."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: datetime = cursor.fetchone()[0]
    return abs(there - now) > SKEW
