"""Where the rows of a run go: standard output, a file that takes its name when all are there, a folder of parts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from data.errors import InputError
from data.records import Assessment
from service import remote
from service.judgement import SentMail
from service.parquet import pyarrow
from service.parts import Parts
from service.rows import ROWS_A_PART, RowFormat, WriteRow, open_rows
from service.unfinished import About, Reached, Unfinished, unfinished


class Output(Protocol):
    """Takes the rows of a run, chunk by chunk."""

    @property
    def reached(self) -> Reached:
        """How far the rows go."""

    def rows(self) -> Iterator[Assessment]:
        """The rows that an earlier run left."""

    def sent(self) -> Iterator[SentMail]:
        """One's own mails that an earlier run met."""

    def add(self, items: int, rows: Sequence[Assessment], sent: Sequence[SentMail]) -> None:
        """Take what came of the next so many mails of the input."""

    def complete(self) -> None:
        """All rows are there."""


def is_folder(out: str | None) -> bool:
    """Whether an output is named as a folder, of Parquet parts."""
    return out is not None and out.endswith("/")


@contextmanager
def open_output(
    out: str | None,
    row_format: RowFormat,
    about: About | None,
    home: Path,
    *,
    resume: bool,
    rows_a_part: int = ROWS_A_PART,
) -> Iterator[Output]:
    """Open the output; ``about`` is what the run was begun with, None where it cannot be resumed.

    Raises:
        InputError: it cannot be written, or not be gone on with.
        MissingExtra: Parquet is asked for, and pyarrow is not installed.
    """
    if row_format is RowFormat.PARQUET:
        pyarrow()  # before any work
    if is_folder(out):
        _check_folder(out, row_format, about)
    if out is None or about is None or _is_special(out):
        if resume:
            raise InputError("--resume needs a file to go on with (-o) and inputs that can be read again (not -)")
        place = None if out is None else remote.waiting_room(out, home) if remote.is_url(out) else Path(out)
        with open_rows(place, row_format) as write:
            yield _Streamed(write)
        if place is not None and out is not None:
            _send(place, out)
        return
    place = remote.waiting_room(out, home) if remote.is_url(out) else Path(out)
    with unfinished(place, about, resume=resume) as run:
        delivery: Delivery = _OneFile(run, row_format, out)
        if is_folder(out):
            delivery = parts = Parts(run, rows_a_part, out)
            parts.begin()
        yield _Kept(run, delivery)


def _check_folder(out: str | None, row_format: RowFormat, about: About | None) -> None:
    if row_format is not RowFormat.PARQUET:
        raise InputError(f"{out} is a folder, for Parquet parts: name a file, or give --format parquet")
    if about is None:
        raise InputError(f"{out} is a folder: a mail from standard input (-) goes to a file")


def _is_special(out: str) -> bool:
    """A pipe or a device, which cannot be replaced."""
    return not remote.is_url(out) and not is_folder(out) and Path(out).exists() and not Path(out).is_file()


def _send(place: Path, out: str) -> None:
    if remote.is_url(out):
        remote.deliver(place, out)
        place.unlink()


class _Streamed:
    def __init__(self, write: WriteRow) -> None:
        self._write = write
        self.reached = Reached()

    def rows(self) -> Iterator[Assessment]:
        return iter(())

    def sent(self) -> Iterator[SentMail]:
        return iter(())

    def add(self, items: int, rows: Sequence[Assessment], sent: Sequence[SentMail]) -> None:  # noqa: ARG002 (a protocol)
        for row in rows:
            self._write(row)

    def complete(self) -> None:
        pass


class Delivery(Protocol):
    """Makes of kept rows what was asked for."""

    def grown(self, rows: int) -> None:
        """So many more rows are kept."""

    def deliver(self, part: Path, out: Path) -> None:
        """All rows are kept, in ``part``: see to it that they are all in ``out``."""


@dataclass(slots=True)
class _Kept:
    """Rows kept as JSON Lines until all are there, whatever they are to become."""

    run: Unfinished
    delivery: Delivery

    @property
    def reached(self) -> Reached:
        return self.run.reached

    def rows(self) -> Iterator[Assessment]:
        return self.run.rows()

    def sent(self) -> Iterator[SentMail]:
        return self.run.sent()

    def add(self, items: int, rows: Sequence[Assessment], sent: Sequence[SentMail]) -> None:
        self.run.add(items, rows, sent)
        self.delivery.grown(len(rows))

    def complete(self) -> None:
        self.run.finish(self.delivery.deliver)


@dataclass(frozen=True, slots=True)
class _OneFile:
    run: Unfinished
    row_format: RowFormat
    named: str

    def grown(self, rows: int) -> None:
        """Nothing to do before the end."""

    def deliver(self, part: Path, out: Path) -> None:
        if self.row_format is not RowFormat.JSONL:
            with open_rows(out, self.row_format) as write:
                for row in self.run.rows():
                    write(row)
        elif part.exists():
            part.replace(out)
        _send(out, self.named)
