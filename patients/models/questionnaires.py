"""Answers to a questionnaire. Rows are only added."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.care import Patient


class FilledIn(models.Model):
    """One questionnaire filled in; `score` is empty while an answer is blank."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_uuid = models.UUIDField(unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="filled_in")
    kind = models.CharField(max_length=8)
    answers = models.JSONField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    plan_day = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=27), name="filled_in_score_range"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "kind", "recorded_at"], name="filled_in_by_patient")
        ]
