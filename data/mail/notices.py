"""Disclaimers, gateways' warnings and footers of lists and services: what stands around a mail without a writer."""

import tomllib
from collections.abc import Sequence
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
    for place, index in enumerate(run):
        text = lines[index].text
        if len(text) < 12 or text[0] not in known.initials:
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
    paragraphs = paragraphs_of(lines, run)
    cut = len(run)
    for first, last in reversed(paragraphs):
        if _disclaims(lines, run[first:last]):
            mark(kinds, run[first:cut], "disclaimer")
            cut = first
        elif cut != len(run) or last - first > 3 or not all(is_rule(lines[i].text) for i in run[first:last]):
            break
    return run[:cut]


def take_warning(lines: Sequence[Line], run: list[int], kinds: dict[int, ZoneKind]) -> None:
    """Take off a first paragraph that a mail gateway put there (``CAUTION: This email originated …``)."""
    paragraphs = paragraphs_of(lines, run[:12])
    if paragraphs and paragraphs[0][1] < len(run) - 1 and _is_headed(lines, run[paragraphs[0][0]]):
        mark(kinds, run[: paragraphs[0][1]], "disclaimer")


def paragraphs_of(lines: Sequence[Line], run: list[int]) -> list[tuple[int, int]]:
    """Where the paragraphs of a run of lines begin and end (places in the run)."""
    paragraphs: list[tuple[int, int]] = []
    start = None
    for place, index in enumerate(run):
        if lines[index].blank:
            if start is not None:
                paragraphs.append((start, place))
            start = None
        elif start is None:
            start = place
    if start is not None:
        paragraphs.append((start, len(run)))
    return paragraphs


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
