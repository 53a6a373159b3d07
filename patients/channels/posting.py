"""What push and pager share: an HTTP POST per letter, many at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from django.conf import settings

from patients.channels.base import TOO_LATE, Clock, Letter, Outcome

GONE: Final = (404, 410)
SECONDS: Final = (3.05, 10)


class PostingChannel:
    """A channel of short POSTs. Nothing is begun after the lease, nothing is kept open."""

    def is_open(self, now: datetime) -> bool:
        return True

    def send(self, letters: list[Letter], clock: Clock) -> list[Outcome]:
        def one(letter: Letter) -> Outcome:
            if letter.is_late(clock()):
                return TOO_LATE
            return self.deliver(letter)

        with ThreadPoolExecutor(max_workers=settings.MAIL_CONNECTIONS) as pool:
            return list(pool.map(one, letters))

    def close(self) -> None:
        """Nothing is kept open."""

    def deliver(self, letter: Letter) -> Outcome:
        """Send one letter to every target of its person."""
        raise NotImplementedError
