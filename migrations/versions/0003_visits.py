"""Site visits and their reports. A report once written is not changed, by anybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from licensing.database import APP_ROLE
from migrations.walls import wall

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of visits."""
    op.create_table(
        "visit",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("scheduled_on", sa.Date(), nullable=False),
        sa.Column("scheduled_time", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("inspector_id", sa.UUID(), nullable=False),
        sa.Column("planned_by", sa.UUID(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("postponed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postponed_why", sa.Text(), nullable=True),
        sa.Column("postponed_by", sa.UUID(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("present", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("measured", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fits", sa.Boolean(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("report_number", sa.Text(), nullable=True),
        sa.Column("reported_by", sa.UUID(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_visit_number")),
        sa.CheckConstraint(
            "scheduled_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9])?$'", name=op.f("ck_visit_time")
        ),
        sa.CheckConstraint(
            "(postponed_at IS NULL) = (postponed_why IS NULL)"
            " AND coalesce(postponed_why, '-') <> ''"
            " AND (postponed_by IS NULL OR postponed_at IS NOT NULL)",
            name=op.f("ck_visit_postponed_whole"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(held_on, present, measured, findings, fits, summary, report_number,"
            " reported_by, reported_at) IN (0, 9)",
            name=op.f("ck_visit_reported_whole"),
        ),
        sa.CheckConstraint(
            "postponed_at IS NULL OR reported_at IS NULL", name=op.f("ck_visit_one_end")
        ),
        sa.CheckConstraint(
            "held_on IS NULL OR held_on >= scheduled_on", name=op.f("ck_visit_held_after_plan")
        ),
        sa.CheckConstraint(
            "fits IS NULL OR fits = NOT (findings @> '[{\"fits\": false}]')",
            name=op.f("ck_visit_fits_as_found"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_visit_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["officer.id"], name=op.f("fk_visit_inspector_id")
        ),
        sa.ForeignKeyConstraint(["planned_by"], ["officer.id"], name=op.f("fk_visit_planned_by")),
        sa.ForeignKeyConstraint(
            ["postponed_by"], ["officer.id"], name=op.f("fk_visit_postponed_by")
        ),
        sa.ForeignKeyConstraint(["reported_by"], ["officer.id"], name=op.f("fk_visit_reported_by")),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_visit")),
        sa.UniqueConstraint(
            "office_id", "report_number", name=op.f("uq_visit_office_id_report_number")
        ),
    )
    op.create_index(
        "ix_visit_agenda",
        "visit",
        ["office_id", "scheduled_on"],
        unique=False,
        postgresql_where=sa.text("postponed_at IS NULL AND reported_at IS NULL"),
    )
    for statement in wall("visit", rights=_RIGHTS):
        op.execute(statement)
    # Rights by column cannot say "once"; this can: a row that has come to its end is not touched.
    op.execute(
        f"CREATE POLICY written_once ON visit AS RESTRICTIVE FOR UPDATE TO {APP_ROLE}"
        " USING (postponed_at IS NULL AND reported_at IS NULL) WITH CHECK (true)"
    )


# What was agreed is not changed: another day is another visit.
_RIGHTS = (
    "SELECT, INSERT, UPDATE (postponed_at, postponed_why, postponed_by, held_on, present,"
    " measured, findings, fits, summary, report_number, reported_by, reported_at)"
)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("visit")
