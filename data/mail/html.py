"""HTML of a mail to text that reads by lines: blocks become lines, quotes bear ``>``, hidden things vanish."""

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_NODES = 200_000
MAX_HTML = 4_000_000
MAX_NESTING = 1_000
_SKIPPED = frozenset(
    ("style", "script", "head", "title", "noscript", "template", "object", "svg", "select", "-comment", "xml")
)
_BLOCKS = frozenset(
    ("p div blockquote ul ol li dl dt dd table tr h1 h2 h3 h4 h5 h6 pre section article header footer center form "
     "address fieldset main aside nav figure hr tbody thead tfoot body html figcaption").split()
)  # fmt: skip
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "dl"))
_NESTING = re.compile(
    r"<(/?)(?:div|blockquote|ul|ol|dl|li|dd|section|article|center|main|header|footer|aside|nav|fieldset|details|"
    r"address|pre|form|table|button|figure|dir|menu|object|span|font)(?=[\s>/])",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_HIDDEN = re.compile(
    r"display\s?:\s?none|mso-hide\s?:\s?all|font-size\s?:\s?0(?:px)?\s?(?:;|$)|max-height\s?:\s?0", re.IGNORECASE
)
_NO_BORDER = re.compile(r"border\s?:\s?(?:none|0|medium none|currentcolor)|border-left\s?:\s?(?:none|0)", re.IGNORECASE)
_SIGNATURES = (
    "gmail_signature",
    "moz-signature",
    "protonmail_signature_block",
    "signature-block",
    "yahoo-signature",
    "zm_signature",
)
_SIGNATURE_IDS = frozenset(
    ("signature", "ms-outlook-mobile-signature", "applemailsignature", "isforwardcontent_sig", "composer_signature")
)


class Rendered(NamedTuple):
    """Text of an HTML body and where the client marked a signature in it (line numbers)."""

    text: str
    signatures: frozenset[int]


class _Page:
    """Lines as they grow."""

    __slots__ = ("depth", "lines", "marked", "pre", "signed", "words")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []
        self.depth = 0
        self.pre = 0
        self.signed = 0
        self.marked: set[int] = set()

    def add(self, text: str) -> None:
        if self.pre:
            *whole, last = text.replace("\r", "").split("\n")
            for line in whole:
                self.words.append(line)
                self.end_line(force=True)
            text = last
        else:
            text = _SPACES.sub(" ", text)
        if text and (self.words or text != " "):
            self.words.append(text)

    def end_line(self, *, force: bool = False) -> None:
        if not self.words and not force:
            return
        text = "".join(self.words)
        text = text.rstrip() if self.pre else text.strip(" \n")
        if self.signed:
            self.marked.add(len(self.lines))
        self.lines.append("> " * self.depth + text)
        self.words.clear()

    def gap(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append("> " * self.depth if self.depth else "")


def to_text(html: str) -> Rendered:
    """Render HTML; what cannot be parsed comes back as bare text."""
    html = _shallow(html[:MAX_HTML].replace("\x00", ""))
    try:
        root = LexborHTMLParser(html).root
    except (ValueError, RuntimeError, UnicodeError):
        root = None
    page = _Page()
    if root is not None:
        _walk(root, page)
        page.end_line()
    return Rendered("\n".join(page.lines).replace("\u200b", ""), frozenset(page.marked))


def _shallow(html: str) -> str:
    """Cut where elements are nested deeper than any mail nests them: the parser's time grows with depth squared."""
    if html.count("<") < MAX_NESTING:
        return html
    depth = 0
    for match in _NESTING.finditer(html):
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > MAX_NESTING:
            return html[: match.start()]
    return html


def _walk(root: LexborNode, page: _Page) -> None:
    """Go through the tree without recursion; each element is opened once and closed once."""
    node: LexborNode | None = root
    opened: list[tuple[LexborNode, str]] = []
    for _ in range(MAX_NODES):
        if node is None:
            break
        child = _enter(node, page, opened)
        node = child if child is not None else _onward(node, page, opened, root)
    while opened:
        _close(opened.pop()[1], page)


def _enter(node: LexborNode, page: _Page, opened: list[tuple[LexborNode, str]]) -> LexborNode | None:
    """Write what a node shows; returns its first child where there is something inside."""
    tag = node.tag or ""
    if tag == "-text":
        page.add(node.text_content or "")
        return None
    if tag in _SKIPPED or tag.startswith("!") or (tag.startswith("-") and tag != "-document"):
        return None
    if tag == "br":
        page.end_line(force=True)
        return None
    if tag == "hr":
        page.end_line()
        page.lines.append("> " * page.depth + "________________________________")
        return None
    role = _role(node, tag)
    if role == "hidden":
        return None
    if tag in _BLOCKS:
        page.end_line()
        if tag in _SPACED:
            page.gap()
    elif tag in ("td", "th") and page.words:
        page.words.append("\t")
    if role == "quote":
        page.depth = min(page.depth + 1, 60)
    elif role == "signature":
        page.signed += 1
    elif tag in ("pre", "textarea"):
        page.pre += 1
    elif tag == "li":
        page.words.append("- ")
    child = node.child
    close = f"{role} {tag}"
    if child is None:
        _close(close, page)
        return None
    opened.append((child, close))
    return child


def _onward(node: LexborNode, page: _Page, opened: list[tuple[LexborNode, str]], root: LexborNode) -> LexborNode | None:
    """The node after this one: a sibling, or the sibling of the nearest ancestor that has one."""
    current: LexborNode | None = node
    while current is not None and opened:
        if current.next is not None:
            return current.next
        current = current.parent
        _close(opened.pop()[1], page)
    return None if current is None or current == root else current.next


def _close(close: str, page: _Page) -> None:
    role, _, tag = close.partition(" ")
    if tag in _BLOCKS:
        page.end_line()
        if tag in _SPACED:
            page.gap()
    if role == "quote":
        page.depth = max(0, page.depth - 1)
    elif role == "signature":
        page.end_line()
        page.signed -= 1
    elif tag in ("pre", "textarea"):
        page.pre -= 1


def _role(node: LexborNode, tag: str) -> str:
    """What the mail program marked this element as: a quote, a signature, hidden, or nothing."""
    attributes = node.attributes
    if not attributes:
        return "quote" if tag == "blockquote" else "-"
    style = attributes.get("style") or ""
    if style and _HIDDEN.search(style[:2_000]):
        return "hidden"
    classes = (attributes.get("class") or "").casefold()
    if tag == "blockquote":
        cited = attributes.get("type") == "cite" or "quote" in classes
        return "quote" if cited or not _NO_BORDER.search(style[:2_000]) else "-"
    identity = (attributes.get("id") or "").casefold()
    if identity in _SIGNATURE_IDS or (classes and any(name in classes for name in _SIGNATURES)):
        return "signature"
    return "-"
