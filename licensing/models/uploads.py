"""Files that an office keeps, by their content, and those that it refused as malware."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, office_id, one_of, own_id


class KeptFile(Base):
    """One content that an office keeps, however many papers it was sent for.

    The row comes before the content lies in the storage: what lies there has always an owner.
    """

    __tablename__ = "kept_file"

    office_id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]
    pages: Mapped[int | None]
    """None for what was kept before pages were counted."""
    scan: Mapped[str] = mapped_column(server_default="not_scanned")
    finding: Mapped[str] = mapped_column(server_default="")
    """The name of the malware."""
    scanned_at: Mapped[datetime | None]
    kept_at: Mapped[datetime] = mapped_column(server_default=NOW)
    """When it was last sent."""

    __table_args__ = (
        Index(
            "ix_kept_file_not_scanned",
            "office_id",
            "kept_at",
            postgresql_where=text("scan = 'not_scanned'"),
        ),
        Index("ix_kept_file_content", "sha256"),
        Index("ix_kept_file_kept", "office_id", "kept_at"),
        *named_checks(
            {
                "sha256": "sha256 ~ '^[0-9a-f]{64}$'",
                "size": "size > 0",
                "pages": "pages IS NULL OR pages > 0",
                "scan": one_of("scan", "clean", "infected", "not_scanned"),
                "scanned_whole": "(scan = 'not_scanned') = (scanned_at IS NULL)",
                "finding_whole": "(scan = 'infected') = (finding <> '')",
            }
        ),
    )


class RefusedFile(Base):
    """A file that was not accepted because the scanner found malware in it. It is not kept."""

    __tablename__ = "refused_file"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    application_id: Mapped[UUID | None]
    """None where it was sent for a form that is not yet filed."""
    paper: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str]
    size: Mapped[int]
    name: Mapped[str]
    finding: Mapped[str]
    sent_by: Mapped[UUID | None]
    """None for an applicant."""
    refused_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        Index("ix_refused_file_office", "office_id", "refused_at"),
        *named_checks({"finding": "finding <> ''"}),
    )
