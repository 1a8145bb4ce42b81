"""Files that an office keeps: by content, with their pages and what the malware scan said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from licensing.database import APP_ROLE
from migrations.walls import wall

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")

# What was sent again is kept for another day; nothing else of a content ever changes. A content
# that a paper refers to cannot be deleted (foreign key), nor can one that came in today.
_RIGHTS = "SELECT, INSERT, DELETE, UPDATE (pages, scan, finding, scanned_at, kept_at)"
_LEFT_OVER = f"""
CREATE POLICY left_over ON kept_file AS RESTRICTIVE FOR DELETE TO {APP_ROLE}
 USING (kept_at < clock_timestamp() - interval '1 day')
"""

# Offices share the storage: the content goes when the last of them has no use for it. Whoever
# asks names the content, and learns of no office.
_KEPT = """
CREATE FUNCTION is_kept_anywhere(content text) RETURNS boolean LANGUAGE sql STABLE
 SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT 1 FROM kept_file WHERE sha256 = content) $$
"""

_ADOPT = """
INSERT INTO kept_file (office_id, sha256, size, media_type, kept_at)
SELECT office_id, sha256, min(size), min(media_type), max(uploaded_at)
  FROM paper_file GROUP BY office_id, sha256
"""


def upgrade() -> None:
    """Create the tables, and a row for each content that a paper refers to already."""
    op.create_table(
        "kept_file",
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("scan", sa.Text(), server_default="not_scanned", nullable=False),
        sa.Column("finding", sa.Text(), server_default="", nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_kept_file_sha256")),
        sa.CheckConstraint("size > 0", name=op.f("ck_kept_file_size")),
        sa.CheckConstraint("pages IS NULL OR pages > 0", name=op.f("ck_kept_file_pages")),
        sa.CheckConstraint(
            "scan IN ('clean', 'infected', 'not_scanned')", name=op.f("ck_kept_file_scan")
        ),
        sa.CheckConstraint(
            "(scan = 'not_scanned') = (scanned_at IS NULL)", name=op.f("ck_kept_file_scanned_whole")
        ),
        sa.CheckConstraint(
            "(scan = 'infected') = (finding <> '')", name=op.f("ck_kept_file_finding_whole")
        ),
        sa.PrimaryKeyConstraint("office_id", "sha256", name=op.f("pk_kept_file")),
    )
    op.create_index(
        "ix_kept_file_not_scanned",
        "kept_file",
        ["office_id", "kept_at"],
        unique=False,
        postgresql_where=sa.text("scan = 'not_scanned'"),
    )
    op.create_index("ix_kept_file_content", "kept_file", ["sha256"], unique=False)
    op.create_index("ix_kept_file_kept", "kept_file", ["office_id", "kept_at"], unique=False)
    for statement in wall("kept_file", rights=_RIGHTS):
        op.execute(statement)
    op.execute(_LEFT_OVER)
    op.execute(_KEPT)
    op.execute("REVOKE ALL ON FUNCTION is_kept_anywhere(text) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION is_kept_anywhere(text) TO {APP_ROLE}")
    op.execute(_ADOPT)
    op.create_foreign_key(
        op.f("fk_paper_file_office_id_sha256"),
        "paper_file",
        "kept_file",
        ["office_id", "sha256"],
        ["office_id", "sha256"],
    )
    op.create_index("ix_paper_file_content", "paper_file", ["office_id", "sha256"], unique=False)
    _refused()


def _refused() -> None:
    op.create_table(
        "refused_file",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=True),
        sa.Column("paper", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.UUID(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("finding <> ''", name=op.f("ck_refused_file_finding")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_refused_file_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_file")),
    )
    op.create_index(
        "ix_refused_file_office", "refused_file", ["office_id", "refused_at"], unique=False
    )
    for statement in wall("refused_file", rights="SELECT, INSERT"):
        op.execute(statement)


def downgrade() -> None:
    """Keep no account of contents again; the papers keep theirs."""
    op.drop_table("refused_file")
    op.drop_index("ix_paper_file_content", table_name="paper_file")
    op.drop_constraint(op.f("fk_paper_file_office_id_sha256"), "paper_file", type_="foreignkey")
    op.execute("DROP FUNCTION is_kept_anywhere(text)")
    op.drop_table("kept_file")
