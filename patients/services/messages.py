"""The outbox: post a message in the transaction that causes it, deliver what is due.

A message ends in exactly one of sent, expired, cancelled or dead. Workers
claim with a lease and a token; a stale worker's token opens nothing.
"""

import hashlib
import hmac
import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string

from patients.channels.base import Fate, Letter, Outcome
from patients.channels.registry import CHANNELS
from patients.domain import delivery
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.messages import Message

CLAIM: Final = 500
GROUP: Final = 50

Recheck = Callable[[Message, datetime], str]
"""Says why a message must not go out any more, or the empty string."""


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
) -> None:
    """Put one message into the outbox; the same occurrence is posted only once."""
    row = new_message(
        kind,
        occurrence=occurrence,
        due_at=due_at,
        now=now,
        recipient=recipient,
        address=address,
        patient=patient,
        params=params,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)


def new_message(
    kind: str,
    *,
    occurrence: str,
    due_at: datetime,
    now: datetime,
    recipient: User | None = None,
    address: str = "",
    patient: Patient | None = None,
    params: dict[str, Any] | None = None,
) -> Message:
    """A message row not yet stored, for callers that post many at once."""
    to = str(recipient.pk) if recipient else address
    about = str(patient.pk) if patient else ""
    return Message(
        kind=kind,
        occurrence=occurrence,
        recipient=recipient,
        address=address,
        patient=patient,
        message_id=message_id(to, about, kind, occurrence),
        params=params or {},
        priority=delivery.priority_of(kind),
        due_at=due_at,
        available_at=due_at,
        expires_at=delivery.expires_at(kind, due_at),
        posted_at=now,
    )


def message_id(*parts: str) -> str:
    """The same occurrence always has the same Message-ID; it tells nothing to a reader."""
    key = settings.SECRET_KEY.encode()
    digest = hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:40]
    return f"<{digest}@{settings.MESSAGE_ID_DOMAIN}>"


def deliver_due(now: datetime, *, rechecks: Mapping[str, Recheck]) -> int:
    """Send everything that is due now; returns how many messages were handled."""
    handled = 0
    while claimed := _claim(now):
        handled += len(claimed)
        for group in _groups(claimed):
            _deliver_group(group, now, rechecks)
    return handled


def cancel_messages(patient: Patient, *, kinds: tuple[str, ...], reason: str) -> None:
    """Cancel what waits for this patient; a message already in hand is checked again there."""
    Message.objects.filter(patient=patient, kind__in=kinds, state=Message.PENDING).update(
        state=Message.CANCELLED, reason=reason
    )


def _due(now: datetime) -> QuerySet[Message]:
    waiting = Q(state=Message.PENDING, available_at__lte=now)
    abandoned = Q(state__in=(Message.LEASED, Message.SENDING), lease_until__lte=now)
    due = Message.objects.filter(waiting | abandoned).order_by("priority", "available_at")
    if connection.features.has_select_for_update_skip_locked:
        return due.select_for_update(skip_locked=True)
    return due


def _claim(now: datetime) -> list[Message]:
    token = uuid.uuid4()
    with transaction.atomic():
        ids = list(_due(now).values_list("pk", flat=True)[:CLAIM])
        rows = Message.objects.filter(pk__in=ids)
        rows.filter(state=Message.SENDING).update(ambiguous_count=F("ambiguous_count") + 1)
        until = now + delivery.LEASE
        rows.update(state=Message.LEASED, lease_token=token, lease_until=until, available_at=until)
    mine = Message.objects.filter(lease_token=token).select_related("recipient", "patient")
    return list(mine.order_by("priority", "due_at"))


def _groups(claimed: list[Message]) -> Iterator[list[Message]]:
    for start in range(0, len(claimed), GROUP):
        yield claimed[start : start + GROUP]


def _deliver_group(group: list[Message], now: datetime, rechecks: Mapping[str, Recheck]) -> None:
    fit = []
    for message in group:
        state, reason = _unfit(message, now, rechecks)
        if state:
            _finish([message], Message.LEASED, state=state, reason=reason)
        else:
            fit.append(message)
    ours = _start_sending(fit)
    for name in {message.channel for message in ours}:
        mine = [message for message in ours if message.channel == name]
        outcomes = CHANNELS[name].send([_letter(message) for message in mine])
        _settle(mine, outcomes, now)


def _unfit(message: Message, now: datetime, rechecks: Mapping[str, Recheck]) -> tuple[str, str]:
    """The terminal state for a message that must not go out any more, with the reason."""
    if message.expires_at is not None and message.expires_at < now:
        return Message.EXPIRED, "too old to help"
    if message.recipient is not None and not message.recipient.is_active:
        return Message.CANCELLED, "account switched off"
    recheck = rechecks.get(message.kind)
    reason = recheck(message, now) if recheck else ""
    return (Message.CANCELLED, reason) if reason else ("", "")


def _start_sending(group: list[Message]) -> list[Message]:
    """The fenced step to *sending*: only rows this worker still holds."""
    if not group:
        return []
    rows = _held(group, Message.LEASED)
    if rows.update(state=Message.SENDING, attempts=F("attempts") + 1) == len(group):
        return group
    held = set(_held(group, Message.SENDING).values_list("pk", flat=True))
    return [message for message in group if message.pk in held]


def _held(group: list[Message], state: str) -> QuerySet[Message]:
    return Message.objects.filter(
        pk__in=[message.pk for message in group], lease_token=group[0].lease_token, state=state
    )


def _finish(group: list[Message], held_as: str, **values: Any) -> None:
    if group:
        _held(group, held_as).update(lease_token=None, lease_until=None, **values)


def _settle(group: list[Message], outcomes: list[Outcome], now: datetime) -> None:
    pairs = list(zip(group, outcomes, strict=True))
    sent = [message for message, outcome in pairs if outcome.fate is Fate.SENT]
    _finish(sent, Message.SENDING, state=Message.SENT, sent_at=now)
    for message, outcome in pairs:
        if outcome.fate is not Fate.SENT:
            _settle_failure(message, outcome, now)


def _settle_failure(message: Message, outcome: Outcome, now: datetime) -> None:
    failures, reason = message.failures + 1, outcome.reason[:200]
    if outcome.fate is Fate.REFUSED or failures >= delivery.MOST_FAILURES:
        _finish([message], Message.SENDING, state=Message.DEAD, reason=reason, failures=failures)
        return
    again = delivery.next_try(now, failures, random.random())  # noqa: S311
    _finish(
        [message],
        Message.SENDING,
        state=Message.PENDING,
        available_at=again,
        reason=reason,
        failures=failures,
    )


def _letter(message: Message) -> Letter:
    name = message.recipient.short_name if message.recipient else ""
    path = message.params.get("path", "/")
    context = {**message.params, "name": name, "link": f"{settings.BASE_URL}{path}"}
    folder = f"messages/{message.kind}"
    return Letter(
        address=message.recipient.email if message.recipient else message.address,
        subject=render_to_string(f"{folder}/subject.txt", context).strip(),
        body=render_to_string(f"{folder}/body.txt", context).strip() + "\n",
        message_id=message.message_id,
    )
