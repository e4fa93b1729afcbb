"""Access tokens: who may do what from elsewhere; kept as hashes, compared in constant time, void once revoked."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, or_, select, update
from sqlalchemy.orm import Session

from data.errors import InputError
from service.scope import Scope
from service.tables import TokenRow

SECRET_BYTES = 32  # 256 random bits: there is nothing to guess, so one round of SHA-256 keeps them safe at rest
USE_NOTED_EVERY = timedelta(minutes=1)  # "last used" is worth a write a minute, not one a request
_PREFIX = "kyp"
_NOBODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret; ``used_at`` is exact to the minute."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class Tokens:
    """The tokens in the database; safe to share between threads and processes."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, name: str, scope: Scope) -> str:
        """Make a token and give its text, which is kept nowhere (InputError where a living token has that name)."""
        if not name.strip() or not name.isprintable():
            raise InputError("A token needs a name, such as that of the person or program that will use it.")
        if any(token.name == name for token in self.living()):
            raise InputError(f"There is a token named {name!r} already: revoke it first, or choose another name.")
        token_id, secret = secrets.token_hex(4), secrets.token_urlsafe(SECRET_BYTES)
        row = {"id": token_id, "name": name, "scope": scope, "digest": digest_of(secret), "created_at": self._clock()}
        with self._engine.begin() as connection:
            connection.execute(insert(TokenRow), row)
        return f"{_PREFIX}_{token_id}_{secret}"

    def all(self) -> Sequence[Token]:
        """Every token that there ever was, oldest first."""
        with Session(self._engine) as session:
            return [token_of(row) for row in session.scalars(select(TokenRow).order_by(TokenRow.created_at))]

    def living(self) -> Sequence[Token]:
        """Those that open the door."""
        return [token for token in self.all() if token.revoked_at is None]

    def revoke(self, name_or_id: str) -> Token:
        """Close the door to a token and to every session that it opened (InputError where there is no such token)."""
        named = or_(TokenRow.name == name_or_id, TokenRow.id == name_or_id)
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(TokenRow).where(named, TokenRow.revoked_at.is_(None)))
            if row is None:
                raise InputError(f"There is no living token {name_or_id!r}: `kyp token list` names those there are.")
            row.revoked_at = self._clock()
            return token_of(row)

    def find(self, presented: str) -> Token | None:
        """The living token whose text this is; a wrong one takes as long to compare as a right one."""
        token_id, secret = _parts(presented)
        with Session(self._engine) as session:
            row = session.get(TokenRow, token_id)
            same = hmac.compare_digest(digest_of(secret), row.digest if row else _NOBODY)
            if row is None or not same or row.revoked_at is not None:
                return None
            token = token_of(row)
        self.note_use(token)
        return token

    def note_use(self, token: Token) -> None:
        """Remember that a token was used just now."""
        now = self._clock()
        if token.used_at is None or now - token.used_at >= USE_NOTED_EVERY:
            with self._engine.begin() as connection:
                connection.execute(update(TokenRow).where(TokenRow.id == token.id).values(used_at=now))


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def token_of(row: TokenRow) -> Token:
    """A row without what nobody needs to see."""
    return Token(row.id, row.name, Scope(row.scope), row.created_at, row.used_at, row.revoked_at)


def _parts(presented: str) -> tuple[str, str]:
    """Id and secret; the id of no token where the text has another form."""
    prefix, _, rest = presented.strip().partition("_")
    token_id, _, secret = rest.partition("_")
    known_form = prefix == _PREFIX and token_id.isascii() and token_id.isalnum()
    return (token_id, secret) if known_form else ("", secret)
