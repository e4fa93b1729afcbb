"""`kyp export-labels`, `kyp import-labels`, `kyp labels agreement`: corrections out, in, and how far people agree."""

import json
import math
from contextlib import closing
from pathlib import Path

import typer

from data.errors import InputError
from data.labels import files
from data.labels.files import LabelFormat
from model.agreement import agreements
from service.commands.first_model import ensure_model, tell
from service.judging import build_registry
from service.label_import import LabelImport
from service.rows import open_text
from service.settings import read_settings
from service.wiring import build_records, build_service

_SHOWN = 20


def export(out: Path | None, label_format: LabelFormat | None) -> None:
    """Write all corrections to a file or to standard output; the count goes to standard error."""
    chosen = label_format or (files.format_of(out.suffix) if out is not None else LabelFormat.JSONL)
    records = build_records(read_settings())
    with closing(records.store), open_text(out) as stream:
        written = [*files.writing(stream, records.corrections.messages(), chosen)]
    tell(f"{sum(written)} labelled message{'s' * (sum(written) != 1)} written")
    if left := len(written) - sum(written):
        tell(f"{left} left out: kyp does not learn their language")


def take(paths: list[Path], annotator: str | None, *, strict: bool) -> None:
    """Take corrections from files; each bad row is told on standard error."""
    settings = read_settings()
    ensure_model(build_registry(settings))
    service = build_service(settings)
    with closing(service.store):
        importing = LabelImport(service.store, service.desk, service.corrections)
        for path in paths:
            done = importing.take(path, annotator, strict=strict)
            for place, reason in done.bad[:_SHOWN]:
                tell(f"{path}, {place}: {reason}")
            if len(done.bad) > _SHOWN:
                tell(f"{path}: and {len(done.bad) - _SHOWN} more")
            if strict and done.bad:
                raise InputError(f"{path}: {len(done.bad)} bad rows, nothing taken; mend them, or leave --strict out")
            typer.echo(f"{path}: {done.rows} rows taken ({done.new} new opinions), {len(done.bad)} bad")


def agreement(*, as_json: bool) -> None:
    """Print Krippendorff's alpha by label."""
    records = build_records(read_settings())
    with closing(records.store):
        found = agreements(message.opinions for message in records.corrections.messages())
    if as_json:
        rows = [
            {"aspect": one.aspect, "messages": one.messages, "alpha": None if math.isnan(one.alpha) else one.alpha}
            for one in found
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    typer.echo(f"{'':26}{'messages':>9}{'alpha':>8}   (Krippendorff; 1 is agreement, 0 is chance)")
    for one in found:
        alpha = "-" if math.isnan(one.alpha) else f"{one.alpha:.3f}"
        typer.echo(f"{one.aspect:26}{one.messages:9}{alpha:>8}")
    if not any(one.messages for one in found):
        tell("No message has opinions of two people yet: let another one label with `kyp label --annotator NAME`.")
