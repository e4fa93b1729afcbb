"""What the ways in, answers and long lists need: indexes that keep lists fast, and tables of what is under way."""

import sqlalchemy as sa
from alembic import op

from service.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns, indexes and tables; what is stored already is counted and dated."""
    _prepare_messages()
    _place_signals()
    _count_clients()
    _keep_what_is_under_way()


def _prepare_messages() -> None:
    op.add_column("messages", sa.Column("has_text", sa.Boolean, nullable=False, server_default=sa.true()))
    for name in ("client_dated_at", "owner_dated_at", "urgency"):
        op.drop_index(f"ix_messages_{name}", "messages")
    for column in ("client", "owner", "urgency"):
        op.create_index(f"ix_messages_{column}_dated_at_id", "messages", [column, "dated_at", "id"])
    op.create_index("ix_messages_message_id", "messages", ["message_id"])
    op.create_index(
        "ix_messages_received_at",
        "messages",
        ["received_at"],
        sqlite_where=sa.text("has_text = 1"),
        postgresql_where=sa.text("has_text"),
    )


def _place_signals() -> None:
    op.drop_index("ix_signals_label_present_message_id", "signals")
    op.add_column("signals", sa.Column("owner", sa.Text))
    op.add_column("signals", sa.Column("dated_at", UtcDateTime))
    for column in ("owner", "dated_at"):
        theirs = f"(SELECT {column} FROM messages WHERE messages.id = signals.message_id)"  # noqa: S608 (our own names)
        op.execute(f"UPDATE signals SET {column} = {theirs}")  # noqa: S608
    with op.batch_alter_table("signals") as signals:
        signals.alter_column("dated_at", existing_type=UtcDateTime(), nullable=False)
    for columns in (["label", "dated_at", "message_id"], ["owner", "label"]):
        op.create_index(
            f"ix_signals_{'_'.join(columns)}",
            "signals",
            columns,
            sqlite_where=sa.text("present = 1"),
            postgresql_where=sa.text("present"),
        )


def _count_clients() -> None:
    op.create_table(
        "clients",
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("client", name="pk_clients"),
    )
    op.create_index("ix_clients_last_at_client", "clients", ["last_at", "client"])
    op.execute(
        "INSERT INTO clients (client, messages, first_at, last_at) "
        "SELECT owner, count(*), min(dated_at), max(dated_at) "
        "FROM messages WHERE owner IS NOT NULL GROUP BY owner"
    )


def _keep_what_is_under_way() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("thread", sa.JSON, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_answers_message_id", ondelete="CASCADE"),
    )
    op.create_index("ix_answers_due_at", "answers", ["due_at"])
    op.create_index("ix_answers_message_id", "answers", ["message_id"])
    op.create_index("ix_answers_recipient_created_at", "answers", ["recipient", "created_at"])
    op.create_table(
        "webhook_tokens",
        sa.Column("token", sa.String(200), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_webhook_tokens"),
    )
    op.create_index("ix_webhook_tokens_seen_at", "webhook_tokens", ["seen_at"])
    op.create_table(
        "mailboxes",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("validity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mailboxes"),
    )


def downgrade() -> None:
    """Drop what was made, and put the former indexes back."""
    for table in ("mailboxes", "webhook_tokens", "answers", "clients"):
        op.drop_table(table)
    for name in ("label_dated_at_message_id", "owner_label"):
        op.drop_index(f"ix_signals_{name}", "signals")
    op.drop_column("signals", "dated_at")
    op.drop_column("signals", "owner")
    op.create_index("ix_signals_label_present_message_id", "signals", ["label", "present", "message_id"])
    for name in ("received_at", "message_id", "urgency_dated_at_id", "owner_dated_at_id", "client_dated_at_id"):
        op.drop_index(f"ix_messages_{name}", "messages")
    op.drop_column("messages", "has_text")
    op.create_index("ix_messages_client_dated_at", "messages", ["client", "dated_at"])
    op.create_index("ix_messages_owner_dated_at", "messages", ["owner", "dated_at"])
    op.create_index("ix_messages_urgency", "messages", ["urgency"])
