"""Copies of a SQLite store, and their way back."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import InputError
from data.records import Assessment
from service.backups import back_up, restore
from service.listing import Query
from service.retention import Retention
from service.store import open_store

Assessed = Callable[..., Assessment]
NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


def url(path: Path) -> str:
    """The store in a file."""
    return f"sqlite:///{path}"


def fill(path: Path, assessed: Assessed, names: str) -> None:
    """A store with messages of these one-letter names."""
    with closing(open_store(url(path))) as store:
        for name in names:
            store.add(assessed(name), NOON)


def names_in(path: Path) -> str:
    """The names of the messages in a store, in order."""
    with closing(open_store(url(path))) as store:
        return "".join(sorted(message.id for message in store.page(Query(limit=200)).messages))


def test_a_copy_brings_everything_back(tmp_path: Path, assessed: Assessed) -> None:
    """What was stored when the copy was made is there after restoring it, also over another store."""
    fill(tmp_path / "kyp.db", assessed, "abc")
    assert back_up(url(tmp_path / "kyp.db"), tmp_path / "copy") == 3
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    fill(tmp_path / "kyp.db", assessed, "de")
    with pytest.raises(InputError, match="--force"):
        restore(tmp_path / "copy", url(tmp_path / "kyp.db"), force=False)
    assert names_in(tmp_path / "kyp.db") == "abcde"
    assert restore(tmp_path / "copy", url(tmp_path / "kyp.db"), force=True) == 3
    assert names_in(tmp_path / "kyp.db") == "abc"
    assert restore(tmp_path / "copy", url(tmp_path / "new" / "kyp.db"), force=False) == 3
    assert names_in(tmp_path / "new" / "kyp.db") == "abc"
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("kyp.db")) == ["copy", "new"]


def test_a_copy_is_made_while_others_write(tmp_path: Path, assessed: Assessed) -> None:
    """The copy holds what was there at one moment; nobody waits for it."""
    store = open_store(url(tmp_path / "kyp.db"))
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            store.add(assessed(f"m{number:05}"), NOON + timedelta(seconds=number))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    counts = [back_up(url(tmp_path / "kyp.db"), tmp_path / f"copy{n}") for n in range(5)]
    done.set()
    writer.join()
    store.close()
    for number, count in enumerate(counts):
        with closing(sqlite3.connect(tmp_path / f"copy{number}")) as copy:
            ids = [name for (name,) in copy.execute("SELECT id FROM messages ORDER BY id")]
            signals = copy.execute("SELECT count(*) FROM signals").fetchone()[0]
        assert ids == [f"m{n:05}" for n in range(count)]
        assert signals == 9 * count


@pytest.mark.parametrize("damage", ["cut", "scribbled", "other", "newer"])
def test_a_damaged_copy_changes_nothing(tmp_path: Path, assessed: Assessed, damage: str) -> None:
    """A copy that is cut, scribbled on, no store of ours or from a newer kyp is refused by name; the store stays."""
    fill(tmp_path / "kyp.db", assessed, "".join(chr(n) for n in range(97, 123)))
    back_up(url(tmp_path / "kyp.db"), tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    if damage == "cut":
        (tmp_path / "copy").write_bytes(whole[: len(whole) // 2])
    elif damage == "scribbled":
        (tmp_path / "copy").write_bytes(whole[:8192] + b"\x55" * 8192 + whole[16384:])
    elif damage == "other":
        (tmp_path / "copy").write_bytes(b"no database at all" * 99)
    else:
        with closing(sqlite3.connect(tmp_path / "copy")) as copy:
            copy.execute("UPDATE alembic_version SET version_num = '9999'")
            copy.commit()
    with pytest.raises(InputError, match="copy"):
        restore(tmp_path / "copy", url(tmp_path / "kyp.db"), force=True)
    assert len(names_in(tmp_path / "kyp.db")) == 26


def test_a_copy_that_cannot_be_made_leaves_the_old_one(tmp_path: Path, assessed: Assessed) -> None:
    """A store that is damaged, or not there, does not take the place of a good copy."""
    fill(tmp_path / "kyp.db", assessed, "abc")
    back_up(url(tmp_path / "kyp.db"), tmp_path / "copy")
    good = (tmp_path / "copy").read_bytes()
    (tmp_path / "kyp.db").write_bytes(good[:8192] + b"\x55" * 8192 + good[16384:])
    for path in (tmp_path / "kyp.db", tmp_path / "none.db"):
        with pytest.raises(InputError):
            back_up(url(path), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == good
    assert {path.name for path in tmp_path.iterdir()} == {"kyp.db", "copy"}


def test_postgresql_has_its_own_tools() -> None:
    """The error names them."""
    with pytest.raises(InputError, match="pg_dump"):
        back_up("postgresql+psycopg://u@h/kyp", Path("copy"))


def test_no_byte_of_a_dropped_text_stays_in_the_file(tmp_path: Path, assessed: Assessed) -> None:
    """Neither the file nor its journal holds a text that has had its time."""
    with closing(open_store(url(tmp_path / "kyp.db"))) as store:
        store.add(assessed("old", text="Where is the zinnober draft? " * 200), NOON - timedelta(days=9))
        Retention(store.engine, 7, lambda: NOON).run()
        assert b"innober" not in b"".join(path.read_bytes() for path in tmp_path.glob("kyp.db*"))
