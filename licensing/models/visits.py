"""Site visits: when somebody goes, why it was put off, what was found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import Base, named_checks, office_id

_REPORT = (
    "held_on", "present", "measured", "findings", "fits", "summary", "report_number",
    "reported_by", "reported_at",
)  # fmt: skip


class Visit(Base):
    """One visit of one application. Planned, then either postponed or reported: once, for good.

    Findings may not be changed or extended later; a second visit has a row of its own.
    Source: PP 16/2021 Art 257(5), 259(6).
    """

    __tablename__ = "visit"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id(checked=False)
    scheduled_on: Mapped[date]
    scheduled_time: Mapped[str] = mapped_column(server_default="")
    """HH:MM in the office's zone; empty where only the day is agreed."""
    place: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    """Where to meet and what to prepare, in the inspector's words."""
    inspector_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    planned_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    planned_at: Mapped[datetime]
    postponed_at: Mapped[datetime | None]
    postponed_why: Mapped[str | None]
    postponed_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    held_on: Mapped[date | None]
    present: Mapped[list[str] | None]
    """Who was there, one entry a person."""
    measured: Mapped[list[Any] | None]
    """[{label, value}…]"""
    findings: Mapped[list[Any] | None]
    """[{aspect, finding, fits}…]"""
    fits: Mapped[bool | None]
    """The conclusion: what stands there is what was applied for."""
    summary: Mapped[str | None]
    report_number: Mapped[str | None]
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    reported_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("office_id", "report_number"),
        Index(
            "ix_visit_agenda",
            "office_id",
            "scheduled_on",
            postgresql_where=text("postponed_at IS NULL AND reported_at IS NULL"),
        ),
        *named_checks(
            {
                "number": "number >= 1",
                "time": "scheduled_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9])?$'",
                "postponed_whole": "(postponed_at IS NULL) = (postponed_why IS NULL)"
                " AND coalesce(postponed_why, '-') <> ''"
                " AND (postponed_by IS NULL OR postponed_at IS NOT NULL)",
                "reported_whole": f"num_nonnulls({', '.join(_REPORT)}) IN (0, {len(_REPORT)})",
                "one_end": "postponed_at IS NULL OR reported_at IS NULL",
                "held_after_plan": "held_on IS NULL OR held_on >= scheduled_on",
                # No conclusion against its own findings.
                "fits_as_found": "fits IS NULL OR fits = NOT (findings @> '[{\"fits\": false}]')",
            }
        ),
    )
