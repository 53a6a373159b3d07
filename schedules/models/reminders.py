"""When a person is next reminded: a pointer per kind and time of day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.care import Patient


class ReminderTime(models.Model):
    """A wall-clock time in the patient's zone; `next_due_at` is what the clock looks at."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(
        max_length=16,
        choices=[
            ("dose-due", "Dose"),
            ("check-in", "Check-in"),
            ("gate", "Gate"),
            ("evening", "Evening"),
        ],
    )
    slot = models.CharField(max_length=12, blank=True)
    local_time = models.TimeField()
    is_enabled = models.BooleanField(default=True)
    next_day = models.DateField()
    next_due_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "kind", "slot"], name="reminder_once_per_slot"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_due_at"], condition=Q(is_enabled=True), name="reminder_due")
        ]
