"""What a channel is: it takes letters and says what became of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Target:
    """One address of a person on a channel, with the keys it needs."""

    address: str
    secrets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One message ready to leave the house, to every target of one person.

    Not begun after `not_after`: by then another worker may have it.
    """

    targets: tuple[Target, ...]
    subject: str
    body: str
    message_id: str
    link: str
    priority: int = 2
    not_after: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        return self.not_after is not None and now >= self.not_after


class Fate(StrEnum):
    """How an attempt ended.

    REFUSED is for good and about this address; FAILED is about this message
    and may be tried again; UNREACHED is about the whole channel and counts
    against no message; AMBIGUOUS may or may not have arrived.
    """

    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    UNREACHED = "unreached"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter, and the addresses found dead on the way."""

    fate: Fate
    reason: str = ""
    dead: tuple[str, ...] = ()


TOO_LATE: Final = Outcome(Fate.UNREACHED, "the lease was over")


class Channel(Protocol):
    """One way out of the house. `alarms_only` carries nothing but alarms to clinicians."""

    title: str
    alarms_only: bool

    def is_open(self, now: datetime) -> bool:
        """Whether it makes sense to send anything now."""

    def send(self, letters: list[Letter], clock: Clock) -> Iterable[Outcome]:
        """Begin to send each letter at once; reading the outcomes waits for them.

        Never raises; one outcome per letter, in order.
        """

    def close(self) -> None:
        """Let go of connections; the next send opens them again."""
