"""Assessments written as Parquet: typed columns, for databases and data frames (``kyp[parquet]``)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from data.errors import InputError, MissingExtra
from data.records import Assessment, Passage
from data.taxonomy import LABELS
from service.full import is_full

GROUP = 10_000  # rows written together: what a reader skips or takes as a whole

WriteRow = Callable[[Assessment], None]


@contextmanager
def open_parquet(out: Path | None) -> Iterator[WriteRow]:
    """Open a Parquet file for rows; it takes its name only when all rows are in it.

    Raises:
        MissingExtra: pyarrow is not installed.
        InputError: no file is named, or it cannot be written.
    """
    if out is None or (out.exists() and not out.is_file()):
        raise InputError("Parquet is written to a file, or to a folder named with a / at its end: name one with -o")
    pa, parquet = pyarrow()
    half_written = out.with_name(f".{out.name}.{os.getpid()}")
    schema = _schema(pa)
    rows: list[dict[str, Any]] = []
    try:
        with parquet.ParquetWriter(half_written, schema, compression="zstd") as writer:

            def write(assessment: Assessment) -> None:
                rows.append(cells(assessment))
                if len(rows) >= GROUP:
                    flush()

            def flush() -> None:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                rows.clear()

            yield write
            flush()
        with half_written.open("rb") as whole:
            os.fsync(whole.fileno())
        half_written.replace(out)
    except OSError as error:
        if is_full(error):
            raise
        raise InputError(f"{out}: cannot be written ({error.strerror}); choose another file with -o") from error
    finally:
        half_written.unlink(missing_ok=True)


def pyarrow() -> tuple[Any, Any]:
    """Pyarrow and its Parquet module (MissingExtra where it is not installed)."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("--format parquet needs pyarrow: install kyp[parquet]") from error
    return pa, parquet


def cells(assessment: Assessment) -> dict[str, Any]:
    """One row by column; docs/batch.md describes the columns."""
    sent, urgency, offset = assessment.sent_at, assessment.urgency, None
    if sent is not None and sent.tzinfo is not None:
        offset = int((sent.utcoffset() or sent - sent).total_seconds() // 60)
    return {
        "id": assessment.id,
        "source": assessment.source,
        "message_id": assessment.message_id,
        "client": assessment.client,
        "sent_at": sent and (sent.astimezone(UTC) if sent.tzinfo else sent.replace(tzinfo=UTC)),
        "sent_at_offset": offset,
        "lang": assessment.lang,
        "subject": assessment.subject,
        "text": assessment.text,
        **{signal.label: signal.probability for signal in assessment.signals},
        "labels": list(assessment.labels),
        "evidence": [_passage(s.label, p) for s in assessment.signals for p in s.evidence],
        "urgency": urgency.level,
        "urgency_probabilities": list(urgency.probabilities),
        "urgency_claimed": urgency.claimed,
        "urgency_claimed_probability": urgency.claimed_probability,
        "urgency_hollow": urgency.hollow,
        "urgency_evidence": [_passage("urgency", p) for p in urgency.evidence],
        "deadline": urgency.deadline,
        "strategies": [strategy.id for strategy in assessment.strategies],
        "more": list(assessment.more),
        "kind": assessment.kind,
        "model": assessment.model,
        "error": assessment.error.code if assessment.error else None,
        "error_message": assessment.error.message if assessment.error else None,
    }


def _passage(label: str, passage: Passage) -> dict[str, Any]:
    return {"label": label, "start": passage.start, "end": passage.end, "text": passage.text, "in": passage.part}


def _schema(pa: Any) -> Any:  # noqa: ANN401 (pyarrow has no types)
    word = pa.dictionary(pa.int32(), pa.string())
    place = {"label": pa.string(), "start": pa.int32(), "end": pa.int32(), "text": pa.string(), "in": pa.string()}
    passages = pa.list_(pa.struct(list(place.items())))
    columns: dict[str, Any] = {
        "id": pa.string(),
        "source": pa.string(),
        "message_id": pa.string(),
        "client": pa.string(),
        "sent_at": pa.timestamp("ms", tz="UTC"),
        "sent_at_offset": pa.int16(),
        "lang": word,
        "subject": pa.string(),
        "text": pa.string(),
        **{label: pa.float32() for label in LABELS},
        "labels": pa.list_(pa.string()),
        "evidence": passages,
        "urgency": pa.int8(),
        "urgency_probabilities": pa.list_(pa.float32()),
        "urgency_claimed": pa.bool_(),
        "urgency_claimed_probability": pa.float32(),
        "urgency_hollow": pa.bool_(),
        "urgency_evidence": passages,
        "deadline": pa.date32(),
        "strategies": pa.list_(pa.string()),
        "more": pa.list_(pa.string()),
        "kind": word,
        "model": word,
        "error": word,
        "error_message": pa.string(),
    }
    return pa.schema(list(columns.items()))
