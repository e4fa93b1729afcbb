"""The commands of the learning loop: labels in and out, training, measuring, and which model is in use."""

import os
from pathlib import Path
from typing import Annotated

import typer

from data.labels.files import LabelFormat

ALL_CORES = os.cpu_count() or 1

models = typer.Typer(no_args_is_help=True, help="The models in the registry.")
labels = typer.Typer(no_args_is_help=True, help="What people say of the stored messages.")

Data = Annotated[list[Path] | None, typer.Argument(help="Labelled JSON Lines; the shipped data where left out.")]
Jobs = Annotated[int, typer.Option(min=1, max=64, help="Processes to work with.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="File to write; standard output where left out.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


def add_learning(app: typer.Typer) -> None:
    """Give the command `kyp` these commands."""
    app.command()(train)
    app.command()(evaluate)
    app.command()(label)
    app.command("export-labels")(export_labels)
    app.command("import-labels")(import_labels)
    app.add_typer(models, name="models")
    app.add_typer(labels, name="labels")


def train(
    data: Annotated[list[Path] | None, typer.Argument(help="Labelled JSON Lines of your own, if any.")] = None,
    from_store: Annotated[
        bool, typer.Option("--from-store", help="Learn from the corrections in the store too.")
    ] = False,
    with_shipped: Annotated[
        bool, typer.Option("--with-shipped/--only-mine", help="Learn from the shipped data too, or not.")
    ] = True,
    out: Annotated[Path | None, typer.Option(help="Folder of models; the one that kyp uses where left out.")] = None,
    jobs: Jobs = ALL_CORES,
    nice: Annotated[int, typer.Option(min=0, max=19, help="How far to step back behind other work.")] = 10,
    encoder: Annotated[
        Path | None, typer.Option(help="Folder of a sentence encoder to read with too; see docs/encoder.md.")
    ] = None,
    seed: int = 0,
) -> None:
    """Train a model, compare it with the one in use, and put it in use where it is as good."""
    from service.commands.train import run

    run(
        data or [],
        out,
        from_store=from_store,
        with_shipped=with_shipped,
        jobs=jobs,
        nice=nice,
        seed=seed,
        encoder=encoder,
    )


def evaluate(
    data: Data = None,
    model: Annotated[str | None, typer.Option(help="Version to evaluate; the champion where left out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Figures as one JSON object.")] = False,
) -> None:
    """Measure a model on labelled messages."""
    from service.commands.evaluate import run

    run(data, model, as_json=json)


@models.command("list")
def list_models() -> None:
    """Name the models, the one in use marked."""
    from service.commands.models import show_all

    show_all()


@models.command("show")
def show_model(
    version: Annotated[str | None, typer.Argument(help="The one in use where left out.")] = None, json: Json = False
) -> None:
    """Tell what is known of one model: figures, why it is in use or not, doubtful labels, drift, its card."""
    from service.commands.models import show_one

    show_one(version, as_json=json)


@models.command("diff")
def diff_models(one: str, other: str) -> None:
    """Compare two models label by label on messages that neither had seen."""
    from service.commands.models import diff

    diff(one, other)


@models.command("promote")
def promote_model(
    version: str,
    reason: Annotated[str, typer.Option(help="Kept in the history.")] = "by hand",
    anyway: Annotated[bool, typer.Option("--anyway", help="Also where it was found worse.")] = False,
) -> None:
    """Put a model in use; a running service takes it up within seconds."""
    from service.commands.models import promote

    promote(version, reason, anyway=anyway)


@models.command("rollback")
def rollback_model(reason: Annotated[str, typer.Option(help="Kept in the history.")] = "by hand") -> None:
    """Put the model that was in use before this one in use again."""
    from service.commands.models import rollback

    rollback(reason)


def label(
    annotator: Annotated[str, typer.Option(help="Your name: several people may label the same message.")] = "me",
    second: Annotated[
        bool, typer.Option("--second", help="Messages that others labelled, to see if you agree.")
    ] = False,
) -> None:
    """Label messages in the terminal, those first that teach most; stop at any time, it goes on from there."""
    from service.commands.label import run

    run(annotator, second=second)


def export_labels(
    out: Out = None,
    format: Annotated[  # noqa: A002
        LabelFormat | None, typer.Option(help="By the ending of OUT where left out, else jsonl.")
    ] = None,
) -> None:
    """Write all corrections: JSON Lines that `kyp train` takes, CSV, or Label Studio's JSON."""
    from service.commands.labels import export

    export(out, format)


def import_labels(
    files: Annotated[list[Path], typer.Argument(help=".jsonl, .csv, or Label Studio's .json")],
    annotator: Annotated[str | None, typer.Option(help="Whose opinions; the file tells where left out.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Take nothing of a file with a bad row.")] = False,
) -> None:
    """Take corrections from files; a bad row is told with its line and reason, the rest is taken."""
    from service.commands.labels import take

    take(files, annotator, strict=strict)


@labels.command("agreement")
def show_agreement(json: Json = False) -> None:
    """Tell how far people who labelled the same messages agree (Krippendorff's alpha by label)."""
    from service.commands.labels import agreement

    agreement(as_json=json)
