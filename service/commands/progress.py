"""How far a run over many mails has come, shown on standard error where a person looks at it."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Row = TypeVar("Row")


def watched(rows: Iterable[Row]) -> Iterator[Row]:
    """Pass rows on, counting them on a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        yield from rows
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.completed:,.0f} mails judged"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        for row in rows:
            yield row
            progress.advance(task)
