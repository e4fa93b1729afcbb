"""A mail that was found but not read yet: cheap to hand to another process, and to pass over."""

from collections.abc import Callable
from dataclasses import dataclass

from data.records import Email


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mailbox file (path or URL) that stays where it is holds the bytes of one mail, escapes not undone."""

    file: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Unread:
    """The bytes of one mail, where they came from, and the module function that reads them."""

    source: str
    content: bytes
    reader: Callable[[bytes, str], Email]
    place: Place | None = None

    def read(self) -> Email:
        """Read the mail."""
        return self.reader(self.content, self.source)


Item = Unread | Email  # some kinds of archives are read at once: their mails are no stretch of bytes


def as_email(item: Item) -> Email:
    """The mail of an item, read now where it was not."""
    return item.read() if isinstance(item, Unread) else item
