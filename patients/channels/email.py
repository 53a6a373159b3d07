"""E-mail over a pool of connections, with a breaker for a server that does not answer."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import format_datetime, parseaddr
from queue import SimpleQueue
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from patients.channels.base import TOO_LATE, Clock, Fate, Letter, Outcome
from patients.channels.smtp import Line, Server
from patients.domain.delivery import Breaker

SMTP_BACKEND: Final = "django.core.mail.backends.smtp.EmailBackend"


class EmailChannel:
    """Plain text mail; the Message-ID is ours so that a second copy can be recognised."""

    title = "E-mail"
    alarms_only = False

    def __init__(self) -> None:
        self.breaker = Breaker()
        self.lock = threading.Lock()
        self.idle: SimpleQueue[Line] = SimpleQueue()
        self.pool: ThreadPoolExecutor | None = None

    def is_open(self, now: datetime) -> bool:
        return not self.breaker.is_open(now)

    def send(self, letters: list[Letter], clock: Clock) -> Iterable[Outcome]:
        if settings.EMAIL_BACKEND != SMTP_BACKEND:
            return _send_plainly(letters)
        if self.pool is None:
            self.pool = ThreadPoolExecutor(max_workers=settings.MAIL_CONNECTIONS)
        return self.pool.map(self._sender(clock), letters)

    def _sender(self, clock: Clock) -> Callable[[Letter], Outcome]:
        date = format_datetime(clock())

        def send(letter: Letter) -> Outcome:
            if letter.is_late(clock()):
                return TOO_LATE
            with self.lock:
                if not self.breaker.lets(clock()):
                    return Outcome(Fate.UNREACHED, "the mail server does not answer")
            line = self._line()
            outcome = line.send(letter, date)
            self.idle.put(line)
            with self.lock:
                if outcome.fate is Fate.UNREACHED:
                    self.breaker.failed(clock())
                else:
                    self.breaker.worked()
            return outcome

        return send

    def _line(self) -> Line:
        if not self.idle.empty():
            return self.idle.get()
        sender = settings.DEFAULT_FROM_EMAIL
        return Line(_server(), sender=sender, envelope=parseaddr(sender)[1])

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown()
            self.pool = None
        while not self.idle.empty():
            self.idle.get().quit()


def _server() -> Server:
    return Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        starttls=settings.EMAIL_USE_TLS,
        ssl=settings.EMAIL_USE_SSL,
        timeout=settings.EMAIL_TIMEOUT,
    )


def _send_plainly(letters: list[Letter]) -> list[Outcome]:
    """Through Django's own backend: files until a server is set, memory in tests."""
    connection = get_connection()
    outcomes = []
    for letter in letters:
        mail = EmailMessage(
            letter.subject,
            letter.body,
            to=[letter.targets[0].address],
            headers={"Message-ID": letter.message_id},
            connection=connection,
        )
        try:
            mail.send()
            outcomes.append(Outcome(Fate.SENT))
        except ValueError:
            outcomes.append(Outcome(Fate.REFUSED, "bad header"))
        except (OSError, SMTPException) as error:
            outcomes.append(Outcome(Fate.UNREACHED, type(error).__name__))
    return outcomes
