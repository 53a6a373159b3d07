"""Open questions of patients, and the answers they got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from patients.domain.words import moment_words
from patients.models.care import Patient
from schedules.domain.requests import ASKS_FOR, Ask, asks_offered
from schedules.models.requests import ChangeRequest
from schedules.selectors.plans import Standing

SHOWN = 3


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One question in ready words, in the patient's own time."""

    id: UUID
    label: str
    told: str
    note: str
    asked: str
    answer_by: str
    is_open: bool
    is_urgent: bool
    answer: str
    answer_note: str
    answered_by: str


def request_lines(patient: Patient) -> list[RequestLine]:
    """The newest questions, open ones first."""
    rows = ChangeRequest.objects.filter(patient=patient).select_related("answered_by")
    newest = sorted(rows.order_by("-asked_at")[:20], key=lambda row: not row.is_open)
    return [_line(row, patient) for row in newest[:SHOWN]]


def _line(row: ChangeRequest, patient: Patient) -> RequestLine:
    ask = ASKS_FOR[row.ask]
    return RequestLine(
        id=row.pk,
        label=ask.label,
        told=ask.told,
        note=row.note,
        asked=_when(row.asked_at, patient),
        answer_by=_when(row.answer_by, patient),
        is_open=row.is_open,
        is_urgent=row.is_urgent,
        answer=row.get_answer_display() if row.answer else "",
        answer_note=row.answer_note,
        answered_by=row.answered_by.name if row.answered_by else "",
    )


def _when(moment: datetime, patient: Patient) -> str:
    local = moment.astimezone(patient.zone)
    return moment_words(local)


def offered(stands: Standing | None, *, waits: bool) -> list[Ask]:
    """What this patient may ask for now; `waits` is whether a new plan waits to be read."""
    if stands is None:
        return list(asks_offered("", held=False, is_first=True, waits=waits))
    kind, course = stands.medicine.kind, stands.course
    return list(asks_offered(kind, held=course.held, is_first=course.step == 0, waits=waits))


def request_of(patient: Patient, request_id: UUID) -> ChangeRequest | None:
    return ChangeRequest.objects.filter(patient=patient, pk=request_id).first()


def open_requests(patients: Sequence[Patient]) -> dict[object, ChangeRequest]:
    """The open question of each patient that must be answered first."""
    rows = ChangeRequest.objects.filter(patient__in=patients, answer="").order_by("-answer_by")
    return {row.patient_id: row for row in rows}
