"""A text as the grammar of dates sees it: words in lower case, and a code of one character for each of them."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, chain, islice, pairwise, repeat
from typing import NamedTuple

from model.date_words import CODES
from model.pieces import cut

_WORD = re.compile(r"b4\b|[a-z\xdf-\u024f]+(?:\.m\b\.?|['’]clock|-lewatnya)?|\d+|['’]s\b|[^\w\s]|[^\W\d_]+")
_LIST_MARK = re.compile(r"[-–•*]|\d{1,2}[.)]")
_LINE_END, _ITEM = "\n", "\r"  # of white space that ends a line, and of what may open an item of a list there
_BROKEN = _LINE_END + _ITEM

_MARKS = {mark: mark for mark in ".,:;!?/-()'\"%"} | {"\n": "|", "–": "-", "—": "-", "’": "'"}
_CODE_OF = _MARKS | CODES
# What means a day only sometimes: by its own capital, or by what stands before it.
_BY_CAPITAL = {"S": ("W", "S"), "N": ("_", "T"), "L": ("L", "Z")}
_UNSURE = re.compile("[LSZD]")
_AT_DAYPART = re.compile("[LZ]oP")  # "linggo ng gabi"


Words = tuple[str, ...]


class Spelling(NamedTuple):
    """A piece of a text (see model.pieces.cut): its words and marks in lower case, and a code for each of them.

    Codes of white space may end in ``_LINE_END``, those of other pieces begin with ``_ITEM``: no words stand for these.
    """

    words: Words
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

    A line break before a blank line or a list item is a mark too (``broken``: there is one before an item).
    ``offset`` is where the text begins in a longer one. ``numbers`` are its pieces among all that the speller knew.
    Most texts name no day: their words are never asked.
    """

    codes: str
    broken: bool
    offset: int
    numbers: Sequence[int]
    known: "Known"

    @classmethod
    def of(cls, text: str, offset: int = 0) -> "Written":
        """Spell a text."""
        speller, pieces = Speller(), cut(text)
        speller.update(pieces)
        return speller.written(range(len(pieces)), offset)

    @cached_property
    def words(self) -> list[str]:
        """All words and marks, in order."""
        known = self.known.words
        return list(chain.from_iterable(self._by_piece if self.broken else map(known.__getitem__, self.numbers)))

    def start(self, word: int) -> int:
        """Where a word begins."""
        place = bisect_right(self._words_until, word)
        within = word - (self._words_until[place - 1] if place else 0)
        piece = self.known.pieces[self.numbers[place]]
        found = next(islice(_WORD.finditer(_lowered(piece)), within, None))
        return self.offset + (self._characters_until[place - 1] if place else 0) + found.start()

    @cached_property
    def _by_piece(self) -> list[Words]:
        """The words and marks of each piece: together as many as codes."""
        words = list(map(self.known.words.__getitem__, self.numbers))
        if self.broken:
            codes = map(self.known.codes.__getitem__, self.numbers)
            for place, (one, following) in enumerate(pairwise(codes)):
                if one.endswith(_LINE_END) and following.startswith(_ITEM):
                    words[place] = (*words[place], "\n")
        return words

    @cached_property
    def _words_until(self) -> list[int]:
        return list(accumulate(map(len, self._by_piece)))

    @cached_property
    def _characters_until(self) -> list[int]:
        return list(accumulate(map(len, map(self.known.pieces.__getitem__, self.numbers))))


@dataclass(slots=True)
class Known:
    """The pieces that a speller has spelled: their words and codes, by number."""

    pieces: Sequence[str]
    words: list[Words] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


class Speller:
    """Spells pieces once, and remembers them by the numbers that the tokenizer gave them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forget all, as the tokenizer did."""
        self.known = Known(())
        self._shared: dict[Spelling, Spelling] = {}

    def update(self, pieces: Sequence[str]) -> None:
        """Take in the pieces that came since the last call; those spelled alike share one spelling."""
        known = self.known
        known.pieces = pieces
        for piece in pieces[len(known.codes) :]:  # cut, not skipped: by itself a mail would wait for all that is known
            spelling = spell(piece)
            spelling = self._shared.setdefault(spelling, spelling)
            known.words.append(spelling.words)
            known.codes.append(spelling.codes)

    def written(self, numbers: Sequence[int], offset: int) -> Written:
        """Put pieces together, by number."""
        raw = "".join(map(self.known.codes.__getitem__, numbers))
        codes = raw.replace(_BROKEN, "|").replace(_LINE_END, "").replace(_ITEM, "")
        text = Written(codes, _BROKEN in raw, offset, numbers, self.known)
        if not _UNSURE.search(codes):
            return text
        return replace(text, codes=_UNSURE.sub(lambda match: _settled(match, text), codes))


def _lowered(text: str) -> str:
    """The text in lower case, every character at its place (a few capitals grow when lowered)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _settled(match: re.Match[str], text: Written) -> str:
    """The code of a word that is a day only sometimes, by the word before it."""
    code, place = match.group(), match.start()
    before = match.string[place - 1] if place else "|"
    if code == "D":  # "no later than"
        return "b" if _follows("later", before, place, text) else "_"
    if code == "S":  # a small "sat" or "sun"
        return "W" if before in "b~cxf" or _follows("for", before, place, text) else "_"
    # "Linggo" is Sunday, "linggo" as a rule a week
    sunday = before in "b~" or _AT_DAYPART.match(match.string, place) or (code == "L" and before not in "deno")
    return "W" if sunday else "U"


def _follows(word: str, before: str, place: int, text: Written) -> bool:
    """Whether a word of no code stands before a place; the text's words are asked only then."""
    return before == "_" and text.words[place - 1] == word
