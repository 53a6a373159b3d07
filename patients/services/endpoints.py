"""Ways to reach a person: added, tested, found dead, revived."""

import ipaddress
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.crypto import get_random_string

from patients.channels.registry import CHANNELS
from patients.models.accounts import User
from patients.models.endpoints import Endpoint
from patients.services.audit import record
from patients.services.messages import post_message

MOST_DEVICES: Final = 10


class EndpointRefused(ValueError):
    """An address that cannot be used; the text is for a person."""


def check_address(target: str) -> str:
    """An https address of a named host; raises EndpointRefused for anything else."""
    parts = urlsplit(target)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or len(target) > 600 or parts.username:
        raise EndpointRefused("Type an address that begins with https:// and a name, not a number.")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        raise EndpointRefused("Type an address with a name, not a number.")
    if host.endswith((".local", ".internal", ".localhost", ".lan")):
        raise EndpointRefused("That address is inside this building. Use a public one.")
    return target


@transaction.atomic
def add_endpoint(
    user: User, channel: str, target: str, *, secrets: dict[str, str], now: datetime
) -> Endpoint:
    """Add a device or pager, or revive one that is known; audited, and told by e-mail."""
    check_address(target)
    if CHANNELS[channel].alarms_only and not user.is_clinician:
        raise EndpointRefused("This way is for alarms to clinicians.")
    row, made = Endpoint.objects.get_or_create(
        user=user, channel=channel, target=target, defaults={"secrets": secrets, "added_at": now}
    )
    if not made:
        row.secrets, row.dead_since, row.last_error = secrets, None, ""
        row.save(update_fields=["secrets", "dead_since", "last_error"])
    others = Endpoint.objects.filter(user=user, channel=channel).exclude(pk=row.pk)
    if others.count() >= MOST_DEVICES:
        raise EndpointRefused("There are ten devices already. Remove one first.")
    _refresh(user)
    record("endpoint-added", by=user, now=now, subject=row.pk, detail={"channel": channel})
    return row


@transaction.atomic
def remove_endpoint(user: User, endpoint: Endpoint, *, now: datetime) -> None:
    record(
        "endpoint-removed",
        by=user,
        now=now,
        subject=endpoint.pk,
        detail={"channel": endpoint.channel},
    )
    endpoint.delete()
    _refresh(user)


def email_endpoint(user: User, *, now: datetime) -> Endpoint:
    """What is known of the e-mail address; made when there is something to know."""
    row, _ = Endpoint.objects.get_or_create(
        user=user, channel=Endpoint.EMAIL, target=user.email, defaults={"added_at": now}
    )
    return row


@transaction.atomic
def mark_dead(
    user: User, channel: str, targets: tuple[str, ...], *, reason: str, now: datetime
) -> bool:
    """Note addresses that can no longer be reached; whether any was alive before."""
    if channel == Endpoint.EMAIL and user.email in targets:
        email_endpoint(user, now=now)
    rows = Endpoint.objects.filter(
        user=user, channel=channel, target__in=targets, dead_since__isnull=True
    )
    found = rows.update(dead_since=now, last_error=reason[:200])
    if found:
        _refresh(user)
        record("channel-dead", by=None, now=now, subject=user.pk, detail={"channel": channel})
        post_message(
            "channel-dead",
            occurrence=f"dead:{channel}:{now.date().isoformat()}",
            due_at=now,
            now=now,
            recipient=user,
            params={"path": "/more/reminders/"},
        )
    return bool(found)


@transaction.atomic
def send_test_reminder(user: User, *, now: datetime) -> int:
    """Send one test by every way that is known; returns how many ways."""
    email_endpoint(user, now=now)
    rows = Endpoint.objects.filter(user=user)
    channels = sorted(set(rows.values_list("channel", flat=True)))
    rows.update(tested_at=now)
    mark = get_random_string(8)
    for channel in channels:
        post_message(
            "test",
            occurrence=f"test:{mark}:{channel}",
            due_at=now,
            now=now,
            recipient=user,
            params={"path": "/more/reminders/"},
            channels=(channel,),
        )
    return len(channels)


@transaction.atomic
def answer_test(user: User, endpoint: Endpoint, *, arrived: bool, now: datetime) -> None:
    """The person says whether a test came; a way that came is alive again."""
    if arrived:
        endpoint.arrived_at, endpoint.dead_since, endpoint.last_error = now, None, ""
    elif endpoint.dead_since is None:
        endpoint.dead_since, endpoint.last_error = now, "a test did not arrive"
    endpoint.save(update_fields=["arrived_at", "dead_since", "last_error"])
    _refresh(user)
    detail = {"channel": endpoint.channel, "arrived": arrived}
    record("reminder-test-answered", by=user, now=now, subject=endpoint.pk, detail=detail)


def _refresh(user: User) -> None:
    dead = Endpoint.objects.filter(user=user, dead_since__isnull=False).exists()
    User.objects.filter(pk=user.pk).update(has_dead_channel=dead)
    user.has_dead_channel = dead
