"""Where a person can be reached besides the e-mail address, and which ways are dead."""

import uuid
from typing import ClassVar

from django.db import models

from patients.models.accounts import User


class Endpoint(models.Model):
    """One device for web push, one pager, or what is known of the e-mail address."""

    EMAIL = "email"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="endpoints")
    channel = models.CharField(max_length=16)
    target = models.CharField(max_length=600)
    secrets = models.JSONField(default=dict)
    added_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    dead_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "channel", "target"], name="endpoint_once_per_person"
            )
        ]
