"""`kyp train`: learn from labelled messages and register the model."""

from collections.abc import Sequence
from pathlib import Path

import typer

from model.registry import Registry
from service.commands.first_model import tell
from service.judging import build_registry
from service.settings import read_settings
from training.run import train


def run(data: Sequence[Path] | None, out: Path | None, *, jobs: int, seed: int) -> None:
    """Train on the files given, or on the shipped ones; the summary goes to standard output."""
    registry = Registry(out) if out is not None else build_registry(read_settings())
    outcome = train(data or None, registry, seed=seed, jobs=jobs, progress=tell)
    typer.echo(outcome.summary())
