"""What people say of messages."""

import sqlalchemy as sa
from alembic import op

from service.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "corrections",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("annotator", sa.Text, nullable=False),
        sa.Column("given_at", UtcDateTime, nullable=False),
        sa.Column("opinion", sa.JSON, nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_corrections"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_corrections_message_id", ondelete="CASCADE"),
    )
    op.create_index("ix_corrections_message_id_annotator_number", "corrections", ["message_id", "annotator", "number"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("corrections")
