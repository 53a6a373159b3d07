"""What the builder's page knew of the patient, signed, so that a preview needs no record."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.core import signing

from schedules.domain.dose import Dose

SALT: Final = "plan-builder"
HOURS_12: Final = 12 * 60 * 60


@dataclass(frozen=True, slots=True)
class Known:
    """The patient, her plan day, and the daily dose of this medicine in force, if any."""

    patient_id: UUID
    today: date
    in_force: Dose | None


def sign_known(known: Known) -> str:
    in_force = None if known.in_force is None else known.in_force.ng
    return signing.dumps([str(known.patient_id), known.today.isoformat(), in_force], salt=SALT)


def read_known(text: str, patient_id: UUID) -> Known | None:
    """None where it was not signed here, is over twelve hours old, or is another patient's."""
    try:
        owner, today, in_force = signing.loads(text, salt=SALT, max_age=HOURS_12)
    except signing.BadSignature:
        return None
    if owner != str(patient_id):
        return None
    dose = None if in_force is None else Dose(in_force)
    return Known(patient_id, date.fromisoformat(today), dose)
