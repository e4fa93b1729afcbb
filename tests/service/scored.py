"""What tests of `kyp score` share: mails of a mailbox, rows of a file, and the command itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Score = Callable[..., None]

MAIL = (
    "From {sender} Thu Mar  5 17:42:00 2026\nFrom: {sender}\nTo: {to}\nSubject: n{n}\nMessage-ID: <{n}@x.example>\n"
    "Date: Thu, {day} Mar 2026 20:42:00 +0800\n\nDid my message {n} arrive? Copy me on every single step, today.\n\n"
)


def mail(n: int, sender: str = "ana@brightloom.example", to: str = "tomas@studio.example") -> str:
    """One mail of an mbox."""
    return MAIL.format(n=n, day=n % 28 + 1, sender=sender, to=to)


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Stopped(Exception):
    """The run ended here."""


def stop(*_: object) -> None:
    """End the run in place of what is called."""
    raise Stopped
