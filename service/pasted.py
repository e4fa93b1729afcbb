"""What a person pastes or drops: told apart into a raw mail with its headers, or the text that one sees of a mail."""

import re
from dataclasses import dataclass
from datetime import datetime

from data.mail.charsets import decode
from data.mail.reading import compose, read
from data.records import Email
from service.uploads import OUTLOOK, read_file

SOURCE = "web"
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):")
_ONLY_IN_RAW_MAIL = frozenset(
    [
        "received",
        "return-path",
        "mime-version",
        "message-id",
        "content-type",
        "delivered-to",
        "dkim-signature",
        "x-received",
    ]
)

_PLAIN_MAIL = frozenset({"from", "subject", "date"})  # Outlook shows "Sent" in place of "Date"


@dataclass(frozen=True, slots=True)
class Pasted:
    """The page's form: a file's bytes or a text, and what the person adds to it."""

    text: str
    file: bytes = b""
    file_name: str = ""
    subject: str = ""
    sender: str | None = None
    sent_at: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to judge."""
        return not (self.file.strip() or self.text.strip() or self.subject.strip())

    def email(self) -> Email:
        """Read it as what it is (MissingExtra where Outlook's file needs an extra)."""
        if self.file:
            return self._of_file()
        if looks_raw(self.text):
            return read(self.text.encode(), SOURCE)
        return self._of_text(self.text)

    def _of_file(self) -> Email:
        """The mail of a file, by the same way as the API's; a file of mere words is a text like a pasted one."""
        email = read_file(self.file, SOURCE)
        named = self.file_name.lower().endswith(".eml") or self.file.startswith(OUTLOOK)
        if email.error is not None or named or looks_raw(self.file[:4096].decode("latin-1")):
            return email
        return self._of_text(decode(self.file))

    def _of_text(self, text: str) -> Email:
        return compose(self.subject, text.replace("\0", ""), SOURCE, sender=self.sender, sent_at=self.sent_at)


def looks_raw(text: str) -> bool:
    """Whether a text starts with the headers of a raw mail, not with words or the lines that mail programs show."""
    names = set()
    for line in text.lstrip("\r\n\ufeff").splitlines()[:60]:
        found = _HEADER.match(line)
        if found:
            names.add(found[1].lower())
        elif not (line[:1] in (" ", "\t") and names) and not line.startswith("From "):
            return line == "" and (names >= _PLAIN_MAIL or bool(names & _ONLY_IN_RAW_MAIL))
    return bool(names & _ONLY_IN_RAW_MAIL)
