"""Scores of questionnaires over time."""

from dataclasses import dataclass
from datetime import date

from patients.domain.questionnaires import QUESTIONNAIRES
from patients.models.care import Patient
from patients.models.questionnaires import FilledIn


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One score with its day."""

    title: str
    day: date
    score: int


def scores(patient: Patient, *, most: int = 8) -> list[ScoreLine]:
    """The newest first."""
    rows = FilledIn.objects.filter(patient=patient, score__isnull=False).order_by("-recorded_at")
    return [
        ScoreLine(QUESTIONNAIRES[row.kind].title, row.plan_day, row.score or 0)
        for row in rows[:most]
    ]


def scores_by_day(patient: Patient, kind: str, *, most: int = 30) -> list[tuple[date, int]]:
    """The newest last."""
    rows = FilledIn.objects.filter(patient=patient, kind=kind, score__isnull=False)
    newest = rows.order_by("-recorded_at").values_list("plan_day", "score")[:most]
    return [(day, score or 0) for day, score in reversed(newest)]
