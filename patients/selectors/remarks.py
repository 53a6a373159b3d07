"""What was written, in ready words for either side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from patients.domain.words import moment_words
from patients.models.care import Patient
from patients.models.messages import Message
from patients.models.remarks import Remark

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """One text; `at` is in the patient's own zone."""

    who: str
    text: str
    at: str
    is_from_patient: bool
    read_by: str
    is_read: bool


def remark_lines(patient: Patient, *, most: int = SHOWN) -> list[RemarkLine]:
    """The newest first."""
    rows = Remark.objects.filter(patient=patient).select_related("author", "read_by")
    return [
        RemarkLine(
            row.author.name,
            row.text,
            moment_words(row.written_at.astimezone(patient.zone)),
            row.is_from_patient,
            row.read_by.name if row.read_by else "",
            row.read_at is not None,
        )
        for row in rows.order_by("-written_at", "-pk")[:most]
    ]


def remarks_read(messages: Sequence[Message], now: datetime) -> dict[UUID, str]:
    """Send-time check: what has been read needs no word."""
    named = {message.params.get("remark") for message in messages} - {None}
    read = Remark.objects.filter(pk__in=named, read_at__isnull=False)
    gone = {str(pk) for pk in read.values_list("pk", flat=True)}
    return {m.pk: "read already" for m in messages if m.params.get("remark") in gone}
