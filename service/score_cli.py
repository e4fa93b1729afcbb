"""The command `kyp score`: its options; what it does stands in service/commands/score.py, imported when needed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.mail.addresses import parse_people
from service.rows import ROWS_A_PART, RowFormat


class Backend(StrEnum):
    """Whose processes judge."""

    LOKY = "loky"
    DASK = "dask"


def add_scoring(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(score)


def score(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT…",
            help="mbox (.gz), eml, emlx, msg, pst, zip, jsonl, csv, Maildir, folder, URL; - for one raw mail",
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", help="File or URL; rows.parquet/: parts in a folder. Standard output by default."),
    ] = None,
    format: Annotated[RowFormat | None, typer.Option(help="By the ending of OUT where left out, else jsonl.")] = None,  # noqa: A002
    report: Annotated[Path | None, typer.Option(help="Write a report on the whole, one HTML file.")] = None,
    mask: Annotated[bool, typer.Option("--mask", help="Mask names and addresses in the report.")] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes to work with.")] = 1,
    backend: Annotated[Backend, typer.Option(help="loky: this machine; dask: a cluster.")] = Backend.LOKY,
    scheduler: Annotated[str | None, typer.Option(help="Of the cluster, as in tcp://host:8786.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with OUT where a run was stopped.")] = False,
    rows_per_part: Annotated[int, typer.Option(min=1, help="Where OUT is a folder (rows.parquet/).")] = ROWS_A_PART,
    me: Annotated[list[str] | None, typer.Option("--me", help="An address of yours; give it once for each.")] = None,
    prior: Annotated[
        float | None, typer.Option(help="Share of the messages that bear a label, as 0.1; by default as in training.")
    ] = None,
    keep_copies: Annotated[bool, typer.Option("--keep-copies", help="Score a message each time it comes.")] = False,
) -> None:
    """Judge mails: one row each, in the order of the input."""
    from service.commands.score import Scoring, run

    if (backend is Backend.DASK) != (scheduler is not None):
        raise typer.BadParameter("--backend dask and --scheduler ADDRESS go together")
    if mask and report is None:
        raise typer.BadParameter("--mask masks the report: name one with --report")
    if prior is not None and not 0 < prior < 1:
        raise typer.BadParameter(f"--prior {prior:g} is no share: give one between 0 and 1, as 0.1")
    chosen = format or RowFormat.of(out)
    run(
        Scoring(
            inputs=inputs,
            out=out,
            row_format=chosen,
            report=report,
            mask=mask,
            jobs=jobs,
            scheduler=scheduler,
            resume=resume,
            rows_a_part=rows_per_part,
            own=frozenset(map(_own_address, me or ())),
            prior=prior,
            keep_copies=keep_copies,
        )
    )


def _own_address(text: str) -> str:
    """The address in ``address`` or ``Name <address>``, in lower case, as senders of mails are."""
    people = parse_people(text)
    address = people[0].address if len(people) == 1 else None
    if address is None or ("<" not in text and text.strip().lower() != address):
        raise typer.BadParameter(f"--me {text} is no address; give one, as in --me tomas@studio.example, once for each")
    return address
