"""After the last dose: how it goes, the memory, and whether anything was taken again."""

from datetime import datetime

from django.db import transaction

from patients.domain.redflags import crisis_in
from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.audit import record
from patients.services.flags import raise_flag
from schedules.domain.review import restarted
from schedules.models.aftercare import AftercareAnswer
from schedules.selectors.aftercare import has_ended


class AftercareRefused(ValueError):
    """An answer that cannot be kept; the text is for a person."""


@transaction.atomic
def answer_aftercare(
    patient: Patient, *, took_again: bool, what: str, memory: int, by: User, now: datetime
) -> AftercareAnswer:
    """Keep one answer. Taking it again is a flag (RF-44), in the same transaction.

    `memory` is 0 (as before) to 4 (very hard). Raises AftercareRefused before the last dose.
    """
    if not has_ended(patient, now):
        raise AftercareRefused("This page is for the time after the last dose.")
    day = patient.days.day_of(now)
    answer = AftercareAnswer.objects.create(
        patient=patient,
        plan_day=day,
        took_again=took_again,
        what=what.strip(),
        memory=memory,
        recorded_at=now,
        recorded_by=by,
    )
    Patient.objects.filter(pk=patient.pk).update(last_answered_on=day)
    record("aftercare-answered", by=by, now=now, patient=patient, subject=answer.pk)
    if took_again:
        raise_flag(patient, restarted(), day=day, now=now)
    if (found := crisis_in(what)) is not None:
        raise_flag(patient, found, day=day, now=now)
    return answer
