"""Forwards give the original sender, date, subject, recipients and text, in every program's and language's form."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.mail.reading import compose, read
from data.records import Email

CORPUS = Path(__file__).parent.parent / "corpus" / "mail"
FORWARDS = tomllib.loads((CORPUS / "forwards.toml").read_text(encoding="utf-8"))
HTML_FORWARDS = tomllib.loads((CORPUS / "html_forwards.toml").read_text(encoding="utf-8"))
ME = "Tala Reyes <tala@studio.example>"


def forwarded(body: str, subject: str = "Fwd: Logo") -> Email:
    return compose(subject, body, "test", sender=ME, sent_at=None)


@pytest.mark.parametrize("name", FORWARDS)
def test_every_field_of_a_forward_is_read(name: str) -> None:
    """Whatever program and language wrote the forward, all of the original and the remark are told apart."""
    case = FORWARDS[name]
    email = forwarded(case["body"], case["subject"])
    assert (email.client, email.client_name) == (
        "ana@brightloom.example",
        "Ana Cruz" if case.get("name", True) else None,
    )
    assert email.sent_at == datetime(2026, 3, 5, 17, 42, tzinfo=UTC)
    assert email.subject == "Logo"
    assert email.recipients == tuple(case.get("recipients", ("tala@studio.example",)))
    assert email.text == "Please fix the logo."
    assert (email.remark, email.forwarder) == ("For you.", "tala@studio.example")


@pytest.mark.parametrize("name", HTML_FORWARDS)
def test_every_field_of_a_forward_in_html_is_read(name: str) -> None:
    """The programs' own containers give the same as their plain form."""
    head = f"From: {ME}\nSubject: {HTML_FORWARDS[name]['subject']}\nDate: Fri, 6 Mar 2026 09:00:00 +0800\n"
    raw = f"{head}Content-Type: text/html; charset=utf-8\n\n{HTML_FORWARDS[name]['html']}"
    email = read(raw.encode(), "test")
    assert (email.client, email.client_name) == ("ana@brightloom.example", "Ana Cruz")
    assert email.sent_at is not None
    assert email.sent_at.isoformat()[:16] + email.sent_at.isoformat()[19:] == "2026-03-05T17:42+08:00"
    assert (email.subject, email.text, email.remark) == ("Logo", "Please fix.", "FYI")
    assert email.recipients == tuple(HTML_FORWARDS[name].get("recipients", ("tala@studio.example",)))


def test_the_offset_of_the_carrying_mail_is_taken_where_none_is_named() -> None:
    """A forwarded date without a zone counts in the forwarder's own zone."""
    sent = datetime.fromisoformat("2026-03-06T09:00:00+08:00")
    email = compose("Fwd: Logo", FORWARDS["gmail-malay"]["body"], "test", sender=ME, sent_at=sent)
    assert email.sent_at is not None
    assert email.sent_at.isoformat() == "2026-03-05T17:42:00+08:00"


def test_an_unknown_sender_is_nobody_and_never_the_forwarder() -> None:
    """A forward whose headers were cut off has no client."""
    email = forwarded("---------- Forwarded message ---------\n\nPlease fix the logo.\n")
    assert email.client is None
    assert email.client_name is None
    assert email.text == "Please fix the logo."


def test_a_colleagues_forward_is_unwrapped_to_the_client() -> None:
    """Of nested forwards within one house the innermost stranger is the client."""
    inner = FORWARDS["gmail-english"]["body"].replace("For you.", "He called again.")
    outer = f"---------- Forwarded message ---------\nFrom: Joy <joy@studio.example>\nSubject: Fwd: Logo\n\n{inner}"
    email = forwarded(outer)
    assert (email.client, email.subject, email.text) == ("ana@brightloom.example", "Logo", "Please fix the logo.")


def test_the_clients_newest_message_of_a_thread_wins() -> None:
    """Where the forwarder's own answer lies on top, the client's message below it is read."""
    email = forwarded(
        "---------- Forwarded message ---------\nFrom: Tala Reyes <tala@studio.example>\nSubject: Re: Logo\n\n"
        "Will do.\n\nOn Thu, Mar 5, 2026 at 5:42 PM Ana Cruz <ana@brightloom.example> wrote:\n\n"
        "> Please fix the logo.\n>\n"
        "> On Wed, Mar 4, 2026 at 1:00 PM Tala <tala@studio.example> wrote:\n>\n>> Here it is.\n"
    )
    assert (email.client, email.text) == ("ana@brightloom.example", "Please fix the logo.")


def test_the_newest_of_a_clients_thread_is_read_without_its_history() -> None:
    """A forwarded thread gives its newest message only."""
    body = FORWARDS["outlook-german"]["body"]
    older = body.partition("\n\n")[2].replace("Please fix the logo.", "An older mail.")
    email = forwarded(body + "\n" + older, "FW: Logo")
    assert email.text == "Please fix the logo."


@pytest.mark.parametrize(
    "body",
    [
        "I forwarded message 12 to you yesterday.\n\nPlease look at it.",
        "From: Monday to Friday we are open.\nTo: be honest, Sunday too.",
        "---- Forwarded message boards are closed today ----\n\nPlease wait.",
    ],
)
def test_what_only_looks_like_a_forward_stays_the_senders(body: str) -> None:
    """Words about forwarding and colons in prose make no forward."""
    email = compose("Question", body, "test", sender="ana@brightloom.example", sent_at=None)
    assert (email.client, email.forwarder, email.text) == ("ana@brightloom.example", None, body)


def test_a_forward_inside_a_quoted_answer_is_history() -> None:
    """The answer to a forward is the answerer's message."""
    email = compose(
        "Re: Fwd: Logo",
        "I agree.\n\nOn 5 Mar 2026 at 17:42 Tala <tala@studio.example> wrote:\n\n"
        "> ---------- Forwarded message ---------\n"
        "> From: Bo <bo@other.example>\n> Subject: Logo\n>\n> Hi\n",
        "test",
        sender="ana@brightloom.example",
        sent_at=None,
    )
    assert (email.client, email.text) == ("ana@brightloom.example", "I agree.")


def test_a_redirect_keeps_its_sender() -> None:
    """Resent-From tells who sent the mail on; From stays the client."""
    email = read(
        b"From: Ana <ana@brightloom.example>\nResent-From: Tala <tala@studio.example>\nSubject: Logo\n\nPlease fix.\n",
        "test",
    )
    assert (email.client, email.forwarder) == ("ana@brightloom.example", "tala@studio.example")


def test_the_header_words_of_a_reply_are_no_forward() -> None:
    """Outlook's block below an own text is history where the subject is an answer's."""
    body = FORWARDS["outlook-malay"]["body"]
    email = compose("RE: Logo", body, "test", sender="siti@kedai.example", sent_at=None)
    assert (email.client, email.text, email.forwarder) == ("siti@kedai.example", "For you.", None)


@pytest.mark.parametrize(
    ("to", "forwarder"),
    [
        ("kyp@studio.example", "tala@studio.example"),
        ("Ana <ana@brightloom.example>", None),
        ("joy@studio.example, ana@brightloom.example", None),
    ],
)
def test_whom_a_mail_goes_to_tells_a_forward_from_an_answer(to: str, forwarder: str | None) -> None:
    """Where the subject has no prefix: an answer goes to the person it quotes, a forward does not."""
    body = FORWARDS["outlook-malay"]["body"]
    email = read(f"From: {ME}\nTo: {to}\nSubject: Logo\n{body}".encode(), "test")
    assert email.forwarder == forwarder
    assert email.client == ("ana@brightloom.example" if forwarder else "tala@studio.example")
    assert email.text == ("Please fix the logo." if forwarder else "For you.")


def test_own_words_sent_again_are_no_forward() -> None:
    """A client who quotes an own mail to whoever reads it stays the client."""
    body = FORWARDS["outlook-malay"]["body"]
    email = read(f"From: Ana <ana@brightloom.example>\nTo: tala@studio.example\nSubject: Logo\n{body}".encode(), "test")
    assert (email.client, email.text, email.forwarder) == ("ana@brightloom.example", "For you.", None)


def test_a_long_subject_that_was_wrapped_is_joined() -> None:
    """A program that wraps lines cuts the header's subject too; a greeting below it is no subject."""
    head = "-----Original Message-----\nFrom: Ana <ana@brightloom.example>\nSubject: "
    long = "The new logo for the spring campaign in Manila and Kuala Lumpur"
    assert forwarded(f"{head}{long}\nand Jakarta\n\nPlease fix.\n").subject == f"{long} and Jakarta"
    assert forwarded(f"{head}{long}\nHi Tala,\n\nPlease fix.\n").subject == long


def test_headers_passed_on_whole_are_no_text() -> None:
    """Some programs pass on every header field; the text begins below them."""
    email = forwarded(
        "--- begin forwarded text\n\nDelivered-To: tala@studio.example\nX-Mailer: Loom 2\n"
        "From: Ana <ana@brightloom.example>\nSender: desk@brightloom.example\nList-Id: <desk.brightloom.example>\n"
        "Subject: Logo\n\nPlease fix.\n\n--- end forwarded text\n"
    )
    assert (email.client, email.subject, email.text) == ("ana@brightloom.example", "Logo", "Please fix.")


def test_a_prefix_that_two_languages_use_differently_is_told_by_the_header() -> None:
    """VS: begins a forward in Danish and an answer in Finnish."""
    danish, finnish = (FORWARDS[name]["body"] for name in ("outlook-danish", "outlook-finnish"))
    assert forwarded(danish, "VS: Logo").client == "ana@brightloom.example"
    assert (forwarded(finnish, "VS: Logo").client, forwarded(finnish, "VL: Logo").text) == (
        "tala@studio.example",
        "Please fix the logo.",
    )
    line = "to 5.3.2026 klo 17.42 Ana Cruz (ana@brightloom.example) kirjoitti:"
    assert forwarded(f"For you.\n\n{line}\n\n> Logo?\n", "VS: Logo").text == "For you."
