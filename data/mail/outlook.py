"""Outlook's own files, .msg and .pst, by the optional extra ``kyp[outlook]``: each item is made a raw mail and read.

.msg needs olefile (the properties are read here, by MS-OXMSG); .pst needs libpff.
"""

import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from data.errors import InputError, MissingExtra
from data.mail.msg import Item, raw_mail, read_item
from data.mail.pst import DAMAGE, messages
from data.mail.reading import read
from data.records import Email, MailKind, Problem

_CLASSES: tuple[tuple[str, MailKind], ...] = (
    ("report.", "bounce"),
    ("ipm.schedule", "calendar"),
    ("ipm.appointment", "calendar"),
    ("ipm.note.rules.ooftemplate", "auto_reply"),
    ("ipm.note.rules.replytemplate", "auto_reply"),
)


def open_outlook(path: Path, name: str) -> Iterator[Email]:
    """Stream the mails of a .msg (one, named ``NAME``) or a .pst (named ``NAME#n``).

    Raises:
        MissingExtra: the extra is not installed.
        InputError: the file is no Outlook file.
    """
    with path.open("rb") as stream:
        is_pst = stream.read(4) == b"!BDN"
    if not is_pst:
        return iter((_msg(_extra("olefile", path), path, name),))
    return _pst(_extra("pypff", path), path, name)


def _extra(module: str, path: Path) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(f"{path.name} is an Outlook file: install kyp[outlook] to read it.") from error


def _msg(olefile: ModuleType, path: Path, name: str) -> Email:
    """Read one .msg; damage inside is an error row, a file of another kind is refused."""
    if not olefile.isOleFile(str(path)):
        raise InputError(f"{path} is no Outlook message: save it anew from Outlook, or as .eml.")
    try:
        with olefile.OleFileIO(str(path)) as storage:
            item = read_item(storage, ())
    except (*DAMAGE, RecursionError) as error:
        return Email(name, error=Problem("unreadable_mail", f"The Outlook item is damaged ({type(error).__name__})."))
    return to_email(item, name)


def _pst(pypff: ModuleType, path: Path, name: str) -> Iterator[Email]:
    store = pypff.file()
    try:
        store.open(str(path))
    except OSError as error:
        raise InputError(f"{path} is no readable .pst: export it anew from Outlook.") from error
    number = 0
    try:
        for number, item in enumerate(messages(store.get_root_folder()), start=1):
            yield to_email(item, f"{name}#{number}")
    except DAMAGE:
        problem = Problem("damaged_archive", "The .pst is damaged here; what stands behind it is lost.")
        yield Email(f"{name}#{number + 1}", error=problem)
    finally:
        store.close()


def to_email(item: Item | None, source: str) -> Email:
    """Read an item through the same way as every mail; its class tells meetings, reports and automatic replies."""
    if item is None:
        return Email(source, error=Problem("unreadable_mail", "The Outlook item is damaged."))
    email = read(raw_mail(item), source)
    kind = next((kind for start, kind in _CLASSES if item.kind.lower().startswith(start)), None)
    return replace(email, kind=kind) if kind else email
