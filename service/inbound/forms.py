"""Forms as programs post them, url-encoded or multipart: values stay bytes, as each may be in a charset of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from python_multipart import FormParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, parse_options_header

from service.problems import Problem

MULTIPART, URL_ENCODED = TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
MOST_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a form."""

    field: str
    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields (the first of each name) and files of a form."""

    fields: Mapping[str, bytes] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def text(self, name: str, charset: str = "utf-8") -> str:
        """A field as text, without NUL; empty where it is not there. A charset that nobody knows is read as UTF-8."""
        value = self.fields.get(name, b"")
        try:
            return value.decode(charset, "replace").replace("\0", "")
        except LookupError:
            return value.decode("utf-8", "replace").replace("\0", "")


def read_form(content_type: str, body: bytes) -> Form:
    """Read a form (Problem 415 where it is of another kind, 422 where it is broken)."""
    kind, options = parse_options_header(content_type)
    if kind == URL_ENCODED.encode():
        return Form(_url_encoded(body))
    if kind != MULTIPART.encode():
        raise Problem(415, "unsupported_type", f"Send a form, as {MULTIPART} or {URL_ENCODED}.")
    reader = _Reader()
    try:
        parser = FormParser(
            MULTIPART, reader.take_field, reader.take_file, boundary=options.get(b"boundary"),
            config={"MAX_MEMORY_FILE_SIZE": len(body) + 1},
        )  # fmt: skip
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError, AssertionError) as error:
        raise _broken(type(error).__name__) from error
    return Form(reader.fields, tuple(reader.files))


def _url_encoded(body: bytes) -> dict[str, bytes]:
    """The pairs of a body; the standard library would take every value for UTF-8."""
    fields: dict[str, bytes] = {}
    if body.count(b"&") >= MOST_PARTS:
        raise _broken(f"more than {MOST_PARTS} fields")
    for pair in body.split(b"&"):
        name, _, value = (unquote_to_bytes(part) for part in pair.replace(b"+", b" ").partition(b"="))
        fields.setdefault(_name(name), value)
    return fields


def _broken(why: str) -> Problem:
    return Problem(422, "broken_form", f"The form cannot be read ({why}): send it anew.")


class _Reader:
    def __init__(self) -> None:
        self.fields: dict[str, bytes] = {}
        self.files: list[Upload] = []
        self._parts = 0

    def take_field(self, field: Field) -> None:
        self._count()
        self.fields.setdefault(_name(field.field_name), field.value or b"")

    def take_file(self, file: File) -> None:
        self._count()
        file.file_object.seek(0)
        content = file.file_object.read()
        self.files.append(Upload(_name(file.field_name), _name(file.file_name), file.content_type or "", content))
        file.close()

    def _count(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise FormParserError(f"more than {MOST_PARTS} parts")


def _name(name: bytes | None) -> str:
    return (name or b"").decode("utf-8", "replace")
