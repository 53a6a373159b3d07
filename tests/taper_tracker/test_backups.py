"""A copy a day, checked and kept; an alarm while none is young enough."""

import sqlite3
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from patients.models.heartbeats import Heartbeat
from patients.models.messages import Message
from taper_tracker import backups, clock
from taper_tracker.backups import BackupRefused, keep_backups, make_backup
from tests.cast import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
embedded = pytest.mark.skipif(connection.vendor != "sqlite", reason="the embedded database only")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "copies"
    return settings.BACKUP_DIR


@pytest.fixture
def copied(monkeypatch):
    """Copies an own small file: the test database is inside a transaction."""

    def copy(path):
        with sqlite3.connect(path) as made:
            made.execute("CREATE TABLE person (name)")

    monkeypatch.setattr(backups, "_copy", copy)


def files(folder):
    return sorted(path.name for path in folder.glob("*"))


def alarms():
    return Message.objects.filter(kind="backup-old").count()


@embedded
@pytest.mark.django_db(transaction=True)
def test_a_copy_opens_and_holds_what_is_there(cast, folder):
    path = make_backup(folder, now=NOW)
    with sqlite3.connect(path) as copy:
        names = {row[0] for row in copy.execute("SELECT name FROM patients_user")}
    assert "Dr Bell" in names
    assert path.stat().st_mode & 0o777 == 0o600
    assert Heartbeat.objects.get(name="backup").at == NOW


@embedded
def test_the_oldest_go(copied, folder):
    for day in range(5):
        make_backup(folder, now=NOW + timedelta(days=day), keep=3)
    assert files(folder) == [f"taper-202603{day:02d}T150000Z.sqlite3" for day in (4, 5, 6)]


@embedded
def test_a_copy_that_fails_removes_nothing(copied, folder, monkeypatch):
    make_backup(folder, now=NOW, keep=1)

    def fails(path):
        raise BackupRefused("The copy is damaged")

    monkeypatch.setattr(backups, "_copy", fails)
    with pytest.raises(BackupRefused):
        make_backup(folder, now=NOW + HOUR, keep=1)
    assert files(folder) == ["taper-20260302T150000Z.sqlite3"]


@embedded
def test_the_clock_copies_once_a_day(copied, cast, folder):
    for hour in range(72):
        keep_backups(NOW + hour * HOUR)
    assert len(files(folder)) == 3
    assert alarms() == 0


@embedded
def test_a_full_disk_is_an_alarm_and_not_a_crash(cast, folder, monkeypatch):
    def full(path):
        raise OSError("no space left on device")

    monkeypatch.setattr(backups, "_copy", full)
    keep_backups(NOW)
    assert "OSError" in Heartbeat.objects.get(name="backup").trouble
    assert Message.objects.filter(kind="clock-trouble", recipient=cast.admin).exists()


def test_without_a_young_copy_the_admin_is_told_once_a_day(cast, monkeypatch):
    monkeypatch.setattr(backups, "_tried", lambda now: None)
    for hour in range(48):
        keep_backups(NOW.replace(hour=0) + hour * HOUR)
    assert alarms() == 2
    call_command("backup", "--recorded", stdout=StringIO())


def test_word_of_another_tool_ends_the_alarm(cast, monkeypatch, time_machine):
    monkeypatch.setattr(backups, "_tried", lambda now: None)
    time_machine.move_to(NOW, tick=False)
    call_command("backup", "--recorded", stdout=StringIO())
    keep_backups(NOW + 29 * HOUR)
    assert alarms() == 0
    keep_backups(NOW + 31 * HOUR)
    assert alarms() == 1


@embedded
def test_by_hand(copied, folder, time_machine):
    time_machine.move_to(NOW, tick=False)
    said = StringIO()
    call_command("backup", stdout=said)
    assert str(folder / "taper-20260302T150000Z.sqlite3") in said.getvalue()
    with pytest.raises(CommandError, match="at least one"):
        call_command("backup", "--keep", "0")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="another database only")
def test_elsewhere_the_command_names_the_way(folder):
    with pytest.raises(CommandError, match="--recorded"):
        call_command("backup")


def test_the_sweep_keeps_backups(cast, monkeypatch):
    asked = []
    monkeypatch.setattr(clock, "keep_backups", asked.append)
    clock.sweep(NOW)
    assert asked == [NOW]
