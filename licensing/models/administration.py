"""What administrators change: services, drafts of SOPs, deputies, and the record of all of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import (
    EMPTY_OBJECT,
    NOW,
    Base,
    Json,
    named_checks,
    office_id,
    one_of,
    own_id,
)
from licensing.models.people import KINDS, ROLE_FITS_KIND

DRAFT_ENDS = ("published", "discarded", "replaced")


class OfficeEvent(Base):
    """One change to the office itself. Only ever added; its time is the database's."""

    __tablename__ = "office_event"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    """None: the command line."""
    kind: Mapped[str] = mapped_column(server_default="office")
    """Whose matter it is: what concerns the bank's accounts is shown to the bank."""
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[Json] = mapped_column(server_default=EMPTY_OBJECT)
    """What it was before and after, and what it touched."""

    __table_args__ = (
        Index("ix_office_event_newest", "office_id", "id"),
        *named_checks({"kind": one_of("kind", *KINDS), "action": "action <> ''"}),
    )


class ServiceState(Base):
    """Whether a service is offered. One without a row is."""

    __tablename__ = "service_state"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[bool]
    note: Mapped[str] = mapped_column(server_default="")
    """What the public is told while it is closed."""
    since: Mapped[datetime] = mapped_column(server_default=NOW)
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = named_checks({"closed_says_why": "open OR note <> ''"})


class SopDraft(Base):
    """A text of an SOP that waits for a second person. Kept when it has ended."""

    __tablename__ = "sop_draft"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    service: Mapped[str]
    base_version_id: Mapped[UUID] = mapped_column(ForeignKey("sop_version.id"))
    """The version that was in force when it was written: it may replace no other."""
    text: Mapped[str]
    note: Mapped[str]
    drafted_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    drafted_at: Mapped[datetime] = mapped_column(server_default=NOW)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    outcome: Mapped[str | None]
    sop_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("sop_version.id"))

    __table_args__ = (
        Index(
            "uq_sop_draft_one_open",
            "office_id",
            "service",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
        *named_checks(
            {
                "note": "note <> ''",
                "ended_whole": "num_nonnulls(ended_at, ended_by, outcome) IN (0, 3)",
                "outcome": f"outcome IS NULL OR {one_of('outcome', *DRAFT_ENDS)}",
                "published_whole": "(coalesce(outcome, '') = 'published')"
                " = (sop_version_id IS NOT NULL)",
                "two_people": "coalesce(outcome, '') <> 'published' OR ended_by <> drafted_by",
            }
        ),
    )


class Deputy(Base):
    """A role that somebody has for a time, by a decree. Ended early, never deleted."""

    __tablename__ = "deputy"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    officer_id: Mapped[UUID]
    organisation_kind: Mapped[str]
    role: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    """The last day, included."""
    decree: Mapped[str]
    reason: Mapped[str]
    granted_by: Mapped[UUID]
    granted_by_kind: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(server_default=NOW)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (
        ForeignKeyConstraint(
            ["officer_id", "organisation_kind"], ["officer.id", "officer.organisation_kind"]
        ),
        ForeignKeyConstraint(
            ["granted_by", "granted_by_kind"], ["officer.id", "officer.organisation_kind"]
        ),
        Index("ix_deputy_officer", "officer_id", "until_on"),
        Index("ix_deputy_role", "office_id", "role", "until_on"),
        *named_checks(
            {
                "role_fits_kind": ROLE_FITS_KIND,
                "period": "from_on <= until_on",
                "decree": "decree <> ''",
                "ended_whole": "(ended_at IS NULL) = (ended_by IS NULL)",
                "not_to_oneself": "granted_by <> officer_id",
                # No account of the office gives a role of the bank, not for a day.
                "bank_by_the_bank": "(organisation_kind = 'bank') = (granted_by_kind = 'bank')",
            }
        ),
    )
