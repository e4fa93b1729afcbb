"""Sends answers by the operator's mail server."""

import smtplib
import ssl
from email.message import EmailMessage

from service.answers.settings import AnswerSettings

_PATIENCE = 30.0  # seconds for each word of the mail server


class Refused(Exception):
    """The mail server will not take this letter, now or later."""


class Post:
    """A mail server; a connection for each letter, as answers are few."""

    def __init__(self, settings: AnswerSettings) -> None:
        self._settings = settings

    def send(self, letter: EmailMessage, recipient: str) -> None:
        """Hand a letter over. What bounces comes back as a bounce, which never gets an answer.

        Raises:
            Refused: it was refused for good (5xx).
            OSError: it was not taken this time; smtplib's own errors are of this kind.
        """
        try:
            with self._connection() as smtp:
                self._begin(smtp)
                smtp.send_message(letter, from_addr=self._settings.answer_from, to_addrs=[recipient])
        except UnicodeError as error:  # an address that this mail server cannot write
            raise Refused from error
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _ in error.recipients.values()):
                raise Refused from error
            raise
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            if error.smtp_code >= 500:
                raise Refused from error
            raise

    def _connection(self) -> smtplib.SMTP:
        host, port = str(self._settings.answer_host), self._settings.answer_port
        if self._settings.answer_transport == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=_PATIENCE)

    def _begin(self, smtp: smtplib.SMTP) -> None:
        if self._settings.answer_transport == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if self._settings.answer_user:
            smtp.login(self._settings.answer_user, self._settings.answer_password.get_secret_value())
