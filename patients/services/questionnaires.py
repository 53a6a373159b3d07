"""Questionnaires: kept once, scored, and judged in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from patients.domain.instruments import InstrumentInvalid
from patients.domain.questionnaires import (
    QUESTIONNAIRES,
    findings_on,
    score_of,
    screened,
    thinks_of_death,
)
from patients.domain.roles import Permission
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.flags import Flag
from patients.models.questionnaires import FilledIn
from patients.services.audit import record
from patients.services.flags import raise_flag


class QuestionnaireRefused(ValueError):
    """Answers that cannot be kept; the text is for a person."""


@transaction.atomic
def fill_in(
    patient: Patient,
    *,
    kind: str,
    answers: Sequence[int | None],
    client_uuid: UUID,
    by: User,
    now: datetime,
) -> FilledIn:
    """Keep one questionnaire. A blank answer is asked for, unless item 9 is above zero:
    that is kept and told whatever else is blank.
    """
    if len(answers) != len(QUESTIONNAIRES[kind].items):
        raise QuestionnaireRefused("Please open the page again.")
    try:
        score = score_of(kind, answers)
    except InstrumentInvalid:
        raise QuestionnaireRefused("Choose one of the four answers.") from None
    if score is None and not thinks_of_death(kind, answers):
        raise QuestionnaireRefused("Answer every line, or stop here: nothing is kept then.")
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    known = FilledIn.objects.filter(client_uuid=client_uuid, patient=patient).first()
    if known is not None:
        return known
    earlier = FilledIn.objects.filter(patient=patient, kind=kind, score__isnull=False)
    first = earlier.order_by("recorded_at").values_list("score", flat=True).first()
    day = patient.days.day_of(now)
    filled = FilledIn.objects.create(
        client_uuid=client_uuid,
        patient=patient,
        kind=kind,
        answers=list(answers),
        score=score,
        plan_day=day,
        recorded_at=now,
    )
    Patient.objects.filter(pk=patient.pk).update(last_answered_on=day, needs_review=True)
    record("questionnaire-filled-in", by=by, now=now, patient=patient, subject=filled.pk)
    for found in findings_on(kind, answers, first=first):
        raise_flag(patient, found, day=day, now=now)
    return filled


@transaction.atomic
def note_screen(patient: Patient, *, risk: str, by: User, now: datetime) -> Flag | None:
    """A C-SSRS screen that a clinician has done: moderate and high raise RF-09."""
    if not by.allows(Permission.ANSWER_FLAG) or risk not in ("none", "low", "moderate", "high"):
        raise QuestionnaireRefused("Choose what the screen said.")
    record("screen-noted", by=by, now=now, patient=patient, detail={"risk": risk})
    found = screened(risk)
    if found is None:
        return None
    return raise_flag(patient, found, day=patient.days.day_of(now), now=now)
