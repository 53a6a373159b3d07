"""The devices on which a person has signed in before."""

import uuid
from typing import ClassVar

from django.db import models

from patients.models.accounts import User


class KnownDevice(models.Model):
    """One browser of one person, known by the hash of a key that only the browser holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    key_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key_hash"], name="device_known_once")
        ]
