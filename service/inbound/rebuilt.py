"""A raw mail put together again from the parts that a provider took it apart into: one reader reads them all."""

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

_ABOUT_PARTS = ("content-", "mime-version")  # headers that speak of the parts as they were
_NAME = re.compile(r"[!-9;-~]{1,200}")
_KIND = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_MAIL = "message/rfc822"

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a mail."""

    name: str
    kind: str
    content: bytes


def rebuild(headers: Iterable[Header], text: str, html: str, attachments: Sequence[Attachment] = ()) -> bytes:
    """Write a mail: its own headers without those of its parts, a text and an HTML alternative, its files."""
    kept = [(name, value) for name, value in headers if not name.lower().startswith(_ABOUT_PARTS)]
    bodies = [_part("text/plain; charset=utf-8", text.encode("utf-8", "replace"))] if text or not html else []
    bodies += [_part("text/html; charset=utf-8", html.encode("utf-8", "replace"))] if html else []
    content = _multipart("alternative", bodies) if len(bodies) > 1 else bodies[0]
    if attachments:
        content = _multipart("mixed", [content, *(_attached(file) for file in attachments)])
    head = b"".join(_header(name, value) for name, value in kept)
    return head + b"MIME-Version: 1.0\r\n" + content


def headers_in(block: str) -> list[Header]:
    """The headers of a block of text, folded lines joined; what is no header is left out."""
    found: list[Header] = []
    for line in block.replace("\r\n", "\n").split("\n"):
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif colon and _NAME.fullmatch(name):
            found.append((name, value.strip()))
    return found


def lacking(headers: Sequence[Header], told: Iterable[Header]) -> list[Header]:
    """The headers that were told beside the others, where those do not have them."""
    there = {name.lower() for name, _ in headers}
    return [(name, value) for name, value in told if value.strip() and name.lower() not in there]


def _header(name: str, value: str) -> bytes:
    if not _NAME.fullmatch(name):
        return b""
    return f"{name}: {' '.join(value.split())}\r\n".encode("utf-8", "replace")


def _part(kind: str, content: bytes, more: str = "") -> bytes:
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n".encode() + lines


def _attached(file: Attachment) -> bytes:
    """A mail inside stays readable as one; any other file is a file."""
    kind = file.kind.partition(";")[0].strip().lower()
    if kind == _MAIL or file.name.lower().endswith(".eml"):
        return b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + file.content
    name = re.sub(r"[^\w .()-]", "_", file.name)[:100].encode("ascii", "replace").decode()
    kind = kind if _KIND.fullmatch(kind) else "application/octet-stream"
    return _part(kind, file.content, f'Content-Disposition: attachment; filename="{name}"\r\n')


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    boundary = f"kyp-{sha256(b''.join(parts)).hexdigest()[:32]}"  # no part can hold what depends on it
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + body + b"--" + boundary.encode() + b"--\r\n"
