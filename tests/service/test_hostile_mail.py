"""Mails that mean harm: what they bring is shown as words, loads nothing, runs nothing, and unpacks to nothing."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest

WORDS = "Copy me on every single step and send me a status tonight"
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=https://evil.example/pixel.png onerror=alert(2)>",
    "<svg/onload=alert(3)>",
    '"><iframe src="https://evil.example">',
    "<a href='javascript:alert(4)'>pay here</a>",
    "</textarea></title></style><script>alert(5)</script>",
    "<base href=https://evil.example/><form action=https://evil.example/><input name=token>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u200b\ufeff",
]


def plain(attack: str) -> str:
    """A mail that brings the attack in every place that is shown."""
    name = re.sub(r"[^\w<>()=/]", "", attack)
    return f'From: "{name}" <ana@brightloom.example>\nSubject: {attack}\n\n{WORDS}. {attack}\n'


def html(attack: str) -> str:
    """The same as an HTML mail."""
    head = "From: ana@brightloom.example\nSubject: Logo\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
    return f"{head}<html><body><p>{WORDS}.</p>{attack}</body></html>"


def shown(client: httpx.Client, mail: str) -> Iterator[str]:
    """Every page on which the mail is shown."""
    answer = client.post("/v1/messages", content=mail.encode(), headers={"Content-Type": "message/rfc822"})
    assert answer.status_code in (200, 201), answer.text
    for path in (f"/messages/{answer.json()['id']}", "/", "/clients", "/clients/ana@brightloom.example", "/agenda"):
        page = client.get(path)
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        yield page.text


class Page(HTMLParser):
    """The elements of a page with their attributes, and the element that each piece of text stands in."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img", "input", "br", "rect", "hr"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note where a text stands."""
        self.texts.append((self._open[-1] if self._open else "", data))


@pytest.mark.parametrize("attack", MARKUP)
@pytest.mark.parametrize("written", [plain, html])
def test_nothing_of_a_mail_becomes_part_of_a_page(client: httpx.Client, written: "type[str]", attack: str) -> None:
    """All elements are our own: no frame, no handler, no script but ours, no address that leads elsewhere."""
    for text in shown(client, written(attack)):
        page = Page(text)
        assert len(page.elements) > 20
        for tag, attributes in page.elements:
            assert tag not in ("iframe", "base", "object", "embed", "style")
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            assert attributes.get("http-equiv") is None
            for name in ("src", "href", "action", "srcset", "formaction"):
                address = attributes.get(name) or "/"
                assert address.startswith(("/", "#"))
                assert not address.startswith("//")
            if tag == "script":
                assert str(attributes["src"]).startswith("/static/")
        assert "49" not in [data.strip() for _, data in page.texts]


def test_marks_of_direction_stay_inside_their_place(client: httpx.Client) -> None:
    """A mark that turns the reading direction cannot turn what the page says after the mail: the sheet isolates it."""
    sheet = client.get("/static/kyp.css").text
    isolated = re.search(r":where\(([^)]*)\) { unicode-bidi: isolate; }", sheet)
    assert isolated
    blocks = {"div", "h1", "title", "p", "li", "dd", "pre"}  # a block is isolated as it is
    for text in shown(client, plain("\u202etxt.exe")):
        places = {tag for tag, data in Page(text).texts if "\u202e" in data}
        assert places <= blocks | set(isolated[1].split(", "))


def deflated(size: int) -> bytes:
    """A zip with one mail of so many letters."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mail.eml", b"From: ana@brightloom.example\n\n" + b"a" * size)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("kind", "status"),
    [("application/zip", 415), ("message/rfc822", 422), ("application/octet-stream", 415)],
)
def test_a_zip_bomb_is_refused_unopened(client: httpx.Client, kind: str, status: int) -> None:
    """A hundred megabytes packed into a hundred kilobytes are not unpacked, whatever they are called."""
    bomb = deflated(100_000_000)
    answer = client.post("/v1/messages", content=bomb, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    rows = client.post("/v1/messages", files={"file": ("mails.zip", bomb)}).json()
    assert rows["error"]["code"] == "unreadable_mail"
    batch = client.post("/v1/batch", content=bomb, headers={"Content-Type": "application/zip"})
    assert batch.status_code == 415
    assert client.get("/v1/messages").json()["messages"] == []


def test_a_zip_is_refused_though_its_mails_can_be_read_in_it(client: httpx.Client) -> None:
    """Mails that are stored in a zip without being packed are no header of a mail; the answer says what it is."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mail.eml", b"From: ana@brightloom.example\nSubject: Logo\n\nThank you so much.\n")
    raw = client.post("/v1/messages", content=whole.getvalue(), headers={"Content-Type": "message/rfc822"})
    assert raw.status_code == 422
    row = client.post("/v1/messages", files={"file": ("mail.eml", whole.getvalue())}).json()
    assert (row["error"]["code"], "zip" in row["error"]["message"]) == ("unreadable_mail", True)
    assert client.get("/v1/messages").json()["messages"] == []


def test_a_compressed_body_is_refused(client: httpx.Client) -> None:
    """What is packed for the way (Content-Encoding) is told to come unpacked."""
    body = zlib.compress(b"From: ana@brightloom.example\n\n" + b"a" * 10_000_000)
    headers = {"Content-Type": "message/rfc822", "Content-Encoding": "deflate"}
    answer = client.post("/v1/messages", content=body, headers=headers)
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")
