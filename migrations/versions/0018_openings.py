"""Who has which file open at this moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import wall

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Create the table; it is not logged, for after a crash nobody has a file open."""
    op.create_table(
        "opening",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("officer_id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("seen_at >= since", name=op.f("ck_opening_seen_after_since")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_opening_application_id")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_opening_officer_id")),
        sa.PrimaryKeyConstraint("application_id", "officer_id", name=op.f("pk_opening")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_opening_seen", "opening", ["office_id", "seen_at"], unique=False)
    for statement in wall("opening", rights="SELECT, INSERT, DELETE, UPDATE (since, seen_at)"):
        op.execute(statement)


def downgrade() -> None:
    """Forget who has what open."""
    op.drop_table("opening")
