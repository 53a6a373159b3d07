"""A plain-text mail as bytes, built without the slow general way.

Headers and body are ready ASCII or encoded here; nothing that comes from a
person can end a header line. A test reads every mail back with the standard
parser and compares it with what Django would have built.
"""

import quopri
from email.header import Header

from patients.channels.base import Letter


class HeaderBroken(ValueError):
    """A line break inside a header: the mail is refused, never sent."""


def header(value: str) -> str:
    """A header value on one line, encoded where it is not ASCII."""
    if "\r" in value or "\n" in value or "\0" in value:
        raise HeaderBroken("a line break in a header")
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=900).encode()


def envelope(address: str) -> str:
    """The address as the server takes it: an international domain in its ASCII form.

    Raises HeaderBroken for what would end the command, UnicodeError for a
    local part that is not ASCII.
    """
    if any(character in address for character in "\r\n\0<> "):
        raise HeaderBroken("not an address")
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    local.encode("ascii")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def mail_bytes(letter: Letter, *, sender: str, date: str) -> bytes:
    """The whole mail with CRLF line ends; raises HeaderBroken."""
    encoding, body = _body(letter.body)
    lines = (
        f"From: {header(sender)}",
        f"To: {header(letter.targets[0].address)}",
        f"Subject: {header(letter.subject)}",
        f"Date: {date}",
        f"Message-ID: {header(letter.message_id)}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        f"Content-Transfer-Encoding: {encoding}",
        "",
        body,
    )
    return "\r\n".join(lines).encode("ascii")


def _body(text: str) -> tuple[str, str]:
    lines = text.replace("\r\n", "\n").split("\n")
    if text.isascii() and all(len(line) < 900 for line in lines):
        return "7bit", "\r\n".join(lines)
    encoded = quopri.encodestring(text.replace("\r\n", "\n").encode()).decode("ascii")
    return "quoted-printable", encoded.replace("\n", "\r\n")


def stuffed(mail: bytes) -> bytes:
    """Ready for DATA: leading dots doubled, one CRLF and a dot at the end."""
    text = mail.replace(b"\r\n.", b"\r\n..")
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return text + b".\r\n"
