"""Offices (tenants), their calendars and the SOPs they have published."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, Json, named_checks, office_id, one_of, own_id


class Office(Base):
    """One licensing office. Its rows are public knowledge; its work is not."""

    __tablename__ = "office"

    id: Mapped[UUID] = own_id()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    government: Mapped[str]
    """The region in the letterhead: PEMERINTAH KOTA …"""
    place: Mapped[str]
    """Where letters are dated: Kota Contoh."""
    address: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    zone: Mapped[str]
    unit_code: Mapped[str]
    number_pattern: Mapped[str] = mapped_column(server_default="503/{urut}/{jenis}/{unit}/{tahun}")
    late_receipt: Mapped[str] = mapped_column(server_default="next_working_day")
    simulated: Mapped[bool] = mapped_column(server_default="false")
    """Its time is the caller's, not the database's."""
    sample: Mapped[bool] = mapped_column(server_default="false")
    """Invented people work here: every page says so, and invented identity numbers pass."""
    calendar_version_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = named_checks(
        {
            "late_receipt": one_of("late_receipt", "next_working_day", "same_date"),
            "code": "code ~ '^[a-z][a-z0-9-]{1,30}$'",
        }
    )


class CalendarVersion(Base):
    """One version of an office's calendar. Never changed; a new holiday makes a new version."""

    __tablename__ = "calendar_version"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    number: Mapped[int]
    spec: Mapped[Json]
    source: Mapped[str]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (UniqueConstraint("office_id", "number"),)


class SopVersion(Base):
    """One published text of an SOP. Never changed; drafted and published by two persons."""

    __tablename__ = "sop_version"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    service: Mapped[str]
    number: Mapped[int]
    text: Mapped[str]
    """As it was written."""
    expanded: Mapped[str]
    """With everything it follows written out: this is what runs."""
    sha256: Mapped[str]
    drafted_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    published_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    published_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        UniqueConstraint("office_id", "service", "number"),
        *named_checks({"two_people": "drafted_by <> published_by"}),
    )


class NumberSeries(Base):
    """The last number given out in a series and year. Numbers are never given twice."""

    __tablename__ = "number_series"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Heartbeat(Base):
    """When a timed job last finished, for the alarm about our own silence."""

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Seal(Base):
    """A chained fingerprint of the heads of all histories that changed since the seal before."""

    __tablename__ = "seal"

    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed_at: Mapped[datetime]
    heads: Mapped[Json]
    """Application id → [number of events, hash of the newest]."""
    previous: Mapped[bytes]
    hash: Mapped[bytes]

    __table_args__ = (Index("ix_seal_sealed_at", "office_id", "sealed_at"),)
