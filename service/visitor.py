"""Who sends a request, as far as it can be told: a token, a session of the pages, this machine, or a stranger."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from starlette.requests import HTTPConnection

from service.scope import Scope
from service.tokens import Token


class By(StrEnum):
    """What a visitor shows."""

    TOKEN = "token"  # noqa: S105 (a word, no secret)
    SESSION = "session"
    LOCAL = "local"  # kyp listens on the loopback alone and asks nobody
    NOTHING = "nothing"


@dataclass(slots=True)
class Visitor:
    """One request's sender. ``cookie`` is the browser's secret, made anew where it sent none."""

    by: By
    address: str
    cookie: str
    cookie_is_new: bool
    token: Token | None = None
    needs_cookie: bool = False

    @property
    def name(self) -> str | None:
        """The name of their token, None where they have none."""
        return self.token.name if self.token else None

    @property
    def scope(self) -> Scope | None:
        """What they may do; None for a stranger."""
        if self.by == By.LOCAL:
            return Scope.ADMIN
        return self.token.scope if self.token else None

    def may(self, needed: Scope | None) -> bool:
        """Whether that is enough."""
        return needed is None or (self.scope is not None and self.scope.covers(needed))

    def form_key(self) -> str:
        """The key that a form of ours bears: only who can read our pages knows it, and it goes with the cookie."""
        self.needs_cookie = True
        return hmac.new(self.cookie.encode(), b"kyp form key", hashlib.sha256).hexdigest()

    def wrote(self, form_key: str) -> bool:
        """Whether a form with this key was made for this visitor."""
        return not self.cookie_is_new and hmac.compare_digest(self.form_key().encode(), form_key.encode())


def visitor_of(connection: HTTPConnection) -> Visitor:
    """Who sent a request."""
    return cast("Visitor", connection.state.visitor)
