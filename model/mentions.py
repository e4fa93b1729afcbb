"""Tells from a message's words what no label carries: a talk referred to, news shared, asking read as not knowing.

The phrases (:mod:`model.phrases`) are tuned to be right where they speak: a missed mention costs one suggestion, a
wrong one makes the advice look silly.
"""

import re
from collections.abc import Iterator

from model.phrases import NEWS, REBUKES, TALKS, Phrases

_LONGEST_QUOTE = 160
_WRAP = re.compile(r"\n(?=[^\W\d_A-Z])(?<!\n\n)")  # a line that is broken within a sentence
_ENDS = re.compile(r"[.!?\n]+")


def talk_mentioned(text: str) -> str | None:
    """Quote the sentence that refers to something said in a call or meeting, None where there is none."""
    return _first(TALKS, text)


def news_mentioned(text: str) -> str | None:
    """Quote the sentence that shares news of the client's own life or company, None where there is none."""
    return _first(NEWS, text)


def asking_rebuked(text: str) -> str | None:
    """Quote the sentence that reads the provider's asking as not knowing, None where there is none."""
    return _first(REBUKES, text)


def _first(table: tuple[Phrases, ...], text: str) -> str | None:
    straight = text.replace("’", "'").replace("İ", "I")  # the one capital that grows when lowered: places stay
    lowered = straight.lower()
    likely = [(phrases, stem) for phrases in table for stem in phrases.stems if stem in lowered]
    if not likely:  # most messages end here, within microseconds
        return None
    # One character for one, so that the quote can be cut from the text as it was written.
    plain = _WRAP.sub(" ", straight)
    for phrases, stem in likely:
        for start, end in _sentences_with(stem, lowered, plain):
            if found := _said(phrases, plain, lowered, start, end):
                return _quote(text, start, end, found)
    return None


def _said(phrases: Phrases, plain: str, lowered: str, start: int, end: int) -> re.Match[str] | None:
    sentence = lowered[start:end]
    for way in phrases.ways:
        if way.beside and not any(stem in sentence for stem in way.beside):
            continue
        if found := way.pattern.search(plain, start, end):
            return found
    return None


def _sentences_with(stem: str, lowered: str, plain: str) -> Iterator[tuple[int, int]]:
    end, place = 0, lowered.find(stem)
    while place >= 0:
        start = max(plain.rfind(mark, end, place) for mark in ".!?\n") + 1
        closing = _ENDS.search(plain, place)
        end = closing.end() if closing else len(plain)
        yield max(start, 0), end
        place = lowered.find(stem, end)


def _quote(text: str, start: int, end: int, found: re.Match[str]) -> str:
    sentence = text[start:end].strip()
    return sentence if len(sentence) <= _LONGEST_QUOTE else text[found.start() : found.end()][:_LONGEST_QUOTE]
