"""One SMTP connection that knows how far a mail got before something broke.

`smtplib.sendmail` raises the same error before and after the final dot. Here
each command is a stage of its own: up to DATA an error is definite, after the
final dot it is ambiguous.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from patients.channels.base import Fate, Letter, Outcome
from patients.channels.mail import HeaderBroken, envelope, mail_bytes, stuffed

CLOSING: Final = 421
READY: Final = 354
NO_ADDRESS: Final = (550, 551, 553)
Problem = (OSError, smtplib.SMTPException, ssl.SSLError)


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. `timeout` in seconds."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    ssl: bool = False
    timeout: float = 20


def _no_such_address(code: int, words: bytes) -> bool:
    """A refusal about this address; a refusal of policy (5.7) is about us and never ends one."""
    return code in NO_ADDRESS and not words.startswith(b"5.7")


class Line:
    """A connection that is opened when needed and dropped when in doubt."""

    def __init__(self, server: Server, *, sender: str, envelope: str) -> None:
        self.server, self.sender, self.envelope = server, sender, envelope
        self.smtp: smtplib.SMTP | None = None

    def send(self, letter: Letter, date: str) -> Outcome:
        """Hand one mail over; never raises."""
        try:
            mail = stuffed(mail_bytes(letter, sender=self.sender, date=date))
            address = envelope(letter.targets[0].address)
        except (HeaderBroken, UnicodeError):
            return Outcome(Fate.REFUSED, "bad header")
        early = self._envelope(address) or self._envelope(address)
        assert early is not None
        return self._content(mail) if early.fate is Fate.SENT else early

    def _envelope(self, address: str) -> Outcome | None:
        """MAIL, RCPT, DATA. SENT means: go on. None: a kept connection was gone, try a new one."""
        fresh = self.smtp is None
        try:
            smtp = self.smtp or self._open()
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(Fate.UNREACHED, f"sign-in refused: {error.smtp_code}")
        except Problem as error:
            return Outcome(Fate.UNREACHED, f"no connection: {type(error).__name__}")
        try:
            return self._stages(smtp, address)
        except Problem as error:
            self.drop()
            lost = Outcome(Fate.UNREACHED, f"lost before DATA: {type(error).__name__}")
            return lost if fresh else None

    def _pipelined(self, smtp: smtplib.SMTP, address: str) -> Outcome:
        """The three commands in one write, their answers read in order (RFC 2920).

        Where the address was refused and the server waits for a mail all the
        same, the line is dropped: without the final dot there is no mail.
        """
        smtp.send(f"MAIL FROM:<{self.envelope}>\r\nRCPT TO:<{address}>\r\nDATA\r\n")
        code, _ = smtp.getreply()
        if code // 100 != 2:
            self.drop()
            return Outcome(Fate.UNREACHED, f"sender refused: {code}")
        code, words = smtp.getreply()
        dead = (address,) if _no_such_address(code, words) else ()
        if code == CLOSING:
            return self._refused(code, dead=())
        ready, _ = smtp.getreply()
        if code // 100 == 2:
            return Outcome(Fate.SENT) if ready == READY else self._refused(ready, dead=())
        if ready == READY:
            self.drop()
        return self._refused(code, dead=dead)

    def _stages(self, smtp: smtplib.SMTP, address: str) -> Outcome:
        if smtp.has_extn("pipelining"):
            return self._pipelined(smtp, address)
        code, _ = smtp.docmd("MAIL", f"FROM:<{self.envelope}>")
        if code // 100 != 2:
            self.drop()
            return Outcome(Fate.UNREACHED, f"sender refused: {code}")
        code, words = smtp.docmd("RCPT", f"TO:<{address}>")
        if code // 100 != 2:
            return self._refused(code, dead=(address,) if _no_such_address(code, words) else ())
        code, _ = smtp.docmd("DATA")
        if code != READY:
            return self._refused(code, dead=())
        return Outcome(Fate.SENT)

    def _refused(self, code: int, *, dead: tuple[str, ...]) -> Outcome:
        if code == CLOSING:
            self.drop()
            return Outcome(Fate.UNREACHED, "server closing: 421")
        self._reset()
        fate = Fate.REFUSED if dead else Fate.FAILED
        return Outcome(fate, f"refused: {code}", dead)

    def _content(self, mail: bytes) -> Outcome:
        """From here on an error may mean that the mail has arrived."""
        assert self.smtp is not None
        try:
            self.smtp.send(mail)
            code, _ = self.smtp.getreply()
        except Problem as error:
            self.drop()
            return Outcome(Fate.AMBIGUOUS, f"no answer after the final dot: {type(error).__name__}")
        if code // 100 == 2:
            return Outcome(Fate.SENT)
        return self._refused(code, dead=())

    def _open(self) -> smtplib.SMTP:
        server = self.server
        kind: Callable[..., smtplib.SMTP] = smtplib.SMTP_SSL if server.ssl else smtplib.SMTP
        smtp = kind(server.host, server.port, timeout=server.timeout)
        if server.starttls:
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
        if smtp.sock is not None:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        self.smtp = smtp
        return smtp

    def _reset(self) -> None:
        if self.smtp is None:
            return
        try:
            self.smtp.rset()
        except Problem:
            self.drop()

    def drop(self) -> None:
        """Close without a word; the next mail opens a new connection."""
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            smtp.close()

    def quit(self) -> None:
        smtp, self.smtp = self.smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except Problem:
            smtp.close()
