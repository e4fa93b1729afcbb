"""`kyp evaluate`: how good a model is on labelled messages."""

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from data.datasets import load, shipped
from data.errors import ArtifactError
from service.judging import build_registry
from service.settings import read_settings
from training.evaluate import evaluate


def run(data: Sequence[Path] | None, version: str | None, *, as_json: bool) -> None:
    """Evaluate the champion, or the version given; figures on standard output."""
    registry = build_registry(read_settings())
    triage = registry.champion() if version is None else registry.load(version)
    if triage is None:
        raise ArtifactError("There is no model yet: run `kyp train`.")
    evaluation = evaluate(triage, load(data or shipped()))
    typer.echo(json.dumps(evaluation.to_json(), ensure_ascii=False, indent=2) if as_json else evaluation.table())
