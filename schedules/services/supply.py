"""Counting the boxes at home."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.audit import record
from patients.services.messages import cancel_messages
from schedules.models.supply import MOST, PARTS, SupplyCount
from schedules.selectors.plans import standings
from schedules.selectors.supply import boxes_of


class CountRefused(ValueError):
    """A count that cannot be kept; the text is for a person."""


@transaction.atomic
def count_boxes(
    patient: Patient, amounts: Mapping[str, Fraction], *, by: User, now: datetime
) -> None:
    """Keep how much of each product is at home now: tablets or mL, from 0 to 5,000.

    Raises CountRefused for a product the dose in force does not need, or an
    amount that is no whole number of three-hundredths.
    """
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    found = standings(patient, now)
    asked = {box.product for box in boxes_of(found, {}).boxes} if found else set()
    if not amounts or not set(amounts) <= asked:
        raise CountRefused("Your plan changed while this page was open. Please count again.")
    parts = {product: amount * PARTS for product, amount in amounts.items()}
    if any(part.denominator != 1 or not 0 <= part <= MOST * PARTS for part in parts.values()):
        raise CountRefused("Type how many there are, like 28 or 12.5")
    mine = SupplyCount.objects.filter(patient=patient, replaced_at__isnull=True)
    mine.filter(product__in=parts).update(replaced_at=now)
    day = patient.days.day_of(now)
    for product, part in parts.items():
        SupplyCount.objects.create(
            patient=patient,
            product=product,
            parts=int(part),
            plan_day=day,
            counted_at=now,
            counted_by=by,
        )
    Patient.objects.filter(pk=patient.pk).update(needs_review=True)
    cancel_messages(patient, kinds=("supply", "count-boxes"), reason="counted")
    record("boxes-counted", by=by, now=now, patient=patient)
