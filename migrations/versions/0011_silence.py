"""Lines of history that record silence are found without reading the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the few lines that the list of silences shows."""
    op.create_index(
        "ix_application_event_silence",
        "application_event",
        ["office_id", "effective_at", "application_id"],
        unique=False,
        postgresql_where=sa.text("action IN ('lapse', 'silence')"),
    )


def downgrade() -> None:
    """List them without it again."""
    op.drop_index("ix_application_event_silence", table_name="application_event")
