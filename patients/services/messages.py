"""The outbox: post a message in the transaction that causes it, cancel what waits.

A message ends in exactly one of sent, expired, cancelled or dead. What is due
is sent by `dispatch`.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from patients.channels.registry import CHANNELS
from patients.domain import delivery
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.messages import Message
from patients.selectors.endpoints import live_channels


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said to whom about what, before it is known by which channel."""

    kind: str
    occurrence: str
    due_at: datetime
    recipient: User | None = None
    address: str = ""
    patient: Patient | None = None
    params: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None

    def by(self, channel: str, *, now: datetime) -> Message:
        """The row for one channel, not yet stored.

        In the quiet hours of the recipient a quiet kind waits for their end,
        or ends as expired where that is too late to help.
        """
        to = str(self.recipient.pk) if self.recipient else self.address
        about = str(self.patient.pk) if self.patient else ""
        expires = self.expires_at or delivery.expires_at(self.kind, self.due_at)
        available = self._after_quiet_hours()
        too_late = expires is not None and available > expires
        return Message(
            kind=self.kind,
            occurrence=self.occurrence,
            recipient=self.recipient,
            address=self.address,
            patient=self.patient,
            channel=channel,
            message_id=message_id(to, about, self.kind, self.occurrence, channel),
            params=self.params,
            priority=delivery.kind_of(self.kind).priority,
            due_at=self.due_at,
            available_at=None if too_late else available,
            expires_at=expires,
            posted_at=now,
            state=Message.EXPIRED if too_late else Message.PENDING,
            reason="quiet hours" if too_late else "",
        )

    def _after_quiet_hours(self) -> datetime:
        is_quiet = delivery.kind_of(self.kind).is_quiet
        quiet = self.recipient.quiet_hours if self.recipient and is_quiet else None
        return quiet.over_at(self.due_at) if quiet else self.due_at


def post_message(
    kind: str,
    *,
    occurrence: str,
    due_at: datetime,
    now: datetime,
    recipient: User | None = None,
    address: str = "",
    patient: Patient | None = None,
    params: dict[str, Any] | None = None,
    channels: tuple[str, ...] = (),
) -> None:
    """Put one message into the outbox, for each channel it goes by; an occurrence only once."""
    notice = Notice(kind, occurrence, due_at, recipient, address, patient, params or {})
    if not channels and recipient is not None:
        channels = channels_for(kind, recipient, live_channels([recipient])[recipient.pk])
    rows = [notice.by(channel, now=now) for channel in channels or ("email",)]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def channels_for(kind: str, recipient: User, live: tuple[str, ...]) -> tuple[str, ...]:
    """An alarm goes by every way that lives; the rest by the chosen one, else the next."""
    is_alarm = kind in delivery.ALARMS
    fit = tuple(name for name in live if is_alarm or not CHANNELS[name].alarms_only)
    if not fit:
        return ("email",)
    if is_alarm:
        return fit
    return (recipient.channel,) if recipient.channel in fit else fit[:1]


def message_id(*parts: str) -> str:
    """The same occurrence always has the same Message-ID; it tells nothing to a reader."""
    key = settings.SECRET_KEY.encode()
    digest = hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:40]
    return f"<{digest}@{settings.MESSAGE_ID_DOMAIN}>"


def cancel_messages(patient: Patient, *, kinds: tuple[str, ...], reason: str) -> None:
    """Cancel what waits for this patient; a message already in hand is checked again there."""
    Message.objects.filter(patient=patient, kind__in=kinds, state=Message.PENDING).update(
        state=Message.CANCELLED, available_at=None, reason=reason
    )
