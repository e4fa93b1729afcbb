"""Sessions of the pages: a person logs in with a token once, and the browser's cookie stands for it until it ends."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from service.tables import SessionRow, TokenRow
from service.tokens import SECRET_BYTES, Token, digest_of, token_of


def new_secret() -> str:
    """The value of a fresh cookie: 256 random bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


class Sessions:
    """The sessions in the database, by the hash of their cookie; whoever reads the database cannot take one over."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], lasts: timedelta) -> None:
        self._engine = engine
        self._clock = clock
        self._lasts = lasts

    @property
    def lasts(self) -> timedelta:
        """How long after logging in a session ends by itself."""
        return self._lasts

    def open(self, token: Token) -> str:
        """Begin a session for a token and give its cookie; sessions that are over are swept away."""
        secret, now = new_secret(), self._clock()
        row = {"digest": digest_of(secret), "token_id": token.id, "created_at": now, "expires_at": now + self._lasts}
        with self._engine.begin() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
            connection.execute(insert(SessionRow), row)
        return secret

    def find(self, secret: str) -> Token | None:
        """Whose session this cookie is; None where it is over, or where its token was revoked."""
        theirs = select(TokenRow).join(SessionRow, SessionRow.token_id == TokenRow.id)
        valid = (
            SessionRow.digest == digest_of(secret),
            SessionRow.expires_at > self._clock(),
            TokenRow.revoked_at.is_(None),
        )
        with Session(self._engine) as session:
            row = session.scalar(theirs.where(*valid))
            return token_of(row) if row is not None else None

    def close(self, secret: str) -> None:
        """End a session for good, also for whoever has copied its cookie."""
        with self._engine.begin() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.digest == digest_of(secret)))
