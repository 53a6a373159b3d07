"""What patients ask for, until when it is answered, and the answer."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.accounts import User
from patients.models.care import Patient
from schedules.domain.requests import ASKS_FOR


class ChangeRequest(models.Model):
    """One question of a patient. Answering it changes no plan: that is a signature of its own."""

    AGREED, NOT_NOW = "agreed", "not-now"
    ANSWERS = ((AGREED, "Yes"), (NOT_NOW, "Not now"))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="requests")
    ask = models.CharField(max_length=16, choices=[(a.id, a.label) for a in ASKS_FOR.values()])
    note = models.TextField(max_length=2000, blank=True)
    is_urgent = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    chased_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=ANSWERS, blank=True)
    answer_note = models.TextField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="request_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["patient", "ask"], condition=Q(answer=""), name="request_open_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["answer_by"], condition=Q(answer=""), name="request_open")
        ]

    @property
    def is_open(self) -> bool:
        return not self.answer
