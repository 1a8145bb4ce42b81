"""A changed calendar is counted anew for every open application."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import wall

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and ask for the open applications that count by an older calendar."""
    op.create_table(
        "recompute",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("calendar_version_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "differences",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.UUID(), nullable=True),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "failures",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR started_at IS NOT NULL",
            name=op.f("ck_recompute_finished_was_started"),
        ),
        sa.CheckConstraint(
            "0 <= moved AND 0 <= failed AND moved + failed <= done",
            name=op.f("ck_recompute_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["calendar_version_id"],
            ["calendar_version.id"],
            name=op.f("fk_recompute_calendar_version_id"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.id"], name=op.f("fk_recompute_asked_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_recompute_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recompute")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_recompute_office_id_number")),
    )
    op.create_index(
        "ix_recompute_unfinished",
        "recompute",
        ["office_id", "number"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "recompute_moved",
        sa.Column("recompute_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recompute_id"], ["recompute.id"], name=op.f("fk_recompute_moved_recompute_id")
        ),
        sa.PrimaryKeyConstraint("recompute_id", "application_id", name=op.f("pk_recompute_moved")),
    )
    for table, rights in _RIGHTS.items():
        for statement in wall(table, rights=rights):
            op.execute(statement)
    for statement in _WAITING:
        op.execute(statement)
    op.execute(_OLD_CALENDARS)


# What changed and who asked is written once; a receipt is never changed.
_RIGHTS = {
    "recompute": "SELECT, INSERT (office_id, calendar_version_id, number, differences, asked_by),"
    " UPDATE (started_at, finished_at, cursor, total, done, moved, failed, failures)",
    "recompute_moved": "SELECT, INSERT",
}

# Asked every few seconds, of all offices at once.
_WAITING = (
    """
CREATE FUNCTION waiting_recomputes() RETURNS TABLE (office_id uuid) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT DISTINCT r.office_id FROM recompute r WHERE r.finished_at IS NULL
$$
""",
    "REVOKE ALL ON FUNCTION waiting_recomputes() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION waiting_recomputes() TO satupintu_app",
)

# Until now open applications kept the calendar they were filed under.
_OLD_CALENDARS = """
INSERT INTO recompute (office_id, calendar_version_id, number)
SELECT o.id, c.id, c.number
  FROM office o JOIN calendar_version c ON c.id = o.calendar_version_id
 WHERE EXISTS (SELECT FROM application a
                WHERE a.office_id = o.id AND a.ended_at IS NULL
                  AND a.calendar_version_id <> c.id)
"""


def downgrade() -> None:
    """Remove them."""
    op.execute("DROP FUNCTION waiting_recomputes()")
    op.drop_table("recompute_moved")
    op.drop_table("recompute")
