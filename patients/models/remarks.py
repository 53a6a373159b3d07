"""What a patient and her clinic write to each other."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.accounts import User
from patients.models.care import Patient


class Remark(models.Model):
    """One text, never changed. `answer_by` is set on what a patient writes, and only there."""

    LONGEST = 4_000

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_uuid = models.UUIDField(unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="remarks")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST)
    written_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)
    chased_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
                name="remark_read_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-written_at"], name="remark_by_patient"),
            models.Index(
                fields=["answer_by"],
                condition=Q(answer_by__isnull=False, read_at__isnull=True, chased_at__isnull=True),
                name="remark_to_chase",
            ),
        ]

    @property
    def is_from_patient(self) -> bool:
        return self.answer_by is not None
