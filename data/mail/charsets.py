"""Bytes of any charset that a browser knows to text, whatever the label says; never raises."""

import codecs
import re
from functools import lru_cache

MAX_LABEL = 40
_BROWSER = {
    "ascii": "cp1252", "us-ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "iso-8859-15": "iso8859-15",
    "iso-8859-9": "cp1254", "iso8859-9": "cp1254", "latin5": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "windows-874": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "chinese": "gb18030", "cp936": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "ksc5601": "cp949",
    "ks_c_5601": "cp949", "korean": "cp949", "windows-949": "cp949", "ks_c_5601-1989": "cp949", "ksc_5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "windows-31j": "cp932", "big5": "big5hkscs", "x-x-big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "iso-2022-cn": "gb18030",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8",
    "iso-8859-6-i": "iso8859-6", "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8", "utf8": "utf-8",
    "unicode": "utf-16", "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "mac": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "x-mac-ukrainian": "mac_cyrillic", "koi8": "koi8-r", "koi": "koi8-r",
    "koi8-ru": "koi8-u", "dos-874": "cp874", "cp-850": "cp850", "ansi": "cp1252", "x-cp1252": "cp1252",
    "windows-1252": "cp1252", "x-ansi": "cp1252", "utf-8-mac": "utf-8", "windows-utf-8": "utf-8", "utf-16": "utf-16",
    "unicode11utf8": "utf-8", "unicode20utf8": "utf-8", "x-unicode20utf8": "utf-8", "sun_eu_greek": "iso8859-7",
    "csiso88596e": "iso8859-6", "csiso88596i": "iso8859-6", "iso-8859-6-e": "iso8859-6", "csiso88598e": "iso8859-8",
    "csiso88598i": "iso8859-8", "csisolatin9": "iso8859-15", "csmacintosh": "mac_roman", "csbig5": "big5hkscs",
    "csgb2312": "gb18030", "gb_2312": "gb18030", "csiso58gb231280": "gb18030", "iso-ir-58": "gb18030",
    "cseucpkdfmtjapanese": "euc_jp", "csshiftjis": "cp932", "ms932": "cp932", "cseuckr": "cp949", "iso-ir-149": "cp949",
    "csksc56011987": "cp949", "unicodefffe": "utf-16-be", "unicodefeff": "utf-16-le", "csunicode": "utf-16-le",
    "iso-10646-ucs-2": "utf-16-le", "ucs-2": "utf-16-le", "cp819": "cp1252", "ibm819": "cp1252", "iso-ir-100": "cp1252",
    "csisolatin1": "cp1252", "iso_8859-1:1987": "cp1252", "csisolatin5": "cp1254", "iso-ir-148": "cp1254",
    "l5": "cp1254", "iso_8859-9": "cp1254", "iso_8859-9:1989": "cp1254", "iso8859-11": "cp874",
}  # fmt: skip
_UNDASHED = re.compile(r"iso8859(\d{1,2})")
_NEVER = frozenset(("unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem"))
_COMMON = frozenset(("utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"))  # ASCII is ASCII there
_ASCII_LIKE = frozenset(("cp1252", "iso8859-15", "cp1254", "cp1250", "cp1251", "iso8859-2"))


def decode(raw: bytes, label: str = "") -> str:
    """Decode bytes by their label; where it is missing, unknown or plainly wrong by what the bytes are.

    Valid UTF-8 with non-ASCII characters is taken for UTF-8 even where a one-byte charset is named.
    """
    if raw.isascii() and b"\x1b" not in raw and b"\x00" not in raw and (not label or label.lower() in _COMMON):
        return raw.decode("ascii")
    marked = _by_mark(raw)
    if marked is not None:
        return marked
    codec = codec_of(label)
    if codec is None or codec in _ASCII_LIKE:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return _decode(raw, codec or _guess(raw))
    return _decode(raw, codec)


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """Python's codec for a charset label as found in mail; None for labels that mean no text codec."""
    name = label[:MAX_LABEL].strip(" \t\"'<>;,").casefold().partition("*")[0]
    name = name.removeprefix("charset=").strip("\"' ")
    if not name or not name.isascii() or "\x00" in name:
        return None
    name = _UNDASHED.sub(r"iso8859-\1", name, count=1)
    name = _BROWSER.get(name, name)
    if name.startswith(("cp-", "x-cp")):
        name = "cp" + name.partition("-")[2].removeprefix("cp")
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return _looser(name)
    text = getattr(found, "_is_text_encoding", True)  # hex, zip and rot13 are codecs too
    return found.name if text and found.name.replace("-", "_") not in _NEVER else None


def _looser(name: str) -> str | None:
    """Labels with a prefix or a letter too many (``x-windows-1251``, ``iso-8859-1http-equiv``)."""
    bare = name.removeprefix("x-").replace("windows-", "cp").replace("_", "-")
    for known in (
        "utf-8",
        "iso-8859-15",
        "iso-8859-2",
        "iso-8859-1",
        "cp1252",
        "cp1251",
        "cp1250",
        "iso-2022-jp",
        "gb2312",
    ):
        if bare.startswith(known):
            return codec_of(known) if known != name else None
    return None


def _by_mark(raw: bytes) -> str | None:
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(codec, "replace")
    return None


def _decode(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError, LookupError, IndexError):
        pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode(codec, "replace")
    except (UnicodeError, ValueError, LookupError, IndexError):
        text = raw.decode("cp1252", "replace")
    if codec in ("utf-8", "utf-16", "utf-7") and text.count("\ufffd") * 20 > len(text):
        return raw.decode("cp1252", "replace")
    return text


def _guess(raw: bytes) -> str:
    """The codec of unlabelled bytes that are no UTF-8."""
    if b"\x1b$" in raw or b"\x1b(J" in raw:
        return "iso2022_jp_ext"
    if b"~{" in raw and raw.isascii():
        return "hz"
    if raw[:200].count(0) * 3 > len(raw[:200]):
        return "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be"
    return "cp1252"
