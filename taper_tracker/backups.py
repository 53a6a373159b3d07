"""A daily copy of the embedded database, and an alarm when no copy is young enough."""

import logging
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from patients.selectors.heartbeats import last_beat
from patients.services.heartbeats import alarm_admins, beat, note_trouble

log = logging.getLogger(__name__)

NAME: Final = "backup"
EVERY: Final = timedelta(hours=24)
OLD: Final = timedelta(hours=30)
KEPT: Final = 14


class BackupRefused(ValueError):
    """A copy that cannot be made here; the text is for an admin."""


def make_backup(folder: Path, *, now: datetime, keep: int = KEPT) -> Path:
    """Copy the embedded database while it is in use; the oldest copies beyond `keep` go.

    Raises BackupRefused on another database, and where the copy does not pass
    its own check: then no older copy is removed.
    """
    if connection.vendor != "sqlite":
        raise BackupRefused(
            "This clinic runs on PostgreSQL. Back it up with pg_dump or your host's own tool, "
            "and then call: manage.py backup --recorded"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"taper-{now:%Y%m%dT%H%M%S}Z.sqlite3"
    begun = path.with_suffix(".part")
    _copy(begun)
    begun.chmod(0o600)
    begun.replace(path)
    for old in sorted(folder.glob("taper-*.sqlite3"))[:-keep]:
        old.unlink()
    record_backup(now=now)
    return path


def _copy(path: Path) -> None:
    connection.ensure_connection()
    copy = sqlite3.connect(path)
    try:
        connection.connection.backup(copy)
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        copy.close()
    if found != "ok":
        path.unlink()
        raise BackupRefused(f"The copy is damaged and was thrown away: {found}")


def record_backup(*, now: datetime) -> None:
    """A copy was made, here or by another tool."""
    beat(NAME, now=now)


def keep_backups(now: datetime) -> None:
    """Once a day a copy of the embedded database; an alarm a day while the last one is old."""
    last = last_beat(NAME)
    if connection.vendor == "sqlite" and (last is None or now - last >= EVERY):
        last = _tried(now) or last
    if last is None or now - last > OLD:
        alarm_admins("backup-old", occurrence=f"{now:%Y-%m-%d}", now=now)


def _tried(now: datetime) -> datetime | None:
    try:
        make_backup(settings.BACKUP_DIR, now=now)
    except (OSError, sqlite3.Error, BackupRefused) as error:
        log.exception("no backup could be made")
        note_trouble(NAME, f"no copy was made: {type(error).__name__}", now=now)
        return None
    return now
