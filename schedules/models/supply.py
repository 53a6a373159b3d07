"""Tablets and liquid at home, as counted."""

from fractions import Fraction
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from patients.models.accounts import User
from patients.models.care import Patient

PARTS: Final = 300
MOST: Final = 5_000


class SupplyCount(models.Model):
    """One product counted once. The newest count of a product has not been replaced.

    `parts` are three-hundredths of a tablet or mL, so that halves, quarters,
    thirds and hundredths of a mL are whole numbers.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="counts")
    product = models.CharField(max_length=40)
    parts = models.PositiveIntegerField()
    plan_day = models.DateField()
    counted_at = models.DateTimeField()
    counted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "product"],
                condition=Q(replaced_at__isnull=True),
                name="count_newest_once",
            ),
            models.CheckConstraint(
                condition=Q(parts__gte=0, parts__lte=MOST * PARTS), name="count_range"
            ),
        ]

    @property
    def amount(self) -> Fraction:
        """Tablets or mL."""
        return Fraction(self.parts, PARTS)
