"""What a patient lets a support person see, and until when."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from patients.models.accounts import Invitation, User
from patients.models.care import Patient


class ShareQuerySet(models.QuerySet["Share"]):
    def in_force(self, now: datetime) -> Self:
        """Begun, not over, not ended."""
        open_end = Q(until__isnull=True) | Q(until__gt=now)
        return self.filter(open_end, since__lte=now, ended_at__isnull=True)


class Share(models.Model):
    """Parts of one record for one person; `supporter` is empty until she has an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="shares")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    supporter = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="shares"
    )
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="shares"
    )
    parts = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Share"]] = ShareQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="share_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["patient", "email"],
                condition=Q(ended_at__isnull=True),
                name="share_open_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["supporter", "ended_at"], name="share_by_supporter")
        ]
