"""The commands of keeping: a copy of the store, its way back, and texts that have had their time."""

from pathlib import Path
from typing import Annotated

import typer


def add_keeping(app: typer.Typer) -> None:
    """Give the command `kyp` these commands."""
    app.command()(backup)
    app.command()(restore)
    app.command()(retain)


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; one that is there is replaced at the end.")],
) -> None:
    """Copy the SQLite store into one file, while the service runs; the copy is checked."""
    from service.commands.keeping import backup

    backup(file)


def restore(
    file: Annotated[Path, typer.Argument(help="What `kyp backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Also over a store that holds messages.")] = False,
) -> None:
    """Put a copy in place of the SQLite store: all of it, or nothing where it cannot be used."""
    from service.commands.keeping import restore

    restore(file, force=force)


def retain(
    retain_text: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Keep texts for so many days; KYP_RETAIN_TEXT.")
    ] = None,
) -> None:
    """Drop the texts of older messages now; labels, probabilities, urgency and deadlines stay."""
    from service.commands.keeping import retain

    retain(retain_text)
