"""What is known of clients: aliases, facts, agreed dates; and whose each message is."""

import sqlalchemy as sa
from alembic import op

from service.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables; a message that is stored already belongs to the address it came from."""
    op.add_column("messages", sa.Column("owner", sa.Text))
    op.execute("UPDATE messages SET owner = client")
    op.create_index("ix_messages_owner_dated_at", "messages", ["owner", "dated_at"])
    op.create_index("ix_messages_kind_dated_at_owner", "messages", ["kind", "dated_at", "owner"])
    op.create_table(
        "aliases",
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alias", name="pk_aliases"),
    )
    op.create_index("ix_aliases_client", "aliases", ["client"])
    op.create_table(
        "client_facts",
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("noted_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("client", "name", name="pk_client_facts"),
    )
    op.create_table(
        "agreed_dates",
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("noted_at", UtcDateTime, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("client", "noted_at", "day", name="pk_agreed_dates"),
    )
    op.create_index("ix_agreed_dates_day", "agreed_dates", ["day"])


def downgrade() -> None:
    """Drop what was made."""
    for table in ("agreed_dates", "client_facts", "aliases"):
        op.drop_table(table)
    op.drop_index("ix_messages_kind_dated_at_owner", "messages")
    op.drop_index("ix_messages_owner_dated_at", "messages")
    op.drop_column("messages", "owner")
