"""Who has a file open at this moment. A hint for colleagues, never a lock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, office_id


class Opening(Base):
    """One officer with one file open. Not logged: after a crash nobody has anything open."""

    __tablename__ = "opening"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    office_id: Mapped[UUID] = office_id(checked=False)
    since: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    """When the page was last heard of."""

    __table_args__ = (
        Index("ix_opening_seen", "office_id", "seen_at"),
        *named_checks({"seen_after_since": "seen_at >= since"}),
        {"prefixes": ["UNLOGGED"]},
    )
