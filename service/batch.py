"""Many mails, one after another: judged in chunks, advised on from what went by before, nothing kept in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from data.context import Context
from data.mail.unread import Item, as_email
from data.records import Assessment, Email
from service.adviser import Adviser
from service.copies import Copies
from service.judgement import Outcome, SentMail, outcomes
from service.past import Memory

CHUNK = 256  # enough for the vectorised part to pay, small enough to stream
FIRST = 16  # the first chunk is small and each doubles the one before, so that rows come at once
ARCHIVE_ENDS = "damaged_archive"  # the error of the row that stands for all mails behind it
MOST_BYTES = 8 * 1024 * 1024  # of one chunk: mails with large attachments travel in smaller company

Chunk = Sequence[Item]
Judge = Callable[[Sequence[Email]], list[Assessment]]

_NO_CONTEXT = Context()


def in_chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[Chunk]:
    """Cut a stream into chunks of one size."""
    stream = iter(items)
    while chunk := list(islice(stream, size)):
        yield chunk


def in_growing_chunks(items: Iterable[Item], done: int = 0) -> Iterator[Chunk]:
    """Cut a stream into chunks that grow to ``CHUNK``; so many as are ``done`` came before the stream's start."""
    stream = iter(items)
    number = done
    while chunk := list(_up_to(stream, min(CHUNK, FIRST << min(number, 10)))):
        yield chunk
        number += 1


def _up_to(stream: Iterator[Item], most: int) -> Iterator[Item]:
    held = 0
    for item in islice(stream, most):
        yield item
        held += weight(item)
        if held > MOST_BYTES:
            return


def weight(item: Item) -> int:
    """How many bytes (or, once it is read, characters) an item holds."""
    return len(item.raw_text) if isinstance(item, Email) else len(item.content)


def judged_here(chunks: Iterable[Chunk], judge: Judge, own: frozenset[str] = frozenset()) -> Iterator[list[Outcome]]:
    """Judge chunk by chunk in this process; ``own`` are one's own addresses."""
    return (outcomes(map(as_email, chunk), judge, own) for chunk in chunks)


def advised(chunks: Iterable[list[Outcome]], adviser: Adviser) -> Iterator[Assessment]:
    """Add the strategies, in the order of the input: each message knows those of its client that went before it."""
    inbox = Inbox(adviser)
    for chunk in chunks:
        yield from inbox.take(chunk)


@dataclass(slots=True)
class Inbox:
    """Advises on the mails of a run; knows of each client what went by, and drops copies where ``copies`` are kept.

    ``own`` counts one's own mails and ``senders`` holds their addresses; ``unreadable`` counts mails that could not be
    read, ``damaged`` names the rows behind which the rest of an archive could not be.
    """

    adviser: Adviser
    copies: Copies | None = None
    memory: Memory = field(default_factory=Memory)
    own: int = 0
    senders: set[str] = field(default_factory=set)
    unreadable: int = 0
    damaged: list[str] = field(default_factory=list)

    def take(self, chunk: Iterable[Outcome]) -> list[Assessment]:
        """The rows of a chunk, with their strategies; one's own mails and copies have none."""
        return [row for outcome in chunk for row in self._take(outcome)]

    def recall(self, rows: Iterable[Assessment], sent: Iterable[SentMail], items: int) -> None:
        """Take in what an earlier run made of so many items."""
        for row in rows:
            items -= 1
            if self.copies is not None:
                self.copies.take(row)
            self._note(row)
        for mail in sent:
            items -= 1
            self._note_sent(mail)
        if self.copies is not None:
            self.copies.found += items

    def _take(self, outcome: Outcome) -> Iterator[Assessment]:
        if outcome.sent is not None:
            self._note_sent(outcome.sent)
        assessment = outcome.assessment
        if assessment is None or (self.copies is not None and not self.copies.take(assessment)):
            return
        past = self.memory.past(assessment.client) if assessment.client else None
        yield self.adviser.advised(assessment, past, _NO_CONTEXT, outcome.client_name)
        self._note(assessment)

    def _note(self, row: Assessment) -> None:
        self.memory.remember(row)
        if row.error is not None and row.error.code == ARCHIVE_ENDS:
            self.damaged.append(row.source)
        elif row.error is not None:
            self.unreadable += 1

    def _note_sent(self, mail: SentMail) -> None:
        self.own += 1
        self.senders.add(mail.by)
        for address in mail.to:
            self.memory.wrote_to(address, mail.at)
