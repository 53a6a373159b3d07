"""Deletes a record whose day has come: first what stands in this app, then the person."""

import logging
from datetime import datetime

from django.db import transaction

from patients.models.care import Patient
from patients.selectors.deletions import due_deletions
from patients.services.erasure import delete_chain, erase_person
from patients.services.heartbeats import note_trouble
from schedules.models.aftercare import AftercareAnswer
from schedules.models.doses import DoseEntry
from schedules.models.feeds import Feed
from schedules.models.plans import PlanEvent, Revision, TaperPlan
from schedules.models.reminders import ReminderTime
from schedules.models.requests import ChangeRequest
from schedules.models.supply import SupplyCount

log = logging.getLogger(__name__)
OF_PATIENT = (Feed, AftercareAnswer, ReminderTime, ChangeRequest, SupplyCount)


def erase_due(now: datetime) -> int:
    """Every record whose day has come; one that cannot be deleted stops no other."""
    erased = 0
    for asked in due_deletions(now):
        try:
            erase_record(asked.patient, now=now)
            erased += 1
        except Exception as error:
            log.exception("a record could not be deleted")
            note_trouble("erasure", f"a record failed: {type(error).__name__}", now=now)
    return erased


@transaction.atomic
def erase_record(patient: Patient, *, now: datetime) -> None:
    """Plans, doses and everything else; past backups keep it until they are gone too."""
    for model in OF_PATIENT:
        model._default_manager.filter(patient=patient).delete()
    delete_chain(DoseEntry.objects.filter(patient=patient), "superseded_by")
    PlanEvent.objects.filter(revision__plan__patient=patient).delete()
    delete_chain(Revision.objects.filter(plan__patient=patient), "children")
    TaperPlan.objects.filter(patient=patient).delete()
    erase_person(patient, now=now)
