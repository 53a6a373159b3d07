"""Reads of accounts for the people page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from patients.domain.roles import LABELS, Role
from patients.models.accounts import Clinic, Invitation, User
from patients.models.messages import Message

WAITING_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One account as an admin sees it."""

    id: UUID
    name: str
    role: str
    patients: int
    last_sign_in: datetime | None
    is_active: bool
    is_clinician: bool


def people_of(clinic: Clinic) -> list[PersonLine]:
    open_links = Count("links", filter=Q(links__until__isnull=True))
    users = (
        User.objects.filter(clinic=clinic).annotate(patients=open_links).order_by("role", "name")
    )
    return [
        PersonLine(
            user.pk,
            user.name,
            LABELS[Role(user.role)],
            user.patients,
            user.last_login,
            user.is_active,
            user.is_clinician,
        )
        for user in users
    ]


def account_in(clinic: Clinic, user_id: UUID) -> User | None:
    """An account of this clinic, or None."""
    return User.objects.filter(pk=user_id, clinic=clinic).first()


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An invitation nobody has used yet; `is_over` when its two weeks have passed."""

    name: str
    until: datetime
    is_over: bool


def waiting_invitations(user: User, *, now: datetime) -> list[WaitingLine]:
    """What this person has sent and nobody has used, the newest first."""
    unused = Invitation.objects.filter(invited_by=user, used_at__isnull=True)
    newest = unused.order_by("-invited_at")[:WAITING_SHOWN]
    return [WaitingLine(row.name, row.expires_at, row.expires_at <= now) for row in newest]


def invitee(invitation: Invitation) -> User:
    """The person as she would be, for the password rules; not stored."""
    return User(email=invitation.email, name=invitation.name, role=invitation.role)


def invitation_used(messages: Sequence[Message], now: datetime) -> dict[UUID, str]:
    """Send-time check: an invitation that was used, or whose account there is, needs no word."""
    named = {message.params.get("invitation") for message in messages} - {None}
    used = Q(used_at__isnull=False) | Q(email__in=User.objects.values("email"))
    done = Invitation.objects.filter(used, pk__in=named).values_list("pk", flat=True)
    gone = {str(pk) for pk in done}
    return {m.pk: "used" for m in messages if m.params.get("invitation") in gone}
