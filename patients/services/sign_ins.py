"""Signing in: a device nobody has seen before is told to the person whose account it is."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from patients.models.accounts import User
from patients.models.devices import KnownDevice
from patients.services.audit import record
from patients.services.messages import post_message


@transaction.atomic
def note_sign_in(user: User, *, key: str, now: datetime) -> str:
    """Remember the device; returns the key that it shall keep.

    `key` is what the device holds from an earlier sign-in, or empty; two people
    who share a device share its key. The first device of an account is no news.
    """
    known = KnownDevice.objects.filter(user=user)
    if key and known.filter(key_hash=_hash(key)).update(last_seen_at=now):
        return key
    is_first = not known.exists()
    shared = bool(key) and KnownDevice.objects.filter(key_hash=_hash(key)).exists()
    fresh = key if shared else secrets.token_urlsafe(32)
    device, is_new = KnownDevice.objects.get_or_create(
        user=user, key_hash=_hash(fresh), defaults={"first_seen_at": now, "last_seen_at": now}
    )
    if not is_new:
        return fresh
    record("device-added", by=user, now=now, subject=device.pk)
    if not is_first:
        _tell(user, device, now)
    return fresh


def _tell(user: User, device: KnownDevice, now: datetime) -> None:
    """By mail alone: the new device may be the one that notifications go to."""
    post_message(
        "new-device",
        occurrence=f"device:{device.pk}",
        due_at=now,
        now=now,
        recipient=user,
        params={"path": "/accounts/password/reset/"},
        channels=("email",),
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
