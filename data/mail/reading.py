"""The one way from a mail to an Email: bytes by ``read``, fields by ``compose``."""

from dataclasses import replace
from datetime import datetime

from data.mail.addresses import MAX_ADDRESSES, Person, parse_person, split_list
from data.mail.bodies import as_shown, body_of
from data.mail.charsets import decode
from data.mail.dates import parse_header_date
from data.mail.forwarded import Outer, Unwrapped, is_forward_subject, is_own_subject, unwrap
from data.mail.headers import MAX_FIELD, Fields, decode_words
from data.mail.kinds import kind_of
from data.mail.mbox import second
from data.mail.mime import MAX_TEXT, Part, parse
from data.records import Email, MailKind, Problem

MAX_SUBJECT = 2_000
MAX_NESTED = 8
_UNREADABLE = Problem("unreadable_mail", "These bytes are no mail: they hold no header. Give a raw message (RFC 5322).")
_ZIP = Problem("unreadable_mail", "This is a zip, not a mail: unpack it and give each mail, or give it to kyp score.")
_ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # an ordinary, an empty and a split one
MAILBOX = Problem(
    "several_mails",
    "This is a mailbox of several mails, not one mail: send it to /v1/batch, or give it to kyp score as .mbox.",
)
_EMPTY = Problem("empty_message", "This mail holds no text to judge.")
_KNOWN = frozenset(
    ("from to subject date received return-path message-id mime-version content-type sender cc bcc reply-to "
     "delivered-to content-transfer-encoding x-mailer in-reply-to references resent-from list-id").split()
)  # fmt: skip


def read(raw: bytes, source: str) -> Email:
    """Read one raw message.

    Never raises: bytes that are no mail, a mailbox, and a mail without words come back as an ``Email`` with its
    ``error``.
    """
    try:
        root = parse(raw)
        fault = _fault(root, raw)
        if fault is not None:
            return Email(source, error=fault)
        return _read(root, source, 0)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, MemoryError) as error:
        # The last line of defence for mails that nobody has seen yet: the row stays, with the kind of fault.
        return Email(source, error=Problem("unreadable_mail", f"This mail could not be read ({type(error).__name__})."))


def compose(subject: str, body: str, source: str, *, sender: str | None, sent_at: datetime | None) -> Email:
    """Make an Email of fields; a forward inside the body yields the original sender, else ``sender`` is the client."""
    person = parse_person(sender) if sender else None
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    content = as_shown(text[:MAX_TEXT])
    outer = Outer(subject, person, zone=sent_at.tzinfo if sent_at else None)
    base = Email(source, subject=subject.strip(), sent_at=sent_at)
    return _assemble(base, content.text, unwrap(content.text, outer, content.signatures), person)


def looks_like_mail(raw: bytes) -> bool:
    """Whether these bytes begin with a mail's header."""
    return not _KNOWN.isdisjoint(parse(raw[:20_000]).fields.raw)


def _fault(root: Part, raw: bytes) -> Problem | None:
    """What keeps bytes from being one mail; text without any header passes, binary does not."""
    if raw.startswith(_ZIP_BEGINS):  # mails stored in it unpacked would pass for its header
        return _ZIP
    another = second(raw)
    if another is not None and looks_like_mail(another):  # "Note: …" under a sentence about Monday is none
        return MAILBOX
    if not _KNOWN.isdisjoint(root.fields.raw):
        return None
    head = raw[:4_000]
    if not head.strip():
        return _EMPTY
    odd = sum(byte < 32 and byte not in b"\t\n\r\x0c\x1b" for byte in head)
    high = sum(byte > 127 for byte in head)
    foreign = high * 3 > len(head) and "\ufffd" in head[:-4].decode("utf-8", "replace")
    return _UNREADABLE if odd * 100 > len(head) or foreign else None


def _read(root: Part, source: str, depth: int) -> Email:
    """Read a parsed mail: a mail attached to it first, else its own text."""
    fields = root.fields
    base = _base(fields, source, kind_of(root))
    body = body_of(root)
    carried = _carried(root, base, body.text) if depth < MAX_NESTED else None
    if carried is not None:
        return _attached(carried, base, body.text, source, depth)
    sent_by = Person(base.client_name, base.client) if base.client or base.client_name else None
    resent = _first_person(fields, "resent-from")
    machine = base.kind in ("bounce", "auto_reply")  # these enclose what they report on
    known = () if machine else base.recipients + base.copied
    readers = frozenset(label for label in known if "@" in label)
    zone = base.sent_at.tzinfo if base.sent_at else None
    outer = Outer(base.subject, sent_by, "in-reply-to" in fields, zone, readers)
    email = _assemble(base, body.text, unwrap(body.text, outer, body.signatures), sent_by)
    if email.forwarder is not None:
        return replace(
            email, message_id=_identity(fields, "x-forwarded-message-id") or _identity(fields, "in-reply-to")
        )
    return replace(email, forwarder=resent.label) if resent else email


def _base(fields: Fields, source: str, kind: MailKind) -> Email:
    """What the header alone says."""
    sender = _first_person(fields, "from") or _first_person(fields, "sender") or _first_person(fields, "reply-to")
    return Email(
        source=source,
        subject=fields.get("subject")[:MAX_SUBJECT].strip(),
        client=sender.address if sender else None,
        client_name=sender.name if sender else None,
        sent_at=_sent_at(fields),
        message_id=_identity(fields, "message-id"),
        recipients=_labels(fields, "to"),
        copied=_labels(fields, "cc"),
        kind=kind,
    )


def _assemble(base: Email, raw: str, unwrapped: Unwrapped, sender: Person | None) -> Email:
    """Put what was found together; the sender is the client unless he only sent the mail on."""
    error = _silence(base, raw, unwrapped)
    if not unwrapped.forwarded:
        return replace(
            base,
            client=sender.address if sender else None,
            client_name=sender.name if sender else None,
            text=unwrapped.text,
            raw_text=raw,
            zones=unwrapped.zones,
            error=error,
        )
    original = unwrapped.original
    return replace(
        base,
        text=unwrapped.text,
        raw_text=raw,
        zones=unwrapped.zones,
        error=error,
        subject=unwrapped.subject[:MAX_SUBJECT],
        client=original.sender.address if original.sender else None,
        client_name=original.sender.name if original.sender else None,
        sent_at=original.sent_at,
        message_id=None,
        recipients=tuple(person.label for person in original.to),
        copied=tuple(person.label for person in original.cc),
        forwarder=sender.label if sender else None,
        remark=unwrapped.remark,
    )


def _silence(base: Email, raw: str, unwrapped: Unwrapped) -> Problem | None:
    """What a mail without words is told; words in its subject are enough, unless they are of the mail it answers."""
    if unwrapped.text.strip():
        return None
    if unwrapped.forwarded:
        return None if is_own_subject(unwrapped.subject) else _EMPTY
    return None if is_own_subject(base.subject) and not raw.strip() else _EMPTY


def _carried(root: Part, base: Email, text: str) -> Part | None:
    """The mail that this one carries to send it on.

    Programs mark it by the subject; a bounce's copy, a digest and an enclosure beside another text are no forwards.
    """
    if base.kind == "bounce":
        return None
    enclosed = [part for part in root.walk() if part.kind == "message/rfc822" or _is_enclosed(part)]
    digest = any(part.kind == "multipart/digest" for part in root.walk())
    inner = [part.children[0] if part.children else parse(part.content()) for part in enclosed]
    inner = [child for child in inner if not _KNOWN.isdisjoint(child.fields.raw)]
    if not inner or digest:
        return None
    bare = not base.subject or not _says_something(text) or inner[0].fields.get("subject").strip() == base.subject
    forwards = is_forward_subject(base.subject) or (bare and "in-reply-to" not in root.fields)
    return inner[0] if forwards else None


def _says_something(text: str) -> bool:
    """Whether somebody wrote words of his own here."""
    zones = unwrap(text, Outer(answers=True)).zones
    return any(zone.kind == "own" and text[zone.start : zone.end].strip() for zone in zones)


def _is_enclosed(part: Part) -> bool:
    """A mail that was attached as a mere file."""
    return part.filename.lower().endswith(".eml") and part.kind in (
        "application/octet-stream",
        "text/plain",
        "message/plain",
    )


def _attached(carried: Part, base: Email, remark: str, source: str, depth: int) -> Email:
    """The mail inside is the client's; the carrying mail gives the forwarder and his remark."""
    inner = _read(carried, source, depth + 1)
    forwarder = Person(base.client_name, base.client)
    said = unwrap(remark, Outer(base.subject, forwarder, answers=True)).text if remark.strip() else ""
    return replace(inner, forwarder=forwarder.label or None, remark=said)


def _sent_at(fields: Fields) -> datetime | None:
    for name in ("date", "resent-date", "delivery-date"):
        if value := fields.get(name):
            return parse_header_date(value)
    received = fields.get("received")
    return parse_header_date(received.rpartition(";")[2].strip()) if ";" in received else None


def _first_person(fields: Fields, name: str) -> Person | None:
    """The first mailbox of a header; names keep the commas that were inside encoded words."""
    people = _people(fields, name, 1)
    return people[0] if people else None


def _people(fields: Fields, name: str, most: int) -> tuple[Person, ...]:
    found: list[Person] = []
    for value in fields.raw.get(name, ())[:most]:
        text = decode(value[:MAX_FIELD]).replace("\n", " ")
        pieces = split_list(text)[:MAX_ADDRESSES] if "," in text or ";" in text else [text]
        found += [parse_person(decode_words(piece.encode()) if "=?" in piece else piece) for piece in pieces]
    return tuple(person for person in found if person.label)


def _labels(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(person.label for person in _people(fields, name, 20))[:MAX_ADDRESSES]


def _identity(fields: Fields, name: str) -> str | None:
    """A message id: the first ``<…>`` of the field, or the field as it is."""
    value = fields.plain(name)[:1_000].strip()
    start, end = value.find("<"), value.find(">")
    return (value[start : end + 1] if -1 < start < end else value) or None
