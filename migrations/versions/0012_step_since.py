"""Since when a file lies where it lies: the board asks for the oldest of every step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; of files under way it is that of their newest happening.

    `state` is made anew behind it, to stay the last column: most of its end is the same after a
    step, and the log leaves out what the old row and the new one have in common at their ends.
    """
    op.add_column("application", sa.Column("step_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("application", sa.Column("state_now", sa.JSON(), nullable=True))
    op.execute(
        "UPDATE application SET state_now = state, step_since = coalesce("
        "to_timestamp((state #>> '{clock,a}')::bigint / 1e6), last_effective_at)"
    )
    op.drop_column("application", "state")
    op.alter_column("application", "state_now", new_column_name="state", nullable=False)
    op.alter_column("application", "step_since", nullable=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_column("application", "step_since")
