"""Outlook's own files, .msg and .pst, by the optional extra ``kyp[outlook]``; each item is read in isolation."""

from collections.abc import Iterator
from pathlib import Path

from data.errors import MissingExtra
from data.records import Email


def open_outlook(path: Path, name: str) -> Iterator[Email]:
    """Stream the mails of a .msg or .pst file.

    Raises:
        MissingExtra: the extra is not installed.
    """
    raise MissingExtra(f"{path} ({name}) needs Outlook support: install it with pip install 'kyp[outlook]'.")
