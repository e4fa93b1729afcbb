"""The text that a reader of a mail sees, chosen among its parts, and made plain."""

import re
from dataclasses import dataclass

from data.mail import tnef
from data.mail.html import Rendered, to_text
from data.mail.mime import MAX_PARTS, MAX_TEXT, Part

_STUB = re.compile(
    r"html.{0,60}(?:mail|view|message|read|client|support)|(?:view|read).{0,60}html", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Body:
    """A mail's text, and the lines of it that the program marked as a signature."""

    text: str
    signatures: frozenset[int] = frozenset()


def body_of(root: Part) -> Body:
    """The text a reader of the mail sees: plain where there is a plain form that says something, else the HTML's."""
    bodies = [body for body in _bodies(root, 0) if body.text.strip()] or _last_resort(root)
    if not bodies:
        return Body("")
    if len(bodies) == 1:
        return bodies[0]
    marked: set[int] = set()
    texts: list[str] = []
    at = 0
    for body in bodies:
        text = body.text.rstrip("\n")
        marked.update(at + line for line in body.signatures)
        texts.append(text)
        at += text.count("\n") + 1
    return Body("\n".join(texts)[:MAX_TEXT], frozenset(marked))


def _last_resort(root: Part) -> list[Body]:
    """Text from where a reader would look last: attached texts, winmail.dat, a digest's mails, a report's fields."""
    found: list[Body] = []
    stack, seen = [root], 0
    while stack and seen < MAX_PARTS:
        part = stack.pop()
        seen += 1
        stack.extend(reversed(part.children))
        if part.children:
            continue
        if part.kind == "application/ms-tnef" or part.filename.lower() == "winmail.dat":
            found += [_from_html(text) if html else Body(text) for text, html in tnef.bodies(part.content())]
        elif part.kind in ("text/html", "application/xhtml+xml"):
            found.append(_from_html(part.text()))
        elif part.kind in (
            "text/plain",
            "message/delivery-status",
            "message/disposition-notification",
            "text/calendar",
        ):
            found.append(Body(part.text()))
    return [body for body in found if body.text.strip()]


def _bodies(part: Part, depth: int) -> list[Body]:
    if part.kind == "message/rfc822" or (part.attached and part.kind != "multipart/mixed" and depth):
        return []
    if not part.children:
        return [body] if (body := _leaf(part, depth)) is not None else []
    children = part.children
    if part.kind == "multipart/alternative":
        return _best([_bodies(child, depth + 1) for child in children], children)
    if part.kind in ("multipart/related", "multipart/signed", "multipart/appledouble"):
        children = children[:1] if part.kind != "multipart/related" or _is_text(children[0]) else children
    return [body for child in children for body in _bodies(child, depth + 1)]


def _is_text(part: Part) -> bool:
    return part.kind.startswith(("text/", "multipart/"))


def _leaf(part: Part, depth: int) -> Body | None:
    if part.kind in ("text/html", "application/xhtml+xml"):
        return _from_html(part.text())
    if part.kind in ("text/plain", "text/x-amp-html", "text", "text/enriched", "text/richtext") or (
        depth == 0
        and part.kind.startswith("text/")
        and part.kind not in ("text/calendar", "text/vcard", "text/x-vcard")
    ):
        if part.kind == "text/x-amp-html":
            return None
        if (
            part.filename.lower().endswith((".txt", ".log", ".csv", ".ics", ".vcf", ".asc", ".patch", ".diff"))
            and depth
        ):
            return None
        text = part.text()
        if "flowed" in part.options.get("format", "").lower():
            text = unflow(text, delsp=part.options.get("delsp", "").lower() == "yes")
        return _from_html(text) if part.kind in ("text/enriched", "text/richtext") else as_shown(text)
    return None


def as_shown(text: str) -> Body:
    """A text as its reader sees it: HTML without its label is rendered."""
    return _from_html(text) if _looks_html(text) else Body(text)


def _looks_html(text: str) -> bool:
    head = text[:300].lstrip().casefold()
    return head.startswith(("<html", "<!doctype html", "<div", "<body", "<table", "<p>", "<head"))


def _from_html(text: str) -> Body:
    rendered: Rendered = to_text(text)
    return Body(rendered.text[:MAX_TEXT], rendered.signatures)


def _best(choices: list[list[Body]], children: tuple[Part, ...]) -> list[Body]:
    """Of the forms of one text: the plain one, unless it is empty or only says to look at the HTML."""
    filled = [
        (part, bodies) for part, bodies in zip(children, choices, strict=True) if any(b.text.strip() for b in bodies)
    ]
    if not filled:
        return []
    plain = next((bodies for part, bodies in filled if part.kind == "text/plain"), None)
    if plain is None:
        return filled[0][1]
    text = plain[0].text.strip()
    if len(filled) > 1 and len(text) < 300 and _STUB.search(text):
        return filled[-1][1]
    return plain


def unflow(text: str, *, delsp: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676); signatures and changes of quoting end a paragraph."""
    paragraphs: list[list[str]] = []
    soft = False
    depth_before = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        ends_soft = content.endswith(" ") and content != "-- "
        joined = content[:-1] if ends_soft and delsp else content
        if soft and content and depth == depth_before and content != "-- ":
            paragraphs[-1].append(joined)
        else:
            paragraphs.append([f"{'>' * depth} {joined}" if depth else joined])
        soft, depth_before = ends_soft, depth
    return "\n".join(map("".join, paragraphs))
