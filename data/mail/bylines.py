"""What a line of attribution says: who wrote, and when, in the orders of words of many languages."""

import re
from datetime import tzinfo

from data.mail.addresses import Person, find_address
from data.mail.blocks import Headers
from data.mail.dates import parse_date
from data.mail.lines import DIRECTIONS
from data.mail.words import words

_UNDIRECTED = dict.fromkeys(map(ord, DIRECTIONS))
_BEFORE_NAME = re.compile(  # in small letters, since Si Tan and Wei Ni are people
    r"(?<!\w)(?:heeft|[uU]żytkownik|[пП]ользователь|používateľ|uživatel|időpontban|keltezéssel|tarihinde|alle ore|"
    r"kl\.?|kell|at|um|às|[uU]porabnik|[kK]orisnik|je oseba|lietotājs|o godz\.?|ni|si|oleh|user|odesílatel|"
    r"ο/η|ο|η|بواسطة|יום|by)(?![\w.])"
)
_AFTER_CLOCK = re.compile(r"\s*(?:(?:[AaPp]\.?[Mm]\.?|UTC|GMT|[A-Z]{3,4}|\([^()]{1,6}\)|[مص]|에)(?!\w))?[\s,、，—–]*")
_AROUND = " \t\u00a0\"'“”„«»‘’`,，、;*_<>()[]:：.|—-"
_SUBJECT_MARK = "이(가"


def attributed(joined: str, zone: tzinfo | None) -> Headers:
    """Read an attribution's lines, joined to one; what it does not say is left out."""
    joined = joined.translate(_UNDIRECTED)
    folded = joined.casefold()
    if folded.startswith("in message <"):
        joined = joined.partition(">")[2]  # the address in there is a message's, not a person's
    verb = words().wrote.search(joined.casefold())
    locales = words().languages(verb[0]) if verb else frozenset()
    return Headers(sender=_sender(joined, verb), sent_at=parse_date(joined, locales, zone))


def _sender(joined: str, verb: re.Match[str] | None) -> Person | None:
    """The name before the address; without an address the one between date and verb, or behind the verb."""
    span = find_address(joined)
    address = joined[span[0] : span[1]].lower() if span else None
    if span is not None:
        name = _name(_after_verb(joined[: span[0]].removesuffix("mailto:")))
    else:
        behind = joined[verb.end() :].strip(_AROUND) if verb else ""
        plain = bool(behind) and behind[0].isupper() and not any(char.isdigit() for char in behind)
        name = _name(behind if plain else joined[: verb.start()] if verb else joined)
    return Person(name or None, address) if name or address else None


def _after_verb(head: str) -> str:
    """What stands behind a verb of attribution, where the name follows it."""
    folded = head.casefold()
    for phrase in words().quoting:
        if folded.startswith(phrase):
            return head[len(phrase) :]
    verbs = [match for match in words().wrote.finditer(folded) if folded[match.end() :].strip(_AROUND)]
    return head[verbs[-1].end() :] if verbs and len(folded) == len(head) else head


def _name(head: str) -> str:
    """Take the date, its clock and the small words that lead to a name off its front."""
    head = head.rstrip(" <([\"'“”„,")
    digits = max((at for at, char in enumerate(head) if char.isdigit()), default=-1)
    tail = head[digits + 1 :]
    if digits >= 0:
        tail = tail[match.end() :] if (match := _AFTER_CLOCK.match(tail)) else tail
    for match in list(_BEFORE_NAME.finditer(tail))[-1:]:
        tail = tail[match.end() :]
    first, comma, rest = tail.partition(",")
    if comma and rest.strip() and digits >= 0 and not any(char.isupper() for char in first):
        tail = rest
    name = tail.strip(_AROUND).removesuffix(_SUBJECT_MARK).rstrip()
    return name + ")" if "(" in name and ")" not in name else name
