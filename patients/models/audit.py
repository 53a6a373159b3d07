"""The audit trail: append only, without foreign keys, so that it outlives what it names."""

import uuid
from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which record, and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=120, blank=True)
    patient_id = models.UUIDField(null=True, blank=True)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient_id", "at"]),
            models.Index(fields=["actor_id", "at"]),
        ]
