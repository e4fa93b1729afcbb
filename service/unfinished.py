"""Rows of a run that has not ended: OUT.part, and beside it OUT.journal, which tells how far they go.

The journal's first line says what the run was begun with; each other line follows a chunk whose rows are written.
After a crash the rows beyond the last whole line are cut off, and the run goes on with the next mail.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from data.errors import InputError
from data.records import Assessment
from data.wire import from_json, to_line
from service.judgement import SentMail

PART, JOURNAL = OWN_SUFFIXES = (".part", ".journal")

About = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a run came: mails and chunks taken from the input, bytes of rows; ``finished`` when all were."""

    items: int = 0
    chunks: int = 0
    bytes: int = 0
    finished: bool = False


@contextmanager
def unfinished(out: Path, about: About, *, resume: bool) -> Iterator["Unfinished"]:
    """Begin the rows of ``out``, or go on with them; they stay when the block ends early.

    Raises:
        InputError: rows are there already and ``resume`` is not asked for, or they were begun with something else, or
            another process is writing them, or the place cannot be written.
    """
    run = Unfinished(out)
    with run.locked():
        run.open(about, resume=resume)
        try:
            yield run
        finally:
            run.close()


class Unfinished:
    """The rows of one output so far. Whoever adds to them holds the lock of the journal."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.part = out.with_name(out.name + PART)
        self.journal = out.with_name(out.name + JOURNAL)
        self.reached = Reached()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from these rows."""
        try:
            self._lines: IO[bytes] = self.journal.open("ab+")
            fcntl.flock(self._lines, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{self.out}: another kyp is writing it; wait for it, or choose another -o") from error
        except OSError as error:
            raise InputError(f"{self.out}: cannot be written ({error.strerror}); choose another with -o") from error
        try:
            yield
        finally:
            with suppress(OSError):  # what it holds was written line by line; on a full disk it tries the last again
                self._lines.close()

    def open(self, about: About, *, resume: bool) -> None:
        """Find out how far the rows go, and hold a run that goes on to what it was begun with."""
        begun, self.reached, end = self._read_journal()
        if begun is None:
            self._begin(about)
        elif not resume:
            raise InputError(
                f"{self.part} holds {self.reached.items:,} mails of a run that was stopped: go on with --resume, "
                f"or remove it and {self.journal.name} to begin anew"
            )
        else:
            self._hold_to(begun, about)
            self._lines.truncate(end)
        if not self.reached.finished:
            self._rows = self.part.open("ab")
            self._rows.truncate(self.reached.bytes)

    def close(self) -> None:
        """Leave whole rows behind, and nothing where none were made."""
        if not self.reached.finished:
            with suppress(OSError):  # rows that found no room are cut off anyway
                self._rows.close()
            os.truncate(self.part, self.reached.bytes)
            if not self.reached.items:
                self._remove()

    def rows(self) -> Iterator[Assessment]:
        """The rows that are there, from the first; a finished part may have its name already."""
        with (self.part if self.part.exists() else self.out).open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield from_json(json.loads(line))

    def sent(self) -> Iterator[SentMail]:
        """One's own mails that went by."""
        with self.journal.open("rb") as lines:
            for line in lines:
                for at, to, by in json.loads(line).get("sent", ()):
                    yield SentMail(datetime.fromisoformat(at) if at else None, tuple(to), by)

    def add(self, items: int, rows: Sequence[Assessment], sent: Sequence[SentMail]) -> None:
        """Write what came of the next so many mails of the input."""
        written = b"".join(map(to_line, rows))
        self._rows.write(written)
        self._rows.flush()
        was = self.reached
        self.reached = Reached(was.items + items, was.chunks + 1, was.bytes + len(written))
        own = {"sent": [(mail.at.isoformat() if mail.at else None, mail.to, mail.by) for mail in sent]} if sent else {}
        self._note({"items": self.reached.items, "chunks": self.reached.chunks, "bytes": self.reached.bytes} | own)

    def finish(self, deliver: Callable[[Path, Path], None]) -> None:
        """All rows are there: ``deliver`` makes the output of the part; then nothing else is left behind.

        A crash in between is made good by the next run, which delivers again what is there.
        """
        if not self.reached.finished:
            self._rows.flush()
            os.fsync(self._rows.fileno())
            self._rows.close()
            self._note({"finished": True})
            self.reached = replace(self.reached, finished=True)
        deliver(self.part, self.out)
        self._remove()

    def _begin(self, about: About) -> None:
        self._lines.truncate(0)
        self.part.unlink(missing_ok=True)
        self._note({"about": dict(about)})

    def _hold_to(self, begun: About, about: About) -> None:
        for name, value in about.items():
            if begun.get(name) != value:
                raise InputError(
                    f"{self.part} was begun with {name} {begun.get(name)}, not {value}: give the same again, "
                    f"or remove it and {self.journal.name} to begin anew"
                )

    def _read_journal(self) -> tuple[About | None, Reached, int]:
        """What the run was begun with, how far whole rows go, and where the journal's last good line ends."""
        size = self.part.stat().st_size if self.part.exists() else 0
        begun: About | None = None
        reached, end = Reached(), 0
        self._lines.seek(0)
        lines = [_whole(line) for line in self._lines]
        finished = {"finished": True} in lines
        for told in lines:
            if told is None or (told.get("bytes", 0) > size and not finished):
                break
            begun = told.get("about", begun)
            if "items" in told:
                reached = Reached(told["items"], told["chunks"], told["bytes"])
            end += len(_line(told))
        return begun, replace(reached, finished=finished), end

    def _note(self, told: Mapping[str, Any]) -> None:
        self._lines.write(_line(told))
        self._lines.flush()

    def _remove(self) -> None:
        self.journal.unlink(missing_ok=True)  # first: it tells what to do with a part
        self.part.unlink(missing_ok=True)


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told).encode() + b"\n"


def _whole(line: bytes) -> dict[str, Any] | None:
    """A line of the journal, None where it was not written to its end."""
    if not line.endswith(b"\n"):
        return None
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return told
