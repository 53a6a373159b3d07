"""Who sees which part of a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from patients.domain.sharing import PARTS
from patients.domain.words import long_day
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.messages import Message
from patients.models.shares import Share

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One share as its patient sees it; `until` is the last day in her own zone."""

    id: UUID
    name: str
    email: str
    parts: tuple[str, ...]
    until: str
    has_joined: bool


def share_lines(patient: Patient, now: datetime) -> list[ShareLine]:
    """The shares in force, oldest first."""
    return [
        ShareLine(
            share.pk,
            share.name,
            share.email,
            tuple(PARTS[part].label for part in share.parts),
            _last_day(share, patient),
            share.supporter_id is not None,
        )
        for share in Share.objects.in_force(now).filter(patient=patient).order_by("since")
    ]


def _last_day(share: Share, patient: Patient) -> str:
    return long_day((share.until - SECOND).astimezone(patient.zone)) if share.until else ""


def share_of(patient: Patient, share_id: UUID) -> Share | None:
    return Share.objects.filter(patient=patient, pk=share_id).first()


def shared_with(user: User, now: datetime) -> list[Share]:
    """What others let this person see now."""
    if not user.is_active:
        return []
    shares = Share.objects.in_force(now).filter(supporter=user)
    return list(shares.select_related("patient__user", "patient__clinic").order_by("since"))


def open_share(user: User, share_id: UUID, now: datetime) -> Share | None:
    return next((share for share in shared_with(user, now) if share.pk == share_id), None)


def supporters_told(patient: Patient, part: str, now: datetime) -> list[Share]:
    """The shares in force whose people want to hear of this."""
    shares = Share.objects.in_force(now).filter(patient=patient, supporter__is_active=True)
    return [share for share in shares.select_related("supporter") if part in share.parts]


def share_over(messages: Sequence[Message], now: datetime) -> dict[UUID, str]:
    """Send-time check: the share has ended, or the part is shared no more."""
    named = {message.params["share"] for message in messages}
    lasting = Share.objects.in_force(now).filter(pk__in=named)
    kept = {str(pk) for pk in lasting.values_list("pk", flat=True)}
    return {m.pk: "shared no more" for m in messages if m.params["share"] not in kept}
