"""A firm whose clients write in a way of their own: texting shorthand and jargon laid over messages, for measuring."""

import re
from dataclasses import replace

from data.records import LabelledMessage

_SHORT = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "message": "msg", "messages": "msgs", "tomorrow": "tmrw",
    "today": "tdy", "because": "bec", "with": "w/", "without": "w/o", "before": "b4", "and": "n", "thanks": "tnx",
    "thank": "tnk", "already": "alrdy", "should": "shd", "would": "wd", "could": "cd", "again": "agn", "about": "abt",
    "invoice": "bill slip", "invoices": "bill slips", "website": "front door", "site": "front door", "logo": "crest",
    "draft": "proof sheet", "drafts": "proof sheets", "deadline": "bell", "meeting": "huddle", "call": "ring",
    "budget": "pot", "mistake": "slip up", "wrong": "off", "error": "slip up", "hours": "clock", "urgent": "hot",
    "po": "p", "opo": "op", "hindi": "di", "lang": "lng", "naman": "nmn", "salamat": "slmt", "bakit": "bkt",
    "yung": "ung", "kasi": "ksi", "pakiusap": "pksp", "sana": "sna", "wala": "wla", "tidak": "x", "yang": "yg",
    "dengan": "dgn", "untuk": "utk", "boleh": "blh", "saya": "sy", "sudah": "dah", "belum": "blm", "kalau": "klu",
    "terima": "trima", "kasih": "ksh", "semua": "smua", "sebab": "sbb", "macam": "mcm", "kenapa": "knp",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_INNER_VOWELS = re.compile(r"(?<=.)[aeiou]+(?=.)")
_LONG = 5  # letters from which a word loses its inner vowels, as in "mssg" and "tmrrw"
_MARKS = re.compile(r"[,;:()\"“”]|(?<=\w)[.](?=\s|$)")


def in_house_style(message: LabelledMessage) -> LabelledMessage:
    """The same message in lower case, in the house's shorthand and jargon, and without most marks."""

    def said(text: str) -> str:
        return _WORD.sub(lambda word: _shortened(word.group()), _MARKS.sub("", text.lower()))

    return replace(
        message,
        subject=said(message.subject),
        body=said(message.body),
        evidence=dict.fromkeys(message.labels, ()),
        urgency_evidence=(),
    )


def _shortened(word: str) -> str:
    if word in _SHORT:
        return _SHORT[word]
    return _INNER_VOWELS.sub("", word) if len(word) >= _LONG else word
