"""Addresses under which a calendar may read a patient's times."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.care import Patient


class Feed(models.Model):
    """One address, known by the hash of its key; ended at once when the patient says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="feeds")
    key_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at__isnull=True), name="feed_open_once"
            )
        ]
