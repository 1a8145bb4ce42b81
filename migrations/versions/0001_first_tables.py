"""The first tables, the wall between offices, and the history that nobody rewrites."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import CURRENT_OFFICE, lookup, wall

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "heartbeat",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("government", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "number_pattern",
            sa.Text(),
            server_default="503/{urut}/{jenis}/{unit}/{tahun}",
            nullable=False,
        ),
        sa.Column("late_receipt", sa.Text(), server_default="next_working_day", nullable=False),
        sa.Column("simulated", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sample", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("calendar_version_id", sa.UUID(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9-]{1,30}$'", name=op.f("ck_office_code")),
        sa.CheckConstraint(
            "late_receipt IN ('next_working_day', 'same_date')", name=op.f("ck_office_late_receipt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code")),
    )
    op.create_table(
        "rate_count",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_count")),
    )
    op.create_index("ix_rate_count_expires_at", "rate_count", ["expires_at"], unique=False)
    op.create_table(
        "applicant",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("nik_cipher", sa.Text(), nullable=True),
        sa.Column("nik_hash", sa.Text(), nullable=True),
        sa.Column("nib", sa.Text(), server_default="", nullable=False),
        sa.Column("npwp", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("locale", sa.Text(), server_default="id", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('person', 'company')", name=op.f("ck_applicant_kind")),
        sa.CheckConstraint(
            "(nik_cipher IS NULL) = (nik_hash IS NULL)", name=op.f("ck_applicant_nik_whole")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_applicant_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant")),
    )
    op.create_index("ix_applicant_nik_hash", "applicant", ["office_id", "nik_hash"], unique=False)
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("spec", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_calendar_version_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint(
            "office_id", "number", name=op.f("uq_calendar_version_office_id_number")
        ),
    )
    op.create_table(
        "number_series",
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_number_series_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('office', 'bank', 'agency', 'inspectorate', 'ombudsman', 'public')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_organisation_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("id", "kind", name=op.f("uq_organisation_id_kind")),
        sa.UniqueConstraint("office_id", "name", name=op.f("uq_organisation_office_id_name")),
    )
    op.create_table(
        "paper_file",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.UUID(), nullable=True),
        sa.Column(
            "uploaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_paper_file_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_file")),
    )
    op.create_index(
        "ix_paper_file_application", "paper_file", ["application_id", "paper"], unique=False
    )
    op.create_table(
        "seal",
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heads", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_seal_office_id")),
        sa.PrimaryKeyConstraint("office_id", "number", name=op.f("pk_seal")),
    )
    op.create_index("ix_seal_sealed_at", "seal", ["office_id", "sealed_at"], unique=False)
    op.create_table(
        "officer",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("employee_number", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("locale", sa.Text(), server_default="id", nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("locale IN ('id', 'en')", name=op.f("ck_officer_locale")),
        sa.CheckConstraint(
            "username ~ '^[a-z][a-z0-9._-]{1,40}$'", name=op.f("ck_officer_username")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_officer_office_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "organisation_kind"],
            ["organisation.id", "organisation.kind"],
            name=op.f("fk_officer_organisation_id_organisation_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint(
            "id", "organisation_kind", name=op.f("uq_officer_id_organisation_kind")
        ),
        sa.UniqueConstraint("username", name=op.f("uq_officer_username")),
    )
    op.create_table(
        "intake_draft",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("officer_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "saved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_intake_draft_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_intake_draft_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_draft")),
    )
    op.create_index("ix_intake_draft_officer", "intake_draft", ["officer_id"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("officer_id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_login_session_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_login_session_officer_id")
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_login_session")),
    )
    op.create_table(
        "officer_role",
        sa.Column("officer_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(organisation_kind = 'office' AND role IN ('counter', 'verifier', 'inspector', 'billing', 'head', 'supervisor', 'admin')) OR (organisation_kind = 'bank' AND role IN ('teller', 'bank_supervisor', 'bank_admin')) OR (organisation_kind = 'agency' AND role IN ('agency_pu', 'agency_lh', 'agency_head_pu', 'agency_head_lh')) OR (organisation_kind = 'inspectorate' AND role IN ('inspectorate')) OR (organisation_kind = 'ombudsman' AND role IN ('ombudsman')) OR (organisation_kind = 'public' AND role IN ('applicant'))",
            name=op.f("ck_officer_role_role_fits_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_officer_role_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id", "organisation_kind"],
            ["officer.id", "officer.organisation_kind"],
            name=op.f("fk_officer_role_officer_id_organisation_kind"),
        ),
        sa.PrimaryKeyConstraint("officer_id", "role", name=op.f("pk_officer_role")),
    )
    op.create_index("ix_officer_role_role", "officer_role", ["office_id", "role"], unique=False)
    op.create_table(
        "sop_version",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expanded", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.UUID(), nullable=False),
        sa.Column("published_by", sa.UUID(), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("drafted_by <> published_by", name=op.f("ck_sop_version_two_people")),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["officer.id"], name=op.f("fk_sop_version_drafted_by")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_sop_version_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["officer.id"], name=op.f("fk_sop_version_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_version")),
        sa.UniqueConstraint(
            "office_id", "service", "number", name=op.f("uq_sop_version_office_id_service_number")
        ),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("sop_version_id", sa.UUID(), nullable=False),
        sa.Column("calendar_version_id", sa.UUID(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("holder_id", sa.UUID(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("last_actor_id", sa.UUID(), nullable=True),
        sa.Column("last_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.JSON(),
            nullable=False,
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('granted', 'refused', 'withdrawn', 'discontinued', 'lapsed')",
            name=op.f("ck_application_outcome"),
        ),
        sa.CheckConstraint(
            "(lane IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_application_ended_has_no_lane")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_application_ended_whole")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR due_at IS NULL", name=op.f("ck_application_ended_owes_nothing")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_version_id"],
            ["calendar_version.id"],
            name=op.f("fk_application_calendar_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["officer.id"], name=op.f("fk_application_holder_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_application_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["sop_version_id"], ["sop_version.id"], name=op.f("fk_application_sop_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(
        "ix_application_inbox",
        "application",
        [
            "office_id",
            "lane",
            sa.text("coalesce(due_at, 'infinity'::timestamp with time zone)"),
            "id",
        ],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_application_holder",
        "application",
        ["holder_id"],
        unique=False,
        postgresql_where=sa.text("holder_id IS NOT NULL"),
    )
    op.create_table(
        "application_event",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=True),
        sa.Column("from_step", sa.Text(), nullable=True),
        sa.Column("to_step", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(seq = 1) = (from_step IS NULL)", name=op.f("ck_application_event_first_from_nowhere")
        ),
        sa.CheckConstraint(
            "length(hash) = 32 AND length(previous) = 32",
            name=op.f("ck_application_event_hash_size"),
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_application_event_seq")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_event_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "seq", name=op.f("pk_application_event")),
    )
    op.create_index(
        "ix_application_event_recorded",
        "application_event",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_table(
        "ask",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("holder_id", sa.UUID(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(lane IS NULL) = (closed_at IS NOT NULL)", name=op.f("ck_ask_closed_has_no_lane")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_ask_application_id")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["officer.id"], name=op.f("fk_ask_holder_id")),
        sa.PrimaryKeyConstraint("application_id", "key", name=op.f("pk_ask")),
    )
    op.create_index(
        "ix_ask_inbox",
        "ask",
        ["office_id", "lane", "due_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "deadline",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "rungs",
            sa.JSON(),
            nullable=False,
        ),
        sa.Column("next_rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(broken_at IS NOT NULL) = (status IN ('broken', 'late'))",
            name=op.f("ck_deadline_broken_has_moment"),
        ),
        sa.CheckConstraint(
            "(due_at IS NOT NULL) OR status NOT IN ('running', 'broken')",
            name=op.f("ck_deadline_running_has_due"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (status IN ('running', 'paused', 'broken'))",
            name=op.f("ck_deadline_ended_whole"),
        ),
        sa.CheckConstraint(
            "status <> 'paused' OR due_at IS NULL", name=op.f("ck_deadline_paused_owes_nothing")
        ),
        sa.CheckConstraint(
            "status IN ('running', 'paused', 'broken', 'met', 'late', 'closed')",
            name=op.f("ck_deadline_status"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_deadline_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "key", name=op.f("pk_deadline")),
    )
    op.create_index(
        "ix_deadline_next_rung",
        "deadline",
        ["office_id", "next_rung_at"],
        unique=False,
        postgresql_where=sa.text("next_rung_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deadline_service_ended",
        "deadline",
        ["office_id", "ended_at"],
        unique=False,
        postgresql_where=sa.text("key = 'service' AND ended_at IS NOT NULL"),
    )
    op.create_table(
        "paper",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("presence", sa.Text(), server_default="unchecked", nullable=False),
        sa.Column("presence_note", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("verdict_note", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_by", sa.UUID(), nullable=True),
        sa.Column("judged_by", sa.UUID(), nullable=True),
        sa.CheckConstraint(
            "(presence <> 'faulty' OR presence_note <> '') AND (coalesce(verdict, '') <> 'faulty' OR verdict_note <> '')",
            name=op.f("ck_paper_fault_is_named"),
        ),
        sa.CheckConstraint(
            "presence IN ('unchecked', 'received', 'faulty', 'missing', 'not_needed')",
            name=op.f("ck_paper_presence"),
        ),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('correct', 'faulty')", name=op.f("ck_paper_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_paper_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "name", name=op.f("pk_paper")),
    )
    op.create_table(
        "permit",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(collation="C"), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.UUID(), nullable=True),
        sa.Column("verify_code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="valid", nullable=False),
        sa.Column("replaces_id", sa.UUID(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "status IN ('valid', 'superseded', 'revoked')", name=op.f("ck_permit_status")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_permit_application_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_permit_office_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["permit.id"], name=op.f("fk_permit_replaces_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["officer.id"], name=op.f("fk_permit_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
        sa.UniqueConstraint("application_id", name=op.f("uq_permit_application_id")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_permit_office_id_number")),
        sa.UniqueConstraint("verify_code", name=op.f("uq_permit_verify_code")),
    )
    op.create_index("ix_permit_number_key", "permit", ["number_key"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.UUID(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_alert_acknowledged_by_somebody"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_why IS NULL)",
            name=op.f("ck_alert_withdrawn_says_why"),
        ),
        sa.CheckConstraint("raised_at >= owed_at", name=op.f("ck_alert_never_early")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["officer.id"], name=op.f("fk_alert_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["application_id", "key"],
            ["deadline.application_id", "deadline.key"],
            name=op.f("fk_alert_application_id_key"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index("ix_alert_raised", "alert", ["office_id", "raised_at"], unique=False)
    op.create_index(
        "uq_alert_owed_once",
        "alert",
        ["application_id", "key", "rung"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "dossier",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(collation="C"), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(collation="C"), nullable=False),
        sa.Column("applicant_id", sa.UUID(), nullable=False),
        sa.Column("proxy", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("variants", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.UUID(), nullable=False),
        sa.Column("tracking_cipher", sa.Text(), nullable=False),
        sa.Column("tracking_hash", sa.Text(), nullable=False),
        sa.Column("once_key", sa.Text(), nullable=False),
        sa.Column("replaces_permit_id", sa.UUID(), nullable=True),
        sa.CheckConstraint("channel IN ('counter', 'online')", name=op.f("ck_dossier_channel")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_dossier_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_dossier_application_id")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["officer.id"], name=op.f("fk_dossier_filed_by")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_dossier_office_id")),
        sa.ForeignKeyConstraint(
            ["replaces_permit_id"], ["permit.id"], name=op.f("fk_dossier_replaces_permit_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_dossier_office_id_number")),
        sa.UniqueConstraint("office_id", "once_key", name=op.f("uq_dossier_office_id_once_key")),
    )
    op.create_index("ix_dossier_applicant", "dossier", ["office_id", "applicant_id"], unique=False)
    op.create_index("ix_dossier_filed", "dossier", ["office_id", "filed_at"], unique=False)
    op.create_index("ix_dossier_number_key", "dossier", ["number_key"], unique=False)
    op.create_index(
        "ix_dossier_subject", "dossier", ["office_id", "service", "subject_key"], unique=False
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=True),
        sa.Column("alert_id", sa.UUID(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.UUID(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column(
            "params",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_why", sa.Text(), nullable=True),
        sa.CheckConstraint("channel IN ('app', 'email')", name=op.f("ck_notice_channel")),
        sa.CheckConstraint("locale IN ('id', 'en')", name=op.f("ck_notice_locale")),
        sa.CheckConstraint(
            "(parked_at IS NULL) = (parked_why IS NULL)", name=op.f("ck_notice_parked_says_why")
        ),
        sa.CheckConstraint(
            "(sent_at IS NULL AND parked_at IS NULL) OR next_try_at IS NULL",
            name=op.f("ck_notice_done_is_done"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_notice_alert_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_notice_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_next_try",
        "notice",
        ["office_id", "next_try_at"],
        unique=False,
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_index(
        "ix_notice_officer",
        "notice",
        ["officer_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("officer_id IS NOT NULL"),
    )
    # ### end Alembic commands ###
    # Every step writes these rows anew: room on the page keeps most of a row out of the log.
    op.execute("ALTER TABLE application SET (fillfactor = 60)")
    for statement in _walls():
        op.execute(statement)


# Only ever added to: the application has no right to change or delete these rows.
_ADD_ONLY = ("application_event", "seal", "calendar_version", "sop_version", "paper_file")
_WORK = (
    "alert", "applicant", "application", "ask", "deadline", "dossier", "login_session", "notice",
    "number_series", "officer", "officer_role", "organisation", "paper", "permit",
)  # fmt: skip


def _walls() -> Iterator[str]:
    yield CURRENT_OFFICE
    for table in _ADD_ONLY:
        yield from wall(table, rights="SELECT, INSERT")
    for table in _WORK:
        yield from wall(table)
    yield from wall("intake_draft", rights="SELECT, INSERT, UPDATE, DELETE")
    yield "GRANT DELETE ON officer_role TO satupintu_app"
    yield "GRANT SELECT, INSERT, UPDATE, DELETE ON rate_count TO satupintu_app"
    yield "GRANT SELECT, INSERT, UPDATE ON heartbeat TO satupintu_app"
    # An office is public knowledge; only its own people change it.
    yield "ALTER TABLE office ENABLE ROW LEVEL SECURITY"
    yield "CREATE POLICY everybody_reads ON office FOR SELECT TO satupintu_app USING (true)"
    yield (
        "CREATE POLICY own_office ON office FOR UPDATE TO satupintu_app"
        " USING (id = (SELECT current_office()))"
    )
    yield "GRANT SELECT ON office TO satupintu_app"
    yield "GRANT UPDATE (calendar_version_id, late_receipt) ON office TO satupintu_app"
    yield from lookup(
        "find_account",
        "wanted text",
        "officer_id uuid, office_id uuid, password_hash text, active boolean",
        "SELECT id, office_id, password_hash, active FROM officer WHERE username = wanted",
    )
    yield from lookup(
        "find_session",
        "wanted bytea",
        "officer_id uuid, office_id uuid, name text, username text, roles text[], locale text,"
        " title text, organisation text, created_at timestamptz, seen_at timestamptz,"
        " now timestamptz",
        "SELECT o.id, o.office_id, o.name, o.username,"
        " ARRAY(SELECT r.role FROM officer_role r WHERE r.officer_id = o.id ORDER BY r.role),"
        " o.locale, o.title, g.name, s.created_at, s.seen_at, clock_timestamp()"
        " FROM login_session s JOIN officer o ON o.id = s.officer_id AND o.active"
        " JOIN organisation g ON g.id = o.organisation_id"
        " WHERE s.key_hash = wanted AND s.ended_at IS NULL",
    )
    yield from lookup(
        "find_tracking",
        "wanted_key text",
        "application_id uuid, office_id uuid, tracking_hash text",
        "SELECT application_id, office_id, tracking_hash FROM dossier"
        " WHERE number_key = wanted_key LIMIT 8",
    )
    yield from lookup(
        "find_permit",
        "wanted text",
        "permit_id uuid, office_id uuid",
        "SELECT id, office_id FROM permit WHERE verify_code = wanted"
        " UNION SELECT id, office_id FROM permit WHERE number_key = wanted LIMIT 8",
    )


def downgrade() -> None:
    """Drop everything."""
    raise NotImplementedError("the first migration is not undone: drop the database instead")
