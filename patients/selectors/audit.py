"""Reads of the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from patients.models.accounts import User
from patients.models.audit import AuditEntry
from patients.models.care import Patient


@dataclass(frozen=True, slots=True)
class AuditLine:
    at: datetime
    who: str
    action: str


def who_looked(patient: Patient, *, limit: int = 20) -> list[AuditLine]:
    """The last times somebody else opened this record, newest first."""
    rows = AuditEntry.objects.filter(patient_id=patient.pk, action="record-opened")
    return [AuditLine(row.at, row.actor_name, row.action) for row in rows.order_by("-at")[:limit]]


def times_done(user: User, action: str, *, since: datetime) -> int:
    """How often this person has done something after a moment."""
    return AuditEntry.objects.filter(actor_id=user.pk, action=action, at__gt=since).count()
