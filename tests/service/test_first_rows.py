"""Rows come while mails are still read: the first ones long before a mailbox ends."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from data.mail.archives import open_items
from data.mail.unread import Item
from service.batch import FIRST
from service.commands.score import Scoring, run
from service.rows import RowFormat
from service.workers import UNDER_WAY

MAIL = (
    "From x Thu Mar  5 17:42:00 2026\nFrom: ana@x.example\nSubject: n{n}\nMessage-ID: <{n}@x.example>\n"
    "Date: Thu, 5 Mar 2026 20:42:00 +0800\n\nDid my message {n} arrive? Copy me on every step, today.\n\n"
)
MAILS = 1_400  # so many that two processes have their hands full twice

Lines = Callable[[], int]


class Watched:
    """A mailbox whose reader looks, each time a mail is asked for, how many rows are out already."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.rows: list[int] = []

    def open(self, path: Path) -> Iterator[Item]:
        """The mails of a file."""
        for item in open_items(path):
            self.rows.append(self.lines())
            yield item


@pytest.fixture
def mailbox(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mailbox of fourteen hundred mails."""
    monkeypatch.setenv("KYP_HOME", str(home))
    path = tmp_path / "inbox.mbox"
    path.write_text("".join(MAIL.format(n=n) for n in range(MAILS)))
    return path


@pytest.mark.parametrize("jobs", [1, 2])
def test_first_rows_are_kept_while_mails_are_read(mailbox: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """The rows of the first sixteen mails are on disk before one process reads the next, two read a few chunks more."""
    out = mailbox.parent / "rows.jsonl"
    part = out.with_name("rows.jsonl.part")
    watched = Watched(lambda: part.read_bytes().count(b"\n") if part.exists() else 0)
    monkeypatch.setattr("service.inputs.open_items", watched.open)
    run(Scoring([str(mailbox)], str(out), RowFormat.JSONL, jobs=jobs))
    first_rows_come_early(watched.rows, jobs)
    assert len(out.read_bytes().splitlines()) == MAILS


@pytest.mark.parametrize("jobs", [1, 2])
def test_first_rows_are_sent_while_mails_are_read(
    mailbox: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], jobs: int
) -> None:
    """On standard output, too: each row is there as a whole line, none waits in a buffer."""
    seen: list[bytes] = []

    def lines() -> int:
        seen.append(capfdbinary.readouterr().out)
        return sum(piece.count(b"\n") for piece in seen)

    watched = Watched(lines)
    monkeypatch.setattr("service.inputs.open_items", watched.open)
    run(Scoring([str(mailbox)], None, RowFormat.JSONL, jobs=jobs))
    first_rows_come_early(watched.rows, jobs)
    lines()
    assert [json.loads(line)["subject"] for line in b"".join(seen).splitlines()] == [f"n{n}" for n in range(MAILS)]
    assert all(piece.endswith(b"\n") for piece in seen if piece)


def first_rows_come_early(rows: list[int], jobs: int) -> None:
    """``rows[n]`` were out when mail number ``n`` was found; the rest came by and by."""
    ahead = 1 if jobs == 1 else UNDER_WAY * jobs
    read = sum(FIRST << number for number in range(ahead))
    assert read < MAILS / 2
    assert rows[read] >= FIRST
    assert sum(before < after for before, after in pairwise(rows)) >= 2
