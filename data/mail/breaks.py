"""Where a writer's own text stops: forward separators, header blocks and lines of attribution, found line by line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

from data.mail.addresses import Person, find_address, parse_people, parse_person
from data.mail.dates import parse_date
from data.mail.lines import BLANKS, Line
from data.mail.words import HeaderField, fold, words

BreakKind = Literal["forward", "original", "headers", "attribution"]
MAX_LINE = 400
MAX_BLOCK = 40
MAX_ATTRIBUTION = 6
_RULES = "-_=*#~—–─━ \t\u00a0+><ᐧ"
_MARKS = _RULES + "\"'“„<([|"
_DATE_LIKE = re.compile(
    r"\d{1,2}[:.h]\d{2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}|\b(?:19|20)\d{2}\b|(?:19|20)\d{2}[年년]"
)
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_DATE_FIRST = re.compile(r"(?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}\b")
_BEFORE_NAME = re.compile(
    r"(?<!\w)(?:heeft|skrev|schrieb|użytkownik|пользователь|používateľ|uživatel|időpontban|alle ore|kl\.?|at|um|"
    r"às|пише|uporabnik|korisnik|o godz\.?|ni|si|oleh|user)(?![\w.])",
    re.IGNORECASE,
)
_CLOCK_TAIL = re.compile(r"^\s*(?:(?:[AaPp]\.?[Mm]\.?|UTC|GMT|[A-Z]{3,4}|\([^()]{1,6}\))(?![\w]))?[\s,]*")


@dataclass(frozen=True, slots=True)
class Headers:
    """What a forwarded or quoted message says of itself."""

    sender: Person | None = None
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    sent_at: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A message starts here: its marks from line ``start``, its headers, and its text from line ``body``."""

    kind: BreakKind
    start: int
    body: int
    headers: Headers
    rest: str = ""


def find_break(lines: Sequence[Line], index: int, stop: int, zone: tzinfo | None = None) -> Break | None:
    """The break that starts at line ``index``, if one does; looks at a bounded number of lines."""
    text = lines[index].text
    if not text or len(text) > 4 * MAX_LINE:
        return None
    colon_last = text[-1] in ":："
    if (text[0] in _MARKS or colon_last) and (separator := _separator(text)):
        return _after_separator(lines, index, stop, separator, zone)
    if (":" in text or "：" in text) and _field_of(text) is not None:
        return _bare_headers(lines, index, stop, zone)
    if (colon_last or _opens(text)) and len(text) <= MAX_LINE:
        return _attribution(lines, index, stop, zone)
    return None


def is_rule(text: str) -> bool:
    """Whether a line is only dashes, underscores and the like."""
    return bool(text) and not text.strip(_RULES)


def _separator(text: str) -> BreakKind | None:
    """Tell a separator: a known phrase between dashes, or alone on the line before a colon."""
    bare = text.strip(_RULES)
    if not bare or (len(bare) > 80 and "-----" not in text[:12]):
        return None
    key = fold(bare.rstrip(":：").strip(_RULES))
    dashed = text.lstrip(_RULES) != text.lstrip(BLANKS) or bare != text.strip(BLANKS)
    known = words()
    if key in known.forwarded and (dashed or bare[-1] in ":：" or key.startswith("begin ")):
        return "forward"
    if key in known.original and dashed:
        return "original"
    head, _, tail = bare.partition("-----")
    if tail and text.lstrip(BLANKS).startswith("--"):
        key = fold(head.strip(_RULES))
        return "forward" if key in known.forwarded else "original" if key in known.original else None
    if dashed and text.count("-") >= 6 and (" by " in bare or "/" in bare):
        return "forward" if fold(bare).startswith("forwarded by") else None
    return None


def _after_separator(lines: Sequence[Line], index: int, stop: int, kind: BreakKind, zone: tzinfo | None) -> Break:
    """Read what follows a separator: a header block, headers run together on one line (Yahoo), or nothing."""
    joined = _run_together(lines[index].text)
    if joined:
        return Break(kind, index, index + 1, _headers(joined, zone))
    first = _skip_blank(lines, index + 1, stop, 4)
    block, body = _block(lines, first, stop)
    if "from" in block or len(block) > 2:
        return Break(kind, index, _skip_closing(lines, body, stop), _headers(block, zone))
    if first < stop:
        quoted = _attribution(lines, first, stop, zone)
        if quoted is not None:
            return Break(kind, index, quoted.body, quoted.headers)
    return Break(kind, index, first if first < stop else stop, Headers())


def _skip_closing(lines: Sequence[Line], body: int, stop: int) -> int:
    """Pass over a separator that closes the headers (Zoho writes it before and after them)."""
    if body >= stop or _separator(lines[body].text[:MAX_LINE] or " ") != "forward":
        return body
    following = _skip_blank(lines, body + 1, stop, 4)
    opens_another = following < stop and _field_of(lines[following].text) is not None
    return body if opens_another else following


def _bare_headers(lines: Sequence[Line], index: int, stop: int, zone: tzinfo | None) -> Break | None:
    """A block of headers without a separator: it needs a sender, and proof by an address or a whole date."""
    block, body = _block(lines, index, stop)
    count = len(block) - 1  # the words are no field
    addressed = "@" in block.get("from", "") or "@" in block.get("to", "")
    date = block.get("date", "").replace("\u200e", "")
    dated = _CLOCK.search(date) or ("subject" in block and _DATE_LIKE.search(date))
    proven = count >= 2 if addressed else count >= 3 and bool(dated)
    if not block.get("from") or not proven or not ("date" in block or "subject" in block):
        return None
    return Break("headers", index, body, _headers(block, zone))


def _field_of(text: str) -> tuple[HeaderField, str, str] | None:
    """Read ``From: value`` (also ``*From:* value``, ``De : value``, ``差出人：value``)."""
    limit = words().longest_field + 6
    head = text[:limit]
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


Block = dict[str, str]


def _block(lines: Sequence[Line], index: int, stop: int) -> tuple[Block, int]:
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
        found = _field_of(text) if text else None
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
    return ({} if len(block) == 1 else block), _skip_blank(lines, position, stop, MAX_BLOCK)


def _spaced(lines: Sequence[Line], position: int, limit: int, block: Block, count: int, spaced: bool) -> int:
    """Where the next header stands if a blank line only parts two headers, else 0."""
    following = _skip_blank(lines, position, limit, 2)
    if following >= limit or not (spaced or count == 1 or not block[list(block)[-1]]):
        return 0
    found = _field_of(lines[following].text)
    return following if found is not None and found[0] not in block else 0


def _continues(lines: Sequence[Line], position: int, limit: int, value: str, field: str) -> bool:
    """Whether a line goes on with the header above it."""
    text = lines[position].text
    if not value:
        return True
    if field in ("to", "cc", "bcc", "from"):
        return (
            value.rstrip()[-1:] in ",;" or text.lstrip()[:1] == "<" or (text.endswith((">", ";", ",")) and "@" in text)
        )
    following = lines[position + 1].text if position + 1 < limit else ""
    return bool(following) and _field_of(following) is not None and len(value) > 30


def _is_foreign(lines: Sequence[Line], position: int, limit: int, block: Block) -> bool:
    """Whether a line is a header of an unknown word: a known one follows, or it ends the block with an address."""
    word, colon, value = lines[position].text.replace("：", ":").partition(":")
    if not colon or len(word) > 30 or len(word.split()) > 3:
        return False
    following = lines[position + 1].text if position + 1 < limit else ""
    if following:
        found = _field_of(following)
        return found is not None and found[0] not in block
    return find_address(value) is not None and len(value.split()) <= 6


def _run_together(text: str) -> Block:
    """Headers that stand on the separator's own line: ``----- Forwarded Message ----- From: …To: …Subject: …``."""
    bare = text.lstrip(BLANKS)
    close = bare.find("---", bare.find("- ", 3) + 2) if bare.startswith("---") else -1
    if close == -1:
        return {}
    rest = bare[close:].lstrip(_RULES)
    if not rest or _field_of(rest) is None:
        return {}
    return _cut_fields(rest[: 4 * MAX_LINE])


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
        head, found_word, tail = block.get("to", "").replace(">Dw ", "> dw ").partition(unmarked)
        if found_word and "cc" not in block:
            block["to"], block["cc"] = head, tail
    block["words"] = "\n".join(spelled)
    return block


def _headers(block: Block, zone: tzinfo | None) -> Headers:
    locales = _locales(block.get("words", ""))
    sender = parse_person(block["from"]) if block.get("from") else None
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
        for code in words().locales.get(word, ()):
            if code != "en":
                counts[code] = counts.get(code, 0) + 1
    best = max(counts.values(), default=0)
    return frozenset(code for code, count in counts.items() if count == best)


def _attribution(lines: Sequence[Line], index: int, stop: int, zone: tzinfo | None) -> Break | None:
    """A line, or a few, that say who wrote what follows: ``On …, Ana <ana@b.example> wrote:``."""
    opens = _opens(lines[index].text)
    joined = ""
    for position in range(index, min(stop, index + MAX_ATTRIBUTION)):
        part = lines[position].text
        if lines[position].blank and not _goes_on(lines, position, stop):
            return None
        joined = f"{joined} {part}".strip(BLANKS + "-")
        if len(joined) > MAX_LINE:
            return None
        if _may_close(joined) and _closes(joined):
            return _attributed(lines, index, position + 1, stop, joined, zone)
        if not opens:
            return None
    return None


def _may_close(joined: str) -> bool:
    """Quickly tell what cannot be an attribution's end."""
    last = joined[-1:]
    if last in ":：>*_" or last >= "\u0e00" or joined[:1].isdigit():
        return True
    return joined.rpartition(" ")[2].casefold() in words().verb_tails


def _opens(text: str) -> bool:
    """Whether a line may open an attribution: a known word, a date or an address stands there."""
    bare = text.lstrip("-* >")
    return (
        bare[:1].isdigit()
        or ("@" in text and ("<" in text or "(" in text))
        or bare.split(" ", 1)[0].casefold() in words().openers
    )


def _goes_on(lines: Sequence[Line], position: int, stop: int) -> bool:
    """A blank line inside an attribution is followed by the bracket of its address."""
    following = position + 1
    return (following < stop and lines[following].text[:1] in ("<", ">")) or lines[following - 1].depth > 0


def _closes(joined: str) -> bool:
    """Whether the words so far are a whole attribution."""
    folded = joined.casefold().rstrip("* _")
    if folded.endswith((":", "：")):
        proven = bool(_DATE_LIKE.search(joined)) or "@" in joined
        if _DATE_FIRST.match(joined) or (folded[-2:-1] == ">" and "@" in joined and _DATE_LIKE.search(joined)):
            return True
        return proven and words().wrote.search(folded) is not None
    if _DATE_FIRST.match(joined):
        return joined.endswith(">") or "GMT" in joined or "UTC" in joined
    if not folded.endswith(words().verbs) or not _DATE_LIKE.search(joined):
        return False
    return "@" in joined or folded.split(" ", 1)[0] in words().openers


def _attributed(lines: Sequence[Line], start: int, body: int, stop: int, joined: str, zone: tzinfo | None) -> Break:
    headers = Headers(sender=_attributed_sender(joined), sent_at=parse_date(joined, (), zone))
    return Break("attribution", start, _skip_blank(lines, body, stop, MAX_BLOCK), headers)


def _attributed_sender(joined: str) -> Person | None:
    """Read the name that stands before the address, or else between the date and the verb."""
    span = find_address(joined)
    if span is None:
        verb = words().wrote.search(joined.casefold())
        head = joined[: verb.start()] if verb else joined
    else:
        head = joined[: span[0]]
    head = head.removesuffix("mailto:").rstrip(" <([\"'“”„,")
    digits = max((at for at, char in enumerate(head) if char.isdigit()), default=-1)
    tail = _CLOCK_TAIL.sub("", head[digits + 1 :], count=1) if digits >= 0 else head
    for match in list(_BEFORE_NAME.finditer(tail))[::-1][:1]:
        tail = tail[match.end() :]
    name = tail.rpartition(",")[2] if span is not None and digits >= 0 else tail
    name = words().wrote.sub("", name, count=1) if name.islower() else name
    name = name.strip(" \t\u00a0\"'“”„«»‘’`,;*_<>()[]:.-")
    address = joined[span[0] : span[1]].lower() if span else None
    return Person(name or None, address) if name or address else None


def _skip_blank(lines: Sequence[Line], index: int, stop: int, most: int) -> int:
    """The next line with text, after at most ``most`` blank ones."""
    end = min(stop, index + most)
    while index < end and lines[index].blank:
        index += 1
    return index
