"""Rows as Parquet parts beside each other in a folder, which data frames and clusters read as one table."""

import json
import os
import shutil
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from data.errors import InputError
from data.wire import from_json
from service import remote
from service.parquet import open_parquet
from service.unfinished import Unfinished

DONE = "_SUCCESS"  # what Hadoop and Spark leave when all is there; readers pass over names that begin with _ or .


@dataclass(slots=True)
class Parts:
    """Writes the rows that ``run`` keeps in parts of ``size`` rows each: row number ``n`` stands in part ``n // size``.

    A part has its name only when it is whole, and is never written again: a run that goes on makes those that are
    missing. Where ``named`` is a URL, the parts go there, and an empty file stands here for each that went.
    """

    run: Unfinished
    size: int
    named: str
    parts: int = 0
    kept: int = 0  # rows of the run that no part holds yet
    at: int = 0  # the byte where the first of them begins

    def begin(self) -> None:
        """Take up what an earlier run kept.

        Raises:
            InputError: nothing was begun, but something is in the folder.
        """
        folder = self.run.out
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is a file: name a new folder with -o")
        if not self.run.reached.items and not self.run.reached.finished and self._holds_something():
            raise InputError(f"{self.named} holds something already: name a new folder with -o, or remove that one")
        for half_written in folder.glob(".part-*"):
            half_written.unlink()
        with self.run.part.open("rb") as rows:
            self.grown(sum(1 for _ in rows))

    def grown(self, rows: int) -> None:
        """So many more rows are kept: write the parts that they make full."""
        self.kept += rows
        while self.kept >= self.size:
            self._write(self.size)

    def deliver(self, part: Path, out: Path) -> None:  # noqa: ARG002 (a protocol)
        """All rows are kept: write the last part (an empty one where there are no rows), and say that all is there."""
        if self.kept or not self.parts:
            self._write(self.kept)
        done = out / DONE
        done.touch()
        if remote.is_url(self.named):
            remote.deliver(done, f"{self.named.rstrip('/')}/{DONE}")
            shutil.rmtree(out)

    def _write(self, rows: int) -> None:
        place = self.run.out / f"part-{self.parts:05}.parquet"
        place.parent.mkdir(exist_ok=True)
        with self.run.part.open("rb") as kept:
            kept.seek(self.at)
            lines = islice(kept, rows)
            if place.exists():
                self.at += sum(map(len, lines))
            else:
                with open_parquet(place) as write:
                    for line in lines:
                        write(from_json(json.loads(line)))
                        self.at += len(line)
        if remote.is_url(self.named) and place.stat().st_size:
            remote.deliver(place, f"{self.named.rstrip('/')}/{place.name}")
            os.truncate(place, 0)
        self.parts += 1
        self.kept -= rows

    def _holds_something(self) -> bool:
        if remote.is_url(self.named):
            return remote.holds_something(self.named)
        return self.run.out.is_dir() and any(self.run.out.iterdir())
