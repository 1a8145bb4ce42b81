"""What administrators change: services, drafts of SOPs, deputies, and the record of it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import wall

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and let a session have the roles of its deputies."""
    op.create_table(
        "office_event",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="office", nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint("action <> ''", name=op.f("ck_office_event_action")),
        sa.CheckConstraint(
            "kind IN ('office', 'bank', 'agency', 'inspectorate', 'ombudsman', 'public')",
            name=op.f("ck_office_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["officer.id"], name=op.f("fk_office_event_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_event_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_event")),
    )
    op.create_index("ix_office_event_newest", "office_event", ["office_id", "id"], unique=False)
    op.create_table(
        "service_state",
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("changed_by", sa.UUID(), nullable=False),
        sa.CheckConstraint("open OR note <> ''", name=op.f("ck_service_state_closed_says_why")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["officer.id"], name=op.f("fk_service_state_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_service_state_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "service", name=op.f("pk_service_state")),
    )
    op.create_table(
        "sop_draft",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("base_version_id", sa.UUID(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.UUID(), nullable=False),
        sa.Column(
            "drafted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.UUID(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("sop_version_id", sa.UUID(), nullable=True),
        sa.CheckConstraint(
            "(coalesce(outcome, '') = 'published') = (sop_version_id IS NOT NULL)",
            name=op.f("ck_sop_draft_published_whole"),
        ),
        sa.CheckConstraint(
            "coalesce(outcome, '') <> 'published' OR ended_by <> drafted_by",
            name=op.f("ck_sop_draft_two_people"),
        ),
        sa.CheckConstraint("note <> ''", name=op.f("ck_sop_draft_note")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('published', 'discarded', 'replaced')",
            name=op.f("ck_sop_draft_outcome"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by, outcome) IN (0, 3)",
            name=op.f("ck_sop_draft_ended_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["sop_version.id"], name=op.f("fk_sop_draft_base_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["officer.id"], name=op.f("fk_sop_draft_drafted_by")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_sop_draft_ended_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_sop_draft_office_id")),
        sa.ForeignKeyConstraint(
            ["sop_version_id"], ["sop_version.id"], name=op.f("fk_sop_draft_sop_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_draft")),
    )
    op.create_index(
        "uq_sop_draft_one_open",
        "sop_draft",
        ["office_id", "service"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "deputy",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("officer_id", sa.UUID(), nullable=False),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.UUID(), nullable=False),
        sa.Column("granted_by_kind", sa.Text(), nullable=False),
        sa.Column(
            "granted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.UUID(), nullable=True),
        sa.CheckConstraint(
            "(organisation_kind = 'bank') = (granted_by_kind = 'bank')",
            name=op.f("ck_deputy_bank_by_the_bank"),
        ),
        sa.CheckConstraint(
            "(organisation_kind = 'office' AND role IN ('counter', 'verifier', 'inspector', 'billing', 'head', 'supervisor', 'admin')) OR (organisation_kind = 'bank' AND role IN ('teller', 'bank_supervisor', 'bank_admin')) OR (organisation_kind = 'agency' AND role IN ('agency_pu', 'agency_lh', 'agency_head_pu', 'agency_head_lh')) OR (organisation_kind = 'inspectorate' AND role IN ('inspectorate')) OR (organisation_kind = 'ombudsman' AND role IN ('ombudsman')) OR (organisation_kind = 'public' AND role IN ('applicant'))",
            name=op.f("ck_deputy_role_fits_kind"),
        ),
        sa.CheckConstraint("decree <> ''", name=op.f("ck_deputy_decree")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_deputy_ended_whole")
        ),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_deputy_period")),
        sa.CheckConstraint("granted_by <> officer_id", name=op.f("ck_deputy_not_to_oneself")),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_deputy_ended_by")),
        sa.ForeignKeyConstraint(
            ["granted_by", "granted_by_kind"],
            ["officer.id", "officer.organisation_kind"],
            name=op.f("fk_deputy_granted_by_granted_by_kind"),
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_deputy_office_id")),
        sa.ForeignKeyConstraint(
            ["officer_id", "organisation_kind"],
            ["officer.id", "officer.organisation_kind"],
            name=op.f("fk_deputy_officer_id_organisation_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    op.create_index("ix_deputy_officer", "deputy", ["officer_id", "until_on"], unique=False)
    op.create_index("ix_deputy_role", "deputy", ["office_id", "role", "until_on"], unique=False)
    for table, rights in _RIGHTS.items():
        for statement in wall(table, rights=rights):
            op.execute(statement)
    for statement in _acting_roles():
        op.execute(statement)


# A line of the record is written whole, at the time of the database; nothing is ever deleted.
_RIGHTS = {
    "office_event": "SELECT, INSERT (office_id, actor_id, kind, action, subject, detail)",
    "service_state": "SELECT, INSERT, UPDATE (open, note, since, changed_by)",
    "sop_draft": "SELECT, INSERT, UPDATE (ended_at, ended_by, outcome, sop_version_id)",
    "deputy": "SELECT, INSERT, UPDATE (ended_at, ended_by)",
}

_FIND_SESSION = """
CREATE OR REPLACE FUNCTION find_session(wanted bytea) RETURNS TABLE (
  officer_id uuid, office_id uuid, name text, username text, roles text[], locale text,
  title text, organisation text, created_at timestamptz, seen_at timestamptz, now timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT o.id, o.office_id, o.name, o.username,
       ARRAY(SELECT r.role FROM {roles} r WHERE r.officer_id = o.id ORDER BY r.role),
       o.locale, o.title, g.name, s.created_at, s.seen_at, clock_timestamp()
  FROM login_session s JOIN officer o ON o.id = s.officer_id AND o.active
  JOIN organisation g ON g.id = o.organisation_id
 WHERE s.key_hash = wanted AND s.ended_at IS NULL
$$
"""


def _acting_roles() -> Iterator[str]:
    """Who has which role today: for good, or as a deputy on a day of the office's zone."""
    yield """
CREATE VIEW acting_role WITH (security_invoker = true) AS
SELECT officer_id, role, office_id FROM officer_role
 UNION
SELECT d.officer_id, d.role, d.office_id
  FROM deputy d JOIN office o ON o.id = d.office_id
 WHERE d.ended_at IS NULL
   AND (statement_timestamp() AT TIME ZONE o.zone)::date BETWEEN d.from_on AND d.until_on
"""
    yield "GRANT SELECT ON acting_role TO satupintu_app"
    yield _FIND_SESSION.format(roles="acting_role")


def downgrade() -> None:
    """Drop them."""
    op.execute(_FIND_SESSION.format(roles="officer_role"))
    op.execute("DROP VIEW acting_role")
    for table in ("deputy", "sop_draft", "service_state", "office_event"):
        op.drop_table(table)
