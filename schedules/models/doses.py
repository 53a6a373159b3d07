"""What was really taken. A correction is a new row; the old one stays."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.models.accounts import User
from patients.models.care import Patient
from schedules.models.fields import DoseField, dose_between
from schedules.models.plans import Revision


class DoseEntry(models.Model):
    """One answer about one time of day of one plan day, from one submission."""

    TAKEN, DIFFERENT, NONE, UNSURE, UNDONE = "taken", "different", "none", "unsure", "undone"
    KINDS = (
        (TAKEN, "Taken as planned"),
        (DIFFERENT, "Took a different amount"),
        (NONE, "Did not take it"),
        (UNSURE, "Not sure"),
        (UNDONE, "Undone"),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_uuid = models.UUIDField(unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="doses")
    plan_day = models.DateField()
    slot = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=KINDS)
    amount = DoseField(null=True, blank=True)
    planned = DoseField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="doses")
    instruction = models.JSONField()
    taken_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "plan_day", "slot"],
                condition=Q(supersedes__isnull=True),
                name="dose_one_first_row_a_slot",
            ),
            dose_between("amount", name="dose_amount_range", nullable=True),
            dose_between("planned", name="dose_planned_range"),
            models.CheckConstraint(
                condition=Q(kind__in=("taken", "different"), amount__isnull=False)
                | Q(kind__in=("none", "unsure", "undone"), amount__isnull=True),
                name="dose_amount_with_a_dose",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["patient", "-plan_day"])]

    @property
    def answers(self) -> bool:
        """Whether this row says something; an undone row is no answer."""
        return self.kind != self.UNDONE
