"""Moving to another time zone: from the next plan day on, past days stay as they were."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from patients.domain.days import DAY
from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.audit import record
from schedules.services.reminders import move_reminders


class ZoneRefused(ValueError):
    """A zone that does not exist; the text is for the patient."""


@transaction.atomic
def move_zone(patient: Patient, zone: str, *, by: User, now: datetime) -> None:
    """Take doses and check-ins at the same local times in a new zone, from tomorrow on."""
    if zone not in available_timezones():
        raise ZoneRefused("Choose a place from the list.")
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if ZoneInfo(zone) == patient.zone:
        return
    tomorrow = (patient.days.day_of(now) + DAY).isoformat()
    earlier = [move for move in patient.zone_moves if move[0] < tomorrow]
    patient.zone_moves = [*earlier, [tomorrow, zone]]
    patient.save(update_fields=["zone_moves"])
    User.objects.filter(pk=patient.user_id).update(time_zone=zone)
    move_reminders(patient, now=now)
    record("zone-moved", by=by, now=now, patient=patient, detail={"zone": zone})
