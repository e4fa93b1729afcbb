"""Disclaimers, gateways' warnings and footers of lists and services: what stands around a mail without a writer."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from data.mail.breaks import is_rule
from data.mail.lines import BLANKS, Line
from data.records import ZoneKind

_MARKS = " \t*-_<[("


@dataclass(frozen=True, slots=True)
class Notices:
    """Phrases of disclaimers and footers."""

    headings: tuple[str, ...]
    phrases: tuple[str, ...]
    footers: tuple[str, ...]
    after: tuple[str, ...]
    initials: frozenset[str]


@cache
def notices() -> Notices:
    """The phrases of notices.toml."""
    table: dict[str, list[str]] = tomllib.loads(files("data.mail").joinpath("notices.toml").read_text(encoding="utf-8"))
    phrases = {key: tuple(table[key]) for key in ("headings", "phrases", "footers", "after")}
    initials = "".join(phrase[0] + phrase[0].upper() for phrase in phrases["footers"])
    return Notices(**phrases, initials=frozenset(initials + _MARKS))


def take_footers(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Cut at the first line that begins a footer, or at a rule with a list's words below it."""
    known = notices()
    initials = known.initials
    for place, index in enumerate(run):
        text = lines[index].text
        if text[:1] not in initials or len(text) < 12:
            continue
        folded = text.lstrip(" *-_<[(").casefold()
        ruled = len(text) >= 20 and is_rule(text)
        below = " ".join(lines[other].text for other in run[place + 1 : place + 5]).casefold()[:400] if ruled else ""
        if folded.startswith(known.footers) or (ruled and any(phrase in below for phrase in known.after)):
            mark(kinds, run[place:], "footer")
            return run[:place]
    return run


def take_disclaimers(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> list[int]:
    """Take off disclaiming paragraphs from the end, and one that opens the mail (warnings of a gateway)."""
    cut = len(run)
    for first, last in paragraphs_upward(lines, run):
        if _disclaims(lines, run[first:last]):
            mark(kinds, run[first:cut], "disclaimer")
            cut = first
        elif cut != len(run) or last - first > 3 or not all(is_rule(lines[i].text) for i in run[first:last]):
            break
    return run[:cut]


def take_warning(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> None:
    """Take off a first paragraph that a mail gateway put there (``CAUTION: This email originated …``)."""
    first = next((place for place, index in enumerate(run[:12]) if lines[index].text), -1)
    if first == -1 or not _is_headed(lines, run[first]):
        return
    last = next((place for place in range(first, len(run)) if not lines[run[place]].text), len(run))
    if last < len(run) - 1:
        mark(kinds, run[:last], "disclaimer")


def paragraphs_upward(lines: Sequence[Line], run: list[int]) -> Iterator[tuple[int, int]]:
    """The paragraphs of a run of lines from the last to the first: the places where each begins and ends."""
    last = len(run)
    while last:
        while last and not lines[run[last - 1]].text:
            last -= 1
        first = last
        while first and lines[run[first - 1]].text:
            first -= 1
        if first < last:
            yield first, last
        last = first


def mark(kinds: dict[int, ZoneKind], taken: Sequence[int], kind: ZoneKind) -> None:
    """Give lines a kind."""
    kinds.update(dict.fromkeys(taken, kind))


def _is_headed(lines: Sequence[Line], index: int) -> bool:
    """Whether a disclaimer's heading stands on a line."""
    return lines[index].text[:120].casefold().lstrip(" *-_=#|(").startswith(notices().headings)


def _disclaims(lines: Sequence[Line], paragraph: Sequence[int]) -> bool:
    known = notices()
    text = " ".join(lines[index].text.strip(BLANKS) for index in paragraph[:60])[:4000].casefold().lstrip(" *-_=#|(")
    if text.startswith(known.headings):
        return True
    return len(text) > 60 and sum(phrase in text for phrase in known.phrases) >= 3
