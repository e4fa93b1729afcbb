"""`kyp backup`, `kyp restore`, `kyp retain`: what is kept, elsewhere, again, or no longer."""

from contextlib import closing
from pathlib import Path

import typer

from data.errors import InputError
from service import backups
from service.clock import now
from service.retention import Retention
from service.settings import read_settings
from service.store import open_store


def backup(file: Path) -> None:
    """Copy the store into ``file``."""
    count = backups.back_up(read_settings().store_url, file)
    typer.echo(f"{file} holds {count} message{'s' * (count != 1)}.", err=True)


def restore(file: Path, *, force: bool) -> None:
    """Put ``file`` in place of the store."""
    count = backups.restore(file, read_settings().store_url, force=force)
    typer.echo(f"The store holds {count} message{'s' * (count != 1)}, as in {file}.", err=True)


def retain(days: int | None) -> None:
    """Drop texts that have had their time (InputError where nobody said how long that is)."""
    settings = read_settings(retain_text=days)
    if settings.retain_text is None:
        raise InputError("how long texts are kept is not said: give --retain-text DAYS, or set KYP_RETAIN_TEXT")
    with closing(open_store(settings.store_url)) as store:
        dropped = Retention(store.engine, settings.retain_text, now).run()
    typer.echo(f"{dropped} message{'s' * (dropped != 1)} lost the text and kept the figures.", err=True)
