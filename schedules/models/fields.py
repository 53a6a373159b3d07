"""Stores a dose as integer nanograms, bounded on both sides by the table."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from schedules.domain.dose import MOST_NANOGRAMS, Dose


class DoseField(models.BigIntegerField):  # type: ignore[type-arg]
    """A `Dose` in Python, nanograms in the database."""

    _pyi_private_set_type: Dose  # type: ignore[assignment]
    _pyi_private_get_type: Dose  # type: ignore[assignment]
    _pyi_lookup_exact_type: Dose  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_: object) -> Dose | None:
        return None if value is None else Dose(value)

    def to_python(self, value: Any) -> Dose | None:
        if value is None or isinstance(value, Dose):
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("A dose is stored from a Dose only.")
        return Dose(value)

    def get_prep_value(self, value: Any) -> int | None:
        dose = self.to_python(value)
        return None if dose is None else dose.ng


def dose_between(field: str, *, name: str, nullable: bool = False) -> models.CheckConstraint:
    """The two-sided bound every dose column carries."""
    within = Q(**{f"{field}__gte": 0, f"{field}__lte": MOST_NANOGRAMS})
    empty = Q(**{f"{field}__isnull": True})
    return models.CheckConstraint(condition=(within | empty) if nullable else within, name=name)
