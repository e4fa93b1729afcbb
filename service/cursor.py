"""The opaque token between two pages of a listing: where the last page ended."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

from data.errors import InputError


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last message shown: its moment and its id."""

    at: datetime
    id: str

    def token(self) -> str:
        """Write it as a token that a URL can carry."""
        return base64.urlsafe_b64encode(f"{self.at.astimezone(UTC).isoformat()}|{self.id}".encode()).decode()

    @classmethod
    def from_token(cls, token: str) -> "Cursor":
        """Read a token (InputError where it is none of ours)."""
        try:
            at, separator, last = (
                base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode().partition("|")
            )
            moment = datetime.fromisoformat(at).astimezone(UTC)
        except (ValueError, OverflowError, binascii.Error) as error:
            raise InputError(_ADVICE) from error
        if not separator or not last or "\0" in last:
            raise InputError(_ADVICE)
        return cls(moment, last)


_ADVICE = (
    "The cursor is not one that this service gave: pass `next_cursor` of the page before as it is, or leave it out."
)
