"""Wrongly recorded times are corrected by two persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from licensing.database import APP_ROLE
from migrations.walls import wall

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of corrections."""
    op.create_table(
        "time_correction",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("was", sa.DateTime(timezone=True), nullable=False),
        sa.Column("becomes", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=True),
        sa.Column("proposed_by", sa.UUID(), nullable=False),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("line_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('confirmed', 'turned_down', 'withdrawn')",
            name=op.f("ck_time_correction_decision"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(decision, decided_by, decided_at) IN (0, 3)",
            name=op.f("ck_time_correction_decided_whole"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR CASE decision WHEN 'withdrawn' THEN decided_by = proposed_by"
            " ELSE decided_by <> proposed_by AND decided_by IS DISTINCT FROM recorded_by END",
            name=op.f("ck_time_correction_two_people"),
        ),
        sa.CheckConstraint(
            "(line_seq IS NOT NULL) = (coalesce(decision, '') = 'confirmed')",
            name=op.f("ck_time_correction_confirmed_has_line"),
        ),
        sa.CheckConstraint("was <> becomes", name=op.f("ck_time_correction_another_time")),
        sa.CheckConstraint(
            "becomes <= proposed_at", name=op.f("ck_time_correction_not_in_the_future")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_time_correction_reason")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_time_correction_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_time_correction_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id", "seq"],
            ["application_event.application_id", "application_event.seq"],
            name=op.f("fk_time_correction_application_id_seq"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["officer.id"], name=op.f("fk_time_correction_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["officer.id"], name=op.f("fk_time_correction_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["officer.id"], name=op.f("fk_time_correction_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_correction")),
    )
    op.create_index(
        "uq_time_correction_waiting",
        "time_correction",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.create_index(
        "ix_time_correction_application", "time_correction", ["application_id"], unique=False
    )
    op.create_index(
        "ix_time_correction_waiting",
        "time_correction",
        ["office_id", "proposed_at"],
        unique=False,
        postgresql_where=sa.text("decision IS NULL"),
    )
    for statement in wall("time_correction", rights=_RIGHTS):
        op.execute(statement)
    # Rights by column cannot say "once"; this can: what has been decided is not decided again.
    op.execute(
        f"CREATE POLICY decided_once ON time_correction AS RESTRICTIVE FOR UPDATE TO {APP_ROLE}"
        " USING (decision IS NULL) WITH CHECK (true)"
    )


# What was proposed is not changed: another time is another proposal.
_RIGHTS = "SELECT, INSERT, UPDATE (decision, decided_by, decided_at, note, line_seq)"


def downgrade() -> None:
    """Drop it."""
    op.drop_table("time_correction")
