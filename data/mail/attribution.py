"""Lines of attribution: who wrote what is quoted below, and when (``On …, Ana <ana@b.example> wrote:``)."""

import re
from collections.abc import Sequence

from data.mail.blocks import MAX_BLOCK
from data.mail.lines import BLANKS, Line, skip_blank
from data.mail.words import words

MAX_LINE = 400
MAX_ATTRIBUTION = 6
MAX_END = 30
DATE_LIKE = re.compile(
    r"\d{1,2}[:.h]\d{2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}|\b(?:19|20)\d{2}\b|(?:19|20)\d{2}[年년]"
)
_DATE_FIRST = re.compile(r"(?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}\b")
_BEFORE = "-* >\t\u00a0"


def read_attribution(lines: Sequence[Line], index: int, stop: int) -> tuple[str, int] | None:
    """A line, or a few, that say who wrote what follows; returns them joined, and the line after."""
    if lines[index].blank:
        return None
    opens = opens_attribution(lines[index].text)
    joined = ""
    for position in range(index, min(stop, index + MAX_ATTRIBUTION)):
        part = lines[position].text
        if lines[position].blank and not _goes_on(lines, position, stop):
            return None
        joined = f"{joined} {part}".strip(BLANKS + "-")
        if len(joined) > MAX_LINE:
            return None
        if _may_close(joined) and (_closes(joined) or _names_a_quote(lines, position, stop, joined)):
            return joined, skip_blank(lines, position + 1, stop, MAX_BLOCK)
        if not opens:
            return None
    return None


def opens_attribution(text: str) -> bool:
    """Whether a line may open an attribution: a known word, a date or an address stands there."""
    bare = text.lstrip(_BEFORE) if text[0] in _BEFORE else text
    return (
        bare.split(" ", 1)[0].lower() in words().openers
        or bare[:1].isdigit()
        or ("@" in text and ("<" in text or "(" in text))
    )


def _names_a_quote(lines: Sequence[Line], position: int, stop: int, joined: str) -> bool:
    """A name and a verb alone (``Ana Cruz wrote:``), proven by the quote that follows."""
    if not joined.endswith((":", "：")) or len(joined.split()) > 8 or words().wrote.search(joined.casefold()) is None:
        return False
    following = skip_blank(lines, position + 1, stop, 2)
    return following < stop and lines[following].depth > lines[position].depth


def _may_close(joined: str) -> bool:
    """Quickly tell what cannot be an attribution's end."""
    last = joined[-1:]
    if not last:
        return False
    if last in ":：>*_" or last >= "\u0e00" or joined[:1].isdigit():
        return True
    return joined.rpartition(" ")[2].casefold() in words().verb_tails


def _goes_on(lines: Sequence[Line], position: int, stop: int) -> bool:
    """A blank line inside an attribution is followed by the bracket of its address, or by its short end."""
    if lines[position].depth > 0:
        return True
    text = lines[position + 1].text if position + 1 < stop else ""
    return text[:1] in ("<", ">") or (len(text) <= MAX_END and text[-1:] in (":", "："))


def _closes(joined: str) -> bool:
    """Whether the words so far are a whole attribution."""
    if joined.startswith(">>> ") and joined.endswith(">>>"):
        return DATE_LIKE.search(joined) is not None
    folded = joined.casefold().rstrip("* _")
    if folded.endswith((":", "：")):
        proven = bool(DATE_LIKE.search(joined)) or "@" in joined
        if _DATE_FIRST.match(joined) or (folded[-2:-1] == ">" and "@" in joined and DATE_LIKE.search(joined)):
            return True
        return proven and (folded.startswith(words().quoting) or words().wrote.search(folded) is not None)
    if _DATE_FIRST.match(joined):
        return joined.endswith(">") or "GMT" in joined or "UTC" in joined
    if not folded.endswith(words().verbs) or not DATE_LIKE.search(joined):
        return False
    return "@" in joined or folded.split(" ", 1)[0] in words().openers
