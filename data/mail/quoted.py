"""One message's text parted into the writer's own words and what stands around them: quotes, signature, notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby
from textwrap import dedent

from data.mail.breaks import Break, find_break
from data.mail.lines import Line
from data.mail.signatures import mark_endings
from data.records import Zone, ZoneKind


@dataclass(frozen=True, slots=True)
class Region:
    """The lines ``[start, stop)`` of one message and the quoting depth that is its ground."""

    start: int
    stop: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Parted:
    """A region with a kind for every line, and the first message below the writer's own text."""

    region: Region
    kinds: dict[int, ZoneKind]
    history: Break | None

    def text(self, lines: Sequence[Line], raw: str) -> str:
        """The writer's own text; without a signature to spare, the signature is his text."""
        own = self._lines("own")
        if not any(lines[index].text for index in own):
            own = self._lines("own", "signature")
        return join_lines(lines, own, raw, self.region.depth)

    def quotes(self, lines: Sequence[Line], raw: str) -> str:
        """What is quoted, for a mail that holds nothing else."""
        return join_lines(lines, self._lines("quote", "disclaimer", "footer"), raw, 0)

    def only_history(self, lines: Sequence[Line]) -> bool:
        """Whether all that stands here is marked as quoted, below a line that says who wrote it: nobody answered."""
        if self.history is None or self.history.kind != "attribution":
            return False
        below = lines[self.history.body : self.region.stop]
        return self.history.start < self.history.body < self.region.stop and all(
            line.blank or line.depth > self.region.depth for line in below
        )

    def _lines(self, *kinds: ZoneKind) -> list[int]:
        return [index for index in range(self.region.start, self.region.stop) if self.kinds.get(index) in kinds]


def part(
    lines: Sequence[Line], region: Region, zone: tzinfo | None = None, clear: int = 0, first: Break | None = None
) -> Parted:
    """Tell own lines from quotes, and endings from own lines.

    Before line ``clear`` no break stands, and ``first`` is the break that stands there, as far as they are known.
    """
    index = max(region.start, min(clear, region.stop))
    kinds = _without_breaks(lines, region.start, index, region.depth)
    own = [place for place, kind in kinds.items() if kind == "own"]
    history: Break | None = None
    quoted = False  # a break counts only on the first line of a quote
    while index < region.stop:
        line = lines[index]
        deeper = line.depth > region.depth
        found: Break | None = None
        if first is not None and index == first.start:
            found = first
        elif line.text and not (deeper and quoted):
            found = find_break(lines, index, region.stop, zone)
        quoted = deeper if line.text else quoted
        if found is not None:
            history = history or found
            stop = found.body if _answered(lines, found, region) else region.stop
            kinds.update(dict.fromkeys(range(index, stop), "quote"))
            index = _barred(lines, stop, region, kinds)
            continue
        if deeper:
            kinds[index] = "quote"
        elif line.signed:
            kinds[index] = "signature"
        else:
            kinds[index] = "own"
            own.append(index)
        index += 1
    mark_endings(lines, own, kinds)
    return Parted(region, kinds, history)


def _without_breaks(lines: Sequence[Line], start: int, stop: int, depth: int) -> dict[int, ZoneKind]:
    """The kinds of lines among which no break stands."""
    return {
        index: "quote" if lines[index].depth > depth else "signature" if lines[index].signed else "own"
        for index in range(start, stop)
    }


def _answered(lines: Sequence[Line], found: Break, region: Region) -> bool:
    """Whether the quote below is marked line by line, so that own text may follow it."""
    if found.kind != "attribution" or found.body >= region.stop:
        return False
    deeper = lines[found.start].depth
    return lines[found.body].depth > max(region.depth, deeper - 1) or lines[found.body].text.startswith("| ")


def _barred(lines: Sequence[Line], index: int, region: Region, kinds: dict[int, ZoneKind]) -> int:
    """Pass over a quote whose mark is a bar."""
    if index >= region.stop or not lines[index].text.startswith("|"):
        return index
    while index < region.stop and (lines[index].blank or lines[index].text.startswith("|")):
        kinds[index] = "quote"
        index += 1
    return index


def join_lines(lines: Sequence[Line], indexes: Sequence[int], raw: str, depth: int) -> str:
    """The text of some lines: marks of the ground depth taken off, gaps and runs of blank lines made one."""
    texts: list[str] = []
    previous = None
    for index in indexes:
        line = lines[index]
        if previous is not None and index != previous + 1:
            texts.append("")
        texts.append(line.text if depth or line.depth == 0 else raw[line.start : line.end].rstrip())
        previous = index
    kept = [text for place, text in enumerate(texts) if text or texts[place - 1 : place] != [""] or not place]
    text = "\n".join(kept).strip("\n")
    return dedent(text).strip() if text[:1] in (" ", "\t") else text.strip()


def zones_of(lines: Sequence[Line], kinds: dict[int, ZoneKind], length: int) -> tuple[Zone, ...]:
    """Lines' kinds as zones with offsets; neighbours of one kind are one zone."""
    zones: list[Zone] = []
    for kind, run in groupby(range(len(lines)), kinds.get):
        indexes = list(run)
        start, end = lines[indexes[0]].start, min(lines[indexes[-1]].end + 1, length)
        if kind is not None and end > start:
            zones.append(Zone(kind, start, end))
    return tuple(zones)
