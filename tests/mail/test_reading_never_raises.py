"""Whatever bytes come, reading gives one Email and raises nothing."""

from importlib.resources import files
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.mail.reading import compose, read
from data.records import Email

PIECES = [
    b"From: ", b"To: a@b.example, ", b"Subject: ", b"Date: ", b"Content-Type: ", b"text/plain", b"text/html",
    b"multipart/mixed; boundary=b", b"message/rfc822", b"; charset=", b"utf-7", b"idna", b"hz", b"utf-16", b"\n",
    b"\n\n", b"\r\n", b"\r", b"--b\n", b"--b--", b"=?utf-8?q?", b"=?x?b?", b"?=", b'"', b"<", b">", b"@", b"> ",
    b"\x00", b"\xff",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n", b"-- \n",
    b"On 5 Mar 2026 at 17:42 Ana <a@b.example> wrote:\n", b"---------- Forwarded message ---------\n",
    b"-----Original Message-----\n", b"Best regards,\n", b"<div>", b"<blockquote>", b"</p>", b"&#0;", b"format=flowed",
    b"application/ms-tnef", b"31/02/2026 25:61 +9999", b"Fri, 99 Foo 99999", b"\x1b$B", b"name*0*=utf-8''%zz",
]  # fmt: skip

SAMPLES = sorted(Path(str(files("data").joinpath("samples", "eml"))).glob("*.eml"))


def check(email: Email) -> None:
    """What holds for every Email."""
    assert email.source == "x"
    assert email.error is not None or (email.text + email.subject).strip()
    assert email.error is None or "could not be read" not in email.error.message  # nothing needs the last defence
    end = 0
    for zone in email.zones:
        assert end <= zone.start < zone.end <= len(email.raw_text)
        end = zone.end
    (email.subject + email.text + email.remark + (email.client or "")).encode("utf-8")


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=40))
def test_any_bytes_are_read(pieces: list[bytes]) -> None:
    """Bytes made of everything that mails are made of, in any order, come back as a mail or an error row."""
    check(read(b"".join(pieces), "x"))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES).map(lambda p: p.decode("latin-1")), st.text(max_size=20))),
)
def test_any_fields_are_read(subject: str, pieces: list[str]) -> None:
    """The same for mails given as fields."""
    check(compose(subject, "".join(pieces), "x", sender=subject, sent_at=None))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_damage_to_a_mail_is_read(data: st.DataObject) -> None:
    """Real-looking mails, cut, swapped, repeated and mixed at any place, come back as a mail or an error row."""
    raw = bytearray(data.draw(st.sampled_from(SAMPLES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw)))
        piece = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        raw[at : at + data.draw(st.integers(0, 400))] = piece * data.draw(st.sampled_from((0, 1, 1, 2, 500)))
        start = data.draw(st.integers(0, len(raw)))
        raw += raw[start : start + data.draw(st.sampled_from((0, 0, 200)))]
    check(read(bytes(raw), "x"))


def test_blank_lines_where_an_attribution_could_stand_are_read() -> None:
    """Many blank lines below a separator cost nothing (found by fuzzing)."""
    check(compose("FW: x", "---- Forwarded message ----\n\n\n\n\n\n\n\ntext\n", "x", sender=None, sent_at=None))


def test_dashes_below_a_separator_are_read() -> None:
    """A line of nothing but dashes where an attribution could stand costs nothing (found by fuzzing)."""
    check(compose("FW: x", "---- Forwarded message ----\n\n- -\n--\n- \n> -\n", "x", sender=None, sent_at=None))
    raw = b"From: a@b.example\n\n-----Original Message-----\n--\n- \ntext\n"
    assert read(raw, "x").error is None
