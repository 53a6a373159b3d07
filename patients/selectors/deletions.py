"""Who has asked to be deleted, and whether a word about it still fits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from patients.models.care import Patient
from patients.models.deletions import Deletion
from patients.models.messages import Message


def open_deletion(patient: Patient) -> Deletion | None:
    return Deletion.objects.filter(patient=patient, taken_back_at__isnull=True).first()


def due_deletions(now: datetime) -> list[Deletion]:
    """Those whose day has come, the oldest first."""
    due = Deletion.objects.filter(due_at__lte=now, taken_back_at__isnull=True)
    return list(due.select_related("patient__user", "patient__clinic").order_by("due_at")[:20])


def deletion_taken_back(messages: Sequence[Message], now: datetime) -> dict[UUID, str]:
    """Send-time check: taken back in the meantime."""
    named = {message.params["deletion"] for message in messages}
    stands = Deletion.objects.filter(pk__in=named, taken_back_at__isnull=True)
    kept = {str(pk) for pk in stands.values_list("pk", flat=True)}
    return {m.pk: "taken back" for m in messages if m.params["deletion"] not in kept}
