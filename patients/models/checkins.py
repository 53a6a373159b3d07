"""One day's check-in. Corrections are new rows; the old one stays."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.care import Patient


class CheckIn(models.Model):
    """Answers of one plan day. Null is not answered; an empty safety list is *none of these*.

    A field may go from empty to a value once. A correction is a row that
    supersedes the one before; the day's answer is the row nothing supersedes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="checkins")
    plan_day = models.DateField()
    overall = models.PositiveSmallIntegerField(null=True, blank=True)
    safety = models.JSONField(null=True, blank=True)
    r4_grade = models.PositiveSmallIntegerField(null=True, blank=True)
    ratings = models.JSONField(null=True, blank=True)
    w = models.PositiveSmallIntegerField(null=True, blank=True)
    w_prorated = models.BooleanField(default=False)
    hours_slept = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    events = models.JSONField(null=True, blank=True)
    new_medicine = models.CharField(max_length=200, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    catalogue = models.CharField(max_length=16)
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "plan_day"],
                condition=Q(supersedes__isnull=True),
                name="checkin_one_first_row_a_day",
            ),
            models.CheckConstraint(
                condition=Q(overall__isnull=True) | Q(overall__lte=4), name="checkin_overall_range"
            ),
            models.CheckConstraint(
                condition=Q(r4_grade__isnull=True) | Q(r4_grade__lte=3), name="checkin_r4_range"
            ),
            models.CheckConstraint(
                condition=Q(w__isnull=True) | Q(w__lte=40), name="checkin_w_range"
            ),
            models.CheckConstraint(
                condition=Q(hours_slept__isnull=True) | Q(hours_slept__gte=0, hours_slept__lte=24),
                name="checkin_sleep_range",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["patient", "-plan_day"])]

    @property
    def is_complete(self) -> bool:
        return self.overall is not None and self.safety is not None
