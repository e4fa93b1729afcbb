"""How far a run over many mails has come, shown on standard error where a person looks at it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[int, int], None]


@contextmanager
def progress(size: int | None, done: int, *, rows_to_output: bool) -> Iterator[Step]:
    """Give a function to call with how many mails and bytes of input came to an end.

    On a terminal it shows their number, the rate and, where the ``size`` of the input is known, the time left;
    elsewhere nothing. ``done`` mails were there before.
    """
    beside_rows = rows_to_output and sys.stdout.isatty()  # on the same screen they would run through the bar
    if not sys.stderr.isatty() or beside_rows:
        yield lambda _mails, _bytes: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    ahead = (BarColumn(), TaskProgressColumn()) if size else ()
    ends = (TextColumn("left"), TimeRemainingColumn(compact=True)) if size else ()
    count = TextColumn("{task.fields[mails]:,} mails, {task.fields[rate]:,.0f} a second")
    with Progress(*ahead, count, TimeElapsedColumn(), *ends, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=size, mails=done, rate=0.0)
        mails = 0

        def step(more: int, of_bytes: int) -> None:
            nonlocal mails
            mails += more
            rate = mails / max(shown.tasks[task].elapsed or 0.0, 0.001)
            shown.update(task, advance=of_bytes, mails=done + mails, rate=rate)

        yield step
