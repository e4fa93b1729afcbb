"""Many mails, one after another: judged in chunks, advised on from what went by before, nothing kept in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from data.context import Context
from data.records import Assessment, Email
from service.adviser import Adviser
from service.past import Memory
from service.sound import sound

CHUNK = 256  # enough for the vectorised part to pay, small enough to stream

Chunk = Sequence[Email]
Judged = tuple[Chunk, list[Assessment]]

_NO_CONTEXT = Context()


def in_chunks(mails: Iterable[Email], size: int = CHUNK) -> Iterator[Chunk]:
    """Cut a stream of mails into chunks."""
    stream = map(sound, mails)
    while chunk := list(islice(stream, size)):
        yield chunk


def judged_here(chunks: Iterable[Chunk], judge: Callable[[Chunk], list[Assessment]]) -> Iterator[Judged]:
    """Judge chunk by chunk in this process."""
    for chunk in chunks:
        yield chunk, judge(chunk)


def advised(judged: Iterable[Judged], adviser: Adviser) -> Iterator[Assessment]:
    """Add the strategies, in the order of the input: each message knows those of its client that went before it."""
    memory = Memory()
    for chunk, assessments in judged:
        for email, assessment in zip(chunk, assessments, strict=True):
            past = memory.past(assessment.client) if assessment.client else None
            yield adviser.advised(assessment, past, _NO_CONTEXT, email.client_name)
            memory.remember(assessment)
