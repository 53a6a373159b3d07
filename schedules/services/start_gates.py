"""The sixteen questions before a signature; an unanswered one blocks it."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from patients.domain.roles import Permission
from patients.models.accounts import User
from patients.services.audit import record
from schedules.domain.rulebook import GATES, GateAnswer
from schedules.models.plans import TaperPlan


class GatesRefused(ValueError):
    """Answers that cannot be kept; the text is for a doctor."""


@transaction.atomic
def answer_start_gates(
    plan: TaperPlan, answers: dict[str, GateAnswer], *, by: User, now: datetime
) -> None:
    """Keep what a doctor answered; the audit line says which questions, never the words."""
    if not by.allows(Permission.DRAFT_PLAN):
        raise GatesRefused("Only a doctor can answer these questions.")
    if set(answers) - set(GATES):
        raise GatesRefused("There is no such question. Please open the page again.")
    plan.start_gates = {key: asdict(answer) for key, answer in answers.items()}
    plan.save(update_fields=["start_gates"])
    yes = sorted(key for key, answer in answers.items() if answer.applies)
    detail = {"answered": sorted(answers), "yes": yes}
    record(
        "start-gates-answered", by=by, now=now, patient=plan.patient, subject=plan.pk, detail=detail
    )
