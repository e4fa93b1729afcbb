"""Writes a mailbox of any size from the shipped messages: python tests/bench/mailboxes.py MAILS OUT.mbox.

Clients, dates, and a number and a word in each text differ: no two mails are the same. Every fiftieth mail is an
answer of the provider (studio@agency.example), every hundredth has a copy behind it.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "labelled"
START = datetime(2024, 1, 1, 6, tzinfo=UTC)
OWN = "studio@agency.example"
CLIENTS = 400


def write_mailbox(path: Path, mails: int, seed: int = 0) -> None:
    """Write an mbox of so many mails, spread over two years."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for mail in _mails(mails, seed):
            file.write(f"From x@y.example Thu Jan  1 00:00:00 2026\n{mail}\n")


def _mails(count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)  # noqa: S311 (a mailbox is no secret)
    shipped = [json.loads(line) for file in sorted(DATA.glob("*.jsonl")) for line in file.open(encoding="utf-8")]
    step = timedelta(days=730) / max(count, 1)
    mail = ""
    for number in range(count):
        message = chance.choice(shipped)
        person = int(CLIENTS * chance.random() ** 2)
        client = f"client{person}@firm{person % 60}.example"
        sent = START + number * step
        if number % 50 == 49:
            yield _mail(OWN, client, sent, f"Re: {message['subject']}", "Thank you, it is on its way.", number)
        elif number % 100 == 98:
            yield mail  # a copy of the one before
        else:
            text = f"{message['body']}\n\nJob {number} {_word(chance)}"
            mail = _mail(client, OWN, sent, message["subject"], text, number)
            yield mail


def _mail(sender: str, to: str, sent: datetime, subject: str, text: str, number: int) -> str:
    lines = (
        f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <{number}@mail.example>",
        f"Date: {sent:%a, %d %b %Y %H:%M:%S} +0000", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit", "", text.replace("\nFrom ", "\n>From "), "",
    )  # fmt: skip
    return "\n".join(lines)


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(4, 9)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python tests/bench/mailboxes.py MAILS OUT.mbox")
    write_mailbox(Path(sys.argv[2]), int(sys.argv[1]))
