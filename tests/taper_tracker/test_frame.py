"""The frame: health, headers, settings of the broker, the supervisor."""

import os
import socket
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection
from django.utils import timezone

from patients.services.heartbeats import beat
from patients.services.messages import post_message
from taper_tracker import embedded
from taper_tracker.data import DataFolderUnusable, broker_socket, data_folder, secret

ROOT = Path(__file__).parents[2]


def test_alive_without_a_database(client):
    assert client.get("/healthz/live").content == b"ok"


def test_ready_until_a_message_is_late(cast, client):
    now = timezone.now()
    for job in ("tick", "deliver"):
        beat(job, now=now)
    assert client.get("/healthz/ready").status_code == 200
    for late, status in ((119, 200), (130, 503)):
        due = now - timedelta(seconds=late)
        post_message(
            "flag", occurrence=f"x{late}", due_at=due, now=due, recipient=cast.bell,
            patient=cast.ana,
        )  # fmt: skip
        assert client.get("/healthz/ready").status_code == status


@pytest.mark.parametrize("address", ["/accounts/login/", "/help-now/", "/nothing-here/"])
def test_every_answer_is_private_and_strict(db, client, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    if "help" not in address:
        assert headers["Cache-Control"] == "no-store"


def test_not_found_offers_help(db, client):
    page = client.get("/nothing-here/")
    assert page.status_code == 404
    assert "Get help now" in page.content.decode()


def test_the_broker_is_told_to_give_work_back_soon():
    options = project.CELERY_BROKER_TRANSPORT_OPTIONS
    assert options["visibility_timeout"] == 300
    assert options["unacked_restore_interval"] == 10
    assert options["unacked_restore_throttle"] == 1
    assert options["unacked_mutex_expire"] == 30
    assert options["visibility_timeout"] / 2 > project.CELERY_TASK_TIME_LIMIT
    assert project.CELERY_TASK_ACKS_LATE
    assert project.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert project.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert project.CELERY_ACCEPT_CONTENT == ["json"]


def test_beat_wakes_one_tick_that_expires_before_the_next():
    entries = project.CELERY_BEAT_SCHEDULE.values()
    queues = {entry["task"].rpartition(".")[2]: entry["options"]["queue"] for entry in entries}
    assert queues == {"tick": "clock", "deliver": "messages"}
    for entry in entries:
        assert entry["schedule"] == 30.0
        assert entry["options"]["expires"] < entry["schedule"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the profile of the embedded database")
def test_the_embedded_database_is_careful(db):
    expected = {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    with connection.cursor() as cursor:
        for pragma, value in expected.items():
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone()[0] == value
    assert project.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert not project.DATABASES["default"].get("ATOMIC_REQUESTS")


def test_the_secret_key_is_made_once_and_private(tmp_path):
    first = secret(tmp_path)
    assert secret(tmp_path) == first
    assert len(first) > 60
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(DataFolderUnusable, match="Cannot write to the data folder"):
        data_folder(str(blocker / "var"))


def test_a_long_path_still_has_a_short_socket(tmp_path):
    assert len(str(broker_socket(tmp_path / ("long " * 40)))) < 100


def test_the_embedded_broker_starts_in_a_path_with_a_space(tmp_path):
    folder = tmp_path / "a b"
    folder.mkdir()
    address = broker_socket(folder)
    process = embedded.start(address, folder)
    try:
        assert embedded.answers(address)
        assert embedded.start(address, folder) is None
    finally:
        process.terminate()
        process.wait(5)
    assert not embedded.answers(address)


def test_a_missing_broker_is_one_sentence(monkeypatch):
    monkeypatch.setattr(embedded, "get_binary_path", None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(embedded.BrokerMissing, match="set REDIS_URL"):
        embedded.binary()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def up(folder, port):
    environment = {**os.environ, "TAPER_DATA_DIR": str(folder), "PORT": str(port)}
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_a_port_already_taken_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said, _ = up(tmp_path, port).communicate(timeout=60)
    assert said.strip() == (
        f"CommandError: Port {port} is taken. Stop the other program, or run: "
        f"make run PORT={port + 1}"
    )


def children(pid):
    listed = subprocess.run(
        ["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True
    ).stdout.split("\n")[1:]
    pairs = [tuple(map(int, line.split())) for line in listed if line.strip()]
    found, todo = set(), {pid}
    while todo:
        todo = {child for child, parent in pairs if parent in todo} - found
        found |= todo
    return found


def alive(pids):
    def running(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
        except OSError:
            return False

    return {pid for pid in pids if running(pid)}


def wait_for(question, seconds=30):
    until = time.monotonic() + seconds
    while not question() and time.monotonic() < until:
        time.sleep(0.2)
    return question()


def answering(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="children die with their parent on Linux only")
@pytest.mark.parametrize("how", ["terminate", "kill"])
def test_stopping_the_supervisor_leaves_no_process(tmp_path, how):
    folder, port = tmp_path / "a b", free_port()
    supervisor = up(folder, port)
    assert wait_for(lambda: answering(port))
    assert wait_for(lambda: len(children(supervisor.pid)) >= 4)
    time.sleep(3)
    family = children(supervisor.pid)
    getattr(supervisor, how)()
    supervisor.wait(30)
    assert wait_for(lambda: not alive(family)), alive(family)
    said = supervisor.stdout.read()
    supervisor.stdout.close()
    assert said.count("@demo.example") == 6
    assert f"Open http://localhost:{port}" in said
    assert "Mail goes to files" in said


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_worker_comes_back(tmp_path):
    port = free_port()
    supervisor = up(tmp_path, port)
    try:
        assert wait_for(lambda: answering(port))
        assert wait_for(lambda: the_worker(supervisor.pid))
        first = the_worker(supervisor.pid)
        os.kill(first, 9)
        assert wait_for(lambda: the_worker(supervisor.pid) not in (None, first))
    finally:
        supervisor.terminate()
        supervisor.communicate(timeout=30)


def the_worker(supervisor):
    for pid in sorted(children(supervisor)):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in command and b"celery" in command:
            return pid
    return None
