"""Opinions as CSV for a spreadsheet: one row an opinion, one column a label (1, 0, or empty where nothing is said)."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import IO, Any

from data.errors import InputError
from data.labels.opinion import Correction, OpinedMessage, Opinion
from data.taxonomy import LABELS, LANGUAGES, Label, Language

_NO_DEADLINE = "none"
_MESSAGE = ("id", "client", "sent_at", "lang", "subject", "text")
_REST = ("urgency", "urgency_claimed", "deadline", "evidence", "annotator", "given_at", "model", "model_said")
COLUMNS = (*_MESSAGE, *LABELS, *_REST)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "y", "x"}), frozenset({"0", "false", "no", "n"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def writing(stream: IO[str], messages: Iterable[OpinedMessage]) -> Iterator[bool]:
    """Write a header and the rows, message by message.

    A text that a spreadsheet would take for a formula gets a leading apostrophe, which reading takes away again.
    """
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    for message in messages:
        for correction in message.corrections:
            row = _message_cells(message) | _opinion_cells(correction)
            writer.writerow({name: _harmless(cell) for name, cell in row.items()})
        yield True


def read(stream: IO[str], annotator: str | None) -> Iterator[tuple[str, OpinedMessage | InputError]]:
    """Each row's place and message, or what is wrong with it.

    Raises:
        InputError: the header lacks a column without which no row can be read.
    """
    reader = csv.DictReader(stream)
    missing = {"id", "text"} - set(reader.fieldnames or ())
    if missing or not set(LABELS) & set(reader.fieldnames or ()):
        raise InputError(f"the header lacks {', '.join(sorted(missing)) or 'every label'}; columns are: {COLUMNS}")
    try:
        for row in reader:
            try:
                yield f"line {reader.line_num}", _opined(row, annotator)
            except ValueError as error:
                yield f"line {reader.line_num}", InputError(str(error))
    except csv.Error as error:
        yield f"line {reader.line_num}", InputError(f"no CSV from here on ({error})")


def _message_cells(message: OpinedMessage) -> dict[str, str]:
    sent_at = message.sent_at.isoformat() if message.sent_at else ""
    cells = (message.id, message.client or "", sent_at, message.lang, message.subject, message.text)
    return dict(zip(_MESSAGE, cells, strict=True))


def _opinion_cells(correction: Correction) -> dict[str, str]:
    own, said = correction.opinion, correction.said
    deadline = own.deadline.isoformat() if own.deadline else _NO_DEADLINE
    cells: dict[str, str] = {label: _cell(own.labels.get(label)) for label in LABELS}
    return cells | {
        "urgency": "" if own.urgency is None else str(own.urgency),
        "urgency_claimed": _cell(own.urgency_claimed),
        "deadline": deadline if own.deadline_told else "",
        "evidence": json.dumps(own.evidence, ensure_ascii=False) if own.evidence else "",
        "annotator": own.annotator,
        "given_at": correction.given_at.isoformat() if correction.given_at else "",
        "model": said.model if said else "",
        "model_said": " ".join(said.labels) if said else "",
    }


def _opined(row: Mapping[str, str | None], annotator: str | None) -> OpinedMessage:
    cells = {name: _bare(cell or "") for name, cell in row.items() if name in COLUMNS}
    sent_at = cells.get("sent_at", "").strip()
    opinion = Opinion(
        annotator=annotator or cells.get("annotator", "").strip() or "imported",
        labels={label: told for label in LABELS if (told := _told(label, cells)) is not None},
        evidence=_evidence(cells.get("evidence", "")),
        urgency=_level(cells.get("urgency", "").strip()),
        urgency_claimed=_told("urgency_claimed", cells),
        deadline=_deadline(cells.get("deadline", "").strip()),
        deadline_told=bool(cells.get("deadline", "").strip()),
    )
    lang: Language = next((one for one in LANGUAGES if one == cells.get("lang")), "other")
    moment = datetime.fromisoformat(sent_at) if sent_at else None
    subject, corrections = cells.get("subject", ""), (Correction(opinion),)
    return OpinedMessage(cells["id"], cells.get("client") or None, moment, lang, subject, cells["text"], corrections)


def _cell(told: bool | None) -> str:
    return "" if told is None else str(int(told))


def _told(name: str, cells: Mapping[str, str]) -> bool | None:
    cell = cells.get(name, "").strip().lower()
    if cell in ("", *_TRUE, *_FALSE):
        return cell in _TRUE if cell else None
    raise ValueError(f"{name} is {cell[:20]!r}: write 1, 0 or nothing")


def _level(cell: str) -> int | None:
    if cell and not (cell.isdigit() and int(cell) <= 3):
        raise ValueError(f"urgency is {cell[:20]!r}: write 0, 1, 2, 3 or nothing")
    return int(cell) if cell else None


def _deadline(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if cell and cell != _NO_DEADLINE else None
    except ValueError:
        raise ValueError(f"deadline is {cell[:20]!r}: write a date as in 2026-03-05, none, or nothing") from None


def _evidence(cell: str) -> dict[Label, tuple[str, ...]]:
    told: Any = json.loads(cell) if cell.strip() else {}
    if not isinstance(told, dict) or not set(told) <= set(LABELS):
        raise ValueError('evidence is not JSON such as {"distrust": ["a passage"]}')
    return {label: tuple(map(str, told[label])) for label in LABELS if label in told}


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" '").startswith(_FORMULA) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" '").startswith(_FORMULA) else cell
