"""What the inbox is narrowed down to, as its form and its address tell it."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from fastapi import Request

from data.taxonomy import LABELS, Label
from service.cursor import Cursor
from service.listing import Query

PAGE = 30
_LONGEST, _MOST_WORDS = 200, 8


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """The fields of the form; empty ones ask for nothing in particular."""

    label: str = ""
    urgency: str = ""
    client: str = ""
    words: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, request: Request) -> "InboxFilter":
        """Read the address; values that are none of ours are passed over."""
        told = {name: value.replace("\0", "").strip()[:_LONGEST] for name, value in request.query_params.items()}
        label, urgency = told.get("label", ""), told.get("urgency", "")
        return cls(
            label=label if label in LABELS else "",
            urgency=urgency if urgency in ("1", "2", "3") else "",
            client=told.get("client", ""),
            words=told.get("q", ""),
            cursor=request.query_params.get("cursor", ""),
        )

    @property
    def narrowed(self) -> bool:
        """Whether it asks for anything at all."""
        return bool(self.label or self.urgency or self.client or self.words)

    def query(self) -> Query:
        """The same for the store (InputError where the cursor is none of ours)."""
        return Query(
            client=self.client or None,
            label=cast("Label", self.label) if self.label else None,
            urgency_min=int(self.urgency or 0),
            after=Cursor.from_token(self.cursor) if self.cursor else None,
            limit=PAGE,
            words=tuple(self.words.split()[:_MOST_WORDS]),
        )

    def address(self, cursor: Cursor | None = None) -> str:
        """The inbox narrowed down like this, from its first message or from a cursor on."""
        fields = {"q": self.words, "client": self.client, "label": self.label, "urgency": self.urgency}
        told = {name: value for name, value in fields.items() if value}
        if cursor is not None:
            told["cursor"] = cursor.token()
        return f"/?{urlencode(told)}" if told else "/"
