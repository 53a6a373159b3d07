"""What the clock did and when: one row for each job, and alarms to admins when it fails."""

from datetime import datetime

from patients.domain.roles import Role
from patients.models.accounts import User
from patients.models.heartbeats import Heartbeat
from patients.services.messages import post_message


def beat(name: str, *, now: datetime, took_ms: int = 0) -> None:
    """A job has done its work."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "took_ms": took_ms})


def note_trouble(name: str, words: str, *, now: datetime) -> None:
    """A job could not do its work: for the health page, and told to the admins once an hour."""
    row, _ = Heartbeat.objects.get_or_create(name=name, defaults={"at": now})
    row.trouble, row.trouble_at = words[:200], now
    row.save(update_fields=["trouble", "trouble_at"])
    alarm_admins("clock-trouble", occurrence=f"{name}:{now:%Y-%m-%dT%H}", now=now)


def alarm_admins(
    kind: str, *, occurrence: str, now: datetime, path: str = "/manage/clock/"
) -> None:
    """One message to every admin; the same occurrence is posted once."""
    for admin in User.objects.filter(role=Role.ADMIN.value, is_active=True):
        post_message(
            kind,
            occurrence=occurrence,
            due_at=now,
            now=now,
            recipient=admin,
            params={"path": path},
        )
