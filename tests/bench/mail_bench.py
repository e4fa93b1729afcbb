"""Measures the mail reader on a folder of real mail and its peers beside it: python tests/bench/mail_bench.py FOLDER.

The folder holds forwards/, replies/ (each with an expected.jsonl), crashers/, mime/, and a mailbox *.mbox.gz. Peers
(mail-parser-reply, email-forward-parser, quotequail) are measured where they are installed.
"""

import gzip
import importlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import compat32
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from data.mail import mbox
from data.mail.reading import compose, read
from data.records import Email

Case = dict[str, Any]
HTML_HEAD = b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
PATIENCE = 20.0


def main(folder: Path) -> None:
    """Print one table a task."""
    forwards, replies = _cases(folder / "forwards"), _cases(folder / "replies")
    _table("Forwards right in every checked field", len(forwards), _forward_readers(), forwards, _forward_right)
    texts = [case for case in replies if case["format"] == "text" and case["check"] in _CHECKS]
    _table("Newest text of plain answers right", len(texts), _reply_readers(), texts, _reply_right)
    _say(f"\nAll answers (HTML and signatures too), kyp: {_all_replies(replies)} of {len(replies)}")
    _odd(folder)
    _speed(folder)
    _crafted()


def _cases(folder: Path) -> list[Case]:
    cases = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{**case, "folder": folder} for case in cases]


def _table(
    title: str,
    total: int,
    readers: dict[str, Callable[[Case], Any]],
    cases: list[Case],
    right: Callable[[Case, Any], bool],
) -> None:
    _say(f"\n{title} ({total} cases)\n\n| reader | right | % |\n|---|---:|---:|")
    for name, reader in readers.items():
        count = sum(right(case, _tried(reader, case)) for case in cases)
        _say(f"| {name} | {count} | {100 * count / total:.1f} |")


def _tried(reader: Callable[[Case], Any], case: Case) -> Any:
    try:
        return reader(case)
    except Exception:  # noqa: BLE001  a peer may raise anything; a raised case is a wrong one
        return None


def _folded(text: object) -> str:
    return " ".join(str(text or "").replace("\ufeff", "").split())


def _plain(case: Case, key: str) -> str:
    name = case.get(key)
    return (case["folder"] / name).read_text(encoding="utf-8").strip("\n") if name else ""


def _forward_readers() -> dict[str, Callable[[Case], Any]]:
    readers: dict[str, Callable[[Case], Any]] = {"kyp": _kyp_forward}
    if parser := _module("emailforwardparser.forward_parser"):
        readers["email-forward-parser"] = lambda case: _efp_forward(parser, case)
    if quail := _module("quotequail"):
        readers["quotequail"] = lambda case: _quail_forward(quail, case)
    return readers


def _kyp_forward(case: Case) -> Case:
    email = compose(
        _plain(case, "subject_file"), _plain(case, "body_file"), "x", sender="forwarder@office.example", sent_at=None
    )
    return {
        "forwarded": email.forwarder is not None,
        "subject": email.subject,
        "body": email.text,
        "from": (email.client, email.client_name),
        "to": list(email.recipients),
        "cc": list(email.copied),
        "message": email.remark,
    }


def _efp_forward(parser: ModuleType, case: Case) -> Case:
    result = parser.get_forwarded_metadata(_plain(case, "body_file"), _plain(case, "subject_file"))
    original = result.email
    return {
        "forwarded": result.forwarded,
        "subject": original.subject,
        "body": original.body,
        "from": (original.from_.address or None, original.from_.name or None),
        "to": [person.address or person.name for person in original.to],
        "cc": [person.address or person.name for person in original.cc],
        "message": result.message,
    }


def _quail_forward(quail: ModuleType, case: Case) -> Case:
    found = quail.unwrap(_plain(case, "body_file")) or {}
    address = re.search(r"[^\s<>]+@[^\s<>]+", found.get("from", ""))
    name = found.get("from", "").partition("<")[0].strip()
    people = {key: re.findall(r"[^\s<>,;\"']+@[^\s<>,;\"']+", found.get(key, "")) for key in ("to", "cc")}
    return {
        "forwarded": found.get("type") == "forward",
        "subject": found.get("subject"),
        "body": found.get("text"),
        "from": (address[0] if address else None, name),
        "to": people["to"],
        "cc": people["cc"],
        "message": found.get("text_top"),
    }


def _forward_right(case: Case, got: Case | None) -> bool:
    """Every field that the case names; of a forwarded thread the newest message alone is right, and so is all of it."""
    if got is None or bool(got["forwarded"]) != case["forwarded"]:
        return False
    if not case["forwarded"]:
        return True
    body, expected = _folded(got["body"]), _folded(case["original_body"])
    people = all(
        [person["address"] or person["name"] for person in case[key]] == got[key] for key in ("to", "cc") if key in case
    )
    said = "forwarder_message" not in case or _folded(got["message"]) == _folded(case["forwarder_message"])
    sender = (case["from"]["address"], case["from"]["name"])
    subject = _folded(got["subject"]) == _folded(case["original_subject"])
    return bool(body) and expected.startswith(body) and people and said and subject and got["from"] == sender


def _reply_readers() -> dict[str, Callable[[Case], Any]]:
    readers: dict[str, Callable[[Case], Any]] = {"kyp": lambda case: _own(_kyp_reply(case))}
    if parser := _module("mailparser_reply"):
        readers["mail-parser-reply"] = lambda case: _latest(parser, _plain(case, "input"))
    if quail := _module("quotequail"):
        readers["quotequail"] = lambda case: "\n".join(
            text for shown, text in quail.quote(_plain(case, "input")) if shown
        )
    return readers


def _latest(parser: ModuleType, text: str) -> str:
    languages = ["en", "de", "fr", "it", "ja", "nl", "pl", "sv", "da", "es", "cs", "ko", "zh"]
    return str(parser.EmailReplyParser(languages=languages).parse_reply(text=text) or "")


def _kyp_reply(case: Case) -> Email:
    raw = (case["folder"] / case["input"]).read_bytes()
    if case["format"] == "eml":
        return read(raw, "x")
    if case["format"] == "html":
        return read(HTML_HEAD + raw, "x")
    return compose("", raw.decode("utf-8"), "x", sender=None, sent_at=None)


def _own(email: Email) -> str:
    """What the mail's writer wrote: the remark, where he sent a mail on."""
    return email.remark or email.text


_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda got, expected: _folded(got) == _folded(expected),
    "contains": lambda got, expected: expected in got,
    "not_contains": lambda got, expected: expected not in got,
}


def _reply_right(case: Case, got: str | None) -> bool:
    return got is not None and _CHECKS[case["check"]](got, case["expected"])


def _all_replies(cases: list[Case]) -> int:
    return sum(_any_reply_right(case) for case in cases)


def _any_reply_right(case: Case) -> bool:
    email = _kyp_reply(case)
    check, bare = case["check"], re.compile(r"\s+")
    if check == "equals_html_file":
        stripped = read(HTML_HEAD + (case["folder"] / case["expected_file"]).read_bytes(), "x")
        return bare.sub("", _own(email)) == bare.sub("", stripped.raw_text)
    if check == "signature_equals":
        zones = [email.raw_text[zone.start : zone.end] for zone in email.zones if zone.kind == "signature"]
        return _folded(case["expected"]) in map(_folded, zones)
    if check == "embedded_equals":
        return _folded(case["expected"]) in _folded(email.raw_text)
    if case["format"] == "html":
        return bare.sub("", _own(email)) == bare.sub("", case["expected"])
    return _CHECKS[check](_own(email), case["expected"])


def _odd(folder: Path) -> None:
    paths = sorted((folder / "crashers").glob("*")) + sorted((folder / "mime").glob("*.eml"))
    emails = [read(path.read_bytes(), path.name) for path in paths]
    lost = [email.source for email in emails if email.error and email.error.code == "unreadable_mail"]
    _say(f"\nOdd mails read without an exception: {len(emails)} of {len(paths)}; error rows: {lost or 'none'}")


def _speed(folder: Path) -> None:
    for path in sorted(folder.glob("*.mbox.gz")):
        with gzip.open(path) as stream:
            raws = list(mbox.messages(stream))  # type: ignore[arg-type]  # a GzipFile reads as a stream of bytes
        rounds = [(_seconds(partial(_read_all, raws)), _seconds(partial(_parse_all, raws))) for _ in range(5)]
        best, bare = (min(times) for times in zip(*rounds, strict=True))
        _say(f"\nFrom bytes to newest text, {path.name}: {len(raws)} mails, {len(raws) / best:.0f} a second and core;")
        _say(f"{best / bare:.2f} times as long as the standard library's parsing alone in the same moments")


def _read_all(raws: list[bytes]) -> None:
    for raw in raws:
        read(raw, "x")


def _parse_all(raws: list[bytes]) -> None:
    for raw in raws:
        message_from_bytes(raw, policy=compat32)


def _seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _crafted() -> None:
    """Seconds on crafted lines of growing size; a reader is given up when it takes longer than PATIENCE."""
    shapes = {"newlines": "\n", "On": "On \n", "tower": ">", "From:": "From: a\n", "spaces": " "}
    _say("\nSeconds on crafted input\n\n| reader | " + " | ".join(f"{name} 8/16/32 KB" for name in shapes) + " |")
    _say("|---|" + "---:|" * len(shapes))
    for name, reader in _text_readers():
        _say(f"| {name} | " + " | ".join(_growth(reader, unit) for unit in shapes.values()) + " |")


def _growth(reader: Callable[[str], object], unit: str) -> str:
    times: list[str] = []
    for size in (8_000, 16_000, 32_000):
        text = unit * (size // len(unit)) + "x"
        taken = _seconds(partial(_tried, lambda case: reader(case["text"]), {"text": text}))
        times.append(f"{taken:.2f}")
        if taken > PATIENCE:
            return "/".join([*times, "…"])
    return "/".join(times)


def _text_readers() -> Iterator[tuple[str, Callable[[str], object]]]:
    yield "kyp", lambda text: compose("Fwd: x", text, "x", sender=None, sent_at=None)
    if parser := _module("mailparser_reply"):
        yield "mail-parser-reply", lambda text: _latest(parser, text)
    if forward := _module("emailforwardparser.forward_parser"):
        yield "email-forward-parser", lambda text: forward.get_forwarded_metadata(text, "Fwd: x")
    if quail := _module("quotequail"):
        yield "quotequail", lambda text: quail.unwrap(text)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/bench/mail_bench.py FOLDER (with forwards/, replies/, crashers/, mime/)")
    main(Path(sys.argv[1]))
