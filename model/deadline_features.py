"""What the deadline chooser sees of a named day: its form, the words around it, its place among the other days."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from data.records import Part
from model.dates import DateMention, Scan, scan_dates
from model.lexicon import Lexicon
from model.spelling import Written

# What a day's features are by name: a slot, and what stands there. The slot of those that name themselves is empty.
Features = Mapping[str, Collection[str]]
SLOTS = (
    *("l0=", "l1=", "l2=", "r0=", "r1=", "r2=", "l:", "r:"),  # words left and right, by place and as bags
    *("s:", "4:", "lh:", "rh:", "c:"),  # of the sentence: words, their beginnings, shapes left and right, classes
    *("L0=", "L1=", "L2=", "R0=", "R1=", "R2=", "L:", "R:", "S:"),  # English pivots in the same places
    "&:",  # pairs of pivots around the day
    *("p:", "n:", "m:"),  # words of the sentences before and after, of the whole mail
)

_NEAR = 3  # words whose exact place is kept
_WINDOW = 6  # words on either side that are kept as a bag
_STEPS = (0, 1, 2, 3, 5, 8, 15, 32, 93)  # days from sending: the first day of each step of the scale
WORD_CLASSES = {
    "ask": "please pls plz kindly can could would will need needs want expect must should let send sana dapat kailangan"
    " kelangan puwede pwede pede maaari pakiusap tolong mohon sila boleh bolehkah perlu mesti kena harap minta nak"
    " hendaklah jangan",
    "told": "was were had sent did received said told went met signed paid agreed booked confirmed noted kanina nakuha"
    " natanggap sinabi dah sudah telah tadi",
    "void": "no rush relax joke kidding whenever anytime hurry pressure tergesa gesa tak payah santai hindi wala"
    " nagmamadali walang",
    "meet": "meeting call visit launch opening event session training interview flight hearing audit mesyuarat majlis"
    " kasal pulong pagpupulong miting demo presentation",
    "we": "we i our us my kami namin ko ako kita saya aku",
    "you": "you your ninyo niyo nyo kayo mo ka ikaw tuan puan encik awak anda korang",
    "inform": "fyi closed holiday leave away office cuti bercuti tutup naka sarado",
}
_CLASS_OF = {word: name for name, words in WORD_CLASSES.items() for word in words.split()}
_SENTENCE_END = re.compile(r"(?:(?<![dn])\.|\.(?![dn])|[!?;|])+")
_AFFIXES = ("paki", "ipa", "nag", "nak", "mag", "mak", "ni", "di", "me")
_INFIX = re.compile(r"[bcdghklmnpqrstwy]?(?:in|um)[aeiou]")


class Sentence(NamedTuple):
    """A sentence, or an item of a list: its words, where they stand in the scan, and the mark that ends it."""

    words: list[str]
    begin: int
    end: int
    mark: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day that may be the deadline: where it is told, in which sentence of the mail, and its own features.

    ``at`` is the place of its first character in subject and text joined (see model.reader.joined).
    """

    part: Part
    mention: DateMention
    at: int
    sentence: int
    days: int
    features: Features


@dataclass(frozen=True, slots=True)
class MailReading:
    """A mail as the chooser sees it: its sentences (subject first), the coming days, the features of the past ones."""

    sentences: tuple[Sentence, ...]
    words: frozenset[str]
    candidates: tuple[Candidate, ...]
    past: tuple[Features, ...]
    sent_at: datetime | None

    @property
    def features(self) -> Features:
        """The features that all days of the mail share."""
        return {"m:": self.words}


def names(*several: Features) -> list[str]:
    """Features by name."""
    return [f"{slot}{value}" for features in several for slot, values in features.items() for value in values]


def slot_of(name: str) -> tuple[str, str]:
    """The slot of a feature's name, and what stands there."""
    head = _HEAD.match(name)
    slot = head[0] if head and head[0] in SLOTS else ""
    return slot, name[len(slot) :]


_HEAD = re.compile(r"[^:=]*[:=]")


def read_mail(
    subject: Written, text: Written, sent_at: datetime | None, lexicon: Lexicon, whole: bool = False
) -> MailReading:
    """Read a mail; without a coming day in it there is nothing more to see, and past days are not looked at.

    ``whole`` asks for it all, to learn from.
    """
    scans: tuple[tuple[Part, Scan], ...] = (
        ("subject", scan_dates(subject, sent_at)),
        ("text", scan_dates(text, sent_at)),
    )
    coming = sorted({mention.date for _, scan in scans for mention in scan.mentions if _is_coming(mention, sent_at)})
    if not coming and not whole:
        return MailReading((), frozenset(), (), (), sent_at)
    words = frozenset(subject.words).union(text.words)
    sentences: list[Sentence] = []
    candidates: list[Candidate] = []
    past: list[Features] = []
    for part, scan in scans:
        own = split_sentences(scan)
        for mention in scan.mentions:
            is_coming = _is_coming(mention, sent_at)
            if not is_coming and not whole:
                continue
            place = next((i for i, one in enumerate(own) if one.begin <= mention.first < one.end), 0)
            around = _around(mention, scan, own, place, lexicon)
            if not is_coming:
                around[""].append(f"lead={mention.lead}")
                past.append(around)
                continue
            around[""] += [*_own(mention, scan, sent_at, part), *_order(mention, coming, place, len(own))]
            at, days = scan.text.start(mention.first), _distance(mention.date, sent_at)
            candidates.append(Candidate(part, mention, at, len(sentences) + place, days, around))
        sentences += own
    return MailReading(tuple(sentences), words, tuple(candidates), tuple(past), sent_at)


def split_sentences(scan: Scan) -> list[Sentence]:
    """The sentences of a scanned text; list items count as sentences."""
    found, begin = [], 0
    words, codes = scan.text.words, scan.text.codes
    ends = [(match.start(), match.end(), match.group()[0]) for match in _SENTENCE_END.finditer(codes)]
    for start, end, mark in [*ends, (len(codes), len(codes), "")]:
        if start > begin:
            found.append(Sentence(words[begin:start], begin, start, mark))
        begin = end
    return found


@lru_cache(maxsize=4_096)
def shape(word: str) -> str:
    """The affix of a verb that tells asking or telling, doing or done, in one of the three languages; else nothing."""
    if len(word) < 4:
        return ""
    if word.endswith(("ed", "ing")):
        return word[-2:]
    if word.startswith(_AFFIXES):
        return next(affix for affix in _AFFIXES if word.startswith(affix))
    return "in" if _INFIX.match(word) else ""


def classes_of(words: Iterable[str]) -> set[str]:
    """The word classes that some words belong to."""
    return {_CLASS_OF[word] for word in words if word in _CLASS_OF}


def _is_coming(mention: DateMention, sent_at: datetime | None) -> bool:
    return mention.kind != "past" and (sent_at is None or mention.date >= sent_at.date())


def _distance(day: date, sent_at: datetime | None) -> int:
    return (day - sent_at.date()).days if sent_at else 7


def _own(mention: DateMention, scan: Scan, sent_at: datetime | None, part: Part) -> list[str]:
    days = _distance(mention.date, sent_at)
    step = sum(days >= edge for edge in _STEPS)
    kind, lead = mention.kind, mention.lead
    told = " ".join(word for word in scan.text.words[mention.first : mention.last] if not word.isdigit())
    over = sent_at is not None and mention.hour is not None and days == 0 and mention.hour < sent_at.hour
    hour = "no" if mention.hour is None else "over" if over else "yes"
    single = [f"kind={kind}", f"lead={lead}", f"step={step}", f"hour={hour}", f"part={part}", f"told={told}"]
    return [*single, f"{kind}&{lead}", f"{lead}&{step}", f"{kind}&{step}", f"{kind}&hour={hour}"]


def _around(
    mention: DateMention, scan: Scan, sentences: Sequence[Sentence], place: int, lexicon: Lexicon
) -> dict[str, list[str]]:
    sentence, words = sentences[place], scan.text.words
    left, right = words[sentence.begin : mention.first], words[mention.last : sentence.end]
    both = list({*left, *right})
    classes = list(classes_of(both))
    named = [f"end={sentence.mark}", f"first={not left}", f"lone={not right}"]
    named += [f"{of}&c:{name}" for of in (mention.lead, mention.kind) for name in classes]
    named += [f"o{n}={' '.join(sentence.words[:n])}" for n in (1, 2, 3) if len(sentence.words) >= n]
    features = _sides("l", left, "r", right)
    features |= {"s:": both, "4:": [word[:4] for word in both if len(word) > 4], "c:": classes}
    features |= {f"{side}h:": [shape(word) for word in features[f"{side}:"]] for side in "lr"}
    features |= _meant(mention.lead, list(map(lexicon.pivot_of, left)), list(map(lexicon.pivot_of, right)))
    if place:
        before = sentences[place - 1]
        named.append(f"pend={before.mark}")
        features["p:"] = before.words
    if place + 1 < len(sentences):
        after = sentences[place + 1]
        named.append(f"nend={after.mark}")
        features["n:"] = after.words
    return features | {"": named}


def _meant(lead: str, left: list[str], right: list[str]) -> dict[str, list[str]]:
    """What the words around a day mean, by their English pivots: alike in all three languages."""
    features = _sides("L", left, "R", right)
    pairs = set(_pairs([*features["L:"], f"@{lead}", *features["R:"]]))
    return features | {"S:": [*left, *right], "&:": list(pairs)}


def _sides(before: str, left: list[str], after: str, right: list[str]) -> dict[str, list[str]]:
    """What stands left and right of a day: the nearest by place, those within the window as bags."""
    features = {f"{before}{step}=": [one] for step, one in enumerate(reversed(left[-_NEAR:]))}
    features |= {f"{after}{step}=": [one] for step, one in enumerate(right[:_NEAR])}
    return features | {f"{before}:": left[-_WINDOW:], f"{after}:": right[:_WINDOW]}


def _pairs(pivots: Sequence[str]) -> Iterator[str]:
    """Any two that stand within the window, whichever comes first."""
    for place, one in enumerate(pivots):
        for other in pivots[place + 1 : place + 1 + _WINDOW]:
            yield f"{one} {other}" if one < other else f"{other} {one}"


def _order(mention: DateMention, coming: Sequence[date], place: int, sentences: int) -> list[str]:
    rank, days = min(coming.index(mention.date), 3), min(len(coming), 4)
    return [f"rank={rank}/{days}", f"dates={days}", f"pos={min(place, 3)}", f"fromend={min(sentences - place, 3)}"]
