"""When a message may go out, when it is too old, and when to try again."""

from datetime import datetime, timedelta
from typing import Final

FLAG, DOSE, REST = 0, 1, 2
PRIORITY: Final = {
    "flag": FLAG,
    "escalation": FLAG,
    "dose-due": DOSE,
    "invitation": DOSE,
}
LASTS: Final = {
    "dose-due": timedelta(hours=3),
    "check-in": timedelta(hours=6),
    "gate": timedelta(days=2),
    "invitation": timedelta(days=14),
    "plan-to-read": timedelta(days=7),
}
LEASE: Final = timedelta(seconds=120)
SEND_BUDGET: Final = timedelta(seconds=60)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=30)
MOST_FAILURES: Final = 8


def priority_of(kind: str) -> int:
    """0 goes first: flags, then doses, then the rest."""
    return PRIORITY.get(kind, REST)


def expires_at(kind: str, due_at: datetime) -> datetime | None:
    """When a message of this kind is too old to send; flags never are."""
    lasts = LASTS.get(kind)
    return due_at + lasts if lasts else None


def next_try(now: datetime, failures: int, jitter: float) -> datetime:
    """Doubling waits from 30 s to 30 min, spread by a factor of 0.5 to 1.5."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures, 20)))
    return now + wait * (0.5 + jitter)
