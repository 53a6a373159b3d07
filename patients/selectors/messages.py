"""The delivery ledger as an admin sees it: kind, channel, state; no record, no text."""

from dataclasses import dataclass

from django.db.models import Count

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
