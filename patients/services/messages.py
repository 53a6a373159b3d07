"""The outbox: post a message in the transaction that causes it, cancel what waits.

A message ends in exactly one of sent, expired, cancelled or dead. What is due
is sent by `dispatch`.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.conf import settings

from patients.channels.registry import CHANNELS
from patients.domain import delivery
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.messages import Message
from patients.selectors.endpoints import live_channels


class Recipient(Protocol):
    """A person a message can go to."""

    @property
    def pk(self) -> UUID: ...
    @property
    def channel(self) -> str: ...
    @property
    def quiet_hours(self) -> delivery.QuietHours | None: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said to whom about what, before it is known by which channel."""

    kind: str
    occurrence: str
    due_at: datetime
    recipient: Recipient | None = None
    address: str = ""
    patient_id: UUID | None = None
    params: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None

    @property
    def expires(self) -> datetime | None:
        """When it is too old to help, named or by its kind."""
        return self.expires_at or delivery.expires_at(self.kind, self.due_at)

    def by(self, channel: str, *, now: datetime) -> Message:
        """The row for one channel, not yet stored."""
        return Message(**self.row(channel, now=now))

    def row(self, channel: str, *, now: datetime) -> dict[str, Any]:
        """The values of that row by column; what is not named has its default.

        In the quiet hours of the recipient a quiet kind waits for their end,
        or ends as expired where that is too late to help.
        """
        kind = delivery.kind_of(self.kind)
        to = str(self.recipient.pk) if self.recipient else self.address
        about = str(self.patient_id) if self.patient_id else ""
        expires = self.expires
        available = self._after_quiet_hours() if kind.is_quiet else self.due_at
        too_late = expires is not None and available > expires
        return {
            "id": uuid4(),
            "kind": self.kind,
            "occurrence": self.occurrence,
            "recipient_id": self.recipient.pk if self.recipient else None,
            "patient_id": self.patient_id,
            "address": self.address,
            "channel": channel,
            "message_id": message_id(to, about, self.kind, self.occurrence, channel),
            "params": self.params,
            "priority": kind.priority,
            "due_at": self.due_at,
            "available_at": None if too_late else available,
            "expires_at": expires,
            "posted_at": now,
            "state": Message.EXPIRED if too_late else Message.PENDING,
            "reason": "quiet hours" if too_late else "",
        }

    def _after_quiet_hours(self) -> datetime:
        quiet = self.recipient.quiet_hours if self.recipient else None
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
    about = patient.pk if patient else None
    notice = Notice(kind, occurrence, due_at, recipient, address, about, params or {})
    if not channels and recipient is not None:
        channels = channels_for(kind, recipient, live_channels([recipient])[recipient.pk])
    Message.objects.store([notice.row(channel, now=now) for channel in channels or ("email",)])


def channels_for(kind: str, recipient: Recipient, live: tuple[str, ...]) -> tuple[str, ...]:
    """An alarm goes by every way that lives; the rest by the chosen one, else the next."""
    is_alarm = kind in delivery.ALARMS
    fit = tuple([name for name in live if is_alarm or not CHANNELS[name].alarms_only])
    if not fit:
        return ("email",)
    if is_alarm:
        return fit
    return (recipient.channel,) if recipient.channel in fit else fit[:1]


def message_id(*parts: str) -> str:
    """The same occurrence always has the same Message-ID; it tells nothing to a reader."""
    key, domain = _signing()
    digest = hmac.digest(key, "\x1f".join(parts).encode(), "sha256").hex()[:40]
    return f"<{digest}@{domain}>"


@cache
def _signing() -> tuple[bytes, str]:
    """The key and the domain of every Message-ID; asked of the settings once."""
    return settings.SECRET_KEY.encode(), settings.MESSAGE_ID_DOMAIN


def cancel_messages(patient: Patient, *, kinds: tuple[str, ...], reason: str) -> None:
    """Cancel what waits for this patient; a message already in hand is checked again there."""
    Message.objects.filter(patient=patient, kind__in=kinds, state=Message.PENDING).update(
        state=Message.CANCELLED, available_at=None, reason=reason
    )
