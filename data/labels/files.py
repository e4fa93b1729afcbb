"""The three kinds of files that carry opinions, written and read by one name each."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import IO

from data.errors import InputError
from data.labels import jsonl, label_studio, sheet
from data.labels.opinion import OpinedMessage


class LabelFormat(StrEnum):
    """How opinions are written."""

    JSONL = "jsonl"
    CSV = "csv"
    LABEL_STUDIO = "label-studio"


MEDIA_TYPES = {
    LabelFormat.JSONL: "application/x-ndjson",
    LabelFormat.CSV: "text/csv",
    LabelFormat.LABEL_STUDIO: "application/json",
}
_Writer = Callable[[IO[str], Iterable[OpinedMessage]], Iterator[bool]]
_Reader = Callable[[IO[str], str | None], Iterator[tuple[str, OpinedMessage | InputError]]]
_FORMATS: dict[LabelFormat, tuple[_Writer, _Reader]] = {
    LabelFormat.JSONL: (jsonl.writing, jsonl.read),
    LabelFormat.CSV: (sheet.writing, sheet.read),
    LabelFormat.LABEL_STUDIO: (label_studio.writing, label_studio.read),
}
_BY_ENDING = {".jsonl": LabelFormat.JSONL, ".csv": LabelFormat.CSV, ".json": LabelFormat.LABEL_STUDIO}


def format_of(ending: str) -> LabelFormat:
    """The format that a file's ending stands for (InputError where it stands for none)."""
    if ending.lower() not in _BY_ENDING:
        raise InputError(f"labels are kept in {', '.join(_BY_ENDING)}, not in {ending or 'a file without an ending'}")
    return _BY_ENDING[ending.lower()]


def writing(stream: IO[str], messages: Iterable[OpinedMessage], label_format: LabelFormat) -> Iterator[bool]:
    """Write messages with their opinions one by one; tells of each whether the format could take it.

    JSON Lines leave out what cannot be learnt from.
    """
    write, _ = _FORMATS[label_format]
    return write(stream, messages)


def read(
    stream: IO[str], label_format: LabelFormat, annotator: str | None
) -> Iterator[tuple[str, OpinedMessage | InputError]]:
    """The place of each row with its message, or with what is wrong with it; rows that hold nothing new are faults too.

    Raises:
        InputError: the file as a whole is not of that format.
    """
    _, reading = _FORMATS[label_format]
    for place, row in reading(stream, annotator):
        faults = "; ".join(row.faults()) if isinstance(row, OpinedMessage) else ""
        yield place, InputError(faults) if faults else row
