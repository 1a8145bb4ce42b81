"""Names of regions and of business fields, by the codes of the state; one set for all offices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Computed, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, one_of

REGION_KINDS = ("provinsi", "kabupaten", "kota", "kecamatan", "kelurahan", "desa")
FIELD_LEVELS = ("kategori", "golongan_pokok", "golongan", "subgolongan", "kelompok")
EDITIONS = ("2020", "2025")
"""KBLI 2020: BPS Regulation 2/2020. KBLI 2025: BPS Regulation 7/2025."""


class ReferenceImport(Base):
    """One file that was read in. The same file again changes nothing."""

    __tablename__ = "reference_import"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    kind: Mapped[str]
    edition: Mapped[str] = mapped_column(server_default="")
    """Of the classification of business fields; regions have none."""
    sha256: Mapped[str]
    file_name: Mapped[str]
    row_count: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        Index("ix_reference_import_newest", "kind", "edition", "id"),
        *named_checks(
            {
                "kind": one_of("kind", "regions", "business_fields"),
                "edition": "(kind = 'business_fields') = (edition IN ('2020', '2025'))",
            }
        ),
    )


class Region(Base):
    """One region. A code that a later file no longer lists stays: old numbers carry it."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """Dotted: province, regency or city, district, village: 18.72.01.1001."""
    name: Mapped[str]
    kind: Mapped[str]
    path: Mapped[str]
    """The regions around it, the nearest first: Metro Pusat, Kota Metro, Lampung."""
    listed: Mapped[bool] = mapped_column(server_default="true")
    import_id: Mapped[int] = mapped_column(ForeignKey("reference_import.id"))
    words: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "(setweight(to_tsvector('simple'::regconfig, name), 'A'::\"char\") ||"
            " setweight(to_tsvector('simple'::regconfig, path), 'D'::\"char\"))",
            persisted=True,
        ),
        nullable=True,
    )

    __table_args__ = (
        Index("ix_region_words", "words", postgresql_using="gin", postgresql_where=text("listed")),
        *named_checks(
            {
                "kind": one_of("kind", *REGION_KINDS),
                "code": r"code ~ '^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$'",
            }
        ),
    )


class BusinessField(Base):
    """One heading of the classification of business fields (KBLI), of one edition."""

    __tablename__ = "business_field"

    edition: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    level: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    listed: Mapped[bool] = mapped_column(server_default="true")
    import_id: Mapped[int] = mapped_column(ForeignKey("reference_import.id"))
    words: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "(setweight(to_tsvector('simple'::regconfig, title), 'A'::\"char\") ||"
            " setweight(to_tsvector('simple'::regconfig, description), 'D'::\"char\"))",
            persisted=True,
        ),
        nullable=True,
    )

    __table_args__ = (
        Index(
            "ix_business_field_words",
            "words",
            postgresql_using="gin",
            postgresql_where=text("listed"),
        ),
        *named_checks(
            {
                "edition": one_of("edition", *EDITIONS),
                "level": one_of("level", *FIELD_LEVELS),
                "code": "(level = 'kelompok') = (code ~ '^[0-9]{5}$')",
            }
        ),
    )
