"""Forwards: the client's message and its headers taken out of the mail that somebody sent on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from data.mail.addresses import Person
from data.mail.blocks import Headers, field_of
from data.mail.breaks import Break, closes_forward, find_break
from data.mail.lines import Line, split_lines
from data.mail.quoted import Parted, Region, part, zones_of
from data.mail.words import fold, words
from data.records import Zone, ZoneKind

MAX_NESTING = 20
NO_HEADERS = Headers()
_TAG = re.compile(r"(?:\[[^\[\]:：]{1,30}\]\s*){1,3}")
_PREFIX = re.compile(r"([^\W\d_][^:：\[\]()]{0,14}?)\.?\s?(?:[\[(]\d{1,3}[\])])?\s?[:：]\s?")
FREE_MAIL = frozenset(
    ("gmail.com googlemail.com yahoo.com yahoo.com.ph yahoo.com.my ymail.com rocketmail.com hotmail.com outlook.com "
     "live.com msn.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me gmx.de gmx.net gmx.com web.de "
     "mail.com zoho.com yandex.ru yandex.com mail.ru qq.com 163.com 126.com outlook.ph outlook.my live.com.my").split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outer:
    """What the carrying mail says: it decides whether a quoted message was forwarded or answered.

    ``readers`` are the addresses that it was sent to, as far as they are known.
    """

    subject: str = ""
    sender: Person | None = None
    answers: bool = False
    zone: tzinfo | None = None
    readers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A body read: the newest own text of the message that counts, and where it came from."""

    text: str
    zones: tuple[Zone, ...]
    forwarded: bool = False
    original: Headers = NO_HEADERS
    remark: str = ""
    subject: str = ""


def unwrap(raw: str, outer: Outer, signed: frozenset[int] = frozenset()) -> Unwrapped:
    """Read a mail's whole text: take off a forward's wrapping if there is one, then quotes and endings.

    ``signed`` are lines that the mail program itself marked as a signature.
    """
    lines = split_lines(raw)
    if signed:
        lines = [line._replace(signed=True) if number in signed else line for number, line in enumerate(lines)]
    whole = Region(0, len(lines))
    first = _first_break(lines, whole, outer.zone)
    if first is None or not _is_forward(lines, first, outer):
        parted = part(lines, whole, outer.zone, clear=first.start if first else len(lines), first=first)
        text = parted.text(lines, raw) or ("" if parted.only_history(lines) else parted.quotes(lines, raw))
        return Unwrapped(text, zones_of(lines, parted.kinds, len(raw)))
    return _original(lines, raw, first, outer)


def subject_prefix(subject: str) -> tuple[str, str]:
    """Part the first prefix off: ``("fw", "Logo")`` for ``FW: Logo`` and ``[EXTERNAL] FW: Logo``.

    ``("", subject)`` where there is none.
    """
    bare = subject.strip()
    tag = _TAG.match(bare)
    match = _PREFIX.match(bare, tag.end() if tag else 0)
    if match is None:
        return "", bare
    return fold(match[1].rstrip(".")), bare[match.end() :].strip()


def is_forward_subject(subject: str) -> bool:
    """Whether the subject says that the mail is a forward."""
    prefix, rest = subject_prefix(subject)
    if prefix in words().forward_prefixes:
        return True
    folded = rest.casefold()
    return folded.startswith("[fwd") or folded.endswith("(fwd)")


def is_own_subject(subject: str) -> bool:
    """Whether the subject says something, and not what another mail said first that it answers or sends on."""
    prefix, rest = subject_prefix(subject)
    return bool(rest) and prefix not in words().reply_prefixes and not is_forward_subject(subject)


def strip_prefixes(subject: str) -> str:
    """The subject without the prefixes of forwards in front."""
    for _ in range(MAX_NESTING):
        prefix, rest = subject_prefix(subject)
        if prefix not in words().forward_prefixes:
            break
        subject = rest
    return subject.strip()


def _first_break(lines: Sequence[Line], region: Region, zone: tzinfo | None) -> Break | None:
    quoted = False
    for index in range(region.start, region.stop):
        line = lines[index]
        if not line.text:
            continue
        if not (line.depth and quoted):
            found = find_break(lines, index, region.stop, zone)
            if found is not None:
                return found
        quoted = line.depth > 0
    return None


def _is_forward(lines: Sequence[Line], found: Break, outer: Outer) -> bool:
    """Decide by the separator; where that is no proof by the subject, and last by what stands above."""
    if found.kind == "forward":
        return True
    prefix, _ = subject_prefix(outer.subject)
    if is_forward_subject(outer.subject) and not _answers_by(prefix, lines[found.start : found.body]):
        return True
    if found.kind == "attribution":
        return False
    if prefix in words().reply_prefixes or outer.answers:
        return False
    if (sent_on := _sent_on(found.read_headers(outer.zone), outer)) is not None:
        return sent_on
    above = [line for line in lines[: found.start] if not line.blank]
    quoted_block = lines[found.start].depth > 0 and not any(line.depth for line in above)
    return quoted_block or not _own_above(lines, found, outer.zone)


def _answers_by(prefix: str, header: Sequence[Line]) -> bool:
    """Whether a header's own language begins answers so: ``VS:`` is Denmark's forward and Finland's answer."""
    known = words()
    speakers = known.reply_prefixes.get(prefix)
    if speakers is None:
        return False
    for text in (line.text for line in header if line.text):
        field, verb = field_of(text), known.wrote.search(text.casefold())
        if (field and speakers & known.languages(field[2])) or (verb and speakers & known.languages(verb[0])):
            return True
    return False


def _sent_on(quoted: Headers, outer: Outer) -> bool | None:
    """Whether a message goes to others than who wrote it, as answers do not; None where that cannot be told."""
    writer = quoted.sender
    if writer is None or not writer.address or quoted.sent_at is None or not outer.readers:
        return None
    return None if _same_sender(writer, outer.sender) else writer.address not in outer.readers


def _own_above(lines: Sequence[Line], found: Break, zone: tzinfo | None) -> bool:
    parted = part(lines, Region(0, found.start), zone, clear=found.start)
    return any(parted.kinds.get(index) == "own" and lines[index].text for index in range(found.start))


def _original(lines: Sequence[Line], raw: str, first: Break, outer: Outer) -> Unwrapped:
    """Go down from message to message until one is the client's, and read that."""
    kinds: dict[int, ZoneKind] = {}
    remark = _remark(lines, raw, first, outer, kinds)
    parted = _below(lines, first, len(lines), outer)
    headers = first.read_headers(outer.zone)
    subject = headers.subject
    for _ in range(MAX_NESTING):
        following = parted.history
        own = parted.text(lines, raw)
        if following is None or (own and not _is_ours(headers.sender, outer.sender)):
            break
        below = following.read_headers(outer.zone)
        if own and below.sender is None:
            break
        kinds.update(parted.kinds)
        kinds.update(dict.fromkeys(range(following.start, following.body), "forward_header"))
        parted = _below(lines, following, parted.region.stop, outer)
        headers, subject = below, below.subject or subject
    kinds.update(dict.fromkeys(range(first.start, first.body), "forward_header"))
    kinds.update(parted.kinds)
    if _same_sender(headers.sender, outer.sender):
        headers = Headers(None, headers.to, headers.cc, headers.sent_at, headers.subject)
    return Unwrapped(
        text=parted.text(lines, raw) or parted.quotes(lines, raw),
        zones=zones_of(lines, kinds, len(raw)),
        forwarded=True,
        original=headers,
        remark=remark,
        subject=subject if subject is not None else strip_prefixes(outer.subject),
    )


def _remark(lines: Sequence[Line], raw: str, first: Break, outer: Outer, kinds: dict[int, ZoneKind]) -> str:
    """The forwarder's own words: above the forward, and below it where the forward is quoted."""
    parted = part(lines, Region(0, first.start), outer.zone, clear=first.start)
    kinds.update({index: "remark" if kind == "own" else kind for index, kind in parted.kinds.items()})
    own = any(kind == "own" and lines[index].text for index, kind in parted.kinds.items())
    return parted.text(lines, raw) if own else ""


def _below(lines: Sequence[Line], found: Break, stop: int, outer: Outer) -> Parted:
    """Part the message that a break opens."""
    return part(lines, _region(lines, found, stop), outer.zone)


def _region(lines: Sequence[Line], found: Break, stop: int) -> Region:
    """Where the message below a break ends, and how deep its ground is quoted."""
    start = found.body
    stop = next((index for index in range(start, stop) if closes_forward(lines[index].text)), stop)
    depth = lines[found.body - 1].depth if found.kind != "attribution" and found.body > found.start else 0
    depth = max(depth, lines[found.start].depth)
    filled = [index for index in range(start, stop) if not lines[index].blank]
    if filled and lines[filled[0]].depth > depth and all(lines[index].depth > depth for index in filled):
        depth = min(lines[index].depth for index in filled)
    if depth and filled:
        stop = _end_of_quote(lines, filled, depth)
    return Region(start, stop, depth)


def _end_of_quote(lines: Sequence[Line], filled: Sequence[int], depth: int) -> int:
    """The end of a quoted message: its last marked line, and lines that only lost their mark in wrapping."""
    last = max((index for index in filled if lines[index].depth >= depth), default=filled[-1])
    while last + 1 < len(lines) and lines[last].text and lines[last + 1].text:
        last += 1
    return last + 1


def _is_ours(sender: Person | None, forwarder: Person | None) -> bool:
    """Whether a message came from the forwarder's own side."""
    if sender is None or forwarder is None or not sender.address or not forwarder.address:
        return False
    domain = forwarder.address.rpartition("@")[2]
    return sender.address == forwarder.address or (
        domain not in FREE_MAIL and sender.address.rpartition("@")[2] == domain
    )


def _same_sender(sender: Person | None, forwarder: Person | None) -> bool:
    return bool(sender and forwarder and sender.address and sender.address == forwarder.address)
