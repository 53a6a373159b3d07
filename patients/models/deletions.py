"""Asking to be deleted: a date a month ahead, that can be taken back until then."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from patients.models.care import Patient


class Deletion(models.Model):
    """One request. The row goes with the record; what stays is the audit trail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="deletions")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(due_at__gt=F("asked_at")), name="deletion_is_to_come"
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(taken_back_at__isnull=True),
                name="deletion_open_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"], condition=Q(taken_back_at__isnull=True), name="deletion_due"
            )
        ]
