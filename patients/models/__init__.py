"""Names the models for Django; import them from their own files."""

from patients.models.absences import Absence
from patients.models.accounts import Clinic, Invitation, User
from patients.models.audit import AuditEntry
from patients.models.care import CareLink, Patient
from patients.models.checkins import CheckIn
from patients.models.deletions import Deletion
from patients.models.devices import KnownDevice
from patients.models.endpoints import Endpoint
from patients.models.flags import Flag
from patients.models.heartbeats import Heartbeat
from patients.models.messages import Message
from patients.models.questionnaires import FilledIn
from patients.models.remarks import Remark
from patients.models.shares import Share
from patients.models.visits import Visit

__all__ = [
    "Absence",
    "AuditEntry",
    "CareLink",
    "CheckIn",
    "Clinic",
    "Deletion",
    "Endpoint",
    "FilledIn",
    "Flag",
    "Heartbeat",
    "Invitation",
    "KnownDevice",
    "Message",
    "Patient",
    "Remark",
    "Share",
    "User",
    "Visit",
]
