"""What a patient may ask for, how soon it is answered, and what becomes of a question left open.

Which change is asked for and which works at once is the table in `directions.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from patients.domain.deadlines import end_of_next_working_day
from patients.domain.findings import Finding
from patients.domain.flagbook import finding
from schedules.domain.directions import ASKS, ASKS_URGENT, direction

URGENT_HOURS: Final = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask for: stored code, the patient's words, the clinician's words."""

    id: str
    label: str
    told: str


ASKS_FOR: Final = {
    ask.id: ask
    for ask in (
        Ask("step-back", "Go back to the dose before this one", "to go back one step"),
        Ask("slower", "Go slower: longer between steps, or smaller steps", "to go slower"),
        Ask("resume", "Go on again", "to go on after the hold"),
        Ask("switch", "Another form of my medicine, like drops", "another form or product"),
        Ask("finish-here", "Stay on this dose for good", "to stay on this dose for good"),
        Ask("faster", "Go faster", "to go faster"),
        Ask("decline", "I do not want the new plan", "not to begin the new plan"),
        Ask("talk", "Talk about something else", "to talk"),
    )
}

UNTABLED: Final = ("talk", "decline")


def asks_offered(kind: str, *, held: bool, is_first: bool, waits: bool = False) -> Iterator[Ask]:
    """What a patient on this class of medicine may ask for now.

    `waits` is whether a new plan waits to be read; without a plan `kind` is empty.
    """
    left_out = {
        "resume": not held,
        "step-back": is_first,
    }
    for ask in ASKS_FOR.values():
        if ask.id in UNTABLED:
            if ask.id == "talk" or waits:
                yield ask
        elif not kind or left_out.get(ask.id):
            continue
        elif direction(kind, ask.id, "patient") in (ASKS, ASKS_URGENT):
            yield ask


def is_urgent(kind: str, ask: str) -> bool:
    """A step back is wanted because it is too hard now."""
    return ask not in UNTABLED and direction(kind, ask, "patient") == ASKS_URGENT


def answer_by(asked_at: datetime, zone: ZoneInfo, *, urgent: bool) -> datetime:
    """Four hours where it is urgent (decided here), else the end of the next working day."""
    if urgent:
        return asked_at + URGENT_HOURS
    return end_of_next_working_day(asked_at, zone)


def unanswered(ask: str) -> Finding:
    """RF-42: a request past its deadline."""
    told = ASKS_FOR[ask].told
    return finding("RF-42", f"Asked {told}. Nobody has answered in time.", ask=ask)
