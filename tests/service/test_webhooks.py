"""Webhooks over a real socket, with payloads in the form that the providers document."""

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.settings import Settings
from tests.service.provider_mails import (
    CLIENT_MAIL,
    FORWARD,
    HEADERS,
    POSTMARK,
    SENDGRID_KEY,
    SIGNING_KEY,
    SUPERVISES,
    form,
    parsed,
    sendgrid,
    signed,
)

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]

PAIR = "kyp:open-sesame"


@pytest.fixture
def client(home: Path, store_url: str, running: Running) -> Iterator[httpx.Client]:
    """A service with all doors open."""
    public = SENDGRID_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    settings = Settings(
        home=home, database_url=store_url, mailgun_signing_key=SIGNING_KEY, postmark_basic_auth=PAIR,
        sendgrid_public_key=base64.b64encode(public).decode(),
    )  # fmt: skip
    with running(settings) as client:
        yield client


def the_message(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """The assessment of what was taken, which is the only one."""
    assert answer.status_code == 200, answer.text
    (message,) = client.get("/v1/messages").json()["messages"]
    assert answer.json() == {"id": message["id"], "new": True}
    kept: dict[str, Any] = message
    return kept


def is_anas(message: dict[str, Any], source: str) -> None:
    """The message of the client, judged, by whatever way it came."""
    assert (message["client"], message["source"], message["text"]) == ("ana@brightloom.example", source, SUPERVISES)
    assert message["message_id"] == "<one@brightloom.example>"
    assert message["sent_at"].startswith("2026-03-05T17:42")
    assert "micro_managing" in [signal["label"] for signal in message["signals"] if signal["present"]]


def test_mailgun_posts_a_parsed_mail(client: httpx.Client) -> None:
    """The forward's client is found from Mailgun's fields, posted as a url-encoded form."""
    is_anas(the_message(client, client.post("/v1/inbound/mailgun", data=parsed())), "mailgun")


def test_mailgun_posts_a_raw_mail(client: httpx.Client) -> None:
    """An address that ends with mime gets `body-mime`."""
    fields = {"recipient": "triage@in.studio.example", "body-mime": CLIENT_MAIL} | signed()
    is_anas(the_message(client, client.post("/v1/inbound/mailgun/mime", data=fields)), "mailgun")


def test_mailgun_posts_a_mail_forwarded_as_a_file(client: httpx.Client) -> None:
    """A mail attached to the forwarding one is the client's."""
    fields = parsed(**{"body-plain": "See attached.", "attachment-count": "1"})
    files = {"attachment-1": ("drafts.eml", CLIENT_MAIL.encode(), "message/rfc822")}
    is_anas(the_message(client, client.post("/v1/inbound/mailgun", data=fields, files=files)), "mailgun")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        (signed(key="another"), 401),
        (signed(age=20 * 3600), 406),
        (signed(age=-3600), 406),
        ({"signature": ""}, 401),
        ({"timestamp": "soon"}, 401),
        (signed() | {"token": "b" * 50}, 401),
    ],
)
def test_mailgun_is_not_believed_without_a_good_signature(
    client: httpx.Client, wrong: dict[str, str], status: int
) -> None:
    """A wrong signature is 401; one too old or too new 406, after which Mailgun gives up. Nothing is kept."""
    answer = client.post("/v1/inbound/mailgun", data=parsed(**wrong))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert client.get("/v1/messages").json()["messages"] == []


def test_a_mailgun_token_opens_the_door_once(client: httpx.Client) -> None:
    """The same token again, at once or later, is refused with 406; the mail is there once."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/inbound/mailgun", data=parsed()), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [406] * 7
    other = parsed(**{"body-plain": "Another text, sent by someone who saw the first request."})
    answer = client.post("/v1/inbound/mailgun", data=other)
    assert (answer.status_code, answer.json()["type"]) == (406, "urn:kyp:problem:replayed")
    assert len(client.get("/v1/messages").json()["messages"]) == 1


def test_mailgun_tries_again_with_a_new_token(client: httpx.Client) -> None:
    """A mail that was kept already is told to be known."""
    assert client.post("/v1/inbound/mailgun", data=parsed(**signed("c" * 50))).json()["new"] is True
    assert client.post("/v1/inbound/mailgun", data=parsed(**signed("d" * 50))).json()["new"] is False


def test_sendgrid_posts_a_parsed_mail_in_its_charsets(client: httpx.Client) -> None:
    """Each field is read in the charset that `charsets` names for it."""
    text = FORWARD.replace("Ana Cruz", "Añá Cruz").replace("tonight.", "tonight – “now”.")
    fields = {
        "headers": "".join(f"{name}: {value}\n" for name, value in HEADERS if name != "Subject").encode(),
        "to": b"triage@in.studio.example", "from": b"Tomas Reyes <tomas@studio.example>", "subject": b"Fwd: Drafts",
        "text": text.encode("windows-1252"), "sender_ip": b"192.0.2.7", "attachments": b"0", "dkim": b"{}",
        "envelope": b'{"to":["triage@in.studio.example"],"from":"tomas@studio.example"}', "SPF": b"pass",
        "charsets": b'{"to":"UTF-8","from":"UTF-8","subject":"UTF-8","text":"windows-1252"}',
    }  # fmt: skip
    message = the_message(client, sendgrid(client, *form(fields)))
    assert message["text"] == SUPERVISES.replace("tonight.", "tonight – “now”.")
    is_anas(message | {"text": SUPERVISES}, "sendgrid")


def test_sendgrid_posts_a_raw_mail(client: httpx.Client) -> None:
    """With "POST the raw, full MIME message" the mail is in `email`."""
    fields = {"email": CLIENT_MAIL.encode(), "to": b"triage@in.studio.example", "envelope": b"{}"}
    is_anas(the_message(client, sendgrid(client, *form(fields))), "sendgrid")


def test_sendgrid_posts_a_mail_forwarded_as_a_file(client: httpx.Client) -> None:
    """`attachment-info` tells what the files are."""
    fields = {
        "headers": "".join(f"{name}: {value}\n" for name, value in HEADERS).encode(), "text": b"See attached.",
        "attachments": b"1", "attachment-info": b'{"attachment1":{"filename":"drafts","type":"message/rfc822"}}',
    }  # fmt: skip
    file = f'--xYzZY\r\nContent-Disposition: form-data; name="attachment1"; filename="drafts"\r\n\r\n{CLIENT_MAIL}'
    is_anas(the_message(client, sendgrid(client, *form(fields, file))), "sendgrid")


def test_sendgrid_is_not_believed_without_its_signature(client: httpx.Client) -> None:
    """A body that was changed, a key that is another's and a missing signature are 401."""
    body, kind = form({"email": CLIENT_MAIL.encode()})
    assert sendgrid(client, body, kind, generate_private_key(SECP256R1())).status_code == 401
    assert client.post("/v1/inbound/sendgrid", content=body, headers={"Content-Type": kind}).status_code == 401
    assert client.get("/v1/messages").json()["messages"] == []


def test_sendgrid_may_be_asked_for_a_password(home: Path, store_url: str, running: Running) -> None:
    """Without signed webhooks, user and password in the URL open the door."""
    body, kind = form({"email": CLIENT_MAIL.encode()})
    with running(Settings(home=home, database_url=store_url, sendgrid_basic_auth=PAIR)) as client:
        for auth, status in ((("kyp", ""), 401), (("kyp", "wrong"), 401), (("kyp", "open-sesame"), 200)):
            answer = client.post("/v1/inbound/sendgrid", content=body, headers={"Content-Type": kind}, auth=auth)
            assert answer.status_code == status


@pytest.mark.parametrize("raw", [False, True])
def test_postmark_posts_a_mail(client: httpx.Client, raw: bool) -> None:
    """The parsed mail, or the raw one where Postmark includes it."""
    mail = POSTMARK | ({"RawEmail": CLIENT_MAIL, "TextBody": "not looked at"} if raw else {})
    is_anas(
        the_message(client, client.post("/v1/inbound/postmark", json=mail, auth=("kyp", "open-sesame"))), "postmark"
    )


def test_postmark_posts_a_mail_forwarded_as_a_file(client: httpx.Client) -> None:
    """Attachments come in base64."""
    content = base64.b64encode(CLIENT_MAIL.encode()).decode()
    file = {
        "Name": "drafts.eml",
        "Content": content,
        "ContentType": "message/rfc822",
        "ContentLength": len(CLIENT_MAIL),
    }
    mail = POSTMARK | {"TextBody": "See attached.", "Attachments": [file]}
    is_anas(
        the_message(client, client.post("/v1/inbound/postmark", json=mail, auth=("kyp", "open-sesame"))), "postmark"
    )


def test_postmark_is_asked_for_its_password(client: httpx.Client) -> None:
    """Without, or with a wrong one, 401 tells where it belongs."""
    for auth in (("", ""), ("kyp", ""), ("kyp", "open-sésame")):
        answer = client.post("/v1/inbound/postmark", json=POSTMARK, auth=auth)
        assert answer.status_code == 401
        assert "URL" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "setting"),
    [
        ("mailgun", "KYP_MAILGUN_SIGNING_KEY"),
        ("sendgrid", "KYP_SENDGRID_PUBLIC_KEY"),
        ("postmark", "KYP_POSTMARK_BASIC_AUTH"),
    ],
)
def test_a_door_is_closed_until_it_is_set_up(tmp_path: Path, running: Running, path: str, setting: str) -> None:
    """The problem names the setting that opens it."""
    with running(Settings(home=tmp_path)) as client:
        answer = client.post(f"/v1/inbound/{path}", json=POSTMARK)
        assert answer.status_code == 404
        assert setting in answer.json()["detail"]


def test_the_same_mail_by_four_ways_is_one_message(client: httpx.Client) -> None:
    """Forwarded by Tomas through Mailgun, by Mia through Postmark, sent raw through SendGrid and the API: one row."""
    client.post("/v1/inbound/mailgun", data=parsed())
    mia = {"Email": "mia@studio.example", "Name": "Mia", "MailboxHash": ""}
    by_mia = POSTMARK | {"From": "mia@studio.example", "FromFull": mia, "TextBody": FORWARD.replace("> ", ">\u00a0")}
    client.post("/v1/inbound/postmark", json=by_mia, auth=("kyp", "open-sesame"))
    sendgrid(client, *form({"email": CLIENT_MAIL.encode()}))
    again = client.post("/v1/messages", content=CLIENT_MAIL, headers={"Content-Type": "message/rfc822"})
    assert again.status_code == 200
    assert len(client.get("/v1/messages").json()["messages"]) == 1


def test_mails_without_text_keep_their_rows(client: httpx.Client) -> None:
    """Two mails in which nothing can be read are two rows that say why; sent again they are known."""
    for content in (b"\x00\x01\x02" * 90, b"\x03\x04\x05" * 90):
        for _ in range(2):
            assert sendgrid(client, *form({"email": content})).status_code == 200
    rows = client.get("/v1/messages").json()["messages"]
    assert [row["error"]["code"] for row in rows] == ["unreadable_mail"] * 2
    assert all(row["source"].startswith("sendgrid#") for row in rows)


def test_a_body_that_is_no_form_is_refused(client: httpx.Client) -> None:
    """What no provider sends is told by kind."""
    for content, kind, status in ((b"{}", "application/json", 415), (b"x", "multipart/form-data; boundary=y", 422)):
        answer = client.post("/v1/inbound/mailgun", content=content, headers={"Content-Type": kind})
        assert answer.status_code == status


def test_without_a_model_the_provider_tries_again(home: Path, tmp_path: Path, store_url: str, running: Running) -> None:
    """503 keeps nothing and spends no token: the same request is taken once there is a model."""
    fields = parsed()
    with running(Settings(home=tmp_path, database_url=store_url, mailgun_signing_key=SIGNING_KEY)) as client:
        assert client.post("/v1/inbound/mailgun", data=fields).status_code == 503
    with running(Settings(home=home, database_url=store_url, mailgun_signing_key=SIGNING_KEY)) as client:
        is_anas(the_message(client, client.post("/v1/inbound/mailgun", data=fields)), "mailgun")
