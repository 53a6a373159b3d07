"""Reads of the dose log: for each time of day the newest answer."""

from datetime import date
from uuid import UUID

from patients.models.care import Patient
from patients.models.flags import Flag
from schedules.models.doses import DoseEntry

CALL_FIRST_RULES = ("RF-03", "RF-06", "RF-24")


def entries_between(patient: Patient, first: date, last: date) -> dict[tuple[date, str], DoseEntry]:
    """The answer that counts per plan day and time of day; undone ones are left out."""
    rows = DoseEntry.objects.filter(
        patient=patient, plan_day__range=(first, last), superseded_by__isnull=True
    )
    return {(row.plan_day, row.slot): row for row in rows if row.answers}


def newest_row(patient: Patient, day: date, slot: str) -> DoseEntry | None:
    """The last row of a time of day, undone or not."""
    return DoseEntry.objects.filter(
        patient=patient, plan_day=day, slot=slot, superseded_by__isnull=True
    ).first()


def row_of_submission(patient: Patient, client_uuid: UUID) -> DoseEntry | None:
    return DoseEntry.objects.filter(patient=patient, client_uuid=client_uuid).first()


def must_call_first(patient: Patient) -> bool:
    """After an overdose, or hard to wake: the next dose waits for a clinician's release."""
    return Flag.objects.filter(
        patient=patient, state__in=Flag.OPEN, rule__in=CALL_FIRST_RULES
    ).exists()
