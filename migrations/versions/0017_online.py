"""Accounts of applicants and their applications online."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import wall

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")
_ID = sa.text("uuidv7()")

# Accounts and sessions stay, as what was done by them does; what is unfinished may be thrown away.
_RIGHTS = {
    "online_account": "SELECT, INSERT (office_id, kind, address, resume_hash, locale),"
    " UPDATE (resume_hash, locale)",
    "online_code": "SELECT, INSERT (office_id, kind, address, code_hash, expires_at),"
    " UPDATE (tries, used_at), DELETE",
    "online_session": "SELECT, INSERT (key_hash, office_id, account_id),"
    " UPDATE (seen_at, ended_at), DELETE",
    "online_draft": "SELECT, INSERT (id, office_id, account_id, service, form),"
    " UPDATE (account_id, form, saved_at), DELETE",
    "online_file": "SELECT, INSERT (office_id, draft_id, paper, sha256, size, media_type, name),"
    " DELETE",
}

# As before, but for who asked to be told nothing: it waits on the tracking page.
_WAYS = """
CREATE OR REPLACE VIEW way_to_applicant WITH (security_invoker = true) AS
SELECT p.id AS applicant_id, p.locale, c.channel, c.channel_id, c.address,
       c.channel <> 'app' AS leaves
  FROM applicant p
  LEFT JOIN office_channel g
    ON g.office_id = p.office_id AND g.active AND g.personal
   AND p.phone <> '' AND {phone}
 CROSS JOIN LATERAL (
   SELECT CASE WHEN g.id IS NOT NULL THEN 'gateway'
               WHEN {email} THEN 'email' ELSE 'app' END AS channel,
          g.id AS channel_id,
          CASE WHEN g.id IS NOT NULL THEN p.phone ELSE p.email END AS address
    UNION ALL
   SELECT 'webhook', w.id, ''
     FROM office_channel w
    WHERE w.office_id = p.office_id AND w.active AND w.kind = 'webhook'
      AND 'applicant' = ANY (w.takes)) c
"""
_PHONE_BEFORE = "(p.email = '' OR p.tell_by = 'phone')"
_EMAIL_BEFORE = "p.email <> ''"


def upgrade() -> None:
    """Create the tables, let applicants file, and let them be told on the page alone."""
    _people()
    _work()
    for table, rights in _RIGHTS.items():
        for statement in wall(table, rights=rights):
            op.execute(statement)
    op.alter_column("dossier", "filed_by", existing_type=sa.UUID(), nullable=True)
    op.add_column("dossier", sa.Column("online_account_id", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_dossier_online_account_id"),
        "dossier",
        "online_account",
        ["online_account_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_dossier_filed_by_somebody"),
        "dossier",
        "filed_by IS NOT NULL OR online_account_id IS NOT NULL",
    )
    op.create_index(
        "ix_dossier_online_account",
        "dossier",
        ["online_account_id", "filed_at"],
        unique=False,
        postgresql_where=sa.text("online_account_id IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_applicant_tell_by"), "applicant", type_="check")
    op.create_check_constraint(
        op.f("ck_applicant_tell_by"), "applicant", "tell_by IN ('email', 'phone', 'page')"
    )
    op.execute(
        _WAYS.format(
            phone="(p.tell_by = 'phone' OR p.email = '' AND p.tell_by <> 'page')",
            email="p.email <> '' AND p.tell_by <> 'page'",
        )
    )


def _people() -> None:
    op.create_table(
        "online_account",
        sa.Column("id", sa.UUID(), server_default=_ID, nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("resume_hash", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), server_default="id", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "kind IN ('email', 'phone', 'code')", name=op.f("ck_online_account_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'code') = (address = '')", name=op.f("ck_online_account_address_verified")
        ),
        sa.CheckConstraint("locale IN ('id', 'en')", name=op.f("ck_online_account_locale")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_online_account_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_account")),
    )
    op.create_index(
        "uq_online_account_address",
        "online_account",
        ["office_id", "address"],
        unique=True,
        postgresql_where=sa.text("address <> ''"),
    )
    op.create_index(
        "uq_online_account_resume",
        "online_account",
        ["office_id", "resume_hash"],
        unique=True,
        postgresql_where=sa.text("resume_hash IS NOT NULL"),
    )
    op.create_table(
        "online_code",
        sa.Column("id", sa.UUID(), server_default=_ID, nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_online_code_kind")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_online_code_tries")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_online_code_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_code")),
    )
    op.create_index(
        "ix_online_code_expires_at", "online_code", ["office_id", "expires_at"], unique=False
    )
    op.create_table(
        "online_session",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["online_account.id"], name=op.f("fk_online_session_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_online_session_office_id")
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_online_session")),
    )
    op.create_index("ix_online_session_account", "online_session", ["account_id"], unique=False)


def _work() -> None:
    op.create_table(
        "online_draft",
        sa.Column("id", sa.UUID(), server_default=_ID, nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["online_account.id"], name=op.f("fk_online_draft_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_online_draft_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_draft")),
    )
    op.create_index(
        "ix_online_draft_account", "online_draft", ["account_id", "saved_at"], unique=False
    )
    op.create_index(
        "ix_online_draft_saved_at", "online_draft", ["office_id", "saved_at"], unique=False
    )
    op.create_table(
        "online_file",
        sa.Column("id", sa.UUID(), server_default=_ID, nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("draft_id", sa.UUID(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["online_draft.id"],
            name=op.f("fk_online_file_draft_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_online_file_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id", "sha256"],
            ["kept_file.office_id", "kept_file.sha256"],
            name=op.f("fk_online_file_office_id_sha256"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_file")),
    )
    op.create_index("ix_online_file_content", "online_file", ["office_id", "sha256"], unique=False)
    op.create_index("ix_online_file_draft", "online_file", ["draft_id", "paper"], unique=False)


def downgrade() -> None:
    """Take the tables away again; what applicants filed themselves has no officer and blocks it."""
    op.execute("UPDATE applicant SET tell_by = 'email' WHERE tell_by = 'page'")
    op.execute(_WAYS.format(phone=_PHONE_BEFORE, email=_EMAIL_BEFORE))
    op.drop_constraint(op.f("ck_applicant_tell_by"), "applicant", type_="check")
    op.create_check_constraint(
        op.f("ck_applicant_tell_by"), "applicant", "tell_by IN ('email', 'phone')"
    )
    op.drop_index("ix_dossier_online_account", table_name="dossier")
    op.drop_constraint(op.f("ck_dossier_filed_by_somebody"), "dossier", type_="check")
    op.drop_column("dossier", "online_account_id")
    op.alter_column("dossier", "filed_by", existing_type=sa.UUID(), nullable=False)
    for table in (
        "online_file",
        "online_draft",
        "online_session",
        "online_code",
        "online_account",
    ):
        op.drop_table(table)
