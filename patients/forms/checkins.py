"""Reads check-in answers from what a browser sent; it checks, the service decides."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from patients.domain.events import EVENTS, MOST_DRINKS
from patients.domain.symptoms import RATED
from patients.forms.notes import note_of

LONGEST_NOTE = 2000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class More:
    """The optional answers, and a sentence for each field that could not be read."""

    answers: dict[str, Any]
    errors: dict[str, str]


def read_level(text: str | None) -> int | None:
    """0 to 4, or None for anything else."""
    return int(text) if text in {"0", "1", "2", "3", "4"} else None


def read_more(sent: QueryDict, *, kept: dict[str, int], events: dict[str, int]) -> More:
    """Ratings, hours slept, what happened and a note; an empty line stays unknown.

    `kept` and `events` are what is stored: a box that was ticked and is no longer is a no.
    """
    found = More({}, {})
    ratings = {
        symptom.code: level
        for symptom in RATED
        if (level := read_level(sent.get(symptom.code))) is not None
    }
    if ratings:
        found.answers["ratings"] = {**kept, **ratings}
    _read_hours(sent, found)
    _read_events(sent, events, found)
    _read_words(sent, found)
    return found


def _read_hours(sent: QueryDict, found: More) -> None:
    hours = sent.get("hours_slept", "").strip().replace(",", ".")
    if hours:
        try:
            found.answers["hours_slept"] = _hours(hours)
        except ValueError:
            found.errors["hours_slept"] = "Type the hours as a number, like 6 or 6.5"


def _read_events(sent: QueryDict, stored: dict[str, int], found: More) -> None:
    happened = {
        event.code: int(event.code in sent)
        for event in EVENTS
        if event.code in sent or event.code in stored
    }
    drinks = sent.get("drinks", "").strip()
    if drinks and not (re.fullmatch(r"[0-9]{1,2}", drinks) and int(drinks) <= MOST_DRINKS):
        found.errors["drinks"] = "Type a whole number of drinks, like 0 or 2"
    elif drinks:
        happened["drinks"] = int(drinks)
    if happened:
        found.answers["events"] = {**stored, **happened}


def _read_words(sent: QueryDict, found: More) -> None:
    named = sent.get("new_medicine", "").replace("\x00", "").strip()
    if len(named) > LONGEST_NAME:
        found.errors["new_medicine"] = "Please make it shorter, 200 letters at most."
    elif named:
        found.answers["new_medicine"] = named
    note = note_of(sent)
    if len(note) > LONGEST_NOTE:
        found.errors["note"] = "Please make the note shorter, 2000 letters at most."
    elif note:
        found.answers["note"] = note


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
