"""Reads check-in answers from what a browser sent; it checks, the service decides."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from patients.domain.symptoms import RATED
from patients.forms.notes import note_of

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class More:
    """The optional answers, and a sentence for each field that could not be read."""

    answers: dict[str, Any]
    errors: dict[str, str]


def read_level(text: str | None) -> int | None:
    """0 to 4, or None for anything else."""
    return int(text) if text in {"0", "1", "2", "3", "4"} else None


def read_more(sent: QueryDict, *, kept: dict[str, int]) -> More:
    """Ratings, hours slept and a note; an empty line stays unknown."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    ratings = {
        symptom.code: level
        for symptom in RATED
        if (level := read_level(sent.get(symptom.code))) is not None
    }
    if ratings:
        answers["ratings"] = {**kept, **ratings}
    hours = sent.get("hours_slept", "").strip().replace(",", ".")
    if hours:
        try:
            answers["hours_slept"] = _hours(hours)
        except ValueError:
            errors["hours_slept"] = "Type the hours as a number, like 6 or 6.5"
    note = note_of(sent)
    if len(note) > LONGEST_NOTE:
        errors["note"] = "Please make the note shorter, 2000 letters at most."
    elif note:
        answers["note"] = note
    return More(answers, errors)


def _hours(text: str) -> Decimal:
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        raise ValueError(text)
    try:
        hours = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not 0 <= hours <= 24:
        raise ValueError(text)
    return hours.quantize(Decimal("0.1"))
