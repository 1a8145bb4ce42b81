"""Applicants online: their accounts, one-time codes, sessions, unfinished applications, uploads."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, Json, named_checks, office_id, one_of, own_id

ADDRESS_KINDS = ("email", "phone")


class OnlineAccount(Base):
    """Somebody who applies online: known by a verified address, or by a resume code alone."""

    __tablename__ = "online_account"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]
    """email or phone: the address was verified; code: begun without one."""
    address: Mapped[str] = mapped_column(server_default="")
    resume_hash: Mapped[str | None]
    """Keyed hash of the code by which somebody without an address goes on elsewhere."""
    locale: Mapped[str] = mapped_column(server_default="id")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        Index(
            "uq_online_account_address",
            "office_id",
            "address",
            unique=True,
            postgresql_where=text("address <> ''"),
        ),
        Index(
            "uq_online_account_resume",
            "office_id",
            "resume_hash",
            unique=True,
            postgresql_where=text("resume_hash IS NOT NULL"),
        ),
        *named_checks(
            {
                "kind": one_of("kind", *ADDRESS_KINDS, "code"),
                "address_verified": "(kind = 'code') = (address = '')",
                "locale": one_of("locale", "id", "en"),
            }
        ),
    )


class OnlineCode(Base):
    """A one-time code on its way to an address. Used once, or tried too often, it is spent."""

    __tablename__ = "online_code"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]
    address: Mapped[str]
    code_hash: Mapped[str]
    tries: Mapped[int] = mapped_column(server_default="0")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_online_code_expires_at", "office_id", "expires_at"),
        *named_checks({"kind": one_of("kind", *ADDRESS_KINDS), "tries": "tries >= 0"}),
    )


class OnlineSession(Base):
    """A browser of an applicant. The cookie holds the key, the table only its hash."""

    __tablename__ = "online_session"

    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("online_account.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_online_session_account", "account_id"),)


class OnlineDraft(Base):
    """An application that is being written; its id is the one-time key under which it is filed."""

    __tablename__ = "online_draft"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("online_account.id"))
    service: Mapped[str]
    form: Mapped[Json]
    """`sealed`: everything that was typed; an identity number may stand in it."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    saved_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        Index("ix_online_draft_account", "account_id", "saved_at"),
        Index("ix_online_draft_saved_at", "office_id", "saved_at"),
    )


class OnlineFile(Base):
    """A scan of one paper of an unfinished application."""

    __tablename__ = "online_file"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("online_draft.id", ondelete="CASCADE"))
    paper: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        # What lies in an unfinished application is not swept away as left over.
        ForeignKeyConstraint(["office_id", "sha256"], ["kept_file.office_id", "kept_file.sha256"]),
        Index("ix_online_file_draft", "draft_id", "paper"),
        Index("ix_online_file_content", "office_id", "sha256"),
    )
