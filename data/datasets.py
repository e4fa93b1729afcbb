"""Labelled records on disk → checked LabelledMessages, with a fingerprint and splits that keep clients together."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, STYLES
from data.years import believable

_REQUIRED = frozenset(
    "id lang industry client sent_at subject body labels evidence "
    "urgency urgency_claimed urgency_evidence deadline".split()
)
_OPTIONAL = frozenset({"style", "annotators", "unsure"})
_ASPECTS = frozenset({*LABELS, "urgency", "urgency_claimed", "deadline"})
DEADLINE_DAYS = range(-60, 401)  # outside of it a deadline is a slip of the pen, by the labelling guide's checker


def shipped() -> list[Path]:
    """The labelled files that come with kyp, one a language."""
    folder = Path(__file__).parent / "labelled"
    return [folder / f"{lang}.jsonl" for lang in LANGUAGES]


def load(paths: Iterable[Path]) -> list[LabelledMessage]:
    """Read and check labelled JSON Lines files, sorted by id.

    Raises:
        InputError: a file is missing, a line is malformed (named by file and line), or an id stands twice.
    """
    messages = sorted((message for path in paths for message in _read(path)), key=lambda message: message.id)
    for one, two in pairwise(messages):
        if one.id == two.id:
            raise InputError(f"id {one.id!r} stands twice in the labelled data; give each record an id of its own")
    return messages


def fingerprint(messages: Sequence[LabelledMessage]) -> str:
    """SHA-256 over the records in the order of their ids: the same data gives the same fingerprint."""
    digest = hashlib.sha256()
    for message in sorted(messages, key=lambda message: message.id):
        digest.update(json.dumps(to_record(message), sort_keys=True, ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def held_out(
    messages: Sequence[LabelledMessage], fifth: int = 0
) -> tuple[list[LabelledMessage], list[LabelledMessage]]:
    """Split into (development, held-out fifth); a client is wholly on one side, by a hash of its slug alone.

    The hash makes the split stable: a new record never moves an old client to the other side.
    """
    sides: tuple[list[LabelledMessage], list[LabelledMessage]] = ([], [])
    for message in messages:
        bucket = int.from_bytes(hashlib.sha256(message.client.encode()).digest()[:4], "big") % 5
        sides[bucket == fifth].append(message)
    return sides


def to_record(message: LabelledMessage) -> dict[str, Any]:
    """The JSON object of the labelling guide for one message."""
    return {
        "id": message.id,
        "lang": message.lang,
        "industry": message.industry,
        "client": message.client,
        "sent_at": message.sent_at.isoformat(),
        "subject": message.subject,
        "body": message.body,
        "labels": [label for label in LABELS if label in message.labels],
        "evidence": {label: list(message.evidence[label]) for label in LABELS if label in message.labels},
        "urgency": message.urgency,
        "urgency_claimed": message.urgency_claimed,
        "urgency_evidence": list(message.urgency_evidence),
        "deadline": message.deadline.isoformat() if message.deadline else None,
        **({"style": message.style} if message.style else {}),
        **({"annotators": list(message.annotators)} if message.annotators else {}),
        **({"unsure": sorted(message.unsure)} if message.unsure else {}),
    }


def from_record(record: Any) -> LabelledMessage:  # noqa: ANN401 - whatever a line of JSON held is checked here
    """Check one record by the rules of the labelling guide and convert it.

    Raises:
        InputError: with every fault of the record.
    """
    faults = list(_shape_faults(record)) or list(_content_faults(record))
    if faults:
        raise InputError("; ".join(faults))
    return LabelledMessage(
        id=record["id"],
        lang=record["lang"],
        industry=record["industry"],
        client=record["client"],
        sent_at=datetime.fromisoformat(record["sent_at"]),
        subject=record["subject"],
        body=record["body"],
        labels=frozenset(record["labels"]),
        evidence={label: tuple(quotes) for label, quotes in record["evidence"].items()},
        urgency=record["urgency"],
        urgency_claimed=record["urgency_claimed"],
        urgency_evidence=tuple(record["urgency_evidence"]),
        deadline=date.fromisoformat(record["deadline"]) if record["deadline"] else None,
        style=record.get("style"),
        annotators=tuple(record.get("annotators", ())),
        unsure=frozenset(record.get("unsure", ())),
    )


def _read(path: Path) -> Iterator[LabelledMessage]:
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:  # a mail may hold what else Python ends lines at
            lines = stream.readlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read labelled data {path}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield from_record(json.loads(line))
        except (ValueError, RecursionError, InputError) as error:
            raise InputError(f"{path}:{number}: {error}") from error


def _shape_faults(record: Any) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(record, dict):
        yield "a record is a JSON object"
        return
    if missing := sorted(_REQUIRED - record.keys()):
        yield f"missing fields: {', '.join(missing)}"
    if unknown := sorted(record.keys() - _REQUIRED - _OPTIONAL):
        yield f"unknown fields: {', '.join(unknown)}"
    texts = ("id", "lang", "industry", "client", "sent_at", "subject", "body")
    kinds: dict[str, type] = dict.fromkeys(texts, str) | {
        "labels": list,
        "evidence": dict,
        "urgency": int,
        "urgency_claimed": bool,
        "urgency_evidence": list,
        "annotators": list,
        "unsure": list,
    }
    for name, kind in kinds.items():
        if name in record and not isinstance(record[name], kind):
            yield f"{name} is not a {kind.__name__}"
    for name in ("labels", "annotators", "unsure"):
        told = record.get(name)
        if isinstance(told, list) and not all(isinstance(one, str) for one in told):
            yield f"{name} are not names"


def _content_faults(record: dict[str, Any]) -> Iterator[str]:
    if record["lang"] not in LANGUAGES:
        yield f"lang {record['lang']!r} is none of {', '.join(LANGUAGES)}"
    if record.get("style") not in (None, *STYLES):
        yield f"style {record['style']!r} is none of {', '.join(STYLES)}"
    if len(record["body"].split()) < (1 if record.get("annotators") else 3):
        yield "the body has fewer than three words"
    if not set(record.get("unsure", ())) <= _ASPECTS or (record.get("unsure") and not record.get("annotators")):
        yield f"unsure names something else than {', '.join(sorted(_ASPECTS))}, or there are no annotators"
    labels = record["labels"]
    if len(set(labels)) != len(labels) or not set(labels) <= set(LABELS):
        yield f"labels {labels} are not distinct names of the taxonomy"
    yield from _evidence_faults(record)
    yield from _urgency_faults(record)


def _evidence_faults(record: dict[str, Any]) -> Iterator[str]:
    text = f"{record['subject']}\n{record['body']}"
    if set(record["evidence"]) != set(record["labels"]):
        yield "evidence names other labels than those that are set"
    fewest = 0 if record.get("annotators") else 1  # users need not mark passages; sentences then learn nothing from it
    for label, quotes in record["evidence"].items():
        if not isinstance(quotes, list) or not fewest <= len(quotes) <= 3:
            yield f"{label} needs one to three passages"
        elif not all(isinstance(quote, str) and quote and quote in text for quote in quotes):
            yield f"a passage for {label} does not stand in subject or body"
    if not all(isinstance(quote, str) and quote and quote in text for quote in record["urgency_evidence"]):
        yield "a passage for urgency does not stand in subject or body"


def _urgency_faults(record: dict[str, Any]) -> Iterator[str]:
    if record["urgency"] not in (0, 1, 2, 3):
        yield f"urgency {record['urgency']!r} is not 0 to 3"
    elif (
        (record["urgency"] >= 2 or record["urgency_claimed"])
        and not record["urgency_evidence"]
        and not record.get("annotators")
    ):
        yield "urgency needs a passage"
    try:
        sent_at = datetime.fromisoformat(record["sent_at"])
        deadline = date.fromisoformat(record["deadline"]) if record["deadline"] is not None else None
    except (TypeError, ValueError) as error:
        yield str(error)
        return
    if sent_at.tzinfo is None:
        yield "sent_at has no offset"
    if not believable(sent_at):
        yield f"sent_at names the year {sent_at.year}"
    if deadline and (deadline - sent_at.date()).days not in DEADLINE_DAYS:
        yield f"the deadline is {(deadline - sent_at.date()).days} days from sent_at"
