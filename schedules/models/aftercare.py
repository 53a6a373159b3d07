"""Answers after the last dose."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.accounts import User
from patients.models.care import Patient


class AftercareAnswer(models.Model):
    """One answer; a later one is another row. `memory` is 0 (as before) to 4 (very hard)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="aftercare")
    plan_day = models.DateField()
    took_again = models.BooleanField()
    what = models.CharField(max_length=300, blank=True)
    memory = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(memory__lte=4), name="aftercare_memory_range"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-recorded_at"], name="aftercare_by_patient")
        ]
