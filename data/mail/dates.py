"""Dates as mail programs of many languages write them, to datetime: month names are data, the day comes first."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from data.mail.words import words

MAX_DATE = 120
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.hH](\d{2})(?:[:.](\d{2}))?(?!\d)")
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_RFC_5322 = re.compile(
    r"(?:[A-Z][a-z]{2},? {1,2})?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ((?:19|20)\d{2}) "
    r"(\d{1,2}):(\d{2})(?::(\d{2}))? ([+-])(\d{2})(\d{2})(?= ?$| \()"
)
_CJK_CLOCK = re.compile(r"(\d{1,2})[时時点點시](?:\s?(\d{1,2})[分분])?")
_OFFSET = re.compile(r"(?:GMT|UTC|Z)?\s?([+−-])(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"((?:19|20)\d{2})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?!\d)")
_SOLID_DAY = re.compile(r"(?<!\d)\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{4}(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:(?:19|20)\d{2}|25[4-9]\d)(?!\d)")
_DAY = re.compile(r"(?<![\d:.])(?<!Th )(\d{1,2})(?![\d:])")  # "Th 5" is Vietnam's Thursday
_WORD = re.compile(r"[^\s\d,.;:()/+-]+(?:\.[^\s\d,.;:()/+-]+)?")
_MORNING = re.compile(r"\d\s?(?:am|a\.m|ng umaga|pagi|pg|π\.?μ|ص)(?!\w)|上午|午前|오전", re.IGNORECASE)
_EVENING = re.compile(
    r"\d\s?(?:pm|p\.m|ptg|petang|ng hapon|ng gabi|malam|μ\.?μ|م)(?!\w)|下午|午後|오후|晚上", re.IGNORECASE
)
_AMERICAN = re.compile(r"\d\s?[ap]\.?m(?!\w)|ng umaga|ng hapon|ng gabi", re.IGNORECASE)
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "hnec": 1, "haec": 2, "sečv": 2, "seč": 1, "selč": 2, "bst": 1,
    "eet": 2, "eest": 3, "msk": 3, "trt": 3, "pht": 8, "pst8": 8, "myt": 8, "sgt": 8, "hkt": 8, "wib": 7, "wita": 8,
    "wit": 9, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "awst": 8, "nzst": 12, "nzdt": 13, "brt": -3, "art": -3,
    "west": 1, "ist": 5.5, "sast": 2, "akst": -9, "akdt": -8, "hst": -10, "clt": -4, "cot": -5,
}  # fmt: skip


def parse_date(text: str, locales: Collection[str] = (), zone: tzinfo | None = None) -> datetime | None:
    """Read a date with or without a time.

    ``locales`` are hints for month names that two languages share; ``zone`` is taken where the text names none
    (UTC without it). None where no whole date can be read.
    """
    text = text[:MAX_DATE].replace("\u200e", "").replace("\u00a0", " ").replace("\u202f", " ").strip()
    day = _calendar_day(text, locales)
    if day is None:
        return None
    hour, minute, second = _clock(text)
    offset = _zone(text) or zone or UTC
    try:
        return datetime(*day, hour, minute, second, tzinfo=offset)
    except (ValueError, OverflowError):
        return None


def parse_header_date(text: str) -> datetime | None:
    """Read a Date header: by RFC 5322, and where that fails as loosely as a forwarded date."""
    text = text[:MAX_DATE]
    if (match := _RFC_5322.match(text)) is not None and (moment := _exact(match)) is not None:
        return moment
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return parse_date(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _exact(match: re.Match[str]) -> datetime | None:
    """The moment of a date in RFC 5322's own form, an eighth of the standard parser's time."""
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    number = _MONTHS.find(month) // 3 + 1
    offset = int(hours) * 60 + int(minutes)
    if offset >= 24 * 60:
        return None
    zone = timezone(timedelta(minutes=-offset if sign == "-" else offset)) if offset else UTC
    try:
        return datetime(int(year), number, int(day), int(hour), int(minute), int(second or 0), tzinfo=zone)
    except ValueError:
        return None


def _calendar_day(text: str, locales: Collection[str]) -> tuple[int, int, int] | None:
    if match := _YEAR_FIRST.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    year = _YEAR.search(text)
    month = _month(text, locales)
    if year is None or month is None:
        match = _NUMERIC.search(text)
        return _ordered(match, text, locales) if match else None
    for match in _DAY.finditer(text):
        if 1 <= int(match[1]) <= 31 and match.start() not in range(*month[1]):
            return _christian(int(year[0])), month[0], int(match[1])
    return None


def _ordered(match: re.Match[str], text: str, locales: Collection[str]) -> tuple[int, int, int]:
    """Put three numbers in order: the day first, but the month first where an American clock stands beside slashes.

    Filipinos write dates as Americans do; whoever else names his language puts the day first.
    """
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    year += 2000 if year < 70 else 1900 if year < 100 else 0
    american = "/" in match[0] and _AMERICAN.search(text) is not None and (not locales or "fil" in locales)
    if second > 12 or (american and first <= 12):
        first, second = second, first
    return _christian(year), second, first


def _christian(year: int) -> int:
    """Thai mails count from the Buddha."""
    return year - 543 if year > 2500 else year


def _month(text: str, locales: Collection[str]) -> tuple[int, tuple[int, int]] | None:
    """The month named in the text and where; the last one, since a weekday may look like a month (``mar``)."""
    table = words().months
    folded = text.casefold()
    if "thg" in folded or "tháng" in folded:
        vietnamese = re.search(r"(?:thg|tháng)\s?(\d{1,2})", folded)
        if vietnamese:
            return int(vietnamese[1]), vietnamese.span()
    found: tuple[int, tuple[int, int]] | None = None
    for match in _WORD.finditer(folded):
        known = table.get(match[0]) or table.get(match[0].rstrip("."))
        if known:
            found = _agreed(known, locales), match.span()
    return found


def _agreed(known: tuple[tuple[str, int], ...], locales: Collection[str]) -> int:
    hinted = [number for code, number in known if code in locales]
    numbers = hinted or [number for _, number in known]
    return max(set(numbers), key=numbers.count) if len(set(numbers)) > 1 else numbers[0]


def _clock(text: str) -> tuple[int, int, int]:
    stripped = _SOLID_DAY.sub(" ", _YEAR_FIRST.sub(" ", text))
    match = None
    for match in _CLOCK.finditer(stripped):
        if ":" in match[0]:
            break
    if match is None:
        match = _CJK_CLOCK.search(stripped)
    if match is None:
        return 0, 0, 0
    hour = int(match[1])
    if _EVENING.search(text) and hour < 12:
        hour += 12
    elif hour == 12 and _MORNING.search(text):
        hour = 0
    second = match[3] if match.re is _CLOCK else None
    return hour, int(match[2] or 0), int(second or 0)


def _zone(text: str) -> timezone | None:
    for match in _OFFSET.finditer(text):
        named = match[0][0] in "GgUuZz"
        if named or (match[3] and ":" in text[: match.start()]):
            minutes = int(match[2]) * 60 + int(match[3] or 0)
            return _offset(minutes if match[1] == "+" else -minutes)
    for word in reversed(_WORD.findall(text)[-3:]):
        if word.isupper() and (hours := _ZONES.get(word.casefold())) is not None:
            return _offset(round(hours * 60))
    return None


def _offset(minutes: int) -> timezone | None:
    return timezone(timedelta(minutes=minutes)) if -24 * 60 < minutes < 24 * 60 else None
