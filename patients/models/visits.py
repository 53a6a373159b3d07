"""Appointments, and what the patient wants to say at them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.accounts import User
from patients.models.care import Patient


class Visit(models.Model):
    """One appointment. It is called off, never moved: another time is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    starts_at = models.DateTimeField()
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answers = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(starts_at__gt=models.F("planned_at")), name="visit_is_to_come"
            ),
            models.UniqueConstraint(
                fields=["patient", "starts_at"],
                condition=Q(called_off_at__isnull=True),
                name="visit_once_at_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "starts_at"], name="visit_by_patient")
        ]
