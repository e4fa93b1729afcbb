"""A text as the grammar of dates sees it: words in lower case, and a code of one character for each of them."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice, pairwise, repeat
from typing import NamedTuple

from model.date_words import CODES
from model.pieces import cut

_WORD = re.compile(r"[a-z\xdf-\u024f]+(?:\.m\b\.?|['’]clock|-lewatnya)?|\d+|[^\w\s]|[^\W\d_]+")
_LIST_MARK = re.compile(r"[-–•*]|\d{1,2}[.)]")
_LINE_END, _ITEM = "\n", "\r"  # of white space that ends a line, and of what may open an item of a list there

_MARKS = {mark: mark for mark in ".,:;!?/-()'\"%"} | {"\n": "|", "–": "-", "—": "-", "’": "'"}
_CODE_OF = _MARKS | CODES
# What means a day only sometimes: by its own capital, or by what stands before it.
_BY_CAPITAL = {"S": ("W", "S"), "N": ("_", "T"), "L": ("L", "Z")}
_UNSURE = re.compile("[LSZ]")


class Spelling(NamedTuple):
    """A piece of a text (see model.pieces.cut): its words and marks in lower case, and a code for each of them.

    Codes of white space may end in ``_LINE_END``, those of other pieces begin with ``_ITEM``: no words stand for these.
    """

    words: tuple[str, ...]
    codes: str


def spell(piece: str) -> Spelling:
    """The words and codes of a piece; of white space, a mark for each blank line."""
    if piece.isspace():
        ends = piece.count("\n")
        return Spelling(("\n",) * (ends - 1), "|" * (ends - 1) + _LINE_END * (ends > 0))
    lowered = _lowered(piece)
    words = tuple(_WORD.findall(lowered))
    codes = "".join(map(_CODE_OF.get, words, repeat("_")))
    if any(code in _BY_CAPITAL for code in codes):
        starts = (found.start() for found in _WORD.finditer(lowered))
        capitals = [piece[start].isupper() for start in starts]
        codes = "".join(
            _BY_CAPITAL[code][not capital] if code in _BY_CAPITAL else code
            for code, capital in zip(codes, capitals, strict=True)
        )
    return Spelling(words, _ITEM + codes if _LIST_MARK.fullmatch(piece.rstrip(" ")) else codes)


@dataclass(frozen=True)
class Written:
    """A text spelled piece by piece: ``codes`` has one character for each of its words and marks.

    A line break before a blank line or a list item is a mark too. ``offset`` is where the text begins in a longer one.
    """

    pieces: Sequence[str]
    spellings: Sequence[Spelling]
    codes: str
    offset: int

    @classmethod
    def of(cls, text: str, offset: int = 0) -> "Written":
        """Spell a text."""
        pieces = cut(text)
        return cls.spelled(pieces, [spell(piece) for piece in pieces], offset)

    @classmethod
    def spelled(cls, pieces: Sequence[str], spellings: list[Spelling], offset: int) -> "Written":
        """Put the spellings of pieces together."""
        codes = "".join([one.codes for one in spellings])
        if _LINE_END + _ITEM in codes:
            for place, (one, following) in enumerate(pairwise(spellings)):
                if one.codes.endswith(_LINE_END) and following.codes.startswith(_ITEM):
                    spellings[place] = Spelling((*one.words, "\n"), one.codes.replace(_LINE_END, "|"))
            codes = "".join([one.codes for one in spellings])
        codes = codes.replace(_LINE_END, "").replace(_ITEM, "")
        if _UNSURE.search(codes):
            spelled = _words(spellings)
            codes = _UNSURE.sub(lambda match: _settled(match, spelled), codes)
        return cls(pieces, spellings, codes, offset)

    @cached_property
    def words(self) -> list[str]:
        """All words and marks, in order; most texts name no day, and are never asked."""
        return _words(self.spellings)

    def start(self, word: int) -> int:
        """Where a word begins."""
        ends = list(accumulate([len(one.words) for one in self.spellings]))
        place = bisect_right(ends, word)
        within = word - (ends[place - 1] if place else 0)
        found = next(islice(_WORD.finditer(_lowered(self.pieces[place])), within, None))
        return self.offset + sum(map(len, self.pieces[:place])) + found.start()


class Speller:
    """Spells pieces once, and remembers them by the numbers that the tokenizer gave them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forget all, as the tokenizer did."""
        self._spellings: list[Spelling] = []
        self._known: dict[Spelling, Spelling] = {}

    def update(self, pieces: Sequence[str]) -> None:
        """Take in the pieces that came since the last call; those spelled alike share one spelling."""
        new = map(spell, islice(pieces, len(self._spellings), None))
        self._spellings += [self._known.setdefault(one, one) for one in new]

    def of(self, numbers: Iterable[int]) -> list[Spelling]:
        """The spellings of pieces by number."""
        return list(map(self._spellings.__getitem__, numbers))


def _words(spellings: Iterable[Spelling]) -> list[str]:
    return [word for one in spellings for word in one.words]


def _lowered(text: str) -> str:
    """The text in lower case, every character at its place (a few capitals grow when lowered)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _settled(match: re.Match[str], words: Sequence[str]) -> str:
    """The code of a word that is a day only sometimes, by the word before it."""
    code, place = match.group(), match.start()
    before = match.string[place - 1] if place else "|"
    if code == "S":  # a small "sat" or "sun"
        return "W" if before in "b~cxf" or (place and words[place - 1] == "for") else "_"
    # "Linggo" is Sunday, "linggo" as a rule a week
    return "W" if before in "b~" or (code == "L" and before not in "deno") else "U"
