"""The pages as a browser without JavaScript gets them."""

import gzip
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from data.records import Assessment
from service.settings import Settings
from service.store import open_store
from tests.service.outlook_file import outlook_message

Assessed = Callable[..., Assessment]
Running = Callable[[Settings], AbstractContextManager[httpx.Client]]

TEXT = "Did my message from this morning arrive? Copy me on every single step and send me a status tonight."
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"
MAIL = (
    b"Return-Path: <ana@brightloom.example>\nFrom: Ana <ana@brightloom.example>\nSubject: Logo\n"
    b"Date: Thu, 5 Mar 2026 17:42:00 +0000\n\nThank you so much for the logo, the whole team loves it.\n"
)
NOT_A_FILE = ("", b"", "application/octet-stream")


def form_key(page: httpx.Response) -> str:
    """The key that the forms of a page bear."""
    found = re.search(r'name="form_key" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def sent(
    client: httpx.Client, text: str = "", file: tuple[str, bytes, str] = NOT_A_FILE, sender: str = "", **fields: str
) -> httpx.Response:
    """Send the form as a browser does, and follow to the page it leads to."""
    key = form_key(client.get("/"))
    data = {"form_key": key, "text": text, "from": sender, "subject": "", "sent_at": ""} | fields
    return client.post("/", data=data, files={"file": file}, follow_redirects=True)


def test_a_pasted_text_leads_to_its_page(client: httpx.Client) -> None:
    """Text in, a page of its own out: signals, urgency, strategies; a reload sends nothing again."""
    page = sent(client, TEXT, sender="ana@brightloom.example", sent_at="2026-03-05T21:42")
    assert page.status_code == 200
    assert [step.status_code for step in page.history] == [303]
    assert page.url.path.startswith("/messages/")
    for word in ("Urgency", "Signals", "What to do", "ana@brightloom.example", "5 March 2026", "Micro-managing"):
        assert word in page.text


@pytest.mark.parametrize("way", ["dropped .eml", "dropped .txt", "pasted source"])
def test_a_raw_mail_may_be_dropped_or_pasted(client: httpx.Client, way: str) -> None:
    """A mail with its headers is read as a mail, whichever way it comes in."""
    if way == "pasted source":
        page = sent(client, MAIL.decode())
    else:
        page = sent(client, file=(f"mail{way[-4:]}", MAIL, "application/octet-stream"))
    assert ">Logo</h1>" in page.text
    assert "ana@brightloom.example" in page.text
    assert "Return-Path" not in page.text


def test_what_clients_write_is_always_escaped(client: httpx.Client) -> None:
    """Markup in text, subject and sender is shown as it was written, on every page."""
    page = sent(client, f"{TEXT} {HOSTILE}", subject=HOSTILE, sender=f"{HOSTILE} <ana@brightloom.example>")
    for text in (page.text, client.get("/").text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in page.text


def test_an_empty_form_says_what_to_do(client: httpx.Client) -> None:
    """Nothing pasted brings the form back with a sentence; what was typed elsewhere stays."""
    page = sent(client, " ", sender="ana@brightloom.example")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert 'value="ana@brightloom.example"' in page.text


def test_a_file_that_is_no_mail_says_so(client: httpx.Client) -> None:
    """Bytes without text are refused with a sentence."""
    page = sent(client, file=("x.eml", b"\x00\x01\x02" * 500, "message/rfc822"))
    assert page.status_code == 422
    assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8),
        ("inbox.mbox.gz", gzip.compress(MAIL * 3)),
        ("broken.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ],
)
def test_a_file_that_is_no_text_is_refused_whatever_its_name(client: httpx.Client, name: str, content: bytes) -> None:
    """A picture, a packed mailbox and a broken Outlook file are told, as over HTTP, and nothing is stored."""
    for named in (name, "mail.txt"):
        page = sent(client, file=(named, content, "application/octet-stream"))
        assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    assert client.get("/v1/messages").json()["messages"] == []


def test_an_outlook_file_is_read_on_the_page_too(client: httpx.Client) -> None:
    """A dropped .msg leads to the page of the mail in it; the form offers such files."""
    content = outlook_message("Drafts", TEXT, "ana@brightloom.example", "Ana Cruz", datetime(2026, 3, 5, tzinfo=UTC))
    page = sent(client, file=("Drafts.msg", content, "application/vnd.ms-outlook"))
    assert re.search("<h1[^>]*>(<mark[^>]*>)?Drafts<", page.text)
    assert "ana@brightloom.example" in page.text
    assert re.search(r'type="file" accept="[^"]*\.msg', client.get("/").text)


@pytest.mark.parametrize("charset", ["utf-8-sig", "cp1252"])
def test_a_file_of_mere_words_is_a_text(client: httpx.Client, charset: str) -> None:
    """A .txt without headers is read as if it had been pasted, with the sender given beside it."""
    page = sent(client, file=("mail.txt", f"{TEXT} Señor".encode(charset), "text/plain"), sender="bo@other.example")
    assert "bo@other.example" in page.text
    assert "Señor" in page.text


def test_a_wrong_moment_is_told(client: httpx.Client) -> None:
    """A moment that is none brings the form back."""
    assert sent(client, TEXT, sent_at="yesterday").status_code == 422


@pytest.mark.parametrize("path", ["/", "/docs", "/labels", "/model"])
def test_a_page_brings_nothing_from_elsewhere(client: httpx.Client, path: str) -> None:
    """Every link, sheet and script is our own and there; the policy lets nothing else in, and no inline code."""
    page = client.get(path)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    links = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert links
    assert all(link.startswith("/") and not link.startswith("//") for link in links)
    assert {client.get(link).status_code for link in links} == {200}
    assert not re.search(r"<style|style=|<script>|\son[a-z]+=", page.text)


def test_the_reference_names_every_operation(client: httpx.Client) -> None:
    """/docs and /openapi.json tell of the same addresses, and of the bodies they take."""
    document = client.get("/openapi.json").json()
    page = client.get("/docs").text
    assert {"/v1/messages", "/v1/messages/{message_id}", "/v1/batch", "/healthz", "/readyz"} <= set(document["paths"])
    assert all(f"<code>{path}</code>" in page for path in document["paths"])
    taken = document["paths"]["/v1/messages"]["post"]["requestBody"]["content"]
    assert set(taken) == {"application/json", "message/rfc822", "multipart/form-data"}
    for reference in re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', client.get("/openapi.json").text):
        assert reference in document["components"]["schemas"]


def test_every_signal_strategy_and_reason_is_shown(tmp_path: Path, running: Running, assessed: Assessed) -> None:
    """A stored assessment is shown whole: passages marked, deadline, draft, what to avoid, why."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    store = open_store(url)
    message = assessed(labels=("micro_managing",), lang="en")
    assert message.sent_at is not None
    store.add(message, message.sent_at)
    store.close()
    with running(Settings(home=tmp_path, database_url=url)) as client:
        page = client.get("/messages/m1").text
    for part in (
        '<mark class="micro_managing" title="Micro-managing">Did my message arrive?</mark>',
        '<mark class="urgency" title="Urgency">Drafts</mark>',
        "Friday, 6 March 2026", "Set boundaries", "Name the hours", "Hi {client_name}", "Answering at night",
        "outside working hours", "stay yourself", 'lang="en"', "Distrust", "2%",
    ):  # fmt: skip
        assert part in page
