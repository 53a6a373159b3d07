"""The delivery ledger as an admin sees it: kind, channel, state; no record, no text."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from patients.models.messages import Message


@dataclass(frozen=True, slots=True)
class LedgerLine:
    kind: str
    channel: str
    state: str
    count: int


def ledger_lines() -> list[LedgerLine]:
    rows = (
        Message.objects.values_list("kind", "channel", "state")
        .annotate(count=Count("id"))
        .order_by("kind", "channel", "state")
    )
    return [LedgerLine(*row) for row in rows]


def oldest_due(now: datetime) -> datetime | None:
    """When the oldest message that should be out became due; None where nothing waits."""
    waiting = Message.objects.filter(state__in=Message.LIVE, due_at__lte=now)
    oldest: datetime | None = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    return oldest
