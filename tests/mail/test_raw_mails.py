"""Raw mails as they come: charsets, encodings, parts, and the kinds that are no client's message."""

import base64
from datetime import datetime

import pytest

from data.mail.charsets import codec_of
from data.mail.reading import compose, read

HEAD = b"From: Ana Cruz <Ana@BrightLoom.example>\nTo: tala@studio.example\nSubject: Logo\n"


def with_body(fields: str, body: bytes) -> bytes:
    return HEAD + b"MIME-Version: 1.0\n" + fields.encode() + b"\n\n" + body


def test_the_header_is_read() -> None:
    """Sender in lower case, name, date with offset, recipients, copies and id are taken from the header."""
    email = read(
        HEAD + b"Cc: Bo <bo@other.example>, cy@other.example\nDate: Thu, 5 Mar 2026 17:42:00 +0800\n"
        b"Message-ID: <1@brightloom.example>\n\nHello\n",
        "one.eml",
    )
    assert (email.client, email.client_name, email.source) == ("ana@brightloom.example", "Ana Cruz", "one.eml")
    assert email.sent_at == datetime.fromisoformat("2026-03-05T17:42:00+08:00")
    assert email.copied == ("bo@other.example", "cy@other.example")
    assert (email.message_id, email.text, email.error) == ("<1@brightloom.example>", "Hello", None)


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-8", "Größe – ñ".encode()),
        ("iso-8859-1", "Größe – ñ".encode("cp1252")),
        ("us-ascii", "Größe – ñ".encode()),
        ("x-unknown", "Größe – ñ".encode()),
        ("utf-8", "Größe – ñ".encode("cp1252")),
        ("windows-1252http-equiv", "Größe – ñ".encode("cp1252")),
        ("hex", "Größe – ñ".encode()),
        ("utf-16", "Größe – ñ".encode("utf-16")),
        ("utf-7", "Größe – ñ".encode("utf-7")),
    ],
)
def test_text_is_decoded_whatever_the_label_says(charset: str, raw: bytes) -> None:
    """A right label is followed; a wrong, unknown or senseless one is seen through."""
    assert read(with_body(f"Content-Type: text/plain; charset={charset}", raw), "x").text == "Größe – ñ"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("gb2312", "你好"),
        ("big5", "你好"),
        ("iso-2022-jp", "こんにちは"),
        ("ks_c_5601-1987", "안녕"),
        ("koi8-r", "привет"),
    ],
)
def test_east_and_south_are_read(charset: str, text: str) -> None:
    """The labels that browsers know for other scripts are known."""
    codec = "cp949" if charset.startswith("ks") else charset
    assert read(with_body(f"Content-Type: text/plain; charset={charset}", text.encode(codec)), "x").text == text


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("iso88592", "iso8859-2"),
        ("x-cp1253", "cp1253"),
        ("csisolatin9", "iso8859-15"),
        ("iso885911", "cp874"),
        ("sun_eu_greek", "iso8859-7"),
        ("cseuckr", "cp949"),
        ("ms932", "cp932"),
        ("csgb2312", "gb18030"),
        ("unicodefffe", "utf-16-be"),
        ("x-mac-ukrainian", "mac-cyrillic"),
        ("IBM866", "cp866"),
        ("x-unknown", None),
    ],
)
def test_the_labels_that_browsers_know_are_known(label: str, codec: str | None) -> None:
    """The rarer spellings of the encoding standard lead to the same codecs as the common ones."""
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?Q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?utf-8?B?R3LDtsOf?= =?utf-8?B?ZQ==?=", "Größe"),
        (b"=?utf-8?B?R3LD?= =?utf-8?B?tsOfZQ==?=", "Größe"),
        (b"=?utf-8?B?R3LDtsOfZQ?=", "Größe"),
        (b"=?utf-8?q?two words?=", "two words"),
        (b"=?nonsense?q?plain?=", "plain"),
        ("Größe".encode(), "Größe"),
        (b"=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
        (b"folded\n over two lines", "folded over two lines"),
    ],
)
def test_encoded_words_in_the_wild(raw: bytes, subject: str) -> None:
    """RFC 2047 is read also where characters are cut apart, padding lacks or spaces stand inside."""
    assert read(b"From: a@b.example\nSubject: " + raw + b"\n\nx\n", "x").subject == subject


def test_transfer_encodings_and_their_damage() -> None:
    """Base64 without padding and quoted-printable with stray marks still give their text."""
    coded = base64.b64encode(b"Hello there!!").rstrip(b"=")
    assert read(with_body("Content-Transfer-Encoding: base64", coded), "x").text == "Hello there!!"
    quoted = b"Gr=C3=B6=C3=9Fe=  \n =ZZ 50% = half"
    assert read(with_body("Content-Transfer-Encoding: quoted-printable", quoted), "x").text.startswith("Größe =ZZ 50%")


def test_format_flowed_is_joined() -> None:
    """Soft line breaks vanish, quotes keep their depth, the signature's mark stays."""
    raw = with_body("Content-Type: text/plain; format=flowed", b"One long \nline.\n> quoted \n> too\n-- \nAna\n")
    assert read(raw, "x").text == "One long line."


def test_the_plain_form_is_taken_unless_it_is_empty() -> None:
    """Of two forms the plain one is read; an empty one, or a notice to look elsewhere, gives way to the HTML."""
    for plain, expected in ((b"Plain.", "Plain."), (b" ", "Rich."), (b"Please view this message in HTML.", "Rich.")):
        body = b"--b\nContent-Type: text/plain\n\n" + plain + b"\n--b\nContent-Type: text/html\n\n<p>Rich.</p>\n--b--\n"
        assert read(with_body("Content-Type: multipart/alternative; boundary=b", body), "x").text == expected


def test_html_alone_reads_by_its_lines() -> None:
    """Blocks become lines; what is hidden, and the client's own containers of quote and signature, go."""
    html = (
        b"<style>p{}</style><div style='display:none'>preview</div><div>Yes,<br>Friday.</div>"
        b"<div class='gmail_signature'>Ana<br>Brightloom</div><div class='gmail_quote'>"
        b"On Thu, Mar 5, 2026 at 5:42 PM Tala &lt;tala@studio.example&gt; wrote:<blockquote>Friday?</blockquote></div>"
    )
    assert read(with_body("Content-Type: text/html", html), "x").text == "Yes,\nFriday."


def test_a_mail_attached_to_a_forward_is_the_clients() -> None:
    """message/rfc822 in a forward: the inner header counts, the outer text is the remark."""
    inner = b"From: Bo <bo@other.example>\nSubject: Help\nMessage-ID: <2@other.example>\n\nPlease help.\n"
    body = b"--b\n\nSee below.\n--b\nContent-Type: message/rfc822\n\n" + inner + b"\n--b--\n"
    raw = with_body("Content-Type: multipart/mixed; boundary=b", body).replace(b"Subject: Logo", b"Subject: Fwd: Help")
    email = read(raw, "x")
    assert (email.client, email.subject, email.text) == ("bo@other.example", "Help", "Please help.")
    assert (email.remark, email.forwarder) == ("See below.", "ana@brightloom.example")
    assert email.message_id == "<2@other.example>"


def test_a_mail_enclosed_beside_a_message_is_no_forward() -> None:
    """A client who encloses somebody's mail with words of his own stays the client."""
    inner = b"From: Bo <bo@other.example>\nSubject: Offer\n\nBuy.\n"
    body = b"--b\n\nThis is what they sent us.\n--b\nContent-Type: message/rfc822\n\n" + inner + b"\n--b--\n"
    assert read(with_body("Content-Type: multipart/mixed; boundary=b", body), "x").client == "ana@brightloom.example"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("Auto-Submitted: auto-replied", "auto_reply"),
        ("Subject: Wala sa opisina", "auto_reply"),
        ("List-Unsubscribe: <mailto:u@b.example>", "newsletter"),
        ("Precedence: bulk", "newsletter"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "bounce"),
        ("X-Failed-Recipients: bo@other.example", "bounce"),
        ("Content-Type: text/calendar; method=REQUEST", "calendar"),
        ("Auto-Submitted: no", "message"),
    ],
)
def test_machines_are_told_from_people(fields: str, kind: str) -> None:
    """Bounces, automatic replies, newsletters and meetings are marked; a person's mail is a message."""
    assert read(f"From: a@b.example\n{fields}\n\ntext\n".encode(), "x").kind == kind


def test_bytes_that_are_no_mail_are_an_error_row() -> None:
    """Binary gives a row with a code and no words of the bytes; nothing at all is an empty message."""
    email = read(bytes(range(256)) * 20, "photo.eml")
    assert email.error is not None
    assert (email.error.code, email.source, email.text) == ("unreadable_mail", "photo.eml", "")
    empty = read(b"", "x").error
    assert empty is not None
    assert empty.code == "empty_message"


MBOX_LINE = b"From ana@brightloom.example Thu Mar  5 17:42:00 2026\n"
MAIL_OF_MBOX = MBOX_LINE + HEAD + b"\nHello\n"


@pytest.mark.parametrize(
    "raw",
    [
        MAIL_OF_MBOX + b"\n" + MAIL_OF_MBOX,
        b"\n" + MAIL_OF_MBOX + b"\n" + MAIL_OF_MBOX,
        (MAIL_OF_MBOX + b"\n" + MAIL_OF_MBOX).replace(b"\n", b"\r\n"),
    ],
)
def test_a_mailbox_is_not_taken_for_its_first_mail(raw: bytes) -> None:
    """Several mails given as one are an error that says where they go; none is lost in silence."""
    error = read(raw, "x").error
    assert error is not None
    assert (error.code, "kyp score" in error.message) == ("several_mails", True)


@pytest.mark.parametrize(
    "said",
    [
        b"From here on it is all clear: call me at 10:30.\nNote: to change\n",
        b"From Monday 5 March 2026 we work on it.\nTill then, nothing.\n",
        b">" + MAIL_OF_MBOX,
        b"> " + MAIL_OF_MBOX,
        MBOX_LINE + b"\nis what stands at the top of the file.\n",
    ],
)
def test_words_that_begin_like_a_mailbox_make_none(said: bytes) -> None:
    """A sentence, an escaped line and a quoted one leave a mail one mail, with a line of a mailbox above or not."""
    for raw in (HEAD + b"\nHello\n\n" + said, MAIL_OF_MBOX + b"\n" + said):
        assert read(raw, "x").error is None


def test_text_is_never_lost_to_odd_parts() -> None:
    """A multipart without its boundary, one cut off in the middle, and a preface before the header are read."""
    assert read(with_body("Content-Type: multipart/mixed", b"Just text.\n"), "x").text == "Just text."
    cut = read(with_body("Content-Type: multipart/mixed; boundary=b", b"--b\n\nCut of"), "x")
    assert cut.text == "Cut of"
    assert read(b"+OK 120 octets\n" + HEAD + b"\nHello\n", "x").client == "ana@brightloom.example"


def test_fields_with_html_are_rendered() -> None:
    """A body given as a field may be HTML."""
    assert compose("Hi", "<p>Hello <b>there</b></p>", "api", sender=None, sent_at=None).text == "Hello there"
