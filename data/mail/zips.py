"""Zips of mails, read without unpacking to disk: bombs, locked items and paths that lead out are refused one by one."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from data.errors import InputError
from data.mail import emlx, mbox
from data.mail.reading import read
from data.mail.unread import Item, Unread
from data.records import Email, Problem

MAX_ITEM = 64 * 1024 * 1024
MAX_MAILBOX = 1024 * 1024 * 1024
MAX_TOTAL = 4 * 1024 * 1024 * 1024
MAX_RATIO = 200
_SINGLE = (".eml", ".emlx")
_MAILBOX = (".mbox", ".mbx")
_LOCKED = 0x1


def open_zip(path: Path, name: str) -> Iterator[Item]:
    """The mails of a zip in its order, named ``NAME#n``.

    Raises:
        InputError: the file is no zip.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(f"{path} is no readable zip: pack the mails anew.") from error
    return _mails(archive, name)


def _mails(archive: zipfile.ZipFile, name: str) -> Iterator[Item]:
    number, total = 0, 0
    with archive:
        for item in archive.infolist():
            if item.is_dir() or not item.filename.lower().endswith(_SINGLE + _MAILBOX) or "__MACOSX/" in item.filename:
                continue
            total += item.file_size
            refusal = _refusal(item, total)
            for mail in iter((Email(name, error=refusal),)) if refusal else _item(archive, item):
                number += 1
                yield replace(mail, source=f"{name}#{number}")


def _refusal(item: zipfile.ZipInfo, total: int) -> Problem | None:
    """Why an item must not be read, judged before a byte of it is unpacked."""
    path = PurePosixPath(item.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return Problem("unsafe_path", "The item's path leads out of the archive; pack the mails anew with plain names.")
    limit = MAX_MAILBOX if item.filename.lower().endswith(_MAILBOX) else MAX_ITEM
    bomb = item.file_size > 1024 * 1024 and item.file_size > MAX_RATIO * max(1, item.compress_size)
    if bomb or item.file_size > limit or total > MAX_TOTAL:
        return Problem("archive_bomb", "The item unpacks to more than mails need; give it as a file of its own.")
    if item.flag_bits & _LOCKED:
        return Problem("locked_archive", "The item is locked with a password; pack the mails without one.")
    return None


def _item(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Iterator[Item]:
    """Read one item; damage in it costs that item only."""
    try:
        with archive.open(item) as stream:
            if item.filename.lower().endswith(_MAILBOX):
                for raw in mbox.messages(stream):
                    yield Unread("", raw, read)
            else:
                raw = stream.read(MAX_ITEM)
                yield Unread("", emlx.message(raw) if item.filename.lower().endswith(".emlx") else raw, read)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        yield Email(
            "", error=Problem("damaged_archive", f"The item is damaged in the archive ({type(error).__name__}).")
        )
