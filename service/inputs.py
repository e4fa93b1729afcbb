"""What a run reads: files, folders, URLs and standard input, opened before any work and read as one stream."""

import hashlib
import sys
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from data.errors import InputError
from data.mail import mbox
from data.mail.archives import open_items
from data.mail.reading import read
from data.mail.unread import Item, Unread
from service.remote import fetch, is_url
from service.unfinished import JOURNAL, OWN_SUFFIXES, PART

STDIN = "-"
_SAME_SIZE_READ = (".mbox", ".mbx", ".mboxrd", ".mboxo", ".eml", ".emlx", ".jsonl", ".ndjson", ".csv", ".tsv")
_SIZE_IN_TAIL = 4 << 30  # a gzip file tells its content's size modulo 4 GiB


@dataclass(frozen=True, slots=True)
class Inputs:
    """Opened inputs: ``items`` to go through once.

    ``about`` changes when an input does; ``size`` is the sum of the items' bytes where it is known; ``repeatable``
    tells whether a second run could read the same again.
    """

    items: Iterator[Item]
    about: str
    size: int | None
    repeatable: bool


@contextmanager
def opened(names: Sequence[str], most_bytes: int) -> Iterator[Inputs]:
    """Open all inputs; a wrong name is told before any work (InputError). URLs are copied to disk for the block."""
    with ExitStack() as stack:
        files = [None if name == STDIN else _on_disk(name, stack) for name in names]
        alike = _alike({name: file for name, file in zip(names, files, strict=True) if file is not None})
        streams = [_items(name, file, most_bytes, alike) for name, file in zip(names, files, strict=True)]
        sizes = [None if file is None else _size(file) for file in files]
        about = [name if file is None else _about(name, file) for name, file in zip(names, files, strict=True)]
        known = [size for size in sizes if size is not None]
        total = sum(known) if len(known) == len(sizes) else None
        yield Inputs(chain.from_iterable(streams), "; ".join(about), total, repeatable=None not in files)


def _on_disk(name: str, stack: ExitStack) -> Path:
    if not is_url(name):
        return Path(name)
    return fetch(name, Path(stack.enter_context(TemporaryDirectory(prefix="kyp-"))))


def _alike(files: Mapping[str, Path]) -> set[str]:
    """The inputs whose mails would be called as those of another one are: they are called by the whole name given."""
    if len(files) == 1:
        return set()
    inside = {name: _called(file) for name, file in files.items()}
    times = Counter(chain.from_iterable(inside.values()))
    return {name for name, called in inside.items() if any(times[one] > 1 for one in called)}


def _called(path: Path) -> list[str]:
    """What the mails of a file, or those of a folder's files, are called by."""
    if path.is_dir():
        return [str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()]
    return [path.name]


def _items(name: str, file: Path | None, most_bytes: int, alike: Container[str]) -> Iterator[Item]:
    if file is None:
        return _from_stdin(most_bytes)
    items = open_items(file)
    if kept := _kept_inside(file):
        items = (item for item in items if item.source.rpartition("#")[0] not in kept)
    if name in alike:
        items = (_named(item, name, file) for item in items)
    return (_at_url(item, name, file) for item in items) if is_url(name) else items


def _kept_inside(path: Path) -> frozenset[str]:
    """The rows and journals of runs that have not ended, where their output lies in the folder that is read."""
    if not path.is_dir():
        return frozenset()
    journals = {file.with_suffix("") for file in path.rglob(f"*{JOURNAL}")}
    pairs = [(out.with_name(out.name + PART), out.with_name(out.name + JOURNAL)) for out in journals]
    return frozenset(str(file.relative_to(path)) for part, own in pairs if part.exists() for file in (part, own))


def _named(item: Item, name: str, file: Path) -> Item:
    """An item whose source begins with the input's name as it was given."""
    inside = f"/{item.source}" if file.is_dir() else item.source.removeprefix(file.name)
    return replace(item, source=name.rstrip("/") + inside)


def _at_url(item: Item, url: str, copy: Path) -> Item:
    """An item whose place is that at the URL, which others can read, not that in our copy."""
    if not isinstance(item, Unread) or item.place is None:
        return item
    inside = Path(item.place.file).relative_to(copy.absolute()).as_posix()
    file = url if inside == "." else f"{url.rstrip('/')}/{inside}"
    return replace(item, place=replace(item.place, file=file))


def _from_stdin(most_bytes: int) -> Iterator[Item]:
    raw = sys.stdin.buffer.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise InputError(f"standard input: the mail is larger than {most_bytes} bytes (KYP_MAX_BODY_BYTES)")
    mails = list(mbox.messages(BytesIO(raw))) if raw.startswith(b"From ") else []
    if len(mails) < 2:
        yield Unread("stdin", raw, read)
    else:  # a mailbox: none of its mails must be lost
        yield from (Unread(f"stdin#{number}", mail, read) for number, mail in enumerate(mails, start=1))


def _about(name: str, path: Path) -> str:
    """The name of an input, and a hash that changes when something in it does (of a URL's copy, the sizes alone)."""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file() and not file.name.endswith(OWN_SUFFIXES):
            state = file.stat()
            changed = 0 if is_url(name) else state.st_mtime_ns
            known = f"{file.relative_to(path)}\0{state.st_size}\0{changed}\0"
            digest.update(known.encode(errors="surrogateescape"))
    return f"{name} [{digest.hexdigest()[:12]}]"


def _size(path: Path) -> int | None:
    """How many bytes of items an input holds, None where that cannot be told without reading it."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    name = path.name.lower()
    if name.endswith(_SAME_SIZE_READ):
        return path.stat().st_size
    if name.endswith(".gz") and path.stat().st_size < _SIZE_IN_TAIL // 8:
        return _unpacked_size(path)
    return None


def _unpacked_size(path: Path) -> int | None:
    with path.open("rb") as stream:
        if stream.read(2) != b"\x1f\x8b":
            return None
        stream.seek(-4, 2)
        return int.from_bytes(stream.read(4), "little")
