"""E-mail over one connection for a group of letters."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from patients.channels.base import Fate, Letter, Outcome

PERMANENT = range(500, 600)


class EmailChannel:
    """Plain text mail; the Message-ID is ours so that a second copy can be recognised."""

    def send(self, letters: list[Letter]) -> list[Outcome]:
        try:
            connection = get_connection()
            connection.open()
        except (OSError, SMTPException) as error:
            return [Outcome(Fate.FAILED, f"no connection: {error}")] * len(letters)
        try:
            return [_send(letter, connection) for letter in letters]
        finally:
            connection.close()


def _send(letter: Letter, connection: BaseEmailBackend) -> Outcome:
    try:
        mail = EmailMessage(
            letter.subject,
            letter.body,
            to=[letter.address],
            headers={"Message-ID": letter.message_id},
            connection=connection,
        )
        mail.send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        fate = Fate.REFUSED if all(code in PERMANENT for code in codes) else Fate.FAILED
        return Outcome(fate, f"refused: {codes}")
    except ValueError as error:
        return Outcome(Fate.REFUSED, f"bad header: {type(error).__name__}")
    except (OSError, SMTPException) as error:
        return Outcome(Fate.FAILED, type(error).__name__)
    return Outcome(Fate.SENT)
