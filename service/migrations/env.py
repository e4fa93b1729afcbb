"""Alembic runs this file: it migrates over the connection that :func:`service.migrations.upgrade` hands in."""

from alembic import context

from service.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter columns in place
)
with context.begin_transaction():
    context.run_migrations()
