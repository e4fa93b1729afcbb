"""Zips of mails, read item by item: bombs, locked items and paths that lead out are refused one by one."""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from data.errors import InputError, MissingExtra
from data.mail import emlx, mbox
from data.mail.reading import read
from data.mail.unread import Item, Unread
from data.records import Email, Problem

MAX_ITEM = 64 * 1024 * 1024
MAX_MAILBOX = 64 * 1024 * 1024 * 1024  # streamed, as Google's exports are of tens of gigabytes
MAX_TOTAL = MAX_MAILBOX
MAX_COPY = 8 * 1024 * 1024 * 1024
MAX_RATIO = 200
_SINGLE = (".eml", ".emlx")
_MAILBOX = (".mbox", ".mbx")
_COPIED = (".msg", ".pst", ".ost", ".csv", ".tsv", ".jsonl", ".ndjson", ".mbox.gz")
Opener = Callable[[Path, str], Iterator[Item]]
_LIMITS = ((_SINGLE, MAX_ITEM), (_MAILBOX, MAX_MAILBOX), (_COPIED, MAX_COPY))
_LOCKED = 0x1


def open_zip(path: Path, name: str, open_file: Opener) -> Iterator[Item]:
    """The mails of a zip in its order, named ``NAME#n``.

    ``open_file`` reads those items that need a file of their own (Outlook's, tables); they are copied one at a time.

    Raises:
        InputError: the file is no zip.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(f"{path} is no readable zip: pack the mails anew.") from error
    return _mails(archive, name, open_file)


def _mails(archive: zipfile.ZipFile, name: str, open_file: Opener) -> Iterator[Item]:
    number, total = 0, 0
    with archive:
        for item in archive.infolist():
            known = item.filename.lower().endswith(_SINGLE + _MAILBOX + _COPIED)
            if item.is_dir() or not known or "__MACOSX/" in item.filename:
                continue
            total += item.file_size
            refusal = _refusal(item, total)
            for mail in iter((Email(name, error=refusal),)) if refusal else _item(archive, item, open_file):
                number += 1
                yield replace(mail, source=f"{name}#{number}")


def _refusal(item: zipfile.ZipInfo, total: int) -> Problem | None:
    """Why an item must not be read, judged before a byte of it is unpacked."""
    path = PurePosixPath(item.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return Problem("unsafe_path", "The item's path leads out of the archive; pack the mails anew with plain names.")
    limit = next(most for kinds, most in _LIMITS if item.filename.lower().endswith(kinds))
    bomb = item.file_size > 1024 * 1024 and item.file_size > MAX_RATIO * max(1, item.compress_size)
    if bomb or item.file_size > limit or total > MAX_TOTAL:
        return Problem("archive_bomb", "The item unpacks to more than mails need; give it as a file of its own.")
    if item.flag_bits & _LOCKED:
        return Problem("locked_archive", "The item is locked with a password; pack the mails without one.")
    return None


def _item(archive: zipfile.ZipFile, item: zipfile.ZipInfo, open_file: Opener) -> Iterator[Item]:
    """Read one item; damage in it costs that item only."""
    name = item.filename.lower()
    try:
        with archive.open(item) as stream:
            if name.endswith(_MAILBOX):
                for raw in mbox.messages(stream):
                    yield Unread("", raw, read)
            elif name.endswith(_COPIED):
                yield from _copied(stream, next(kind for kind in _COPIED if name.endswith(kind)), open_file)
            else:
                raw = stream.read(MAX_ITEM)
                yield Unread("", emlx.message(raw) if name.endswith(".emlx") else raw, read)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        yield Email(
            "", error=Problem("damaged_archive", f"The item is damaged in the archive ({type(error).__name__}).")
        )


def _copied(stream: IO[bytes], kind: str, open_file: Opener) -> Iterator[Item]:
    """Read an item that needs a file of its own."""
    with tempfile.TemporaryDirectory(prefix="kyp-") as folder:
        copy = Path(folder) / f"item{kind}"
        with copy.open("wb") as target:
            shutil.copyfileobj(stream, target)
        try:
            yield from open_file(copy, "")
        except (InputError, MissingExtra) as error:
            yield Email("", error=Problem(error.code, str(error).replace(str(copy), copy.name)))
