"""A text cut at the edges of its passages, so that a page can mark what speaks for which label."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from data.records import Assessment, Part, Passage

URGENCY = "urgency"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text and the names of what it speaks for; none where it is plain."""

    text: str
    names: tuple[str, ...]


def segments(assessment: Assessment, part: Part) -> list[Segment]:
    """Cut the text (or subject) of an assessment; the segments joined give it back."""
    whole = assessment.text if part == "text" else assessment.subject
    marks = [(passage, name) for passage, name in _marks(assessment) if passage.part == part]
    return cut(whole, marks)


def cut(whole: str, marks: Sequence[tuple[Passage, str]]) -> list[Segment]:
    """Cut a text at every edge of its marks, which may overlap; edges outside of the text are pulled in."""
    spans = [(max(0, p.start), min(len(whole), p.end), name) for p, name in marks]
    edges = sorted({0, len(whole), *(edge for start, end, _ in spans if start < end for edge in (start, end))})
    return [
        Segment(
            whole[start:end],
            tuple(dict.fromkeys(name for first, last, name in spans if first <= start and end <= last)),
        )
        for start, end in pairwise(edges)
    ]


def _marks(assessment: Assessment) -> Iterable[tuple[Passage, str]]:
    for signal in assessment.signals:
        if signal.present:
            yield from ((passage, signal.label) for passage in signal.evidence)
    yield from ((passage, URGENCY) for passage in assessment.urgency.evidence)
