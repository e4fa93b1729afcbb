"""Everything that holds mails, opened as one stream of Emails: files, mailboxes, folders, zips, tables."""

import gzip
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, cast

from data.errors import InputError, MissingExtra, NoMails
from data.mail import emlx, mbox, tables, zips
from data.mail.reading import looks_like_mail, read
from data.mail.unread import Item, Place, Unread, as_email
from data.records import Email, Problem

KNOWN = ".eml, .emlx, .mbox, .mbx, .mbox.gz, .jsonl, .ndjson, .csv, .tsv, .zip, .msg, .pst, or a folder of them"


def open_mails(path: Path) -> Iterator[Email]:
    """Stream the mails of a file or folder, in order; an item that cannot be read is a row with an ``error``.

    Raises:
        InputError: nothing is there, or nothing of a known kind.
        MissingExtra: Outlook's own formats need ``kyp[outlook]``.
    """
    return map(as_email, open_items(path))


def open_items(path: Path) -> Iterator[Item]:
    """The same mails, not read yet where that can wait: to be read elsewhere, or passed over."""
    if not path.exists():
        raise InputError(f"{path} is not there: give an existing file or folder ({KNOWN}).")
    if path.is_dir():
        rows = _folder(path)
        first = next(rows, None)  # so that an empty folder is refused here, not later
        return chain((first,) if first else (), rows)
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError(f"{path} cannot be opened ({error.strerror}): check who may read it.") from error
    return _file(path, path.name)


def is_taken_for_mail(path: Path) -> bool:
    """Whether a file is of a kind that is read where it lies in a folder."""
    return not path.name.startswith(".") and _kind(path) != ""


def _file(path: Path, name: str) -> Iterator[Item]:
    """Choose the reader by the file's name, and by its first bytes where the name says nothing."""
    kind = _kind(path)
    if name.lower().endswith(".gz") and kind not in ("eml", "mbox"):
        raise (InputError if kind else NoMails)(
            f"{path} is packed: only mailboxes and single mails are read packed, unpack it first."
        )
    if kind == "eml":
        return _single(path, name)
    if kind == "mbox":
        return _mbox(path, name)
    if kind in ("jsonl", "csv"):
        return tables.open_table(path, name, kind)
    if kind == "zip":
        return zips.open_zip(path, name, _file)
    if kind == "emlx":
        return iter((Unread(name, emlx.message(path.read_bytes()), read),))
    if kind in ("msg", "pst"):
        from data.mail import outlook  # the extra is looked for only where it is needed

        return outlook.open_outlook(path, name)
    raise NoMails(f"{path} is of no known kind: give {KNOWN}.")


_BY_SUFFIX = {
    ".eml": "eml", ".mbox": "mbox", ".mbx": "mbox", ".mboxrd": "mbox", ".mboxo": "mbox", ".jsonl": "jsonl",
    ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".zip": "zip", ".emlx": "emlx", ".msg": "msg", ".pst": "pst",
    ".ost": "pst", ".mht": "eml", ".mime": "eml", ".nws": "eml",
}  # fmt: skip


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    known = _BY_SUFFIX.get(Path(name).suffix)
    if known:
        return known
    with _open(path) as stream:
        head = _head(stream)
    if head.startswith(b"From "):
        return "mbox"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "msg"
    if head.startswith(b"!BDN"):
        return "pst"
    if tables.looks_like_json_lines(head):
        return "jsonl"
    return "eml" if looks_like_mail(head) else ""


def _head(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(4_000)
    except (OSError, EOFError, zlib.error):
        return b""


def _open(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))  # not read ahead: a damage would cost what stands before it
    return path.open("rb")


def _single(path: Path, name: str) -> Iterator[Item]:
    with _open(path) as stream:
        try:
            raw = stream.read(mbox.MAX_MESSAGE)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            yield Email(name, error=Problem("unreadable_mail", "The packed mail is damaged; pack it anew."))
            return
    yield Unread(name, raw, read)


def _mbox(path: Path, name: str) -> Iterator[Item]:
    number = 0
    file = None if path.name.lower().endswith(".gz") else str(path.absolute())
    with _open(path) as stream:
        try:
            for number, found in enumerate(mbox.find(stream), start=1):
                place = None if file is None or found.start is None else Place(file, found.start, found.size)
                yield Unread(f"{name}#{number}", found.raw, read, place)
        except (OSError, EOFError, zlib.error):
            problem = Problem("damaged_archive", "The mailbox is damaged here; what stands behind it is lost.")
            yield Email(f"{name}#{number + 1}", error=problem)


def _folder(path: Path) -> Iterator[Item]:
    """A Maildir, or any folder: its files by name, folders inside included.

    What holds no mails is passed over; what should hold some and cannot be opened is a row with an error.
    """
    found = False
    for item in _items(path):
        name = str(item.relative_to(path))
        try:
            yield from _file(item, name) if not _in_maildir(item) else _single(item, name)
        except NoMails:
            continue
        except (InputError, MissingExtra) as error:
            yield Email(name, error=Problem(error.code, str(error).replace(str(item), name)))
        except OSError as error:
            yield Email(name, error=Problem("unreadable_file", f"The file cannot be opened ({type(error).__name__})."))
        found = True
    if not found:
        raise InputError(f"{path} holds no mail: give {KNOWN}.")


def _items(path: Path) -> Iterator[Path]:
    for item in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in item.relative_to(path).parts[-1:])
        if item.is_file() and not item.is_symlink() and not hidden and item.parent.name != "tmp":
            yield item


def _in_maildir(item: Path) -> bool:
    return item.parent.name in ("cur", "new") and not item.suffix.lower().startswith((".eml", ".mbox"))
