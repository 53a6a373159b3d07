"""Sends what is due. Workers claim with a lease and a token; a stale token opens nothing.

claim 500, then per group: the re-checks, one fenced step to *sending*, the
sends, one step to *sent*. At most 50 messages, or two for each line, are in
*sending*: so many a crash can leave ambiguous, and their copies carry the same
Message-ID. With many lines that is several groups, one made ready while others
are on their way.
"""

import logging
import random
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Max, PositiveIntegerField, QuerySet, When

from patients.channels.base import Clock, Fate, Letter, Outcome, Target
from patients.channels.registry import CHANNELS
from patients.domain import delivery
from patients.domain.delivery import kind_of
from patients.models.messages import Message
from patients.selectors.endpoints import live_channels, live_endpoints
from patients.services.endpoints import mark_dead
from patients.services.letters import letter_of
from patients.services.messages import Notice

log = logging.getLogger(__name__)

CLAIM: Final = 500
GROUP: Final = 50

Recheck = Callable[[Sequence[Message], datetime], dict[uuid.UUID, str]]
"""For messages of one kind, why each must not go out any more; absent where it may."""


def _never() -> bool:
    return False


def deliver_due(
    clock: Clock, *, rechecks: Mapping[str, Recheck], stop: Callable[[], bool] = _never
) -> int:
    """Send everything that is due; returns how many messages were handled.

    `clock` is asked again for every group, so that a worker that was frozen
    sends nothing too old. `stop` is asked between groups; what is still in
    hand then goes back. With many lines several groups are on their way.
    """
    handled, flights = 0, _Flights(clock)
    _take_back(clock())
    try:
        while not stop() and (claimed := _claim(clock())):
            for group in _groups(claimed):
                if stop() or _is_short(group, clock()):
                    _give_back(claimed, clock())
                    break
                flights.join(_begin(group, clock, rechecks))
                handled += len(group)
    finally:
        try:
            flights.settle()
        finally:
            for channel in CHANNELS.values():
                channel.close()
    return handled


@dataclass(frozen=True, slots=True)
class _Flight:
    """Messages that are being sent by one channel; reading the outcomes waits for them."""

    messages: list[Message]
    outcomes: Iterable[Outcome]


class _Flights:
    """The groups on their way, oldest first; together never more than the bound."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.under_way: deque[list[_Flight]] = deque()

    def join(self, flights: list[_Flight]) -> None:
        """One more group has begun; the oldest are settled to make room for the next."""
        self.under_way.append(flights)
        self.settle(most_in_sending() // group_size() - 1)

    def settle(self, most: int = 0) -> None:
        while len(self.under_way) > most:
            for flight in self.under_way.popleft():
                _settle(flight.messages, _landed(flight), self.clock())


def _is_short(group: list[Message], now: datetime) -> bool:
    """Whether the lease may end before this group is sent; then it is claimed anew."""
    until = group[0].lease_until
    return until is None or until <= now + lease() / 2


def _take_back(now: datetime) -> None:
    """What a dead worker left: out of *sending* it counts as ambiguous."""
    in_hand = Message.objects.filter(
        state__in=(Message.LEASED, Message.SENDING), lease_until__lte=now
    )
    in_hand.update(
        ambiguous_count=F("ambiguous_count")
        + Case(When(state=Message.SENDING, then=1), default=0, output_field=PositiveIntegerField()),
        state=Message.PENDING,
        available_at=now,
        lease_token=None,
        lease_until=None,
    )


def _claim(now: datetime) -> list[Message]:
    """Lease the next messages, most urgent first; nothing for a channel that is shut."""
    token, until = uuid.uuid4(), now + lease()
    open_channels = [name for name, channel in CHANNELS.items() if channel.is_open(now)]
    with transaction.atomic():
        claimed = Message.objects.filter(pk__in=_due(now, open_channels)).update(
            state=Message.LEASED, lease_token=token, lease_until=until, available_at=None
        )
    if not claimed:
        return []
    mine = Message.objects.filter(lease_token=token).select_related("recipient", "patient")
    return list(mine.order_by("priority", "due_at"))


def _due(now: datetime, channels: list[str]) -> QuerySet[Message, Any]:
    due = Message.objects.filter(
        state=Message.PENDING, available_at__lte=now, channel__in=channels
    ).order_by("priority", "available_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    return due.values("pk")[:CLAIM]


def lease() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)


def most_in_sending() -> int:
    """Messages in *sending* at one time: what a crash can leave ambiguous."""
    return max(GROUP, 2 * settings.MAIL_CONNECTIONS)


def group_size() -> int:
    """One group, or with many lines four, so that no line waits for the slowest."""
    many = 2 * settings.MAIL_CONNECTIONS > GROUP
    return settings.MAIL_CONNECTIONS // 2 if many else GROUP


def _groups(claimed: list[Message]) -> Iterator[list[Message]]:
    size = group_size()
    for start in range(0, len(claimed), size):
        yield claimed[start : start + size]


def _give_back(claimed: list[Message], now: datetime) -> None:
    """Return what was not begun; another worker may take it at once."""
    _held(claimed, Message.LEASED).update(
        state=Message.PENDING, available_at=now, lease_token=None, lease_until=None
    )


def _begin(group: list[Message], clock: Clock, rechecks: Mapping[str, Recheck]) -> list[_Flight]:
    """End what must not go out any more, step to *sending*, hand the rest to the channels."""
    now = clock()
    unfit = _unfit(group, now, rechecks)
    for state, reason in set(unfit.values()):
        out = [message for message in group if unfit.get(message.pk) == (state, reason)]
        _finish(out, Message.LEASED, state=state, reason=reason)
    ours = _start_sending([message for message in group if message.pk not in unfit], now)
    names = sorted({message.channel for message in ours})
    by_channel = ((name, [m for m in ours if m.channel == name]) for name in names)
    return [_Flight(mine, _sending(name, mine, clock)) for name, mine in by_channel]


def _sending(name: str, group: list[Message], clock: Clock) -> Iterable[Outcome]:
    try:
        return CHANNELS[name].send(_letters(name, group), clock)
    except Exception as error:
        return _broken(group, error)


def _landed(flight: _Flight) -> list[Outcome]:
    """What became of each; a channel that breaks in our own code may have sent all or none."""
    try:
        return list(flight.outcomes)
    except Exception as error:
        return _broken(flight.messages, error)


def _broken(group: list[Message], error: Exception) -> list[Outcome]:
    log.error("a channel broke", exc_info=error)
    return [Outcome(Fate.AMBIGUOUS, f"channel broke: {type(error).__name__}")] * len(group)


def _unfit(
    group: list[Message], now: datetime, rechecks: Mapping[str, Recheck]
) -> dict[uuid.UUID, tuple[str, str]]:
    """The terminal state of each message that must not go out any more, with the reason."""
    found: dict[uuid.UUID, tuple[str, str]] = {}
    for message in group:
        if ended := _ended(message, now):
            found[message.pk] = ended
    left = [message for message in group if message.pk not in found]
    for pk in _overtaken(left, now):
        found[pk] = (Message.EXPIRED, "a newer one went instead")
    for kind, recheck in rechecks.items():
        mine = [m for m in left if m.kind == kind and m.pk not in found]
        if mine:
            reasons = recheck(mine, now)
            found.update({pk: (Message.CANCELLED, reason) for pk, reason in reasons.items()})
    return found


def _ended(message: Message, now: datetime) -> tuple[str, str] | None:
    kind, person = kind_of(message.kind), message.recipient
    if message.expires_at is not None and message.expires_at < now:
        return Message.EXPIRED, "too old to help"
    if message.ambiguous_count > kind.again:
        return Message.DEAD, "may have arrived twice; not sent again"
    if person is not None and not person.is_active:
        return Message.CANCELLED, "account switched off"
    if message.patient is not None and message.patient.died_at is not None:
        return Message.CANCELLED, "the patient has died"
    if person is not None and kind.is_optional and message.kind in person.muted:
        return Message.CANCELLED, "switched off by the person"
    return None


def _overtaken(group: list[Message], now: datetime) -> list[uuid.UUID]:
    """After an outage only the newest of a pile goes: late ones with a newer one due."""
    late = [m for m in group if kind_of(m.kind).newest_only and now - m.due_at > delivery.LATE]
    if not late:
        return []
    rows = Message.objects.filter(
        recipient__in={m.recipient_id for m in late}, kind__in={m.kind for m in late}
    ).filter(due_at__lte=now)
    newest = rows.values("recipient", "patient", "kind").annotate(newest=Max("due_at"))
    latest: dict[tuple[object, object, str], datetime] = {
        (r["recipient"], r["patient"], r["kind"]): r["newest"] for r in newest
    }
    return [m.pk for m in late if m.due_at < latest[(m.recipient_id, m.patient_id, m.kind)]]


def _start_sending(group: list[Message], now: datetime) -> list[Message]:
    """The fenced step to *sending*: only rows this worker holds for long enough."""
    if not group:
        return []
    rows = _held(group, Message.LEASED).filter(lease_until__gt=now + lease() / 2)
    if rows.update(state=Message.SENDING, attempts=F("attempts") + 1) == len(group):
        return group
    held = set(_held(group, Message.SENDING).values_list("pk", flat=True))
    return [message for message in group if message.pk in held]


def _held(group: list[Message], state: str) -> QuerySet[Message]:
    return Message.objects.filter(
        pk__in=[message.pk for message in group], lease_token=group[0].lease_token, state=state
    )


def _finish(group: list[Message], held_as: str, **values: Any) -> int:
    """The fenced last step; how many rows were still this worker's own."""
    if not group:
        return 0
    return _held(group, held_as).update(lease_token=None, lease_until=None, **values)


def _letters(channel: str, group: list[Message]) -> list[Letter]:
    if channel == "email":
        return [letter_of(message, (Target(message.email),)) for message in group]
    endpoints = live_endpoints({m.recipient_id for m in group if m.recipient_id}, channel)
    letters = []
    for message in group:
        rows = endpoints[message.recipient_id] if message.recipient_id else []
        targets = tuple(Target(row.target, tuple(row.secrets.items())) for row in rows)
        letters.append(letter_of(message, targets))
    return letters


def _settle(group: list[Message], outcomes: list[Outcome], now: datetime) -> None:
    pairs = list(zip(group, outcomes, strict=True))
    sent = [message for message, outcome in pairs if outcome.fate is Fate.SENT]
    _finish(sent, Message.SENDING, state=Message.SENT, sent_at=now)
    for message, outcome in pairs:
        if outcome.fate is not Fate.SENT:
            _settle_failure(message, outcome, now)
        if outcome.dead and message.recipient is not None:
            mark_dead(
                message.recipient, message.channel, outcome.dead, reason=outcome.reason, now=now
            )


def _settle_failure(message: Message, outcome: Outcome, now: datetime) -> None:
    values = _after_failure(message, outcome, now)
    with transaction.atomic():
        ours = _finish([message], Message.SENDING, reason=outcome.reason[:200], **values)
        if ours and values["state"] == Message.DEAD and outcome.fate is Fate.REFUSED:
            _go_another_way(message, now)


def _after_failure(message: Message, outcome: Outcome, now: datetime) -> dict[str, Any]:
    jitter = random.random()  # noqa: S311
    if outcome.fate is Fate.UNREACHED:
        return {"state": Message.PENDING, "available_at": delivery.next_try(now, 0, jitter)}
    if outcome.fate is Fate.AMBIGUOUS:
        count = message.ambiguous_count + 1
        again = {"state": Message.PENDING, "available_at": delivery.next_try(now, count, jitter)}
        return {**again, "ambiguous_count": count}
    failures = message.failures + 1
    if outcome.fate is Fate.REFUSED or failures >= delivery.MOST_FAILURES:
        return {"state": Message.DEAD, "failures": failures}
    again = {"state": Message.PENDING, "available_at": delivery.next_try(now, failures, jitter)}
    return {**again, "failures": failures}


def _go_another_way(message: Message, now: datetime) -> None:
    """A refused address: the same occurrence by the next channel that lives, if there is one."""
    person = message.recipient
    if person is None:
        return
    others = [name for name in live_channels([person])[person.pk] if name != message.channel]
    if kind_of(message.kind).priority != delivery.ALARM:
        others = [name for name in others if not CHANNELS[name].alarms_only][:1]
    notice = Notice(
        message.kind,
        message.occurrence,
        message.due_at,
        person,
        patient_id=message.patient_id,
        params=message.params,
        expires_at=message.expires_at,
    )
    Message.objects.store([notice.row(name, now=now) for name in others])
