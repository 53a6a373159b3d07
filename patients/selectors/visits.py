"""The next appointment, and whether a word about one still fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from patients.domain.visits import QUESTIONS
from patients.domain.words import long_moment
from patients.models.care import Patient
from patients.models.messages import Message
from patients.models.visits import Visit

LASTS: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class VisitLine:
    """The next visit in the patient's own time, with what she wants to say."""

    id: UUID
    at: str
    said: tuple[tuple[str, str], ...]


def next_visit(patient: Patient, now: datetime) -> Visit | None:
    """The next one that is not over and not called off."""
    coming = Visit.objects.filter(
        patient=patient, called_off_at__isnull=True, starts_at__gt=now - LASTS
    )
    return coming.order_by("starts_at").first()


def visit_of(patient: Patient, visit_id: UUID) -> Visit | None:
    return Visit.objects.filter(patient=patient, pk=visit_id).first()


def visit_line(patient: Patient, now: datetime) -> VisitLine | None:
    visit = next_visit(patient, now)
    if visit is None:
        return None
    said = tuple(
        (question, words)
        for key, question in QUESTIONS.items()
        if (words := visit.answers.get(key, ""))
    )
    return VisitLine(visit.pk, long_moment(visit.starts_at.astimezone(patient.zone)), said)


def visit_off(messages: Sequence[Message], now: datetime) -> dict[UUID, str]:
    """Send-time check: called off or over."""
    named = {message.params["visit"] for message in messages}
    stands = Visit.objects.filter(pk__in=named, called_off_at__isnull=True, starts_at__gt=now)
    kept = {str(pk) for pk in stands.values_list("pk", flat=True)}
    return {m.pk: "called off or over" for m in messages if m.params["visit"] not in kept}
