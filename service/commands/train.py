"""`kyp train`: learn from labelled messages, and put the model in use where it is as good as the one in use."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import typer

from data.labels.jsonl import labelled
from data.records import LabelledMessage
from model.registry import Registry
from service.commands.first_model import tell
from service.judging import build_registry
from service.settings import Settings, read_settings
from service.wiring import build_records
from training.recipe import Recipe
from training.run import TrainingOutcome, learn

_SHOWN = 20


def run(
    data: Sequence[Path],
    out: Path | None,
    *,
    from_store: bool,
    with_shipped: bool,
    jobs: int,
    nice: int,
    seed: int,
    encoder: Path | None = None,
) -> None:
    """Gather, train and tell; the summary goes to standard output, progress to standard error."""
    settings = read_settings(encoder=encoder)
    registry = Registry(out, encoder=settings.encoder) if out is not None else build_registry(settings)
    mine = _corrections(settings) if from_store else []
    recipe = Recipe.of(data, mine, with_shipped=with_shipped)
    for line in recipe.scarce():
        tell(f"few examples: {line}")
    _step_back(nice)
    with _shown() as progress:
        outcome = learn(recipe, registry, seed=seed, jobs=jobs, progress=progress, encoder=settings.encoder)
    _report(outcome)


def _corrections(settings: Settings) -> list[LabelledMessage]:
    """What people said of stored messages, as far as kyp can learn from it."""
    records = build_records(settings)
    with closing(records.store):
        opined = list(records.corrections.messages())
    told = [message for one in opined if (message := labelled(one)) is not None]
    tell(f"{len(told)} messages labelled by people in the store" + _left_out(len(opined) - len(told)))
    return told


def _left_out(number: int) -> str:
    return f"; {number} left out, in a language that kyp does not learn" if number else ""


def _step_back(nice: int) -> None:
    """Let others have the processor first; the worker processes follow."""
    if nice and hasattr(os, "nice"):  # Windows has none
        os.nice(nice)


def _report(outcome: TrainingOutcome) -> None:
    typer.echo(outcome.summary())
    decision = outcome.decision
    if decision.checks:
        verdict = "takes its place" if decision.promoted else "stays a candidate"
        typer.echo(f"compared with {decision.champion} on {decision.shared} messages that neither had seen: {verdict}")
        typer.echo("\n".join(check.line() for check in decision.checks))
    if decision.own is not None:
        number, before, after = decision.own
        typer.echo(f"on {number} messages of yours that are new: macro-F1 {before:.3f} before, {after:.3f} now")
    if not decision.promoted:
        typer.echo(f"not put in use: {decision.reason}")
        typer.echo(f"`kyp models promote {outcome.version} --anyway` overrules that")
    if outcome.suspects:
        typer.echo(f"\nlabels of yours worth a second look ({len(outcome.suspects)}):")
    for one in outcome.suspects[:_SHOWN]:
        said = "set" if one.labelled else "not set"
        typer.echo(f"  {one.message}  {one.label} {said}, the model gives it {one.probability:.0%}")


@contextmanager
def _shown() -> Iterator[Callable[[str], None]]:
    """A line for each step; on a terminal with a spinner and the time that it takes."""
    if not sys.stderr.isatty():
        yield tell
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        steps: list[tuple[str, float]] = []

        def step(line: str) -> None:
            if steps:
                before, began = steps[-1]
                console.print(f"[green]✓[/] {before} [dim]{time.monotonic() - began:.0f} s[/]")
            steps.append((line, time.monotonic()))
            status.update(line)

        yield step
