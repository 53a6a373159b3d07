"""What the clock costs: reminders due to outbox, outbox to relay, and a tick with nothing to do.

Each row is a pair measured in turn in one run: ours beside the least that the
same work could cost on the same database and the same relay.
"""

import smtplib
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from patients.channels.email import SMTP_BACKEND
from patients.channels.registry import CHANNELS
from patients.domain.roles import Role
from patients.models.accounts import Clinic, User
from patients.models.care import Patient
from patients.models.messages import Message
from patients.selectors.heartbeats import oldest_due
from patients.services.dispatch import deliver_due
from patients.services.messages import Notice
from schedules.models.reminders import ReminderTime
from schedules.services.due_reminders import post_due_reminders
from taper_tracker.clock import JOBS, sweep

ZONES = ("America/New_York", "Europe/Paris", "Asia/Tokyo", "Africa/Cairo", "UTC", "Asia/Kolkata")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """Units a second of ours and of the yardstick; `bar` is the least share (or the most times)."""

    name: str
    ours: float
    yardstick: float
    against: str
    bar: float
    is_most: bool = False
    unit: str = "/s"

    @property
    def ratio(self) -> float:
        return self.ours / self.yardstick

    @property
    def line(self) -> str:
        good = self.ratio <= self.bar if self.is_most else self.ratio >= self.bar
        return (
            f"{self.name:<36} {self.ours:12,.3f}{self.unit} {self.yardstick:12,.3f}{self.unit} "
            f"{self.ratio:6.2f} x {self.against}  bar {self.bar}  {'ok' if good else 'over'}"
        )


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def people(count: int) -> list[Patient]:
    clinic = Clinic.objects.create(name="Bench", reads_at=time(8))
    users = User.objects.bulk_create(
        User(
            email=f"b{n}@x.example", name=f"B {n}", role=Role.PATIENT, clinic=clinic,
            joined_at=NOW, password="!", time_zone=ZONES[n % 6],
        )
        for n in range(count)
    )  # fmt: skip
    return Patient.objects.bulk_create(
        Patient(
            user=user, clinic=clinic, born_on=date(1980, 1, 1), time_zone=user.time_zone,
            last_answered_on=NOW.date(),
        )
        for user in users
    )  # fmt: skip


def pointers(patients: list[Patient]) -> None:
    ReminderTime.objects.all().delete()
    ReminderTime.objects.bulk_create(
        ReminderTime(
            patient=patient, kind="dose-due", slot="morning", local_time=time(8),
            next_day=NOW.date(), next_due_at=NOW - timedelta(minutes=1),
        )
        for patient in patients
    )  # fmt: skip


def bare_reminders() -> None:
    """The same in plain SQL: read what is due, the next time by zone, insert, advance."""
    due = (
        "SELECT r.id, p.id, p.user_id, p.time_zone, r.next_day FROM schedules_remindertime r "
        "JOIN patients_patient p ON p.id = r.patient_id "
        "WHERE r.is_enabled AND r.next_due_at <= %s ORDER BY r.next_due_at LIMIT 1000"
    )
    insert = (
        "INSERT INTO patients_message (id, kind, occurrence, recipient_id, patient_id, address, "
        "channel, message_id, params, priority, due_at, available_at, expires_at, state, attempts, "
        "failures, ambiguous_count, reason, posted_at) VALUES (%s, 'dose-due', %s, %s, %s, '', "
        "'email', %s, '{}', 1, %s, %s, %s, 'pending', 0, 0, 0, '', %s)"
    )
    advance = "UPDATE schedules_remindertime SET next_day = %s, next_due_at = %s WHERE id = %s"
    with connection.cursor() as cursor:
        while True:
            with transaction.atomic():
                cursor.execute(due, [NOW])
                rows = cursor.fetchall()
                if not rows:
                    return
                made, moved = [], []
                for row_id, patient, user, zone, _ in rows:
                    day = NOW.date() + DAY
                    at = datetime.combine(day, time(8), tzinfo=ZoneInfo(zone)).astimezone(UTC)
                    for n in (1, 2):
                        key = uuid.uuid4().hex
                        expires = NOW + timedelta(hours=3)
                        made.append([key, f"{day}#{n}", user, patient, key, NOW, NOW, expires, NOW])
                    moved.append([day, at, row_id])
                cursor.executemany(insert, made)
                cursor.executemany(advance, moved)


def reminder_row(patients: list[Patient], rounds: int) -> Pair:
    ours, bare = [], []
    for _ in range(rounds):
        for work, found in ((lambda: post_due_reminders(NOW), ours), (bare_reminders, bare)):
            Message.objects.all().delete()
            pointers(patients)
            found.append(len(patients) / seconds(work))
    Message.objects.all().delete()
    ReminderTime.objects.all().delete()
    return Pair("reminders due to outbox", median(ours), median(bare), "raw batch loop", 0.4)


@contextmanager
def relay(delay: float, connections: int) -> Iterator[int]:
    """A relay in its own process, and settings that send to it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.relay", str(delay)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        SMTP_BACKEND,
        "127.0.0.1",
        port,
    )
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.MAIL_CONNECTIONS = connections
    try:
        yield port
    finally:
        CHANNELS["email"].close()
        process.kill()
        process.wait()


def outbox(users: list[User], count: int) -> None:
    Message.objects.all().delete()
    notices = (
        Notice("message", f"x{n}", NOW, users[n % len(users)], params={"path": "/messages/"})
        for n in range(count)
    )
    Message.objects.bulk_create(
        (notice.by("email", now=NOW) for notice in notices), batch_size=1000
    )


CONSTANT = "From: a@x\r\nTo: b@x\r\nSubject: s\r\nMessage-ID: <c@x>\r\n\r\nIt is 10 pm.\r\n"


def bare_dispatch(port: int) -> None:
    """Claim 500, hand one constant mail over on one connection, mark in fifties."""
    smtp = smtplib.SMTP("127.0.0.1", port)
    while True:
        pks = list(Message.objects.filter(state="pending").values_list("pk", flat=True)[:500])
        if not pks:
            break
        token = uuid.uuid4()
        Message.objects.filter(pk__in=pks).update(
            state="leased", lease_token=token, lease_until=NOW, available_at=None
        )
        for start in range(0, len(pks), 50):
            group = pks[start : start + 50]
            for _ in group:
                smtp.sendmail("a@x.example", ["b@x.example"], CONSTANT)
            Message.objects.filter(pk__in=group).update(
                state="sent", sent_at=NOW, lease_token=None, lease_until=None
            )
    smtp.quit()


def dispatch_rows(users: list[User], count: int, rounds: int) -> list[Pair]:
    ours, bare = [], []
    for _ in range(rounds):
        with relay(0.0, 1) as port:
            outbox(users, count)
            ours.append(count / seconds(lambda: deliver_due(lambda: NOW, rechecks={})))
            outbox(users, count)
            bare.append(count / seconds(lambda: bare_dispatch(port)))
    with relay(0.025, 64):
        outbox(users, 2 * count)
        tidy()
        slow = 2 * count / seconds(lambda: deliver_due(lambda: NOW, rechecks={}))
    return [
        Pair("dispatch, relay without delay", median(ours), median(bare), "bare loop", 0.6),
        Pair("dispatch, relay of 25 ms, 64 lines", slow, 64 / 0.025, "64 lines / 25 ms", 0.8),
    ]


def idle() -> None:
    """All jobs of a tick with nothing to do, but the hourly sweep."""
    for job in (*(job for job in JOBS if job is not sweep), oldest_due):
        job(NOW - 400 * DAY)
    deliver_due(lambda: NOW - 400 * DAY, rechecks={})


def tidy() -> None:
    """What autovacuum does within minutes on PostgreSQL; the bench cannot wait for it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def idle_row(patients: list[Patient], sizes: tuple[int, int]) -> Pair:
    """Milliseconds of an idle tick with so many patients waiting for tomorrow, and ledgers behind."""
    found = []
    for size in sizes:
        ReminderTime.objects.all().delete()
        Message.objects.all().delete()
        some = patients[: max(size // 4, 1)]
        ReminderTime.objects.bulk_create(
            (
                ReminderTime(
                    patient=some[n % len(some)], kind="dose-due", slot=f"s{n // len(some)}",
                    local_time=time(8), next_day=NOW.date(), next_due_at=NOW + DAY,
                )
                for n in range(size)
            ),
            batch_size=5000,
        )  # fmt: skip
        outbox([patient.user for patient in some[:100]], size)
        Message.objects.update(state="sent", sent_at=NOW, available_at=None)
        tidy()
        idle()
        found.append(median(seconds(idle) for _ in range(20)) * 1000)
    name = f"idle tick, {sizes[1]:,} beside {sizes[0]:,}"
    return Pair(name, found[1], found[0], "the small clinic", 1.5, is_most=True, unit=" ms")


def clock_rows(rounds: int) -> list[Pair]:
    patients = people(25_000)
    users = [patient.user for patient in patients[:200]]
    return [
        reminder_row(patients[:10_000], rounds),
        *dispatch_rows(users, 4_000, rounds),
        idle_row(patients, (1_000, 100_000)),
    ]
