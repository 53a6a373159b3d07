"""The dose log: what was really taken. Rows are only added."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.audit import record
from schedules.domain.dose import Dose
from schedules.domain.plan import SLOT, Step, portion_as_json
from schedules.models.doses import DoseEntry
from schedules.selectors.doses import newest_row, row_of_submission
from schedules.selectors.plans import Standing, standings, step_in_force

UNDO_FOR: Final = timedelta(minutes=10)


class DoseRefused(ValueError):
    """A dose that cannot be logged like this; the text is for the patient."""


class AlreadyLogged(DoseRefused):
    """This time of day has an answer; it is shown instead of a second row."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says about one time of day.

    `correct` replaces an earlier answer; `seen_ng` is the dose the page showed.
    """

    kind: str
    amount: Dose | None = None
    taken_at: datetime | None = None
    correct: bool = False
    seen_ng: int | None = None

    def when(self, now: datetime) -> datetime | None:
        took = self.kind in (DoseEntry.TAKEN, DoseEntry.DIFFERENT)
        return self.taken_at or (now if took else None)


@transaction.atomic
def log_dose(
    patient: Patient,
    *,
    day: date,
    slot: str,
    answer: Answer,
    client_uuid: UUID,
    by: User,
    now: datetime,
) -> DoseEntry:
    """Store one answer about one time of day.

    The same client UUID is one row however often it comes. Without `correct`
    a time of day that has an answer raises AlreadyLogged. A dose in force that
    is not the one the page showed is refused, not logged.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    if (same := row_of_submission(patient, client_uuid)) is not None:
        return same
    stands, step = _instruction(patient, day, slot, now)
    portion = step.portion(slot)
    if answer.seen_ng is not None and answer.seen_ng != portion.dose.ng:
        raise DoseRefused("Your plan changed while this page was open. Please look again.")
    before = newest_row(patient, day, slot)
    if before is not None and before.answers and not answer.correct:
        raise AlreadyLogged("You have logged this dose already.")
    entry = DoseEntry.objects.create(
        client_uuid=client_uuid,
        patient=patient,
        plan_day=day,
        slot=slot,
        kind=answer.kind,
        amount=portion.dose if answer.kind == DoseEntry.TAKEN else answer.amount,
        planned=portion.dose,
        revision=stands.revision,
        instruction=portion_as_json(portion),
        taken_at=answer.when(now),
        recorded_at=now,
        recorded_by=by,
        supersedes=before,
    )
    answered_on = patient.days.day_of(now)
    Patient.objects.filter(pk=patient.pk).update(last_answered_on=answered_on, needs_review=True)
    action = "dose-corrected" if before is not None else "dose-logged"
    detail = {"kind": answer.kind}
    record(action, by=by, now=now, patient=patient, subject=entry.pk, detail=detail)
    return entry


def _instruction(patient: Patient, day: date, slot: str, now: datetime) -> tuple[Standing, Step]:
    if slot not in SLOT:
        raise DoseRefused("Your plan has no such time of day.")
    if day > patient.days.day_of(now):
        raise DoseRefused("That day is still to come.")
    found = step_in_force(standings(patient, now), day)
    if found is None:
        raise DoseRefused("Your plan had not started on that day.")
    if slot not in dict(found[1].portions):
        raise DoseRefused("Your plan has no such time of day.")
    return found


@transaction.atomic
def undo_dose(entry: DoseEntry, *, client_uuid: UUID, by: User, now: datetime) -> DoseEntry:
    """Take a log entry back within ten minutes; the row stays and is superseded."""
    Patient.objects.select_for_update().get(pk=entry.patient_id)
    if (same := row_of_submission(entry.patient, client_uuid)) is not None:
        return same
    if not can_undo(entry, now):
        raise DoseRefused("You can undo for 10 minutes. After that, change the answer.")
    if newest_row(entry.patient, entry.plan_day, entry.slot) != entry:
        raise DoseRefused("This answer has been changed already.")
    undone = DoseEntry.objects.create(
        client_uuid=client_uuid,
        patient=entry.patient,
        plan_day=entry.plan_day,
        slot=entry.slot,
        kind=DoseEntry.UNDONE,
        planned=entry.planned,
        revision=entry.revision,
        instruction=entry.instruction,
        recorded_at=now,
        recorded_by=by,
        supersedes=entry,
    )
    record("dose-undone", by=by, now=now, patient=entry.patient, subject=undone.pk)
    return undone


def can_undo(entry: DoseEntry, now: datetime) -> bool:
    return entry.answers and now - entry.recorded_at <= UNDO_FOR
