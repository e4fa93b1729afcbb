"""Messages and their signals."""

import sqlalchemy as sa
from alembic import op

from service.tables import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables with their indexes."""
    op.create_table(
        "messages",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("client", sa.Text),
        sa.Column("sent_at", UtcDateTime),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("dated_at", UtcDateTime, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("claimed", sa.Boolean, nullable=False),
        sa.Column("deadline", sa.Date),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("error", sa.String(64)),
        sa.Column("assessment", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_dated_at_id", "messages", ["dated_at", "id"])
    op.create_index("ix_messages_client_dated_at", "messages", ["client", "dated_at"])
    op.create_index("ix_messages_urgency", "messages", ["urgency"])
    op.create_table(
        "signals",
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("label", sa.String(32), nullable=False),
        sa.Column("probability", sa.Double, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "label", name="pk_signals"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_signals_message_id", ondelete="CASCADE"),
    )
    op.create_index("ix_signals_label_present_message_id", "signals", ["label", "present", "message_id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("signals")
    op.drop_table("messages")
