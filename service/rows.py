"""Assessments written as rows: JSON Lines in full, a flat CSV that a spreadsheet can open without harm, or Parquet."""

import csv
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from data.errors import InputError
from data.records import Assessment
from data.taxonomy import LABELS
from data.wire import to_json, to_line
from service.full import is_full
from service.places import followed

WriteRow = Callable[[Assessment], None]
COLUMNS = (
    "id", "source", "message_id", "client", "sent_at", "lang", "subject", "text", "urgency", "urgency_claimed",
    "deadline", *LABELS, "labels", "strategies", "model", "error",
)  # fmt: skip
ROWS_A_PART = 10_000  # of Parquet in parts, where nothing else is asked for
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class RowFormat(StrEnum):
    """How rows are written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"

    @classmethod
    def of(cls, name: str | None) -> "RowFormat":
        """The format that the ending of a file, folder or URL asks for; JSON Lines where it asks for none."""
        ending = (name or "").rstrip("/").rpartition(".")[2].lower()
        return cls(ending) if ending in (cls.CSV, cls.PARQUET) else cls.JSONL


@contextmanager
def open_rows(out: Path | None, row_format: RowFormat) -> Iterator[WriteRow]:
    """Open a file (or standard output) for rows; a file takes its name only when all rows are in it.

    To standard output, a pipe or a device each row goes at once: whoever reads them need not wait for the next.
    """
    if row_format is RowFormat.PARQUET:
        from service.parquet import open_parquet  # the extra is looked for only where it is needed

        with open_parquet(out) as write:
            yield write
        return
    with open_text(out) as stream:
        yield _csv_rows(stream) if row_format is RowFormat.CSV else _json_rows(stream)


@contextmanager
def open_text(out: Path | None) -> Iterator[IO[str]]:
    """A text file (or standard output) to write; a file takes its name only when the block ends well.

    A link is followed: the file that it leads to is written.
    """
    place = None if out is None else followed(out)
    with _standard_output() if place is None else _whole_or_nothing(place) as stream:
        yield stream


def check_place(out: Path) -> None:
    """Find out early whether a file can be written (InputError where it cannot)."""
    place = followed(out)
    if place is None:
        return
    if not place.parent.is_dir() or not os.access(place.parent, os.W_OK) or place.is_dir():
        raise InputError(f"{out}: cannot be written; name a file in a folder that is there and that you may write to")


def flat(assessment: Assessment) -> list[str]:
    """The cells of :data:`COLUMNS`; a text that a spreadsheet would take for a formula gets a leading apostrophe."""
    row = to_json(assessment)
    cells = [row[name] for name in COLUMNS[:8]]
    cells += [row["urgency"]["level"], row["urgency"]["claimed"], row["urgency"]["deadline"]]
    cells += [signal["probability"] for signal in row["signals"]]
    cells.append(" ".join(signal["label"] for signal in row["signals"] if signal["present"]))
    cells.append(" ".join(strategy["id"] for strategy in row["strategies"]))
    cells += [row["model"], row["error"]["code"] if row["error"] else None]
    return [_harmless(cell) for cell in cells]


def _harmless(cell: object) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell).lower() if isinstance(cell, bool) else str(cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _json_rows(stream: IO[str]) -> WriteRow:
    def write(assessment: Assessment) -> None:
        stream.write(to_line(assessment).decode())

    return write


def _csv_rows(stream: IO[str]) -> WriteRow:
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    return lambda assessment: writer.writerow(flat(assessment))


@contextmanager
def _standard_output() -> Iterator[IO[str]]:
    stream = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", line_buffering=True)
    try:
        yield stream
        stream.flush()
    except OSError as error:
        if is_full(error):
            _drop_the_rest()
        raise
    finally:
        stream.detach()  # standard output is not ours to close


def _drop_the_rest() -> None:
    """Have standard output lead nowhere, lest what did not fit is tried again, and told of, at Python's own end."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


@contextmanager
def _whole_or_nothing(out: Path) -> Iterator[IO[str]]:
    if out.exists() and not out.is_file():  # a pipe or a device cannot be replaced
        with _opened(out, out, "w", buffering=1) as stream:
            yield stream
        return
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with _opened(partial, out, "x") as stream:
            yield stream
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _opened(path: Path, out: Path, mode: str, buffering: int = -1) -> IO[str]:
    try:
        return path.open(mode, buffering, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); choose another file with -o") from error
