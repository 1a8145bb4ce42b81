"""What people want to be told, and alerts that nobody answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.walls import wall

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the preferences; let an alert say when it is passed on, and find its notices."""
    op.create_table(
        "alert_preference",
        sa.Column("officer_id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Text(), server_default="at_once", nullable=False),
        sa.Column("breaches", sa.Text(), server_default="at_once", nullable=False),
        sa.Column("outside_hours", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "breaches IN ('at_once', 'digest', 'never')", name=op.f("ck_alert_preference_breaches")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_alert_preference_version")),
        sa.CheckConstraint(
            "warnings IN ('at_once', 'digest', 'never')", name=op.f("ck_alert_preference_warnings")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_alert_preference_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_alert_preference_officer_id")
        ),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_alert_preference")),
    )
    op.create_index(
        "ix_alert_preference_digest",
        "alert_preference",
        ["office_id"],
        unique=False,
        postgresql_where=sa.text("warnings = 'digest' OR breaches = 'digest'"),
    )
    rights = (
        "SELECT, INSERT (officer_id, office_id, version, warnings, breaches, outside_hours,"
        " digested_at),"
        " UPDATE (version, warnings, breaches, outside_hours, changed_at, digested_at)"
    )
    for statement in wall("alert_preference", rights=rights):
        op.execute(statement)
    # What was raised before has been told as the rules of its day said, and is not passed on.
    op.add_column("alert", sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_alert_escalate",
        "alert",
        ["office_id", "escalate_at"],
        unique=False,
        postgresql_where=sa.text(
            "escalate_at IS NOT NULL AND acknowledged_at IS NULL AND withdrawn_at IS NULL"
        ),
    )
    op.add_column(
        "deadline",
        sa.Column("passing_seen", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_index(
        "ix_deadline_law",
        "deadline",
        ["office_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("name = 'law' AND ended_at IS NULL AND NOT passing_seen"),
    )
    op.create_index(
        "ix_notice_alert",
        "notice",
        ["alert_id"],
        unique=False,
        postgresql_where=sa.text("alert_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_notice_alert", table_name="notice")
    op.drop_index("ix_deadline_law", table_name="deadline")
    op.drop_column("deadline", "passing_seen")
    op.drop_index("ix_alert_escalate", table_name="alert")
    op.drop_column("alert", "escalate_at")
    op.drop_table("alert_preference")
