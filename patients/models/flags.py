"""A flag: a finding that somebody with a name must answer, with a deadline."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from patients.domain.findings import RANK, Effect, Tier
from patients.models.accounts import User
from patients.models.care import Patient


class Flag(models.Model):
    """Keeps the rule, its version and what it saw. Only a person closes it."""

    STATES = (("raised", "Raised"), ("seen", "Seen"), ("acted", "Acted"), ("closed", "Closed"))
    OPEN = ("raised", "seen", "acted")
    OUTCOMES = (
        ("spoke", "Spoke to the patient"),
        ("message", "Left a message"),
        ("sent-help", "Sent help"),
        ("handed-over", "Handed over"),
        ("no-action", "No action needed, because"),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="flags")
    rule = models.CharField(max_length=16)
    rule_version = models.CharField(max_length=16)
    occurrence = models.CharField(max_length=80)
    tier = models.CharField(max_length=12, choices=[(tier.value, tier.value) for tier in Tier])
    effect = models.CharField(max_length=20, choices=[(item.value, item.value) for item in Effect])
    sentence = models.CharField(max_length=300)
    inputs = models.JSONField(default=dict)
    count = models.PositiveSmallIntegerField(default=1)
    ack_minutes = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=STATES, default="raised")
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=16, choices=OUTCOMES, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    next_escalation_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "rule", "occurrence"], name="flag_once_per_occurrence"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
                name="flag_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="raised") | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="flag_seen_by_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "state"]),
            models.Index(
                fields=["next_escalation_at"],
                condition=Q(next_escalation_at__isnull=False),
                name="flag_due_escalation",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def rank(self) -> int:
        return RANK[Tier(self.tier)]
