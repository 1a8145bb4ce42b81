"""Names of regions and of business fields by code; finding people by name, phone and proxy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from licensing.database import APP_ROLE

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")
_LISTED = sa.text("listed")


def upgrade() -> None:
    """Create the tables that all offices read, and the columns by which people are found."""
    _imports()
    _regions()
    _business_fields()
    for table in ("reference_import", "region", "business_field"):
        # They are filled by the owner of the tables, by a command.
        op.execute(f"GRANT SELECT ON {table} TO {APP_ROLE}")
    _people()


def _imports() -> None:
    op.create_table(
        "reference_import",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "kind IN ('regions', 'business_fields')", name=op.f("ck_reference_import_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'business_fields') = (edition IN ('2020', '2025'))",
            name=op.f("ck_reference_import_edition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_import")),
    )
    op.create_index(
        "ix_reference_import_newest", "reference_import", ["kind", "edition", "id"], unique=False
    )


def _regions() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        _words("name", "path"),
        sa.CheckConstraint(
            "kind IN ('provinsi', 'kabupaten', 'kota', 'kecamatan', 'kelurahan', 'desa')",
            name=op.f("ck_region_kind"),
        ),
        sa.CheckConstraint(
            r"code ~ '^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$'", name=op.f("ck_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["reference_import.id"], name=op.f("fk_region_import_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(
        "ix_region_words",
        "region",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=_LISTED,
    )


def _business_fields() -> None:
    op.create_table(
        "business_field",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("listed", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        _words("title", "description"),
        sa.CheckConstraint("edition IN ('2020', '2025')", name=op.f("ck_business_field_edition")),
        sa.CheckConstraint(
            "level IN ('kategori', 'golongan_pokok', 'golongan', 'subgolongan', 'kelompok')",
            name=op.f("ck_business_field_level"),
        ),
        sa.CheckConstraint(
            "(level = 'kelompok') = (code ~ '^[0-9]{5}$')", name=op.f("ck_business_field_code")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["reference_import.id"], name=op.f("fk_business_field_import_id")
        ),
        sa.PrimaryKeyConstraint("edition", "code", name=op.f("pk_business_field")),
    )
    op.create_index(
        "ix_business_field_words",
        "business_field",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=_LISTED,
    )


def _words(first: str, second: str) -> sa.Column[str]:
    """Return the column of the words that are searched: those of `first` count more."""
    return sa.Column(
        "words",
        postgresql.TSVECTOR(),
        sa.Computed(
            f"setweight(to_tsvector('simple', {first}), 'A')"
            f" || setweight(to_tsvector('simple', {second}), 'D')",
            persisted=True,
        ),
        nullable=True,
    )


def _people() -> None:
    op.add_column("applicant", sa.Column("region", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "applicant",
        sa.Column(
            "name_key",
            sa.Text(collation="C"),
            sa.Computed(
                'lower(regexp_replace(normalize(name, NFKD) COLLATE "C",'
                " '[^[:alnum:]]+', '', 'g'))",
                persisted=True,
            ),
            nullable=True,
        ),
    )
    for column in ("name_key", "phone", "nib"):
        op.create_index(f"ix_applicant_{column}", "applicant", ["office_id", column], unique=False)
    op.add_column(
        "dossier",
        sa.Column(
            "proxy_hash",
            sa.Text(),
            sa.Computed("proxy ->> 'nik_hash'", persisted=True),
            nullable=True,
        ),
    )
    op.create_index(
        "ix_dossier_proxy",
        "dossier",
        ["office_id", "proxy_hash"],
        unique=False,
        postgresql_where=sa.text("proxy_hash IS NOT NULL"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_dossier_proxy", table_name="dossier")
    op.drop_column("dossier", "proxy_hash")
    for column in ("nib", "phone", "name_key"):
        op.drop_index(f"ix_applicant_{column}", table_name="applicant")
    op.drop_column("applicant", "name_key")
    op.drop_column("applicant", "region")
    for table in ("business_field", "region", "reference_import"):
        op.drop_table(table)
