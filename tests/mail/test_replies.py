"""The newest own text: quotes, signatures and notices are taken off as zones, and the text is never emptied."""

import tomllib
from pathlib import Path

import pytest

from data.mail.reading import compose, read
from data.records import Email

CORPUS = Path(__file__).parent.parent / "corpus" / "mail"
REPLIES = tomllib.loads((CORPUS / "replies.toml").read_text(encoding="utf-8"))
ATTRIBUTIONS = tomllib.loads((CORPUS / "attributions.toml").read_text(encoding="utf-8"))

LINES = tomllib.loads((CORPUS / "attribution_lines.toml").read_text(encoding="utf-8"))["lines"]

ENDINGS = tomllib.loads((CORPUS / "endings.toml").read_text(encoding="utf-8"))
HTML_REPLIES = tomllib.loads((CORPUS / "html_replies.toml").read_text(encoding="utf-8"))
ASKED = "Can we move the call to Friday?"


def answered(body: str) -> Email:
    return compose("Re: Friday", body, "test", sender="ana@brightloom.example", sent_at=None)


@pytest.mark.parametrize("name", REPLIES)
def test_only_the_newest_own_text_is_left(name: str) -> None:
    """What the writer did not write for this mail is taken off, and nothing else."""
    assert answered(REPLIES[name]["body"]).text == REPLIES[name]["text"].strip()


@pytest.mark.parametrize("name", REPLIES)
def test_zones_lie_in_the_raw_text_in_order(name: str) -> None:
    """Zones are offsets into the kept raw text; own zones hold every line of the text."""
    email = answered(REPLIES[name]["body"])
    assert email.raw_text == REPLIES[name]["body"]
    ends = [0, *(zone.end for zone in email.zones)]
    assert all(
        end <= zone.start < zone.end <= len(email.raw_text) for end, zone in zip(ends, email.zones, strict=False)
    )
    kept = "".join(email.raw_text[zone.start : zone.end] for zone in email.zones if zone.kind in ("own", "signature"))
    assert all(line in kept for line in email.text.split("\n"))


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_attribution_ends_the_own_text(name: str) -> None:
    """In every language the line of attribution and the quote below it are history."""
    assert answered(f"Yes.\n\n{ATTRIBUTIONS[name]}\n\n> Is Friday fine?\n").text == "Yes."


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_attribution_names_the_original_of_a_forward(name: str) -> None:
    """Programs that forward with an attribution only: sender, name and time are read from it."""
    email = compose("FW: Friday", f"{ATTRIBUTIONS[name]}\n\n    Is Friday fine?\n", "test", sender=None, sent_at=None)
    assert (email.client, email.client_name, email.text) == ("ana@brightloom.example", "Ana Cruz", "Is Friday fine?")
    assert email.sent_at is not None
    assert email.sent_at.isoformat() == "2021-10-28T12:46:00+00:00"


@pytest.mark.parametrize("line", LINES)
def test_what_stands_below_any_line_of_attribution_is_history(line: str) -> None:
    """Whether the quote below is marked or not, the own text ends at the line."""
    assert answered(f"Yes.\n\n{line}\n\n> Is Friday fine?\n").text == "Yes."
    assert answered(f"Yes.\n\n{line}\nIs Friday fine? Please say.\n").text == "Yes."


@pytest.mark.parametrize("line", LINES)
def test_any_line_of_attribution_says_who_and_when(line: str) -> None:
    """Name, address and moment are read wherever the language puts them."""
    email = compose("FW: Friday", f"FYI\n\n{line}\n\n> Is Friday fine?\n", "test", sender="t@s.example", sent_at=None)
    assert (email.text, email.client_name) == ("Is Friday fine?", "Ana Cruz")
    assert email.client == ("ana@brightloom.example" if "@" in line else None)
    at = email.sent_at.isoformat()[:16] if email.sent_at else None
    assert at == ("2026-03-05T17:42" if any(char.isdigit() for char in line) else None)


@pytest.mark.parametrize("name", HTML_REPLIES)
def test_only_the_newest_own_text_of_an_html_answer_is_left(name: str) -> None:
    """The programs' own containers of quotes and signatures are known, and hidden elements are not text."""
    head = "From: tala@studio.example\nTo: a@b.example\nSubject: Re: Friday\nContent-Type: text/html; charset=utf-8\n\n"
    assert read(f"{head}{HTML_REPLIES[name]['html']}".encode(), "test").text == "Yes, Friday is fine."


@pytest.mark.parametrize("ending", [*ENDINGS["taken"], *ENDINGS["programs"]])
def test_endings_of_habit_are_taken_off(ending: str) -> None:
    """Sign-offs, business cards, notices and programs' own lines are no part of what a client says."""
    assert answered(f"{ASKED}\n\n{ending}\n").text == ASKED


@pytest.mark.parametrize("ending", ENDINGS["kept"])
def test_endings_that_say_something_are_kept(ending: str) -> None:
    """Thanks, numbers to call, lists and postscripts are text."""
    assert ending in answered(f"{ASKED}\n\n{ending}\n").text


def test_each_kind_of_zone_is_named() -> None:
    """Quote, signature and disclaimer are told apart."""
    email = answered(
        "Yes.\n\nBest regards,\nAna\n\nDISCLAIMER: confidential.\n\nOn 5 Mar 2026 at 17:42 Tala wrote:\n> Fine?\n"
    )
    named = {zone.kind: email.raw_text[zone.start : zone.end].strip() for zone in email.zones}
    assert named["own"] == "Yes."
    assert named["signature"] == "Best regards,\nAna"
    assert named["disclaimer"].startswith("DISCLAIMER")
    assert named["quote"].endswith("> Fine?")


def test_a_mail_of_quotes_alone_keeps_them() -> None:
    """Where nothing else was written, the quoted words are the text."""
    assert answered("> Please see below.\n").text == "> Please see below."


def test_an_answer_without_words_is_not_judged_by_the_words_of_others() -> None:
    """Where somebody sent back nothing but what he had been written, there is no text of his."""
    email = answered("On Thu, Mar 5, 2026 at 5:42 PM Tala <tala@studio.example> wrote:\n\n> Is Friday fine?\n")
    assert (email.text, email.raw_text[-8:]) == ("", "y fine?\n")
    assert email.error is not None
    assert email.error.code == "empty_message"


@pytest.mark.parametrize(
    ("subject", "body", "judged"),
    [
        ("Call me today", "", True),
        ("Urgent: call me today", " \n", True),
        ("", "", False),
        (" ", "", False),
        ("Re: Call me today", "", False),
        ("Fwd: Call me today", "", False),
        ("Call me today", "On 5 Mar 2026 at 17:42 Tala <tala@studio.example> wrote:\n> Fine?\n", False),
        (
            "Fwd: Call me",
            "---------- Forwarded message ---------\nFrom: Bo <bo@other.example>\nSubject: Call me\n",
            True,
        ),
        (
            "Fwd: Re: Fine",
            "---------- Forwarded message ---------\nFrom: Bo <bo@other.example>\nSubject: Re: Fine\n",
            False,
        ),
    ],
)
def test_words_in_the_subject_alone_are_words(subject: str, body: str, judged: bool) -> None:
    """A mail that says all in its subject can be judged; an answer's subject is that of the mail before."""
    assert (compose(subject, body, "x", sender=None, sent_at=None).error is None) is judged
    raw = f"From: ana@brightloom.example\nSubject: {subject}\n\n{body}".encode()
    assert (read(raw, "x").error is None) is judged


def test_a_mail_without_words_is_an_error_row() -> None:
    """No text at all is told by its code, not judged."""
    email = answered(" \n\n")
    assert email.error is not None
    assert email.error.code == "empty_message"
