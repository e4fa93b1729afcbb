"""The grammar of dates: a text as a string of one-character codes, and the patterns in which those codes tell a date.

The codes are those of :mod:`model.date_words`, as :mod:`model.spelling` puts them. Every pattern is of bounded length:
a search is linear in the text.
"""

import re
from dataclasses import dataclass

from model.date_words import LEAD_OF, LEXICON
from model.spelling import Written

# One rule a line: its name, and alternatives over the codes. At one place the first rule that fits is taken.
# Spaces are for the eye. "P*" stands for a part of the day, "U*" for a unit, "N*" for a number.
_RULES = r"""
ymd         Y - d - d | Y / d / d | Y \. d \. d
dmy         (?: d / d / | d \. d \. | d - d - ) [Ydnq]
slashed     (?<![/\d]) d / d (?![/dnq%])
dotted      (?: (?<=[bW]) d \. d \.? | (?<=~) d \. d \. ) (?! [%dnq] | \. [dnq] )
nth_weekday f W o? t? (?: [Mm] | [xc] U ) | (?: l W o t? | f W o t ) (?: [Mm] | [xc]? U )
day_month   f U o [Mm] (?: ,? Y )? | (?: d O? [-&] )? (?: I-? | a- )? t? (?: s (?: ' _ )? s | [dfs] ) [Oh]? -? o?
            t? [Mm] (?: [-,]? Y )?
month_day   [Mm] [-.,]? t? (?: a-? )? (?: [dsf] O? (?: [-&] d O? (?!U*|A) )? | k ) (?! : [dn] | U* ) (?: ,? Y )?
morning     i t P*
clock       (?: [jJ] -? [des] (?: [:.] [dn] )? (?: o* P* )? (?! U* )
            | [de] (?: [:.] [dn] )? _? i t P* | [de] (?: [:.] [dn] )? -? A | [dn] : [dn] A?
            | d (?: [:.] [dn] )? o? P* | [de] c P* | [de] C | I -? d o P*
            | (?<=[b@]) (?: a? U [l&] | u l ) [de]
            | (?<=[b@G])P* | (?<=[b@]t)P* | (?<=G-)P* | d \. [dn] (?! [%dnq.] )
            | (?<=[b@~]) d \. [dn] (?= \. (?! [dnq] ) ) | (?<=[b@]) X | X U
            | (?<=[b@]) [de] (?= $ | [.,!?;|)TWc@~i] | & (?![deUJ]) ) | (?<=[b@]) d (?= _ _ ) | (?<=G-) d )
eve         [ta]? N*? v? (?: U* | P* ) [bw] (?! t? [TWdMmeIaGsfkPU] | o [^_] | @ (?! tb ) | ~ )
            | t? W (?: w | b (?= $ | [.,;!?|)-] ) )
duration    i [otxc]* N* (?: [-&] [dne] )? v? [_-]? U* (?: [ro] (?: T | U c ) )? | N* v? U* _? g | g N* U*
            | N*? U* r (?: T | U c | _ ) | U g | [aeds] U* (?: [~r] W | o? T ) | c U U | T U (?= $ | [.,!?;|)_] )
within      i [otc]* U* (?: o? c )?
day_name    U F T | c o? U* | U* o? c | c P* | P* c | l P*
earlier     P* K | K o? P*
weekday_day W ,? (?: d O (?! -? o? t? [Mm] ) | d (?= $ | [.,;!?|)~b@&_-] (?! [dn] ) ) )
weekday     x U* [,~@]? W | x o U* ,? W | U x ,? ~? U? W
            | [xcl]{0,2} o? U? W (?: ,? [go]{0,2} ~? x o? U* | o x U* | i U x
            | U* c? [xlc] | c U* | [xl] | o? c | U (?! [czgx] ) | )
relative    (?: P* o? )? T (?: o? P* )?
before_month (?<=[bG]) M (?! [,.]? [dtYs] ) | (?<=G-) M (?! [,.]? [dtYs] )
month_end   (?: z [-ot]* c? [Mm] | z [-ot]* U o? M | l v? U o [Mm] ) (?! [.,]? t? [ds] ) (?: ,? Y )?
period_end  z [ot]* [cxt]? o? U* (?: o? [xcl] )? | U -? z | z o v | z o T | l v? U o [tc]* U | [QRE] | [cxl]? V
month_ordinal t? (?: I -? )? (?: d O? | f ) o* (?: [cx] U | U o* [cx] ) | t (?: d O | f ) o t U
ordinal     a -? s (?: (?: ' _ )? s )? | k | t d O | t? d h | I -? d | a - d
            | (?<=[b~W]) t (?: e - )? f (?= $ | [.,!?;|)] ) | d O (?= $ | [^_] ) | (?<=b) d O | d U U
            | (?<=G-) d | (?<=~) [ds] (?= $ | [ot.,?!;|)~b&] )
feast       H (?: _? y )? | U _? y
bare_end    z
"""
# A phrase has one of the telling codes, with only leading ones before it: a quick look spares most words the rules.
_TELLING = "YdfMmjJsenPKUTWHXzQREVkq"
_LEADING = "tioxclapvIgu"
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
        return next(reversed(self.units()), "")

    def units(self) -> list[str]:
        """The units of time that are named, in order."""
        names = {"linggo": "week", "jam": "hour"}
        return [
            names.get(word) or str(LEXICON[word][1])
            for word, code in zip(self.words, self.codes, strict=True)
            if code in "UJ"
        ]


def find_phrases(text: Written) -> list[Phrase]:
    """All stretches that look like a date, from left to right, none overlapping."""
    matches = _GRAMMAR.finditer(text.codes)
    return [_phrase(match, text.words) for match in matches if not _is_amount(match, text.codes)]


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
        if codes[place] == "b":  # later than
            return "by"
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
    return re.compile(rf"(?=[{_TELLING}]|[{_LEADING}][{_LEADING}-]*_?-?[{_TELLING}])(?:{alternatives})")


_GRAMMAR = _compile(_RULES)
