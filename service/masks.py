"""Names and addresses masked: clients are numbered, and in quoted texts whatever may be a name is blotted out.

Rather too much is masked than too little: a capital inside a sentence is taken for a name, days and months excepted;
one that opens a sentence is left where our own messages have the word in small letters.
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache

from data.datasets import shipped

BLOT = "▇▇▇"
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|example|io|co|ph|my|sg|biz|info)\b\S*"
)
_NUMBER = re.compile(r"\+?\d[\d\s().-]{6,}\d")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:;\n(\"“”«•*-])\s*$")  # what comes next opens a sentence, and its capital tells nothing
_TOKEN = re.compile(r"[^\W\d_]{3,}")
_ALWAYS = frozenset(
    "i monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december lunes martes miyerkules huwebes biyernes sabado linggo isnin selasa rabu "
    "khamis jumaat sabtu ahad english filipino malay ok asap fyi pdf csv ceo cto hr qa re fw".split()
)
_COMMON = frozenset("info mail office team hello contact admin sales support client firm the and for com".split())
_SHORT = re.compile(r"\b[A-Z][^\W\d_]{0,3}\.\s*$")  # Ms., Engr., an initial: the stop ends no sentence
_ENDING = re.compile(r"['’].*")  # I've, Friday's
_SMALL = re.compile(r"(?<![^\W\d_])[^\W\d_A-Z][^\W\d_]+")


class Masks:
    """Numbers the clients in the order in which they are first named, and masks texts."""

    def __init__(self, clients: Iterable[str] = ()) -> None:
        self._numbers: dict[str, int] = {}
        self._names = {token.lower() for client in clients for token in _TOKEN.findall(client)} - _COMMON

    def client(self, address: str) -> str:
        """The name that stands for a client throughout."""
        return f"Client {self._numbers.setdefault(address, len(self._numbers) + 1)}"

    def text(self, text: str) -> str:
        """A text without addresses, links, long numbers, and names."""
        for pattern in (_ADDRESS, _LINK, _NUMBER):
            text = pattern.sub(BLOT, text)
        return _WORD.sub(self._masked(text), text)

    def source(self, source: str) -> str:
        """Where a message stood, without the file's name."""
        return f"#{source.rpartition('#')[2]}" if "#" in source else "a file"

    def _masked(self, text: str) -> Callable[[re.Match[str]], str]:
        shouted = text.isupper()

        def mask(match: re.Match[str]) -> str:
            word, low = match[0], match[0].lower()
            stem = _ENDING.sub("", low)
            if stem in self._names or low in self._names:
                return BLOT
            if word.islower() or stem in _ALWAYS:
                return word
            before = text[max(0, match.start() - 9) : match.start()]
            opens = shouted or (_OPENS.search(before) is not None and not _SHORT.search(before))
            return word if opens and stem in _words() else BLOT

        return mask


class Plain:
    """The same, masking nothing."""

    def client(self, address: str) -> str:
        """The address itself."""
        return address

    def text(self, text: str) -> str:
        """The text itself."""
        return text

    def source(self, source: str) -> str:
        """The source itself."""
        return source


@cache
def _words() -> frozenset[str]:
    """Words of the three languages that may open a sentence: those that shipped messages have in small letters."""
    texts = (path.read_text(encoding="utf-8") for path in shipped())
    bodies = (json.loads(line)["body"] for text in texts for line in text.splitlines())
    return frozenset(word for body in bodies for word in _SMALL.findall(body))
