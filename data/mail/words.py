"""The words that mail programs write, read once from locales.toml and turned into tables for quick lookup."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

HeaderField = Literal["from", "sender", "to", "cc", "bcc", "date", "subject", "reply_to"]
Table = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Words:
    """Lookup tables over all locales; every key is folded by :func:`fold`."""

    fields: dict[str, HeaderField]
    locales: dict[str, frozenset[str]]
    forwarded: frozenset[str]
    original: frozenset[str]
    forwarded_starts: tuple[str, ...]
    original_starts: tuple[str, ...]
    ended: frozenset[str]
    dated: tuple[str, ...]
    wrote: re.Pattern[str]
    verbs: tuple[str, ...]
    verb_tails: frozenset[str]
    openers: frozenset[str]
    opener_starts: frozenset[str]
    quoting: tuple[str, ...]
    months: dict[str, tuple[tuple[str, int], ...]]
    forward_prefixes: frozenset[str]
    reply_prefixes: dict[str, frozenset[str]]
    closings: frozenset[str]
    closing_starts: frozenset[str]
    thanks: frozenset[str]
    mobile: tuple[str, ...]
    mobile_starts: frozenset[str]
    automatic: tuple[str, ...]
    longest_field: int

    def languages(self, word: str) -> frozenset[str]:
        """The locales that know a header word or a verb; none for what English knows, which stands everywhere."""
        known = self.locales.get(word, frozenset())
        return frozenset() if "en" in known else known


def fold(text: str) -> str:
    """Fold case and spacing for a lookup; the Turkish dotted capital loses its second dot."""
    return " ".join(text.casefold().replace("i\u0307", "i").split())


@cache
def words() -> Words:
    """The tables of all locales."""
    table: Table = tomllib.loads(files("data.mail").joinpath("locales.toml").read_text(encoding="utf-8"))
    fields, locales = _fields(table)
    openers = frozenset(word.split()[0] for word in _all(table, "on"))
    return Words(
        fields=fields,
        locales=locales,
        forwarded=_all(table, "forwarded"),
        original=_all(table, "original"),
        forwarded_starts=tuple(f"{phrase} " for phrase in sorted(_all(table, "forwarded"))),
        original_starts=tuple(f"{phrase} " for phrase in sorted(_all(table, "original"))),
        ended=_all(table, "ended"),
        dated=tuple(sorted(_all(table, "dated"))),
        wrote=_verbs(_all(table, "wrote")),
        verbs=tuple(sorted(_all(table, "wrote"))),
        verb_tails=frozenset(verb.split()[-1] for verb in _all(table, "wrote")),
        openers=openers,
        opener_starts=frozenset(spelled[:3] for word in openers for spelled in _cases(word)),
        quoting=tuple(f"{phrase} " for phrase in sorted(_all(table, "quoting"))),
        months=_months(table),
        forward_prefixes=_all(table, "fw"),
        reply_prefixes=_speakers(table, "re"),
        closings=_all(table, "closing"),
        closing_starts=_starts(_all(table, "closing")),
        thanks=_all(table, "thanks"),
        mobile=tuple(sorted(_all(table, "mobile"))),
        mobile_starts=_starts(_all(table, "mobile")),
        automatic=tuple(sorted(_all(table, "auto"))),
        longest_field=max(map(len, fields)),
    )


def _all(table: Table, key: str) -> frozenset[str]:
    return frozenset(fold(word) for locale in table.values() for word in locale.get(key, ()))


def _cases(word: str) -> tuple[str, ...]:
    """A word with the space behind it, as it may stand at the start of a line."""
    return f"{word} ", f"{word.capitalize()} ", f"{word.upper()} "


def _speakers(table: Table, key: str) -> dict[str, frozenset[str]]:
    """Each phrase with the locales that know it."""
    return {
        phrase: frozenset(code for code, locale in table.items() if phrase in map(fold, locale.get(key, ())))
        for phrase in _all(table, key)
    }


def _starts(phrases: frozenset[str]) -> frozenset[str]:
    """The first words of phrases: a cheap test before the whole one."""
    return frozenset(phrase.split()[0].rstrip(",") for phrase in phrases)


def _fields(table: Table) -> tuple[dict[str, HeaderField], dict[str, frozenset[str]]]:
    fields: dict[str, HeaderField] = {}
    locales: dict[str, frozenset[str]] = {}
    for code, locale in table.items():
        for field in get_args(HeaderField):
            for word in map(fold, locale.get(field, ())):
                fields.setdefault(word, field)
                locales[word] = locales.get(word, frozenset()) | {code}
        for word in map(fold, locale.get("wrote", ())):
            locales[word] = locales.get(word, frozenset()) | {code}
    return fields, locales


def _verbs(verbs: frozenset[str]) -> re.Pattern[str]:
    """Match any verb of attribution; words of scripts with spaces must stand alone."""
    longest_first = sorted(verbs, key=lambda verb: (-len(verb), verb))
    alone = "|".join(re.escape(verb) for verb in longest_first if verb < "\u0e00")
    inside = "|".join(re.escape(verb) for verb in longest_first if verb >= "\u0e00")
    return re.compile(rf"(?<![\w@.])(?:{alone})(?![\w@])|{inside}")


def _months(table: Table) -> dict[str, tuple[tuple[str, int], ...]]:
    months: dict[str, tuple[tuple[str, int], ...]] = {}
    for code, locale in table.items():
        for number, spellings in enumerate(locale["months"], start=1):
            for word in map(fold, spellings.split("|")):
                months[word] = (*months.get(word, ()), (code, number))
    return months
