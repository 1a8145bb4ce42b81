"""What another calendar does to open applications: the runs that count anew, and their receipts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, office_id, own_id

NOTHING = text("'[]'::jsonb")


class Recompute(Base):
    """One run over the open applications of an office, for one version of its calendar."""

    __tablename__ = "recompute"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    calendar_version_id: Mapped[UUID] = mapped_column(ForeignKey("calendar_version.id"))
    number: Mapped[int]
    """That of the calendar version: runs of an office go in this order."""
    differences: Mapped[list[Any]] = mapped_column(server_default=NOTHING)
    """What has changed since the version before: [{what, day, until, name}, …]."""
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    asked_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cursor: Mapped[UUID | None]
    """Behind it lie the applications that have not been looked at."""
    total: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    moved: Mapped[int] = mapped_column(server_default="0")
    failed: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[list[Any]] = mapped_column(server_default=NOTHING)
    """The first files that could not be counted: [{id, why}, …]."""

    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        Index(
            "ix_recompute_unfinished",
            "office_id",
            "number",
            postgresql_where=text("finished_at IS NULL"),
        ),
        *named_checks(
            {
                "finished_was_started": "finished_at IS NULL OR started_at IS NOT NULL",
                "counts": "0 <= moved AND 0 <= failed AND moved + failed <= done",
            }
        ),
    )


class RecomputeMoved(Base):
    """The receipt of one file that a run has moved: what was due when, before and after."""

    __tablename__ = "recompute_moved"

    recompute_id: Mapped[UUID] = mapped_column(ForeignKey("recompute.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id(checked=False)
    seq: Mapped[int]
    """The line of history that says so."""
    key: Mapped[str]
    """The limit meant: the promise where it has moved, else the first that has."""
    before_at: Mapped[datetime | None]
    after_at: Mapped[datetime | None]
