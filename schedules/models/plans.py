"""Plans, their signed revisions, and what happened to them. Nothing here is edited later."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from patients.models.accounts import User
from patients.models.care import Patient
from schedules.domain.formulary.loader import medicine, medicine_keys
from schedules.domain.medicine import Medicine
from schedules.domain.plan import Plan, from_json
from schedules.domain.rulebook import GateAnswer
from schedules.models.fields import DoseField, dose_between

UNDO: Final = timedelta(minutes=10)


def medicine_choices() -> list[tuple[str, str]]:
    return [(key, medicine(key).name) for key in medicine_keys()]


class TaperPlan(models.Model):
    """One patient coming off one medicine; `version` guards against two doctors at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    medicine_key = models.CharField(max_length=40, choices=medicine_choices)
    version = models.PositiveIntegerField(default=0)
    start_gates = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "medicine_key"], name="plan_one_per_medicine"
            )
        ]

    def gate_answers(self) -> dict[str, GateAnswer]:
        return {key: GateAnswer(**answer) for key, answer in self.start_gates.items()}

    @property
    def medicine(self) -> Medicine:
        return medicine(self.medicine_key)


class Revision(models.Model):
    """A draft until a doctor signs it; after that it is only replaced or withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(TaperPlan, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    steps = models.JSONField()
    asked = models.JSONField(help_text="The request as typed, to build the same plan again.")
    findings = models.JSONField(default=list)
    reason = models.TextField(max_length=2000, blank=True)
    rules_version = models.CharField(max_length=16)
    start_dose = DoseField()
    end_dose = DoseField()
    first_lower_on = models.DateField()
    needs_reading = models.BooleanField(default=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="revision_signed_by_somebody",
            ),
            dose_between("start_dose", name="revision_start_dose_range"),
            dose_between("end_dose", name="revision_end_dose_range"),
        ]

    def as_plan(self) -> Plan:
        return from_json(self.plan.medicine_key, self.steps)

    def visible_at(self) -> datetime | None:
        """When a signed revision can no longer be undone."""
        return self.signed_at + UNDO if self.signed_at else None


class PlanEvent(models.Model):
    """Something a person did to a signed revision. Rows are only added."""

    READ, CLEARED, WITHDRAWN = "read", "cleared", "withdrawn"
    HELD, RESUMED = "held", "resumed"
    KINDS = (
        (READ, "Read by the patient"),
        (CLEARED, "Go"),
        (WITHDRAWN, "Withdrawn"),
        (HELD, "Hold"),
        (RESUMED, "Resume"),
    )

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=KINDS)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    from_day = models.DateField(null=True, blank=True)
    look_again_on = models.DateField(null=True, blank=True)
    answers = models.JSONField(default=dict)
    note = models.TextField(max_length=2000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(kind="cleared") | Q(step__isnull=False), name="event_clears_a_step"
            ),
            models.CheckConstraint(
                condition=~Q(kind="read") | Q(from_day__isnull=False), name="event_read_from_a_day"
            ),
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(kind__in=("read", "withdrawn")),
                name="event_read_or_withdrawn_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["revision", "at"])]
