"""Copies of a SQLite store: made while others write, checked, and put back whole or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from data.errors import InputError
from service.database import LOCK_SECONDS
from service.migrations import is_known
from service.store import open_store


def back_up(url: str, file: Path) -> int:
    """Copy the store at ``url`` into ``file``; how many messages it holds.

    The file takes its name only once the copy is whole, checked and on disk.
    """
    store = _sqlite_file(url)
    if not store.is_file():
        raise InputError(f"There is no store at {store} yet: there is nothing to back up")
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with _opened(store) as source, _opened(partial, new=True) as copy:
            source.backup(copy)  # as of one moment; others read and write meanwhile
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
            count = _checked(copy, partial)
        _sync(partial)
        partial.replace(file)
        _sync(file.parent)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror}): choose another file") from error
    finally:
        for path in partial.parent.glob(f"{partial.name}*"):
            path.unlink()
    return count


def restore(file: Path, url: str, *, force: bool) -> int:
    """Put the copy in ``file`` in place of the store at ``url``, in one transaction; how many messages it holds.

    Raises:
        InputError: ``file`` is no whole copy, or the store holds messages and ``force`` is not given.
    """
    target = _sqlite_file(url)
    if not file.is_file():
        raise InputError(f"{file} is not there: give a file that `kyp backup` wrote")
    with _opened(file) as source:
        count = _checked(source, file)
        open_store(url).close()  # makes the folder, and a store that can be written
        with _opened(target) as store:
            (there,) = store.execute("SELECT count(*) FROM messages").fetchone()
            if there and not force:
                raise InputError(f"{target} is not empty ({there} messages): give --force to put the copy in its place")
            source.backup(store)  # all pages in one transaction of the store
    open_store(url).close()  # an older copy is brought to the newest schema
    return int(count)


def _sqlite_file(url: str) -> Path:
    try:
        made = make_url(url)
    except ArgumentError as error:
        raise InputError("KYP_DATABASE_URL is not a database URL") from error
    if made.get_backend_name() != "sqlite" or not made.database or made.database == ":memory:":
        raise InputError("Only a SQLite store is a file: back up PostgreSQL by pg_dump, and restore it by pg_restore")
    return Path(made.database)


@contextmanager
def _opened(path: Path, *, new: bool = False) -> Iterator[sqlite3.Connection]:
    if new:
        path.touch(mode=0o600, exist_ok=False)  # it holds mails
    with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection:
        yield connection


def _checked(connection: sqlite3.Connection, file: Path) -> int:
    """How many messages a copy holds (InputError where it is damaged, or none of ours)."""
    try:
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        revisions = [name for (name,) in connection.execute("SELECT version_num FROM alembic_version")]
        (count,) = connection.execute("SELECT count(*) FROM messages").fetchone()
    except sqlite3.DatabaseError as error:
        raise InputError(f"{file} is no whole copy of a store ({error}): take another one") from error
    if verdict != "ok" or len(revisions) != 1:
        raise InputError(f"{file} is damaged: take another copy")
    if not is_known(revisions[0]):
        raise InputError(f"{file} was written by a newer kyp (revision {revisions[0]}): use that one to restore it")
    return int(count)


def _sync(path: Path) -> None:
    """Wait until a file, or a folder with its names, is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
