"""Mails given as fields: JSON Lines, and CSV with the column names of Outlook and Gmail, of any usual encoding."""

import csv
import json
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path

from data.errors import NoMails
from data.mail.charsets import decode
from data.mail.dates import parse_header_date
from data.mail.reading import compose, read
from data.mail.unread import Item, Unread
from data.mail.words import fold
from data.records import Email, Problem

MAX_RECORD = 8 * 1024 * 1024


def open_table(path: Path, name: str, kind: str) -> Iterator[Item]:
    """The rows of a table as mails named ``NAME#n``; a bad row is a row with an error.

    Raises:
        NoMails: a CSV without a column that holds the text.
    """
    return _jsonl(path, name) if kind == "jsonl" else _csv(path, name)


def looks_like_json_lines(head: bytes) -> bool:
    """Whether a file's first bytes are an object on a line of its own, not one spread over many lines."""
    first, newline, _ = head.lstrip().partition(b"\n")
    return first.startswith(b"{") and (not newline or first.rstrip().endswith(b"}"))


def _jsonl(path: Path, name: str) -> Iterator[Item]:
    number = 0
    with path.open("rb") as stream:
        while line := stream.readline(MAX_RECORD):
            if line.strip():
                number += 1
                yield Unread(f"{name}#{number}", line, _json_row)


def _json_row(line: bytes, source: str) -> Email:
    try:
        row = json.loads(decode(line, "utf-8"))
    except (ValueError, RecursionError):
        return Email(source, error=Problem("bad_record", "The line is no JSON; write one object a line."))
    if not isinstance(row, dict):
        return Email(source, error=Problem("bad_record", "The line is no JSON object; write one object a line."))
    return _row({str(key): "" if value is None else value for key, value in row.items()}, source)


def _row(row: dict[str, object], source: str) -> Email:
    """Make a mail of a row whose keys may be any of the known column names."""
    found: dict[str, str] = {}
    for key, value in row.items():
        field = _field(key)
        if field and field not in found and isinstance(value, (str, int, float)):
            found[field] = str(value)
    if found.get("raw", "").strip():
        return read(found["raw"].encode("utf-8", "surrogateescape"), source)
    sender = found.get("from", "").strip()
    if found.get("name") and "<" not in sender:
        sender = f"{found['name']} <{sender}>" if "@" in sender else found["name"]
    return compose(
        found.get("subject", ""),
        found.get("body", ""),
        source,
        sender=sender or None,
        sent_at=_moment(found.get("sent_at", "")),
    )


def _field(column: str) -> str | None:
    return _columns().get(fold(column.strip("\ufeff\"' *:")))


@cache
def _columns() -> dict[str, str]:
    """Each known column name with the field it means."""
    table: dict[str, list[str]] = tomllib.loads(files("data.mail").joinpath("columns.toml").read_text(encoding="utf-8"))
    return {fold(name): field for field, names in table.items() for name in names}


def _moment(text: str) -> datetime | None:
    """ISO 8601 first, seconds since 1970, then as mail programs write dates."""
    text = text.strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        if text.isdigit() and 9 <= len(text) <= 13:
            return datetime.fromtimestamp(int(text) / (1000 if len(text) > 11 else 1), tz=UTC)
        return parse_header_date(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _csv(path: Path, name: str) -> Iterator[Item]:
    """Find out the encoding and the delimiter from the first bytes, then stream."""
    with path.open("rb") as raw:
        head = raw.read(65_536)
    encoding = _encoding(head)
    opening = head.decode(encoding, "replace").lstrip("\ufeff").splitlines()
    told = opening[0][4:5] if opening and opening[0].casefold().startswith("sep=") else ""  # Excel's own first line
    first = next(iter(opening[bool(told) :]), "")
    delimiter = told or max(",;\t|", key=first.count)
    columns = next(csv.reader([first], delimiter=delimiter), [])
    if "body" not in map(_field, columns):
        raise NoMails(f"{path} has no column for the text of the mail: name one of them 'body'.")
    return _csv_rows(path, name, encoding, delimiter, skipped=int(bool(told)))


def _csv_rows(path: Path, name: str, encoding: str, delimiter: str, *, skipped: int) -> Iterator[Item]:
    csv.field_size_limit(MAX_RECORD)  # the module knows no other way; mails are longer than its 128 KB
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        rows = csv.DictReader(_without_nulls(islice(stream, skipped, None)), delimiter=delimiter)
        number = 0
        while True:
            number += 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield Email(f"{name}#{number}", error=Problem("bad_record", "The row is no CSV; check its quotes."))
                continue
            fields = {key: value for key, value in row.items() if key is not None and value is not None}
            yield Unread(f"{name}#{number}", json.dumps(fields).encode(), _json_row)


def _without_nulls(stream: Iterable[str]) -> Iterator[str]:
    for line in stream:
        yield line.replace("\x00", "")


def _encoding(head: bytes) -> str:
    """The encoding of a table by its mark or by what decodes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head[1:200:2].count(0) * 3 > len(head[1:200:2]):
        return "utf-16-le"
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
