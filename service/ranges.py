"""Mails named by where they stand in a file, for workers that read it themselves: their bytes need not travel."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from data.mail.mbox import unescaped
from data.mail.reading import read
from data.mail.unread import Item, Unread
from service.remote import fetch_range, is_url


class OutOfReach(Exception):
    """A worker cannot read a file that it was pointed to, or finds other mails there; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Range:
    """One stretch of a mailbox file with all its mails: the source of each, its start in the stretch, its size.

    ``checksum`` is that of the mails' bytes, one after another: whether a worker has the same file before it.
    """

    file: str
    start: int
    size: int
    mails: tuple[tuple[str, int, int], ...]
    checksum: int

    def read(self) -> list[Unread]:
        """Read the stretch here, in one go (OutOfReach where that does not give the same mails)."""
        stretch = _stretch(self.file, self.start, self.size)
        found = [Unread(source, unescaped(stretch[at : at + size]), read) for source, at, size in self.mails]
        if _checksum(found) != self.checksum:
            raise OutOfReach(f"{self.file} is another file there")
        return found


def by_range(chunk: Sequence[Item]) -> list[Item | Range]:
    """A chunk with ranges in the place of mails that stand in mailbox files."""
    return [part for file, items in groupby(chunk, _file) for part in (items if file is None else (_range(items),))]


def read_ranges(parts: Iterable[Item | Range]) -> Iterator[Item]:
    """The items of a chunk that was made :func:`by_range` (OutOfReach)."""
    for part in parts:
        if isinstance(part, Range):
            yield from part.read()
        else:
            yield part


def _file(item: Item) -> str | None:
    return item.place.file if isinstance(item, Unread) and item.place is not None else None


def _range(items: Iterable[Item]) -> Range:
    mails = [(item, item.place) for item in items if isinstance(item, Unread) and item.place is not None]
    first, last = mails[0][1], mails[-1][1]
    told = tuple((mail.source, place.start - first.start, place.size) for mail, place in mails)
    size = last.start + last.size - first.start
    return Range(first.file, first.start, size, told, _checksum(mail for mail, _ in mails))


def _checksum(mails: Iterable[Unread]) -> int:
    checksum = 0
    for mail in mails:
        checksum = zlib.crc32(mail.content, checksum)
    return checksum


def _stretch(file: str, start: int, size: int) -> bytes:
    try:
        if is_url(file):
            return fetch_range(file, start, size)
        with Path(file).open("rb") as stream:
            stream.seek(start)
            return stream.read(size)
    except Exception as error:  # each kind of store raises errors of its own
        raise OutOfReach(f"{file} cannot be read there ({type(error).__name__})") from error
