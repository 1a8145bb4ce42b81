"""Corrections of wrongly recorded times: one person proposes, another one decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, office_id, one_of, own_id

DECISIONS = ("confirmed", "turned_down", "withdrawn")


class TimeCorrection(Base):
    """The time of one line of history, and the one that is proposed in its place.

    The line itself is never changed: a confirmed correction adds a line of its own.
    """

    __tablename__ = "time_correction"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    seq: Mapped[int]
    """The line whose time it is about."""
    was: Mapped[datetime]
    """The time that counted when it was proposed."""
    becomes: Mapped[datetime]
    reason: Mapped[str]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    """Who wrote that line."""
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    proposed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    decision: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(server_default="")
    """Why it was turned down."""
    line_seq: Mapped[int | None]
    """The line that a confirmed one has added."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["application_id", "seq"],
            ["application_event.application_id", "application_event.seq"],
        ),
        Index(
            "uq_time_correction_waiting",
            "application_id",
            unique=True,
            postgresql_where=text("decision IS NULL"),
        ),
        Index("ix_time_correction_application", "application_id"),
        Index(
            "ix_time_correction_waiting",
            "office_id",
            "proposed_at",
            postgresql_where=text("decision IS NULL"),
        ),
        *named_checks(
            {
                "decision": f"decision IS NULL OR {one_of('decision', *DECISIONS)}",
                "decided_whole": "num_nonnulls(decision, decided_by, decided_at) IN (0, 3)",
                "two_people": "decision IS NULL OR CASE decision"
                " WHEN 'withdrawn' THEN decided_by = proposed_by"
                " ELSE decided_by <> proposed_by"
                " AND decided_by IS DISTINCT FROM recorded_by END",
                "confirmed_has_line": "(line_seq IS NOT NULL)"
                " = (coalesce(decision, '') = 'confirmed')",
                "another_time": "was <> becomes",
                "not_in_the_future": "becomes <= proposed_at",
                "reason": "reason <> ''",
            }
        ),
    )
