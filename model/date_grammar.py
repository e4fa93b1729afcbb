"""The grammar of dates: a text as a string of one-character codes, and the patterns in which those codes tell a date.

The codes are those of :mod:`model.date_words`. Every pattern is of bounded length: a search is linear in the text.
"""

import re
from dataclasses import dataclass
from itertools import islice, repeat

from model.date_words import CODES, LEAD_OF, LEXICON

_WORD = re.compile(
    r"[a-z\xdf-\u024f]+(?:\.m\b\.?|['’]clock|-lewatnya)?|\d+|[^\w\s]|\n(?=\s*\n|\s*[-–•*]\s|\s*\d{1,2}[.)]\s)|[^\W\d_]+"
)

# One rule a line: its name, and alternatives over the codes. At one place the first rule that fits is taken.
# Spaces are for the eye. "P*" stands for a part of the day, "U*" for a unit, "N*" for a number.
_RULES = r"""
ymd         Y - d - d | Y / d / d | Y \. d \. d
dmy         (?: d / d / | d \. d \. | d - d - ) [Ydnq]
slashed     (?<![/\d]) d / d (?![/dnq%])
nth_weekday f W o? t? [Mm]
day_month   f U o [Mm] (?: ,? Y )? | (?: d O? [-&] )? (?: I-? | a- )? t? [df] [Oh]? -? o? t? [Mm] (?: [-,]? Y )?
month_day   [Mm] [-.,]? t? (?: a-? )? (?: [dsf] O? (?: [-&] d O? (?!U*|A) )? | k ) (?! : [dn] | U* ) (?: ,? Y )?
morning     i t P*
clock       (?: [jJ] -? [des] (?: [:.] [dn] )? (?: o* P* )? (?! U* )
            | [de] (?: [:.] [dn] )? _? i t P* | [de] (?: [:.] [dn] )? -? A | [dn] : [dn] A?
            | d (?: [:.] [dn] )? o? P* | [de] c P* | [de] C | I -? d o P*
            | (?<=[b@G])P* | (?<=[b@]t)P* | (?<=G-)P* | d \. [dn] (?! [%dnq.] ) | (?<=[b@]) X | X U
            | (?<=[b@]) [de] (?= $ | [.,!?;|)TWc@~i] | & (?![deUJ]) ) | (?<=[b@]) d (?= _ _ ) | (?<=G-) d )
eve         [te]? (?: U | P* ) b (?! [tTWdMmeIaGo@~] )
duration    i [otxc]* N* (?: [-&] [dne] )? v? [_-]? U* | N* v? U* _? g | N* U* r [T_] | [ae] U* (?: ~ W | T )
within      i [otc]* U* (?: o? c )?
day_name    U F T | c o? U* | U* o? c | c P* | P* c | l P*
earlier     P* K | K o? P*
weekday_day W ,? d (?= $ | [.,;!?|)~b@&_-] (?! [dn] ) )
weekday     x U* [,~@]? W | x o U* ,? W | U x ,? ~? U? W
            | [xcl]{0,2} o? U? W (?: ,? ~? x o? U* | o x U* | U* c? [xlc] | c U* | [xl] | o? c | U (?! [czgx] ) | )
relative    (?: P* o? )? T (?: o? P* )?
before_month (?<=[bG]) M (?! [,.]? [dtYs] ) | (?<=G-) M (?! [,.]? [dtYs] )
month_end   z [-ot]* c? [Mm] (?! [.,]? t? [ds] ) (?: ,? Y )?
period_end  z [ot]* [cxt]? o? U* (?: o? [xcl] )? | U -? z | z o v | z o T | l U o [tc]* U | [QRE] | [cxl]? V
month_ordinal t? (?: I -? )? d O? o* (?: [cx] U | U o* [cx] )
ordinal     a -? s | k | t d O | t? d h | I -? d | a - d | (?<=[b~]) t f (?= $ | [.,!?;|)] ) | d O (?= $ | [^_] )
            | (?<=b) d O
            | (?<=G-) d | (?<=~) d (?= $ | [ot.,?!;|)~b&] )
feast       H
bare_end    z
"""
# A phrase has one of the telling codes, with only leading ones before it: a quick look spares most words the rules.
_TELLING = "YdfMmjJsenPKUTWHXzQREVkq"
_LEADING = "tioxclapvI-"
_SHORTHAND = {"P*": "(?:P|pU)", "U*": "[UJ]", "N*": "[dnqeas]"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of a text that a rule found to tell a date: ``words[first:last]`` of the text, and their codes."""

    rule: str
    first: int
    last: int
    words: tuple[str, ...]
    codes: str
    lead: str = "none"

    def has(self, codes: str) -> bool:
        """Tell whether a word of one of the codes is among the words."""
        return any(code in self.codes for code in codes)

    def numbers(self, codes: str) -> list[float]:
        """The values of the words of these codes, in order."""
        return [float(LEXICON[word][1]) for word, code in zip(self.words, self.codes, strict=True) if code in codes]

    def number(self, codes: str, default: float) -> float:
        """The first value among the words of these codes."""
        return next(iter(self.numbers(codes)), default)

    def unit(self) -> str:
        """The last unit of time that is named (``day``, ``week``, ...), or nothing."""
        names = {"linggo": "week", "jam": "hour"}
        units = [
            names.get(word) or str(LEXICON[word][1])
            for word, code in zip(self.words, self.codes, strict=True)
            if code in "UJ"
        ]
        return units[-1] if units else ""


def split_words(text: str) -> tuple[list[str], str]:
    """The words and marks of a text in lower case, and their codes.

    A line break before a blank line or a list item is a mark too.
    """
    lowered = _lowered(text)
    words = _WORD.findall(lowered)
    codes = "".join(map(_CODE_OF.get, words, repeat("_")))
    if not _UNSURE.search(codes):
        return words, codes
    return words, _UNSURE.sub(
        lambda match: _settle(match, _is_capital(match.start(), words, text, lowered), words), codes
    )


def word_starts(text: str, count: int) -> list[int]:
    """Where each of the first words and marks that ``split_words`` finds begins in the text."""
    return [found.start() for found in islice(_WORD.finditer(_lowered(text)), count)]


def find_phrases(words: list[str], codes: str) -> list[Phrase]:
    """All stretches that look like a date, from left to right, none overlapping."""
    return [_phrase(match, words) for match in _GRAMMAR.finditer(codes) if not _is_amount(match, codes)]


_MARKS = {mark: mark for mark in ".,:;!?/-()'\"%"} | {"\n": "|", "–": "-", "—": "-", "’": "'"}
_CODE_OF = _MARKS | CODES
_UNSURE = re.compile("[LSN]")
_WRITTEN = {  # each word of those codes where it is a word of its own, as _WORD sees it
    word: re.compile(rf"(?<![^\W\d_]){word}(?![a-z\xdf-\u024f])") for word, code in CODES.items() if code in "LSN"
}


def _lowered(text: str) -> str:
    """The text in lower case, every character at its place (a few capitals grow when lowered)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _is_capital(place: int, words: list[str], text: str, lowered: str) -> bool:
    """Tell whether a word that only sometimes is a day is written with a capital."""
    word = words[place]
    nth = words[:place].count(word)
    found = next(islice(_WRITTEN[word].finditer(lowered), nth, None))
    return text[found.start()].isupper()


def _settle(match: re.Match[str], capital: bool, words: list[str]) -> str:
    """What a word means that is a day only sometimes: a capital tells, and the word before it."""
    place = match.start()
    before = match.string[place - 1] if place else "|"
    if match.group() == "S":
        return "W" if capital or before in "b~cxf" or (place and words[place - 1] == "for") else "_"
    if match.group() == "N":
        return "_" if capital else "T"
    return "W" if before in "b~" or (capital and before not in "deno") else "U"


def _phrase(match: re.Match[str], words: list[str]) -> Phrase:
    first, last = match.span()
    lead = _lead(words, match.string, first)
    return Phrase(str(match.lastgroup), first, last, tuple(words[first:last]), match.group(), lead)


_FILLERS = frozenset("tocGUP-(")
_REACH = 4


def _lead(words: list[str], codes: str, first: int) -> str:
    """The class of the nearest preposition before a date, past words such as "the" and "hari"."""
    for place in range(first - 1, max(first - 1 - _REACH, -1), -1):
        if lead := LEAD_OF.get(words[place]):
            return lead
        if codes[place] not in _FILLERS:
            break
    return "none"


def _is_amount(match: re.Match[str], codes: str) -> bool:
    """A number right after a currency or a number sign, or the head of 2,000, is none of a date."""
    first, last = match.span()
    if codes[last - 1] in "dn" and codes[last : last + 2] in (",B", ".B"):
        return True
    return first > 0 and codes[first - 1] == "$" and codes[first] in "dnqe"


def _compile(rules: str) -> re.Pattern[str]:
    joined = re.sub(r"\n +", " ", rules.strip())
    for short, full in _SHORTHAND.items():
        joined = joined.replace(short, full)
    named = [line.split(maxsplit=1) for line in joined.splitlines()]
    alternatives = "|".join(f"(?P<{name}>{pattern.replace(' ', '')})" for name, pattern in named)
    return re.compile(rf"(?=[{_LEADING}]*_?-?[{_TELLING}])(?![-_])(?:{alternatives})")


_GRAMMAR = _compile(_RULES)
