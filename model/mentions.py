"""Tells from a message's words what no label carries: a talk referred to, news shared, asking read as not knowing.

The phrases (:mod:`model.phrases`) are tuned to be right where they speak: a missed mention costs one suggestion, a
wrong one makes the advice look silly.
"""

import re

from model.phrases import NEWS, REBUKES, TALKS, Phrase

_LONGEST_QUOTE = 160
_WRAP = re.compile(r"(?<=[^\n])\n(?=[^\W\d_A-Z])")  # a line that is broken within a sentence


def talk_mentioned(text: str) -> str | None:
    """Quote the sentence that refers to something said in a call or meeting, None where there is none."""
    return _first(TALKS, text)


def news_mentioned(text: str) -> str | None:
    """Quote the sentence that shares news of the client's own life or company, None where there is none."""
    return _first(NEWS, text)


def asking_rebuked(text: str) -> str | None:
    """Quote the sentence that reads the provider's asking as not knowing, None where there is none."""
    return _first(REBUKES, text)


def _first(phrases: tuple[Phrase, ...], text: str) -> str | None:
    lowered = text.lower()
    likely = [phrase for phrase in phrases if any(stem in lowered for stem in phrase.stems)]
    if not likely:  # most messages end here, within microseconds
        return None
    # One character for one, so that the quote can be cut from the text as it was written.
    plain = _WRAP.sub(" ", text.replace("’", "'"))
    found = next((match for phrase in likely if (match := phrase.pattern.search(plain))), None)
    return None if found is None else _sentence_around(found, text)


def _sentence_around(found: re.Match[str], text: str) -> str:
    start = max(text.rfind(mark, 0, found.start()) for mark in ".!?\n") + 1
    end = min((place for mark in ".!?\n" if (place := text.find(mark, found.end())) >= 0), default=len(text))
    sentence = text[start : end + 1].strip()
    return sentence if len(sentence) <= _LONGEST_QUOTE else text[found.start() : found.end()][:_LONGEST_QUOTE]
