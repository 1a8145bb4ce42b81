"""How many applications are open under one version of an SOP: the administration asks on a page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index open applications by the version of their SOP."""
    op.create_index(
        "ix_application_open_by_sop",
        "application",
        ["office_id", "sop_version_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Count without it again."""
    op.drop_index("ix_application_open_by_sop", table_name="application")
