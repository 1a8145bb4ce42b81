"""Ways out of the office besides e-mail, and the office's own words for its letters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, office_id, one_of, own_id

CHANNEL_KINDS = ("gateway", "webhook")
TAKES = ("office", "applicant")
"""What a channel may take: alerts of the office, letters to applicants."""


class OfficeChannel(Base):
    """One way out: a gateway (an Apprise URL) or a signed webhook. Switched off, never deleted."""

    __tablename__ = "office_channel"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]
    name: Mapped[str]
    place: Mapped[str]
    """Where it leads, fit to be shown: scheme and host, no key and no path."""
    secret_cipher: Mapped[str]
    """The URL, of a webhook with its key, sealed; never shown again."""
    personal: Mapped[bool] = mapped_column(server_default="false")
    """The URL has a place for the reader's phone number: it reaches one person."""
    takes: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(server_default="true")
    created_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    last_ok_at: Mapped[datetime | None]
    last_fault: Mapped[str] = mapped_column(server_default="")
    last_fault_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_office_channel_office", "office_id", "active"),
        # Each applicant is told once: there is one way by which an office reaches phones.
        Index(
            "uq_office_channel_one_personal",
            "office_id",
            unique=True,
            postgresql_where=text("active AND personal"),
        ),
        *named_checks(
            {
                "kind": one_of("kind", *CHANNEL_KINDS),
                "name": "name <> ''",
                "takes": "takes <@ ARRAY['office', 'applicant'] AND takes <> '{}'",
                "webhook_is_nobodys": "kind = 'gateway' OR NOT personal",
                # A group reads along: what concerns one applicant goes to his phone alone.
                "gateway_reads": "kind <> 'gateway' OR"
                " takes = ARRAY[CASE WHEN personal THEN 'applicant' ELSE 'office' END]",
                "fault_whole": "(last_fault <> '') = (last_fault_at IS NOT NULL)",
            }
        ),
    )


class LetterTemplate(Base):
    """One version of an office's own words for an event. Only ever added; the newest counts."""

    __tablename__ = "letter_template"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    event: Mapped[str]
    locale: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str]
    """Both empty: from this version on the built-in words count again."""
    body: Mapped[str]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    failed_at: Mapped[datetime | None]
    """When it could not be used last; the built-in letter left instead."""
    failed_why: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        UniqueConstraint("office_id", "event", "locale", "version"),
        *named_checks(
            {
                "event": "event <> ''",
                "locale": one_of("locale", "id", "en"),
                "version": "version > 0",
                "whole_or_built_in": "(subject = '') = (body = '')",
                "failed_whole": "(failed_at IS NULL) = (failed_why = '')",
            }
        ),
    )
