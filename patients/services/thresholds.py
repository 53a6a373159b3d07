"""The numbers of a rule, set for one patient: bounded, audited, taken back by the usual one."""

from datetime import datetime

from django.db import transaction

from patients.domain.answers import THRESHOLDS
from patients.domain.roles import Permission
from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.audit import record


class ThresholdRefused(ValueError):
    """A threshold that cannot be set; the text is for a clinician."""


@transaction.atomic
def set_thresholds(patient: Patient, values: dict[str, int], *, by: User, now: datetime) -> None:
    """Set every threshold of this patient; a usual number is not kept as her own.

    Raises ThresholdRefused outside the bounds of the rule.
    """
    if not by.allows(Permission.SIGN_PLAN):
        raise ThresholdRefused("Only a doctor can change these numbers.")
    for name, value in values.items():
        limit = THRESHOLDS[name]
        if not limit.least <= value <= limit.most:
            raise ThresholdRefused(f"{limit.label}: between {limit.least} and {limit.most}.")
    own = {name: value for name, value in values.items() if value != THRESHOLDS[name].usual}
    if own == patient.thresholds:
        return
    before, patient.thresholds = patient.thresholds, own
    Patient.objects.filter(pk=patient.pk).update(thresholds=own)
    record(
        "thresholds-set", by=by, now=now, patient=patient, detail={"before": before, "after": own}
    )
