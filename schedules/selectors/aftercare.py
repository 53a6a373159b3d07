"""Whether the last dose is over, and what was answered since."""

from datetime import datetime

from patients.models.care import Patient
from schedules.models.aftercare import AftercareAnswer
from schedules.selectors.plans import standing


def has_ended(patient: Patient, now: datetime) -> bool:
    """Whether the plan in force has come to its first day without a dose."""
    stands = standing(patient, now)
    return stands is not None and not stands.step.total


def aftercare_answers(patient: Patient, *, most: int = 5) -> list[AftercareAnswer]:
    """The newest first."""
    return list(AftercareAnswer.objects.filter(patient=patient).order_by("-recorded_at")[:most])
