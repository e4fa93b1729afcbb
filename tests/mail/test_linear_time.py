"""Reading takes time in proportion to the input, whatever is written into it."""

import time
from collections.abc import Callable
from io import BytesIO

import pytest

from data.mail import mbox
from data.mail.reading import read

HEAD = b"From: a@b.example\nSubject: x\n"
CRAFTED = {
    "newlines": HEAD + b"\n" + b"\n",
    "on": HEAD + b"\n" + b"On Mon, Jan 1, 2024 at 1:00 AM Ana <a@b.example>\n",
    "on alone": HEAD + b"\n" + b"On \n",
    "tower": HEAD + b"\n" + b"> " * 60 + b"\n",
    "one tower": HEAD + b"\n" + b">",
    "from": HEAD + b"\n" + b"From: a\n",
    "headers": HEAD + b"\n" + b"From: a@b.example\nTo: b@c.example\nSubject: x\n\n",
    "forwards": HEAD + b"\n" + b"---------- Forwarded message ---------\nFrom: a@b.example\nSubject: x\n\n",
    "spaces": HEAD + b"\n" + b" ",
    "wrote": HEAD + b"\n" + b"x wrote:\n",
    "tables": HEAD + b"\n" + b"| From | a@b.example |\n",
    "tabs": HEAD + b"\n" + b"From\ta@b.example\n",
    "dated": HEAD + b"\n" + b"> Message du 05/03/26 17:42\n",
    "yandex": HEAD + b"\n" + b"To: a@b.example\nSubject: x\n\n",
    "ended": HEAD + b"\n" + b"---- Forwarded message ----\n---- End forwarded message ----\n",
    "verbs": HEAD + b"\n" + b"---- Ana wrote ----\n",
    "closings": HEAD + b"\n" + b"Best regards,\n",
    "rules": HEAD + b"\n" + b"____________________\n",
    "html divs": HEAD + b"Content-Type: text/html\n\n" + b"<div>",
    "html quotes": HEAD + b"Content-Type: text/html\n\n" + b"<blockquote>a",
    "html brackets": HEAD + b"Content-Type: text/html\n\n" + b"<",
    "flowed": HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n",
    "quotes in a name": b'From: "',
    "commas": b"To: ,",
    "encoded words": b"Subject: =?utf-8?q?a?=",
    "nested parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n",
    "enclosed mails": HEAD + b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n",
}
SMALL, TIMES = 20_000, 4


def grown(seed: bytes, size: int) -> bytes:
    """What stands after the seed's last blank line, or after its field's name, repeated to a size."""
    if b"\n\n" in seed.rstrip(b"\n") or seed.startswith(HEAD):
        head, _, unit = seed.partition(b"\n\n")
        return head + b"\n\n" + unit * (size // len(unit)) + b"\nend\n"
    name, _, unit = seed.partition(b": ")
    return name + b": " + unit * (size // len(unit)) + b"\n\nend\n"


def seconds(raw: bytes, work: Callable[[bytes], object] = lambda raw: read(raw, "x")) -> float:
    """The best of four times of reading."""
    best = float("inf")
    for _ in range(4):
        start = time.process_time()
        work(raw)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", CRAFTED)
def test_four_times_the_input_takes_about_four_times_as_long(name: str) -> None:
    """Crafted input that stops other readers for minutes grows the time as itself (slack 2.5; squared were 16).

    A busy machine may spoil a round, so one good round of three proves it.
    """
    assert any(grows_evenly(name) for _ in range(3))


def grows_evenly(name: str) -> bool:
    """Whether one round shows time in proportion to the input."""
    small, large = (seconds(grown(CRAFTED[name], size)) for size in (SMALL, TIMES * SMALL))
    return large < max(2.5 * TIMES * small, 0.15)


@pytest.mark.parametrize(
    "unit", [b"\nFrom x\n", b"\nFrom x\nFrom: a@b.example\n", b"\nFrom a@b.example\n" + b"Received: y\n" * 9_000]
)
def test_looking_behind_from_lines_costs_no_more_for_each(unit: bytes) -> None:
    """A mailbox of nothing but "From " lines without a date, and long headers behind them, is cut in linear time."""

    def evenly() -> bool:
        mailboxes = (unit * (times * 10 * SMALL // len(unit)) for times in (1, TIMES))
        small, large = (seconds(raw, lambda raw: list(mbox.find(BytesIO(raw)))) for raw in mailboxes)
        return large < max(2.5 * TIMES * small, 0.15)

    assert any(evenly() for _ in range(3))
