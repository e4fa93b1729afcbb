"""The token between two pages of a listing: where the last page ended."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from data.errors import InputError

PATTERN = r"^-?[0-9]{1,18}\.([0-9a-f]{2}){1,1300}$"
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = (datetime(1, 1, 1, tzinfo=UTC) - _START) // _MICROSECOND
_LAST = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - _START) // _MICROSECOND
_ADVICE = (
    "The cursor is not one that this service gave: pass `next_cursor` of the page before as it is, or leave it out."
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last message shown: its moment and its id."""

    at: datetime
    id: str

    def token(self) -> str:
        """Write it as a token that a URL can carry: microseconds since 1970, and the id in hexadecimal."""
        return f"{(self.at - _START) // _MICROSECOND}.{self.id.encode().hex()}"

    @classmethod
    def from_token(cls, token: str) -> "Cursor":
        """Read a token (InputError where it has not the form of ours)."""
        if not re.fullmatch(PATTERN, token):
            raise InputError(_ADVICE)
        moment, _, last = token.partition(".")
        at = _START + max(_FIRST, min(_LAST, int(moment))) * _MICROSECOND
        return cls(at, bytes.fromhex(last).decode(errors="replace").replace("\0", "\ufffd"))
