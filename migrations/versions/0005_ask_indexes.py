"""Asks are read as files are: by lane in the order of the inbox, and by who holds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the inbox's own order into its index, and find what a person holds."""
    op.drop_index("ix_ask_inbox", table_name="ask")
    op.create_index(
        "ix_ask_inbox",
        "ask",
        [
            "office_id",
            "lane",
            sa.literal_column("coalesce(due_at, 'infinity'::timestamp with time zone)"),
            "application_id",
            "key",
        ],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ask_holder",
        "ask",
        ["holder_id"],
        unique=False,
        postgresql_where=sa.text("holder_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Order by the due time alone again."""
    op.drop_index("ix_ask_holder", table_name="ask")
    op.drop_index("ix_ask_inbox", table_name="ask")
    op.create_index(
        "ix_ask_inbox",
        "ask",
        ["office_id", "lane", "due_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
