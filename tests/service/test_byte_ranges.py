"""Mails that workers read themselves: a range of a mailbox file gives the mails that the whole file gives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from data.mail import mbox
from data.mail.archives import open_items
from data.mail.unread import Item, Place, Unread
from model.registry import Registry
from service.batch import in_chunks
from service.commands.score import Scoring, run
from service.inputs import opened
from service.judgement import Order, Outcome
from service.parcels import packed_chunk
from service.pools import processes
from service.ranges import OutOfReach, by_range, read_ranges
from service.rows import RowFormat
from service.workers import judged_by_workers

FROM = "From x@y.example Thu Mar  5 17:42:00 2026\n"
HEAD = "From: ana@x.example\nSubject: n{n}\nMessage-ID: <{n}@x.example>\nDate: Thu, 5 Mar 2026 20:{n:02}:00 +0000\n"
PLAIN = [FROM + HEAD.format(n=n) + f"\nWhere is draft {n}? Tell me – today.\n\n" for n in range(30)]
ESCAPED = FROM + HEAD.format(n=40) + "\n>From here on\n>>From there\nit is yours.\n\n"
UNESCAPED = FROM + HEAD.format(n=41) + "\nWe began.\n\nFrom 2019 we go on.\n\n"
INSIDE = f"Hi\n\n{FROM}Is it done?\n"
MEASURED = f"{FROM}{HEAD.format(n=42)}Content-Length: {len(INSIDE)}\n\n{INSIDE}\n"
KINDS = {
    "plain": "".join(PLAIN),
    "of another system": "".join(PLAIN).replace("\n", "\r\n"),
    "with From in texts": PLAIN[0] + ESCAPED + UNESCAPED + MEASURED + PLAIN[1],
    "without a first From": "".join(PLAIN).removeprefix(FROM),
    "with blank lines at its head": "\n\n" + "".join(PLAIN),
    "cut off": "".join(PLAIN)[:-30],
}


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """An mbox of thirty mails."""
    path = tmp_path / "inbox.mbox"
    path.write_text(KINDS["plain"], newline="")
    return path


@pytest.fixture
def order(home: Path) -> Order:
    """Judge with the shared model."""
    return Order(home / "models", Registry(home / "models").champion_version() or "")


def without_places(items: Sequence[Item]) -> list[Item]:
    """The same mails, wherever they stand."""
    return [replace(item, place=None) if isinstance(item, Unread) else item for item in items]


def judged_here(items: Sequence[Item], order: Order) -> list[Outcome]:
    """What this process makes of mails, in chunks of four: the last digits of a probability depend on the company."""
    return [outcome for chunk in in_chunks(items, 4) for outcome in order.carry_out(chunk)]


@pytest.mark.parametrize("kind", KINDS)
def test_ranges_hold_the_mails_of_the_file(tmp_path: Path, kind: str) -> None:
    """However a mailbox parts its mails, what is read from its ranges is what the stream gave, byte by byte."""
    path = tmp_path / "inbox.mbox"
    path.write_text(KINDS[kind], newline="")
    whole = list(open_items(path))
    assert len(whole) == {"with From in texts": 5}.get(kind, 30)
    for chunk in in_chunks(whole, 7):
        parts = by_range(chunk)
        assert len(parts) == 1
        assert list(read_ranges(parts)) == without_places(chunk)


def test_a_message_too_long_is_cut_in_its_range_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a message beyond the bound the beginning is kept; those behind it are found where they stand."""
    monkeypatch.setattr(mbox, "MAX_MESSAGE", 400)
    path = tmp_path / "inbox.mbox"
    path.write_text(PLAIN[0] + PLAIN[1].rstrip() + "\n" + "more\n" * 200 + "\n" + PLAIN[2])
    whole = list(open_items(path))
    assert [len(item.content) < 400 for item in whole if isinstance(item, Unread)] == [True, True, True]
    assert list(read_ranges(by_range(whole))) == without_places(whole)


@pytest.mark.parametrize("name", ["old.mbox", "inbox.mbox.gz"])
def test_what_stands_otherwise_in_the_file_is_sent(tmp_path: Path, name: str) -> None:
    """Line ends of the old Macintosh, which are changed in reading, and packed mailboxes have no ranges."""
    with fsspec.open(str(tmp_path / name), "wb", compression="infer") as file:
        file.write(KINDS["plain"].replace("\n", "\n" if name.endswith(".gz") else "\r").encode())
    whole = list(open_items(tmp_path / name))
    assert (len(whole), by_range(whole)) == (30, whole)


def test_mails_do_not_travel(mailbox: Path) -> None:
    """What is sent for a chunk names file and places; no word of a mail is in it."""
    chunk = list(open_items(mailbox))
    assert b"Where is draft" in packed_chunk(chunk, ranges=False)
    parcel = packed_chunk(chunk, ranges=True)
    assert b"Where is draft" not in parcel
    assert str(mailbox).encode() in parcel


@pytest.mark.parametrize("change", ["gone", "other words", "shorter"])
def test_another_file_is_noticed(mailbox: Path, change: str) -> None:
    """Other bytes than those that were found in a range are never taken for them; the refusal names the file."""
    parts = by_range(list(open_items(mailbox)))
    if change == "gone":
        mailbox.unlink()
    else:
        text = KINDS["plain"]
        mailbox.write_text(text.replace("draft 7", "draft 8") if change == "other words" else text[:500])
    with pytest.raises(OutOfReach, match=r"inbox\.mbox .*there"):
        list(read_ranges(parts))


def test_mails_behind_the_range_do_no_harm(mailbox: Path) -> None:
    """A mailbox that grows while it is scored stays in reach."""
    whole = list(open_items(mailbox))
    with mailbox.open("a") as more:
        more.write(PLAIN[0])
    assert list(read_ranges(by_range(whole))) == without_places(whole)


def test_workers_out_of_reach_are_sent_the_mails(order: Order, mailbox: Path) -> None:
    """Where workers have no such file the mails are sent: same outcomes, in order; it is told once, with the reason."""
    told: list[str] = []
    here = [item for item in open_items(mailbox) if isinstance(item, Unread)]
    elsewhere = [replace(item, place=Place("/nowhere/inbox.mbox", 0, 10)) for item in here]
    with processes(2, order) as pool:
        judged = [one for many in judged_by_workers(in_chunks(elsewhere, 4), pool, told.append) for one in many]
    assert [one.assessment and one.assessment.source for one in judged] == [item.source for item in here]
    assert judged == judged_here(here, order)
    (line,) = told
    assert "/nowhere/inbox.mbox cannot be read there (FileNotFoundError)" in line


def test_workers_read_the_file_themselves(order: Order, mailbox: Path) -> None:
    """Nothing is sent to processes of this machine but places: with nothing told, the outcomes are the same."""
    told: list[str] = []
    with processes(2, order) as pool:
        items = list(open_items(mailbox))
        judged = [one for many in judged_by_workers(in_chunks(items, 4), pool, told.append) for one in many]
    assert (judged, told) == (judged_here(items, order), [])


@pytest.fixture
def urls(mailbox: Path) -> Iterator[dict[str, str]]:
    """A mailbox, and a folder with it, at URLs: in files that every process reaches, and in this process's memory."""
    files = fsspec.filesystem("memory")
    files.pipe("/ranges/inbox.mbox", mailbox.read_bytes())
    yield {
        "file": f"file://{mailbox}", "folder": f"file://{mailbox.parent}", "memory": "memory://ranges/inbox.mbox",
    }  # fmt: skip
    files.rm("/ranges", recursive=True)


@pytest.mark.parametrize("kind", ["file", "folder", "memory"])
def test_ranges_of_a_url(urls: dict[str, str], kind: str) -> None:
    """Workers are pointed to the URL, not to the copy that the mails were found in."""
    with opened([urls[kind]], 1_000) as inputs:
        chunk = list(inputs.items)
        (part,) = by_range(chunk)
        assert not isinstance(part, Item)
        assert part.file == urls[kind] + ("/inbox.mbox" if kind == "folder" else "")
        assert list(read_ranges([part])) == without_places(chunk)


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_rows_of_a_url_by_several_processes(
    home: Path, mailbox: Path, tmp_path: Path, urls: dict[str, str], kind: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """They are those of the file by one process, whether the workers reach the URL or are sent the mails."""
    monkeypatch.setenv("KYP_HOME", str(home))
    run(Scoring([str(mailbox)], str(tmp_path / "one.jsonl"), RowFormat.JSONL))
    assert capsys.readouterr().err == ""
    run(Scoring([urls[kind]], str(tmp_path / "two.jsonl"), RowFormat.JSONL, jobs=2))
    assert (tmp_path / "two.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()
    sent = "could not read the mails itself, so they are sent: memory://ranges/inbox.mbox cannot be read there"
    assert (sent in capsys.readouterr().err) == (kind == "memory")
