"""The one door to the audit trail. Call it inside the transaction it speaks of."""

from datetime import datetime
from typing import Any, Final

from patients.models.accounts import User
from patients.models.audit import AuditEntry
from patients.models.care import Patient

DELETED: Final = "deleted"


def record(
    action: str,
    *,
    by: User | None,
    now: datetime,
    patient: Patient | None = None,
    subject: object = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write who did what. Details hold ids and codes, never free text or a dose."""
    AuditEntry.objects.create(
        at=now,
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "the clock",
        patient_id=patient.pk if patient else None,
        action=action,
        subject=str(subject),
        detail=detail or {},
    )


def forget(user: User) -> None:
    """Take a deleted person's name off the trail; what was done and when stays."""
    AuditEntry.objects.filter(actor_id=user.pk).update(actor_name=DELETED)
