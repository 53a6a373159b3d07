"""What a channel is: it takes letters and says what became of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """One message ready to leave the house."""

    address: str
    subject: str
    body: str
    message_id: str


class Fate(StrEnum):
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter. REFUSED is for good, FAILED may be tried again."""

    fate: Fate
    reason: str = ""


class Channel(Protocol):
    def send(self, letters: list[Letter]) -> list[Outcome]:
        """Send each letter; never raises, one outcome per letter in order."""
