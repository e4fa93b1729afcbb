"""POST and GET of messages over a real socket."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.taxonomy import LABELS
from service.schemas import AssessmentOut
from service.settings import Settings
from tests.service.outlook_file import outlook_message

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]

FIELDS: dict[str, Any] = {
    "subject": "Drafts",
    "body": "Did my message from this morning arrive? Copy me on every single step and send me a status tonight.",
    "from": "Ana <Ana@Brightloom.example>",
    "sent_at": "2026-03-05T21:42:00+08:00",
}
MAIL = b"""From: Ana <ana@brightloom.example>\r
To: tomas@studio.example\r
Subject: Logo\r
Message-ID: <one@brightloom.example>\r
Date: Thu, 5 Mar 2026 17:42:00 +0000\r
Content-Type: text/plain; charset=%b\r
\r
Thank you so much for the logo, the whole team loves it.\r
"""


def test_a_message_is_judged_and_kept(client: httpx.Client) -> None:
    """201 with the assessment where it is new; the address in Location gives the same."""
    answer = client.post("/v1/messages", json=FIELDS)
    assert answer.status_code == 201
    row = answer.json()
    AssessmentOut.model_validate(row, extra="forbid")
    assert [signal["label"] for signal in row["signals"]] == list(LABELS)
    assert (row["client"], row["sent_at"], row["source"]) == ("ana@brightloom.example", FIELDS["sent_at"], "api")
    assert client.get(answer.headers["location"]).json() == row


def test_the_same_message_twice_is_stored_once(client: httpx.Client) -> None:
    """200 the second time, with the very same assessment; the listing has one."""
    first, second = (client.post("/v1/messages", json=FIELDS) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(client.get("/v1/messages").json()["messages"]) == 1


@pytest.mark.parametrize("charset", [b"utf-8", b"x-unknown-charset", b"\xff\xfe"])
def test_a_raw_mail_is_read_whatever_charset_it_names(client: httpx.Client, charset: bytes) -> None:
    """A raw mail is judged; a charset that nobody knows does not stop it."""
    answer = client.post("/v1/messages", content=MAIL % charset, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 201
    row = answer.json()
    assert (row["client"], row["subject"], row["message_id"]) == (
        "ana@brightloom.example", "Logo", "<one@brightloom.example>",
    )  # fmt: skip
    assert row["text"].startswith("Thank you so much")


@pytest.mark.parametrize(
    "content",
    [
        b"utf-7\n\nPlease call +2AA- me back",
        b"utf-16-le\n\n" + "Please \ud800 call".encode("utf-16-le", "surrogatepass"),
    ],
)
def test_half_a_character_does_no_harm(client: httpx.Client, content: bytes) -> None:
    """A mail whose charset yields lone surrogates is judged and stored; they are replaced."""
    mail = b"From: a@b.example\nContent-Type: text/plain; charset=" + content
    answer = client.post("/v1/messages", content=mail, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 201
    assert "\ufffd" in answer.json()["text"]
    batch = client.post(
        "/v1/batch", content=b"From x Thu Mar  5 17:42:00 2026\n" + mail, headers={"Content-Type": "application/mbox"}
    )
    assert len(batch.text.splitlines()) == 1


@pytest.mark.parametrize(
    "date",
    [
        b"Fri, 31 Dec 9999 23:59:59 -1200",
        b"Fri, 31 Dec 9999 23:00:00 +0000",
        b"Mon, 1 Jan 0001 00:00:00 +1400",
        b"yesterday",
    ],
)
def test_an_impossible_date_does_no_harm(client: httpx.Client, date: bytes) -> None:
    """A mail whose date is none, or lies at the edge of time, is judged all the same, "tomorrow" included."""
    mail = b"From: a@b.example\nDate: " + date + b"\n\nPlease call me back tomorrow."
    answer = client.post("/v1/messages", content=mail, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 201
    assert "9999" not in str(answer.json()["sent_at"])
    mailbox = b"From x Thu Mar  5 17:42:00 2026\n" + mail
    batch = client.post("/v1/batch", content=mailbox, headers={"Content-Type": "application/mbox"})
    assert json.loads(batch.text)["urgency"] == answer.json()["urgency"]


def test_a_caller_may_name_the_client_and_tell_what_is_known(client: httpx.Client) -> None:
    """`client` goes before the address; `context` is taken."""
    context = {"agreed_date": "2026-03-20", "working_hours": "Mon-Fri 09:00-18:00", "timezone": "Asia/Manila"}
    row = client.post("/v1/messages", json=FIELDS | {"client": "brightloom", "context": context}).json()
    assert row["client"] == "brightloom"
    assert len(client.get("/v1/messages", params={"client": "brightloom"}).json()["messages"]) == 1


def test_a_message_needs_neither_sender_nor_date(client: httpx.Client) -> None:
    """What is not known is null."""
    row = client.post("/v1/messages", json={"body": FIELDS["body"]}).json()
    assert (row["client"], row["sent_at"], row["subject"]) == (None, None, "")


def test_words_in_the_subject_alone_are_judged(client: httpx.Client) -> None:
    """As fields, on the page and in a batch a subject is enough; with neither subject nor body there is nothing."""
    said = "Copy me on every single step and send me a status tonight, and call me today"
    row = client.post("/v1/messages", json={"subject": said, "body": " "}).json()
    assert (row["error"], row["subject"], row["text"]) == (None, said, "")
    assert "micro_managing" in [signal["label"] for signal in row["signals"] if signal["present"]]
    line = json.dumps({"subject": f"{said}!", "body": ""})
    batch = client.post("/v1/batch", content=line, headers={"Content-Type": "application/x-ndjson"})
    assert batch.json()["error"] is None
    (key,) = set(re.findall(r'name="form_key" value="([^"]+)"', client.get("/").text))
    form = {"form_key": key, "text": "", "subject": f"{said} please"}
    page = client.post("/", files={"file": b""}, data=form, follow_redirects=True)
    assert (page.status_code, said in page.text) == (200, True)
    assert "no longer kept" not in page.text
    assert client.post("/v1/messages", json={"subject": " ", "body": ""}).status_code == 422


def test_listing_goes_on_page_by_page(client: httpx.Client) -> None:
    """next_cursor leads through all messages, and is null at the end."""
    for n in range(5):
        client.post("/v1/messages", json=FIELDS | {"body": f"{FIELDS['body']} Part {n}."})
    seen: list[str] = []
    cursor = None
    while True:
        page = client.get("/v1/messages", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [message["id"] for message in page["messages"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_batch_comes_back_line_by_line(client: httpx.Client) -> None:
    """JSON Lines in, one assessment a line out in the same order; a bad row keeps its place, and nothing is stored."""
    rows = [json.dumps(FIELDS | {"subject": f"n{n}"}) for n in range(70)]
    body = "\n".join([*rows[:40], "{not json", *rows[40:]])
    answer = client.post("/v1/batch", content=body, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert len(found) == 71
    assert [row["subject"] for row in found if not row["error"]] == [f"n{n}" for n in range(70)]
    assert found[40]["error"] is not None
    assert client.get("/v1/messages").json()["messages"] == []


def test_a_mailbox_is_a_batch_too(client: httpx.Client) -> None:
    """An mbox in, one assessment a mail out."""
    one = b"From ana@brightloom.example Thu Mar  5 17:42:00 2026\n" + (MAIL % b"utf-8").replace(b"\r", b"") + b"\n"
    answer = client.post("/v1/batch", content=one * 3, headers={"Content-Type": "application/mbox"})
    assert [json.loads(line)["subject"] for line in answer.text.splitlines()] == ["Logo"] * 3


def test_ready_names_the_model(client: httpx.Client) -> None:
    """/healthz answers, /readyz names the model that judges."""
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["model"] == client.post("/v1/messages", json=FIELDS).json()["model"]


@pytest.fixture
def client_without_model(tmp_path: Path, running: Running) -> Iterator[httpx.Client]:
    """A service whose registry is empty."""
    with running(Settings(home=tmp_path)) as client:
        yield client


def test_without_a_model_the_service_lives_and_says_what_is_missing(client_without_model: httpx.Client) -> None:
    """/healthz 200, /readyz and judging 503 with the way out; what needs no model works."""
    assert client_without_model.get("/healthz").status_code == 200
    for answer in (client_without_model.get("/readyz"), client_without_model.post("/v1/messages", json=FIELDS)):
        assert answer.status_code == 503
        assert "kyp train" in answer.json()["detail"]
    assert client_without_model.get("/v1/messages").json() == {"messages": [], "next_cursor": None}
    (key,) = set(re.findall(r'name="form_key" value="([^"]+)"', client_without_model.get("/").text))
    page = client_without_model.post("/", files={"file": b""}, data={"form_key": key, "text": FIELDS["body"]})
    assert page.status_code == 503
    assert "kyp train" in page.text


def test_one_message_sent_many_times_at_once_is_new_once(client: httpx.Client) -> None:
    """Of twenty identical requests at the same moment one is 201, the others 200, all with the same assessment."""

    def post(_: int) -> httpx.Response:
        return client.post("/v1/messages", json=FIELDS)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.text for answer in answers}) == 1


def test_a_file_is_a_message(client: httpx.Client) -> None:
    """A mail uploaded as a file is answered as one sent raw."""
    files = {"file": ("logo.eml", MAIL % b"utf-8", "message/rfc822")}
    first, second = (client.post("/v1/messages", files=files) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["message_id"] == "<one@brightloom.example>"
    assert client.get(first.headers["location"]).json() == first.json() == second.json()


def test_several_files_are_several_messages(client: httpx.Client) -> None:
    """Each file has its assessment, in order; one that cannot be read says so and does not stop the others."""
    other = (MAIL % b"utf-8").replace(b"<one@", b"<two@").replace(b"Logo", b"Type")
    contents = (MAIL % b"utf-8", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), other)
    answer = client.post("/v1/messages", files=[("file", (f"{n}.eml", one)) for n, one in enumerate(contents)])
    assert answer.status_code == 201
    rows = answer.json()["messages"]
    assert [(row["subject"], row["error"] is None) for row in rows] == [("Logo", True), ("", False), ("Type", True)]
    assert len(client.get("/v1/messages").json()["messages"]) == 2


def test_a_form_without_a_mail_is_refused(client: httpx.Client) -> None:
    """No file is told; a file that is no mail has its row with the reason, and is not stored."""
    answer = client.post("/v1/messages", files={"file": ("empty.eml", b"")})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    answer = client.post("/v1/messages", files={"file": ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(2000))})
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "unreadable_mail")
    assert client.get("/v1/messages").json()["messages"] == []


def test_a_mailbox_in_place_of_a_mail_is_sent_to_the_batch(client: httpx.Client) -> None:
    """Raw, as a file, or on the page: 422 that says where mailboxes go, in place of the first mail alone."""
    one = b"From ana@brightloom.example Thu Mar  5 17:42:00 2026\n" + (MAIL % b"utf-8").replace(b"\r", b"") + b"\n"
    (key,) = set(re.findall(r'name="form_key" value="([^"]+)"', client.get("/").text))
    answers = [
        client.post("/v1/messages", content=one * 2, headers={"Content-Type": "message/rfc822"}),
        client.post("/v1/messages", files=[("file", ("one.eml", one)), ("file", ("all.mbox", one * 2))]),
        client.post("/", files={"file": ("all.mbox", one * 2)}, data={"form_key": key, "text": ""}),
        client.post("/", files={"file": b""}, data={"form_key": key, "text": (one * 2).decode()}),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all("/v1/batch" in answer.text for answer in answers)
    assert client.get("/v1/messages").json()["messages"] == []
    assert client.post("/v1/messages", content=one, headers={"Content-Type": "message/rfc822"}).status_code == 201


def test_an_outlook_file_is_a_message(client: httpx.Client) -> None:
    """A .msg is known by its first bytes, whatever its name, and read like any mail."""
    sent_at = datetime(2026, 3, 5, 17, 42, tzinfo=UTC)
    file = outlook_message("Drafts", FIELDS["body"], "ana@brightloom.example", "Ana Cruz", sent_at)
    answer = client.post("/v1/messages", files={"file": ("upload.bin", file)})
    assert answer.status_code == 201, answer.text
    row = answer.json()
    assert (row["client"], row["subject"], row["text"]) == ("ana@brightloom.example", "Drafts", FIELDS["body"])
    assert (row["source"], datetime.fromisoformat(row["sent_at"])) == ("api", sent_at)
