"""Deadlines, the alerts they raise, and the notices that leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import (
    EMPTY_OBJECT,
    Base,
    Json,
    named_checks,
    office_id,
    one_of,
    own_id,
)


class Deadline(Base):
    """One limit of one application: the whole service, one visit of a step, one ask."""

    __tablename__ = "deadline"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """service, step:verification#2, ask:opinion_pu#1."""
    office_id: Mapped[UUID] = office_id(checked=False)
    name: Mapped[str]
    status: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    broken_at: Mapped[datetime | None]
    rungs: Mapped[list[Any]] = mapped_column(JSON)
    """Planned rungs: [[name, moment in epoch seconds], …], earliest first."""
    next_rung_at: Mapped[datetime | None]
    """When the sweep must look at it. None: nothing is owed."""
    passing_seen: Mapped[bool] = mapped_column(server_default="false")
    """Of a limit of the law: the sweep has recorded what its passing means, if anything."""

    __table_args__ = (
        Index(
            "ix_deadline_next_rung",
            "office_id",
            "next_rung_at",
            postgresql_where=text("next_rung_at IS NOT NULL"),
        ),
        # Limits of the law whose passing is not yet seen; few steps write one.
        Index(
            "ix_deadline_law",
            "office_id",
            "due_at",
            postgresql_where=text("name = 'law' AND ended_at IS NULL AND NOT passing_seen"),
        ),
        Index(
            "ix_deadline_service_ended",
            "office_id",
            "ended_at",
            postgresql_where=text("key = 'service' AND ended_at IS NOT NULL"),
        ),
        *named_checks(
            {
                "status": one_of("status", "running", "paused", "broken", "met", "late", "closed"),
                "ended_whole": "(ended_at IS NULL) = (status IN ('running', 'paused', 'broken'))",
                "running_has_due": "(due_at IS NOT NULL) OR status NOT IN ('running', 'broken')",
                "paused_owes_nothing": "status <> 'paused' OR due_at IS NULL",
                "broken_has_moment": "(broken_at IS NOT NULL) = (status IN ('broken', 'late'))",
            }
        ),
    )


class Alert(Base):
    """One rung of one limit that has been reached. Exists once while it is owed."""

    __tablename__ = "alert"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id(checked=False)
    application_id: Mapped[UUID]
    key: Mapped[str]
    rung: Mapped[str]
    owed_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    note: Mapped[str] = mapped_column(server_default="")
    escalate_at: Mapped[datetime | None]
    """When the next in rank is told, if nobody has answered by then. None: nobody is left to tell,
    or it is no alert of a breach."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["application_id", "key"], ["deadline.application_id", "deadline.key"]
        ),
        Index(
            "uq_alert_owed_once",
            "application_id",
            "key",
            "rung",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_alert_raised", "office_id", "raised_at"),
        Index(
            "ix_alert_escalate",
            "office_id",
            "escalate_at",
            postgresql_where=text(
                "escalate_at IS NOT NULL AND acknowledged_at IS NULL AND withdrawn_at IS NULL"
            ),
        ),
        *named_checks(
            {
                "never_early": "raised_at >= owed_at",
                "withdrawn_says_why": "(withdrawn_at IS NULL) = (withdrawn_why IS NULL)",
                "acknowledged_by_somebody": "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            }
        ),
    )


class Notice(Base):
    """A message owed to somebody: the outbox. Written with the step, sent after it."""

    __tablename__ = "notice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """What it is about, to whom and by which way, as one hash: the same is never owed twice."""
    office_id: Mapped[UUID] = office_id(checked=False)
    application_id: Mapped[UUID | None]
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert.id"))
    event: Mapped[str]
    audience: Mapped[str]
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    address: Mapped[str] = mapped_column(server_default="")
    channel: Mapped[str]
    channel_id: Mapped[UUID | None]
    """Which of the office's channels; None inside the application and by e-mail."""
    locale: Mapped[str]
    params: Mapped[Json] = mapped_column(server_default=EMPTY_OBJECT)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    """When to try next; None once it has been sent, parked, or where nothing has to be sent."""
    tries: Mapped[int] = mapped_column(server_default="0")
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    parked_why: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_notice_next_try",
            "office_id",
            "channel_id",
            "next_try_at",
            postgresql_where=text("next_try_at IS NOT NULL"),
        ),
        Index(
            "ix_notice_parked",
            "office_id",
            "parked_at",
            postgresql_where=text("parked_at IS NOT NULL"),
        ),
        Index(
            "ix_notice_sent",
            "office_id",
            "sent_at",
            postgresql_where=text("sent_at IS NOT NULL"),
        ),
        Index(
            "ix_notice_sent_about",
            "application_id",
            postgresql_where=text("sent_at IS NOT NULL"),
        ),
        Index("ix_notice_alert", "alert_id", postgresql_where=text("alert_id IS NOT NULL")),
        Index(
            "ix_notice_officer",
            "officer_id",
            "created_at",
            postgresql_where=text("officer_id IS NOT NULL"),
        ),
        *named_checks(
            {
                "channel": one_of("channel", "app", "email", "gateway", "webhook"),
                "channel_named": "(channel_id IS NOT NULL) = (channel IN ('gateway', 'webhook'))",
                "locale": one_of("locale", "id", "en"),
                "parked_says_why": "(parked_at IS NULL) = (parked_why IS NULL)",
                "done_is_done": "(sent_at IS NULL AND parked_at IS NULL) OR next_try_at IS NULL",
            }
        ),
    )
