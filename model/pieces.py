"""Pieces of text between white space, each cut into tokens by spaCy once and remembered from then on."""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any

import numpy as np

from model.columns import Columns, Ints

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer

BLANK, LINE_END, EMPTY_LINE, TERMINAL, CLOSER, UPPER, LOWER = 1, 2, 4, 8, 16, 32, 64  # bits of a token
DIGIT, NUMBERED, TITLE, ENDING = 128, 256, 512, 1024  # the last three: abbreviations, by what goes on after their stop

_SPACY_CODE = {"en": "en", "fil": "tl", "ms": "ms"}
_PIECE = re.compile(r"\S+ ?|\s+")  # one blank after a piece belongs to it: spaCy makes no token of it
_SHAPE = str.maketrans(ascii_letters + digits, "a" * 26 + "A" * 26 + "0" * 10)
# Where letters themselves decide: units, addresses, elisions, tags, currencies, Malay endings.
_LETTERS_DECIDE = re.compile(
    r"[0-9][^\W\d_]|[./:@].*\w|[<°]|['’](?![sS]\b)[^\W\d]|[A-Z]\$|USD|RM|MYR|Rp|IDR|SGD|-(?:[Nn]ya|[KkMm]u)"
)
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+$")
_RUN = re.compile(r"[A-Za-z0-9]+")
_TERMINALS = frozenset(".!?…")
_CLOSERS = frozenset("\"')]”’»")
_SHORT = {
    NUMBERED: "no nos bil blg art sec fig p pp vol approx",  # a number
    TITLE: "mr mrs ms dr prof engr atty sdn sta sto brgy bgy gng tn pn jln tmn",  # a name
    ENDING: "bhd inc ltd co corp jr sr etc a.m p.m pcs ext dept",  # a small letter: these end sentences as well
}
_SHORT_BITS = {word: bit for bit, words in _SHORT.items() for word in words.split()}
_LETTERS = 20  # of remembered strings for each one allowed: a mailbox of long addresses is forgotten earlier


def cut(text: str) -> list[str]:
    """The pieces of a text, in order; joined they are the text. spaCy cuts each of them independently."""
    return _PIECE.findall(text)


class Pieces:
    """All pieces seen so far and their tokens, numbered; by language, as spaCy's exceptions are.

    Token types (lower-cased strings) are numbered through all languages. Beyond ``most`` pieces or types this is
    ``full``, and whoever holds numbers should have it ``forget`` before the next batch.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._cutters: dict[str, _Cutter] = {}
        self.forget()

    def forget(self) -> None:
        """Forget all pieces and types."""
        self.strings: list[str] = []
        self._ids: dict[str, int] = {}
        self._kinds: dict[str, tuple[int, int]] = {}
        self._known: dict[str, dict[str, int]] = {lang: {} for lang in _SPACY_CODE}
        self._pieces = Columns(3)
        self._tokens = Columns(4)
        self.texts: list[str] = []
        self._letters = 0
        for cutter in self._cutters.values():
            cutter.forget()

    @property
    def full(self) -> bool:
        """Whether more is remembered than should be."""
        return max(len(self._pieces), len(self.strings), self._letters // _LETTERS) > self._most

    def numbers(self, texts: Sequence[list[str]], languages: Sequence[str]) -> Ints:
        """The numbers of the pieces of all texts, one text after the other; new ones are learnt."""
        try:
            return self._look_up(texts, languages)
        except KeyError:  # a batch often has nothing new: asking first would double its lookups
            for lang, known in self._known.items():
                own = [pieces for pieces, one in zip(texts, languages, strict=True) if one == lang]
                self._learn(lang, sorted(set().union(*own).difference(known)))
            return self._look_up(texts, languages)

    def _look_up(self, texts: Sequence[list[str]], languages: Sequence[str]) -> Ints:
        found = (map(self._known[lang].__getitem__, pieces) for lang, pieces in zip(languages, texts, strict=True))
        return np.fromiter(chain.from_iterable(found), dtype=np.int64)

    @property
    def lengths(self) -> Ints:
        """How many characters each piece takes, its blank included."""
        return self._pieces[0]

    @property
    def first(self) -> Ints:
        """Place of each piece's first token in the token columns ``types``, ``starts``, ``widths`` and ``bits``."""
        return self._pieces[1]

    @property
    def counts(self) -> Ints:
        """How many tokens each piece has."""
        return self._pieces[2]

    @property
    def types(self) -> Ints:
        """Type of each token of the pieces."""
        return self._tokens[0]

    @property
    def starts(self) -> Ints:
        """Where each token stands in its piece."""
        return self._tokens[1]

    @property
    def widths(self) -> Ints:
        """How many characters each token has."""
        return self._tokens[2]

    @property
    def bits(self) -> Ints:
        """What matters of each token for sentence boundaries and shouting."""
        return self._tokens[3]

    def _learn(self, lang: str, pieces: Sequence[str]) -> None:
        if not pieces:
            return
        known, kinds = self._known[lang], self._kinds
        rows: list[int] = []
        tokens: list[int] = []
        number, first = len(self._pieces), len(self._tokens)
        for piece, strings in zip(pieces, self._cut(lang, pieces), strict=True):
            rows += (len(piece), first, len(strings))
            first += len(strings)
            known[piece] = number
            self.texts.append(piece)
            number += 1
            self._letters += len(piece)
            start = 0
            for string in strings:
                type_, bits = kinds.get(string) or self._kind(string)
                tokens += (type_, start, len(string), bits)
                start += len(string)
        self._pieces.append_flat(rows)
        self._tokens.append_flat(tokens)

    def _cut(self, lang: str, pieces: Sequence[str]) -> Iterable[list[str]]:
        if lang not in self._cutters:  # spaCy takes a second to make the Malay one, which most mailboxes do not need
            self._cutters[lang] = _Cutter(_SPACY_CODE[lang])
        return self._cutters[lang].tokens(pieces)

    def _kind(self, string: str) -> tuple[int, int]:
        """Type and bits of a token as it is written."""
        low = string.lower()
        number = self._ids.setdefault(low, len(self.strings))
        if number == len(self.strings):
            self.strings.append(low)
            self._letters += len(low)
        return self._kinds.setdefault(string, (number, _bits(string)))


class _Cutter:
    """One language's spaCy tokenizer, asked once for each shape of a piece ("Aaaa," is "Dear," and "Noon,").

    But for exceptions and a few rules that name letters, spaCy cuts by the kinds of characters alone.
    """

    def __init__(self, code: str) -> None:
        from spacy.attrs import IDX, LENGTH  # half a second that commands which read no mail do not need

        self._wanted = [IDX, LENGTH]
        self._tokenizer = _tokenizer(code)
        self._exceptions = frozenset(run for rule in self._tokenizer.rules for run in _RUN.findall(rule))
        self.forget()

    def forget(self) -> None:
        """Forget all shapes."""
        self._widths: dict[str, list[int]] = {}

    def tokens(self, pieces: Sequence[str]) -> Iterable[list[str]]:
        """The tokens of each piece."""
        shapes = [self._shape(piece) for piece in pieces]
        new = {shape: piece for shape, piece in zip(shapes, pieces, strict=True) if shape and shape not in self._widths}
        for shape, own in zip(new, self._by_spacy(list(new.values())), strict=True):
            self._widths[shape] = [len(token) for token in own]
        others = iter(self._by_spacy([piece for shape, piece in zip(shapes, pieces, strict=True) if not shape]))
        return [
            _parts(piece, self._widths[shape]) if shape else next(others)
            for shape, piece in zip(shapes, pieces, strict=True)
        ]

    def _shape(self, piece: str) -> str:
        """What kinds of characters a piece has, nothing where more than that decides."""
        if piece.isspace() or _LETTERS_DECIDE.search(piece) or not self._exceptions.isdisjoint(_RUN.findall(piece)):
            return ""
        return piece.rstrip(" ").translate(_SHAPE)

    def _by_spacy(self, pieces: Sequence[str]) -> Iterable[list[str]]:
        """Line ends keep spaCy from looking at two pieces as one."""
        if not pieces:
            return []
        text = "\n".join(piece.strip() or "." for piece in pieces)
        with self._tokenizer.vocab.memory_zone():  # what spaCy keeps of words would grow without bound
            spans = self._tokenizer(text).to_array(self._wanted).tolist()
        cuts: list[list[str]] = [[]]
        for start, length in spans:
            string = text[start : start + length]
            if string == "\n":
                cuts.append([])
            else:
                cuts[-1].append(string)
        return [own if piece.strip() else [piece] for piece, own in zip(pieces, cuts, strict=True)]


def _tokenizer(code: str) -> "Tokenizer":
    """The tokenizer that spaCy has for a language, but for its compounds.

    Eight thousand of them are Malay ("kawan-kawan"): a list costs 25 MB and half a second, and as two words they have
    a meaning that is known.
    """
    from spacy.util import get_lang_class
    from spacy.vocab import Vocab

    general: Any = get_lang_class(code)
    rules = {piece: cut for piece, cut in general.Defaults.tokenizer_exceptions.items() if not _COMPOUND.match(piece)}
    defaults = type("Defaults", (general.Defaults,), {"tokenizer_exceptions": rules})
    language = type("Plain", (general,), {"Defaults": defaults})
    return language(vocab=Vocab()).tokenizer  # a vocabulary that works nothing out of new words


def _parts(piece: str, widths: Sequence[int]) -> list[str]:
    """A piece cut into parts of these widths."""
    ends = accumulate(widths)
    return [piece[end - width : end] for width, end in zip(widths, ends, strict=True)]


def _bits(string: str) -> int:
    short = _SHORT_BITS.get(string.lower(), 0)
    if string.isalpha():
        return short | UPPER * (len(string) > 1 and string.isupper()) | LOWER * string.islower()
    return (
        short
        | DIGIT * string[:1].isdigit()
        | BLANK * (not string.strip())
        | LINE_END * ("\n" in string)
        | EMPTY_LINE * (string.count("\n") > 1)
        | TERMINAL * (string[-1:] in _TERMINALS and not string.strip(".!?…"))
        | CLOSER * (string in _CLOSERS)
        | UPPER * (string.isupper() and len(string) > 1)
        | LOWER * string.islower()
    )
