"""The watch: health, metrics, banner, jumps; and a broker that hangs delays no request."""

import json
import shutil
import socket
import threading
from collections import namedtuple
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from patients.domain.findings import Tier
from patients.models.endpoints import Endpoint
from patients.models.flags import Flag
from patients.models.heartbeats import Heartbeat
from patients.models.messages import Message
from patients.services.checkins import submit_checkin
from patients.services.flags import escalate_flags
from patients.services.heartbeats import beat
from patients.services.messages import post_message
from taper_tracker import clock, context_processors
from tests.cast import NOW, tick

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


REAL_SKEW = clock._is_skewed


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    context_processors.KNOWN.until = 0.0
    clock.STEADINESS.wall = None
    monkeypatch.setattr(clock, "_is_skewed", lambda now: False)


@pytest.fixture
def well(cast):
    now = timezone.now()
    for job in ("tick", "deliver"):
        beat(job, now=now)
    return now


def ready(client):
    answer = client.get("/healthz/ready")
    return answer.status_code, answer.content.decode()


def test_well(client, well):
    assert ready(client) == (200, "ok")


@pytest.mark.parametrize("job", ["tick", "deliver"])
def test_a_silent_job(client, well, job):
    Heartbeat.objects.filter(name=job).update(at=well - 91 * SECOND)
    assert ready(client) == (503, f"the clock is silent: {job}")


def test_a_full_disk(client, well, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 199 * 1024 * 1024))
    assert ready(client) == (503, "the disk is nearly full")


def test_an_emergency_past_its_ladder(client, cast, well):
    today = well.date()
    submit_checkin(cast.ana, day=today, today=today, by=cast.ana.user, now=well, safety=["r1"])
    for minutes in (15, 30, 90):
        escalate_flags(well + timedelta(minutes=minutes))
    Message.objects.all().delete()
    assert ready(client) == (503, "an emergency flag is past its ladder")
    Flag.objects.update(tier=Tier.URGENT)
    assert ready(client) == (200, "ok")


def test_a_message_that_waits_for_its_next_try_is_late_only_when_it_is_due(client, cast, well):
    post_message("flag", occurrence="x", due_at=well - 300 * SECOND, now=well, recipient=cast.bell)
    assert ready(client)[0] == 503
    Message.objects.update(available_at=well + 600 * SECOND)
    assert ready(client)[0] == 200


def test_metrics_are_counts_for_those_with_the_token(client, cast, well, settings):
    assert client.get("/healthz/metrics").status_code == 404
    settings.METRICS_TOKEN = "secret"
    assert client.get("/healthz/metrics").status_code == 404
    wrong = client.get("/healthz/metrics", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 404
    post_message("flag", occurrence="x", due_at=well, now=well, recipient=cast.bell)
    text = client.get(
        "/healthz/metrics", headers={"Authorization": "Bearer secret"}
    ).content.decode()
    assert 'taper_messages{channel="email",state="pending"} 1.0' in text
    assert 'taper_heartbeat_age_seconds{job="tick"}' in text
    for word in ("clonazepam", "Ana", "Silva", "bell"):
        assert word not in text


@pytest.mark.parametrize(("who", "page"), [("patient", "/today/"), ("doctor", "/clinic/")])
def test_a_banner_when_reminders_are_late(client, cast, well, who, page):
    client.force_login(cast.ana.user if who == "patient" else cast.bell)
    assert "Reminders are late" not in client.get(page).content.decode()
    post_message("flag", occurrence="x", due_at=well - 300 * SECOND, now=well, recipient=cast.bell)
    context_processors.KNOWN.until = 0.0
    assert "Reminders are late since" in client.get(page).content.decode()


def test_a_banner_for_a_way_that_does_not_work(client, cast, well):
    Endpoint.objects.create(
        user=cast.bell, channel="webhook", target="https://pager.example/x", added_at=NOW,
        dead_since=NOW,
    )  # fmt: skip
    cast.bell.has_dead_channel = True
    cast.bell.save()
    client.force_login(cast.bell)
    assert "does not work" in client.get("/clinic/").content.decode()


def test_a_clock_that_jumps_skips_one_tick_and_says_so(cast):
    clock.tick(lambda: NOW)
    clock.tick(lambda: NOW + timedelta(days=1))
    row = Heartbeat.objects.get(name="tick")
    assert row.at == NOW
    assert "jumped" in row.trouble
    assert Message.objects.filter(kind="clock-trouble", recipient=cast.admin).exists()
    clock.tick(lambda: NOW + timedelta(days=1, seconds=1))
    assert Heartbeat.objects.get(name="tick").at == NOW + timedelta(days=1, seconds=1)


def test_a_database_with_another_time_skips_the_tick(cast, monkeypatch):
    monkeypatch.setattr(clock, "_is_skewed", lambda now: True)
    clock.tick(lambda: NOW)
    assert "jumped" in Heartbeat.objects.get(name="tick").trouble


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a server with a clock of its own")
def test_the_time_of_the_database_server_is_compared():
    now = timezone.now()
    assert not REAL_SKEW(now)
    assert REAL_SKEW(now + 6 * SECOND)
    assert REAL_SKEW(now - 6 * SECOND)


def test_a_job_that_fails_lets_the_others_run_and_is_reported(cast, monkeypatch):
    ran = []

    def broken(now):
        raise RuntimeError("no")

    def fine(now):
        ran.append(now)

    monkeypatch.setattr(clock, "JOBS", (broken, fine))
    with pytest.raises(RuntimeError):
        clock.tick(lambda: NOW)
    assert ran == [NOW]
    assert "RuntimeError" in Heartbeat.objects.get(name="tick").trouble


def test_late_messages_alarm_the_admins_once_a_quarter(cast):
    post_message("flag", occurrence="x", due_at=NOW, now=NOW, recipient=cast.bell)
    for minute in range(3, 14):
        clock.watch_ledger(NOW + timedelta(minutes=minute))
    assert Message.objects.filter(kind="ledger-late", recipient=cast.admin).count() == 1


def test_the_outside_watch_is_called_after_a_tick_and_may_be_down(cast, settings, monkeypatch):
    asked = []

    def down(address, **_):
        asked.append(address)
        raise clock.requests.ConnectionError

    monkeypatch.setattr(clock.requests, "get", down)
    tick(NOW)
    assert asked == []
    settings.PING_URL = "https://watch.example/x"
    tick(NOW)
    assert asked == ["https://watch.example/x"]


@pytest.fixture
def hung(settings):
    """A broker that takes connections and never answers; counts who tried."""
    tried = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen():
        with suppress(OSError):
            while True:
                tried.append(listener.accept())

    threading.Thread(target=listen, daemon=True).start()
    address = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = address
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address,
                    "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}
    }  # fmt: skip
    yield tried
    for taken, _ in tried:
        taken.close()
    listener.close()


def test_the_trap_itself(hung):
    with pytest.raises(Exception, match=r"(?i)time"):
        cache.get("x")
    assert hung


def test_a_hung_broker_is_never_asked_by_a_check_in(hung, client, cast):
    client.force_login(cast.ana.user)
    day = cast.ana.days.day_of(timezone.now()).isoformat()
    assert client.post(f"/check-in/{day}/day/", {"day": "3"}).status_code == 302
    page = client.post(f"/check-in/{day}/safety/", {"flag": "r1", "region": "us"})
    assert "Call 911 now" in page.content.decode()
    assert client.get("/today/").status_code == 200
    assert client.get("/help-now/").status_code == 200
    assert hung == []
    assert Flag.objects.get().rule == "RF-01"


def test_the_service_worker_stands_at_the_root_and_keeps_nothing(client):
    answer = client.get("/sw.js")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert "caches" not in text
    assert "indexedDB" not in text
    assert json.dumps("push") in text
