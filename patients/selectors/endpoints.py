"""How people can be reached: the channels that live, in the order they are tried."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Count

from patients.models.accounts import Clinic, User
from patients.models.endpoints import Endpoint


class Reachable(Protocol):
    """A person with an address."""

    @property
    def pk(self) -> UUID: ...
    @property
    def email(self) -> str: ...


def live_channels(users: Iterable[Reachable]) -> dict[UUID, tuple[str, ...]]:
    """The channels of each person that are not dead; e-mail lives until it is shown dead."""
    people = list(users)
    live: dict[UUID, set[str]] = {user.pk: {Endpoint.EMAIL} for user in people}
    emails = {user.pk: user.email for user in people}
    rows = Endpoint.objects.filter(user__in=list(live))
    for user_id, channel, target, dead in rows.values_list(
        "user_id", "channel", "target", "dead_since"
    ):
        if channel != Endpoint.EMAIL and dead is None:
            live[user_id].add(channel)
        elif channel == Endpoint.EMAIL and dead is not None and target == emails[user_id]:
            live[user_id].discard(Endpoint.EMAIL)
    return {pk: tuple(sorted(found, key=_email_first)) for pk, found in live.items()}


def _email_first(channel: str) -> tuple[bool, str]:
    return (channel != Endpoint.EMAIL, channel)


def live_endpoints(users: Iterable[UUID], channel: str) -> dict[UUID, list[Endpoint]]:
    """The living devices or pagers of these people on one channel."""
    found: dict[UUID, list[Endpoint]] = defaultdict(list)
    rows = Endpoint.objects.filter(user__in=list(users), channel=channel, dead_since__isnull=True)
    for row in rows.order_by("added_at"):
        found[row.user_id].append(row)
    return found


@dataclass(frozen=True, slots=True)
class ReachLine:
    """One way to reach a person, in ready words."""

    id: UUID
    channel: str
    title: str
    state: str
    tested_at: datetime | None
    arrived_at: datetime | None
    is_dead: bool


def reach_lines(user: User, *, titles: Mapping[str, str]) -> list[ReachLine]:
    """Every way to reach this person with what is known of it; the e-mail address first."""
    rows = list(Endpoint.objects.filter(user=user).order_by("channel", "added_at"))
    return [
        ReachLine(
            row.pk,
            row.channel,
            _title(row, titles),
            _state(row),
            row.tested_at,
            row.arrived_at,
            row.dead_since is not None,
        )
        for row in rows
        if row.channel != Endpoint.EMAIL or row.target == user.email
    ]


def _title(row: Endpoint, titles: Mapping[str, str]) -> str:
    if row.channel == Endpoint.EMAIL:
        return f"E-mail to {row.target}"
    return titles.get(row.channel, row.channel)


def _state(row: Endpoint) -> str:
    if row.dead_since is not None:
        return "does not work"
    if row.arrived_at is not None and (row.tested_at is None or row.arrived_at >= row.tested_at):
        return "works"
    return "not tested yet" if row.tested_at is None else "test sent: did it arrive?"


def dead_by_channel(clinic: Clinic) -> list[tuple[str, int]]:
    """How many people of a clinic have a dead way on each channel; no names of patients."""
    rows = Endpoint.objects.filter(user__clinic=clinic, dead_since__isnull=False)
    counted = rows.values("channel").annotate(people=Count("user", distinct=True))
    return [(row["channel"], row["people"]) for row in counted.order_by("channel")]


def has_dead_channels() -> bool:
    return Endpoint.objects.filter(dead_since__isnull=False).exists()


def endpoint_of(user: User, endpoint_id: UUID) -> Endpoint | None:
    """A way to reach this very person, or None."""
    return Endpoint.objects.filter(pk=endpoint_id, user=user).first()
