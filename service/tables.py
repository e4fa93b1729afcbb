"""The store's tables, in SQL that SQLite and PostgreSQL share."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment kept in UTC: SQLite has no time zones, so what comes back is told that it is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's)
        """Turn an aware moment into UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back as an aware one."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables; constraints are named by rule so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class MessageRow(Base):
    """One assessed message; ``assessment`` is the contract's object, the other columns are there to be searched."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_dated_at_id", "dated_at", "id"),
        Index("ix_messages_client_dated_at_id", "client", "dated_at", "id"),
        Index("ix_messages_owner_dated_at_id", "owner", "dated_at", "id"),
        Index("ix_messages_kind_dated_at_owner", "kind", "dated_at", "owner"),  # counts of the inbox read it alone
        Index("ix_messages_urgency_dated_at_id", "urgency", "dated_at", "id"),
        Index("ix_messages_message_id", "message_id"),
        Index(
            "ix_messages_received_at", "received_at",
            sqlite_where=text("has_text = 1"), postgresql_where=text("has_text"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    client: Mapped[str | None] = mapped_column(Text)  # as the mail has it
    owner: Mapped[str | None] = mapped_column(Text)  # the client whose alias that is, or the same
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dated_at: Mapped[datetime] = mapped_column(UtcDateTime)  # sent_at, or received_at where the mail bears no date
    source: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str | None] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    urgency: Mapped[int]
    claimed: Mapped[bool]
    deadline: Mapped[date | None]
    model: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(String(64))
    assessment: Mapped[dict[str, Any]] = mapped_column(JSON)
    has_text: Mapped[bool] = mapped_column(server_default=true())  # False once its time has run out: figures alone


class SignalRow(Base):
    """One label of one message; ``owner`` and ``dated_at`` are its message's, so that one index lists and counts."""

    __tablename__ = "signals"
    __table_args__ = (
        Index(
            "ix_signals_label_dated_at_message_id", "label", "dated_at", "message_id",
            sqlite_where=text("present = 1"), postgresql_where=text("present"),
        ),
        Index(
            "ix_signals_owner_label", "owner", "label",
            sqlite_where=text("present = 1"), postgresql_where=text("present"),
        ),
    )  # fmt: skip

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(String(32), primary_key=True)
    probability: Mapped[float]
    present: Mapped[bool]
    owner: Mapped[str | None] = mapped_column(Text)
    dated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClientRow(Base):
    """How many messages a client has, the first and the last: counted as they come, so that the list needs no scan."""

    __tablename__ = "clients"
    __table_args__ = (Index("ix_clients_last_at_client", "last_at", "client"),)

    client: Mapped[str] = mapped_column(Text, primary_key=True)
    messages: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AliasRow(Base):
    """Another address or name of a client; one that begins with @ stands for every address of that domain."""

    __tablename__ = "aliases"
    __table_args__ = (Index("ix_aliases_client", "client"),)

    alias: Mapped[str] = mapped_column(Text, primary_key=True)
    client: Mapped[str] = mapped_column(Text)


class FactRow(Base):
    """One lasting fact about a client, as told last, and when it was told."""

    __tablename__ = "client_facts"

    client: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgreedDateRow(Base):
    """A date agreed on with a client; a later note with another day is how one sees that it was moved."""

    __tablename__ = "agreed_dates"
    __table_args__ = (Index("ix_agreed_dates_day", "day"),)

    client: Mapped[str] = mapped_column(Text, primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class CorrectionRow(Base):
    """What one person said of one message, when, and what the model had said; rows are added, never changed.

    ``opinion`` and ``said`` are the plain forms of :mod:`service.correction_rows`.
    """

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_message_id_annotator_number", "message_id", "annotator", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)  # the order in which they came
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    annotator: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opinion: Mapped[dict[str, Any]] = mapped_column(JSON)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)


class TokenRow(Base):
    """One access token: the hash of its secret, never the secret; a revoked one stays, for the record."""

    __tablename__ = "access_tokens"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256, in hexadecimal
    scope: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionRow(Base):
    """One session of the pages, by the hash of its cookie."""

    __tablename__ = "web_sessions"
    __table_args__ = (Index("ix_web_sessions_expires_at", "expires_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_id: Mapped[str] = mapped_column(ForeignKey("access_tokens.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnswerRow(Base):
    """One answer to whoever forwarded a message: written with the message, sent later, kept as a note that it was.

    ``thread`` says what it answers (headers of the forwarding mail) and is emptied once there is an ``outcome``
    (sent, refused, or given_up); ``due_at`` is when to try next, None where nothing is left to do.
    """

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_due_at", "due_at"),
        Index("ix_answers_message_id", "message_id"),
        Index("ix_answers_recipient_created_at", "recipient", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    recipient: Mapped[str] = mapped_column(Text)
    thread: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    outcome: Mapped[str | None] = mapped_column(String(16))


class WebhookTokenRow(Base):
    """A token that a webhook was signed with: it opens the door once."""

    __tablename__ = "webhook_tokens"
    __table_args__ = (Index("ix_webhook_tokens_seen_at", "seen_at"),)

    token: Mapped[str] = mapped_column(String(200), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailboxRow(Base):
    """How far a watched IMAP folder was read: the last UID under the folder's UIDVALIDITY."""

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    validity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
