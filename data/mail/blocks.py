"""Blocks of header lines inside a text (``From: …``, ``Sent: …``) to what they say of the message below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from data.mail.addresses import Person, find_address, parse_people, parse_person
from data.mail.dates import parse_date
from data.mail.lines import BLANKS, RULES, Line, skip_blank
from data.mail.words import HeaderField, fold, words

MAX_BLOCK = 40
MAX_RUN = 1_600
MIN_FOLDED = 40
MIN_WRAPPED = 64
Block = dict[str, str]


@dataclass(frozen=True, slots=True)
class Headers:
    """What a forwarded or quoted message says of itself."""

    sender: Person | None = None
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    sent_at: datetime | None = None
    subject: str | None = None


def field_of(text: str) -> tuple[HeaderField, str, str] | None:
    """Read ``From: value``; also ``*From:* value``, ``De : value``, ``差出人：value``, a row ``| 发件人 | value |``."""
    limit = words().longest_field + 6
    head = text[:limit]
    if head[:1] == "|":
        return _row_of(text.strip("| \t").replace("|", "\t", 1))
    if "\t" in head and (row := _row_of(text)) is not None:
        return row
    colon = head.find(":")
    wide = head.find("：")
    if wide != -1 and (colon == -1 or wide < colon):
        colon = wide
    if colon < 1:
        return None
    word = fold(head[:colon].strip("*_ \t\u00a0|"))
    field = words().fields.get(word)
    if field is None:
        return None
    value = text[colon + 1 :]
    if head[0] in "*_":
        value = value.lstrip().removeprefix(head[0])
    return field, value.strip(BLANKS).strip("*").strip(BLANKS) if value.count("*") == 1 else value.strip(BLANKS), word


def _row_of(text: str) -> tuple[HeaderField, str, str] | None:
    """Read a header that stands in a table: its word in the first cell, its value in the second."""
    head, _, value = text.partition("\t")
    word = fold(head.strip("*: "))
    field = words().fields.get(word)
    return (field, value.strip(BLANKS + "|"), word) if field else None


def read_block(lines: Sequence[Line], index: int, stop: int) -> tuple[Block, int]:
    """Collect a block of header lines; returns the fields by name and the line after the block.

    Folded values are joined; one blank line between headers is passed over where every header stands apart so.
    """
    block: Block = {}
    spelled: list[str] = []
    field = ""
    position = index
    spaced = False
    limit = min(stop, index + MAX_BLOCK)
    while position < limit:
        text = lines[position].text
        found = field_of(text) if text else None
        if found is not None and not (found[0] in block and found[0] != "reply_to"):
            field = found[0]
            block[field] = found[1]
            spelled.append(found[2])
        elif found is None and text and field and _continues(lines, position, limit, block[field], field):
            block[field] = f"{block[field]} {text}".strip()
        elif found is None and text and len(spelled) > 1 and _is_foreign(lines, position, limit, block):
            field = ""
        elif not text and field and (following := _spaced(lines, position, limit, block, len(spelled), spaced)):
            spaced = True
            position = following
            continue
        else:
            break
        position += 1
    block["words"] = "\n".join(spelled)
    return ({} if len(block) == 1 else block), skip_blank(lines, position, stop, MAX_BLOCK)


def _spaced(lines: Sequence[Line], position: int, limit: int, block: Block, count: int, spaced: bool) -> int:
    """Where the next header stands if a blank line only parts two headers, else 0."""
    following = skip_blank(lines, position, limit, 2)
    if following >= limit or not (spaced or count == 1 or not block[list(block)[-1]]):
        return 0
    found = field_of(lines[following].text)
    return following if found is not None and found[0] not in block else 0


def _continues(lines: Sequence[Line], position: int, limit: int, value: str, field: str) -> bool:
    """Whether a line goes on with the header above it."""
    text = lines[position].text
    if not value or (text[0] in " \t" and len(value) > MIN_FOLDED):
        return True
    if field in ("to", "cc", "bcc", "from"):
        return (
            value.rstrip()[-1:] in ",;" or text.lstrip()[:1] == "<" or (text.endswith((">", ";", ",")) and "@" in text)
        )
    following = lines[position + 1].text if position + 1 < limit else ""
    if not following:
        return field == "subject" and _is_wrapped(lines[position - 1], text)
    return field_of(following) is not None and len(value) > 30


def _is_wrapped(above: Line, text: str) -> bool:
    """Whether a short line before a blank one is the rest of a long subject, not a greeting or a sentence."""
    return above.end - above.start >= MIN_WRAPPED and len(text) < MIN_FOLDED and text[-1] not in ",.!?:;"


def _is_foreign(lines: Sequence[Line], position: int, limit: int, block: Block) -> bool:
    """Whether a line is a header of an unknown word: a known one follows, or it ends the block with an address."""
    word, colon, value = lines[position].text.replace("：", ":").partition(":")
    if not colon or not word[:1].isalpha() or len(word) > 30 or len(word.split()) > 3:
        return False
    if "-" in word and word[0].isupper() and word.replace("-", "").isalnum():
        return True  # X-Mailer, List-Id: a header passed on whole
    following = lines[position + 1].text if position + 1 < limit else ""
    if following:
        found = field_of(following)
        return found is not None and found[0] not in block
    return find_address(value) is not None and len(value.split()) <= 6


def run_together(text: str) -> Block:
    """Headers that stand on the separator's own line: ``----- Forwarded Message ----- From: …To: …Subject: …``."""
    bare = text.lstrip(BLANKS)
    close = bare.find("---", bare.find("- ", 3) + 2) if bare.startswith("---") else -1
    if close == -1:
        return {}
    rest = bare[close:].lstrip(RULES)
    if not rest or field_of(rest) is None:
        return {}
    return _cut_fields(rest[:MAX_RUN])


def _cut_fields(text: str) -> Block:
    """Cut ``From: a@bTo: b@cSubject: d`` at its header words, going from colon to colon."""
    known = words().fields
    block: Block = {}
    spelled: list[str] = []
    field, start, position = "", 0, 0
    while "subject" not in block:
        colon = min((at for at in (text.find(":", position), text.find("：", position)) if at != -1), default=-1)
        if colon == -1:
            break
        for begin in range(max(start, colon - words().longest_field - 1), colon):
            word = fold(text[begin:colon])
            found = known.get(word)
            if found and found not in block and (begin == 0 or text[begin].isupper() or not text[begin].isascii()):
                if field:
                    block[field] = text[start:begin].strip(BLANKS)
                field, start = found, colon + 1
                block[field] = ""
                spelled.append(word)
                break
        position = colon + 1
    if field:
        block[field] = text[start:].strip(BLANKS)
    for unmarked in (" dw ", " cc "):  # the Polish Yahoo forgets the colon
        head, found_word, tail = (
            block.get("to", "").replace(">Dw ", "> dw ").replace("]Dw ", "] dw ").partition(unmarked)
        )
        if found_word and "cc" not in block:
            block["to"], block["cc"] = head, tail
    block["words"] = "\n".join(spelled)
    return block


def headers_of(block: Block, zone: tzinfo | None) -> Headers:
    """What a block says: people parsed, the date read by the months of the block's own language."""
    locales = _locales(block.get("words", ""))
    writer = block.get("from") or block.get("sender")
    sender = parse_person(writer) if writer else None
    subject = block.get("subject")
    return Headers(
        sender=sender if sender and sender.label else None,
        to=parse_people(block.get("to", "")),
        cc=parse_people(block.get("cc", "")),
        sent_at=parse_date(block["date"], locales, zone) if block.get("date") else None,
        subject=subject,
    )


def _locales(spelled: str) -> frozenset[str]:
    """The locales that share most of the header words (English words stand in every locale's Gmail)."""
    counts: dict[str, int] = {}
    for word in spelled.split("\n"):
        for code in words().languages(word):
            counts[code] = counts.get(code, 0) + 1
    best = max(counts.values(), default=0)
    return frozenset(code for code, count in counts.items() if count == best)
