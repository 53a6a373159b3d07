"""Times when a clinician is away, and who answers for her meanwhile."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from patients.models.accounts import User


class Absence(models.Model):
    """One clinician away from a moment until another. Rows are ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinician = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    cover = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="covers"
    )
    since = models.DateTimeField()
    until = models.DateTimeField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(cover__isnull=True) | ~Q(cover=F("clinician")),
                name="absence_covered_by_another",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["clinician", "until"], name="absence_by_clinician")
        ]
