"""Organisations, accounts, roles, sign-in sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, named_checks, office_id, one_of, own_id

KINDS = ("office", "bank", "agency", "inspectorate", "ombudsman", "public")

ROLES_OF: dict[str, tuple[str, ...]] = {
    "office": ("counter", "verifier", "inspector", "billing", "head", "supervisor", "admin"),
    "bank": ("teller", "bank_supervisor", "bank_admin"),
    "agency": ("agency_pu", "agency_lh", "agency_head_pu", "agency_head_lh"),
    "inspectorate": ("inspectorate",),
    "ombudsman": ("ombudsman",),
    "public": ("applicant",),
}
"""Which roles an account of an organisation of each kind may have.

That the office's accounts can never get the bank's roles is what keeps staff from the money.
"""

ROLE_FITS_KIND = " OR ".join(
    f"(organisation_kind = '{kind}' AND {one_of('role', *roles)})"
    for kind, roles in ROLES_OF.items()
)


class Organisation(Base):
    """Whose people they are: the office, the bank, an agency, the inspectorate."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    kind: Mapped[str]
    name: Mapped[str]

    __table_args__ = (
        UniqueConstraint("id", "kind"),
        UniqueConstraint("office_id", "name"),
        *named_checks({"kind": one_of("kind", *KINDS)}),
    )


class Officer(Base):
    """An account. It belongs to one organisation for as long as it exists."""

    __tablename__ = "officer"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    organisation_id: Mapped[UUID]
    organisation_kind: Mapped[str]
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title: Mapped[str] = mapped_column(server_default="")
    employee_number: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    locale: Mapped[str] = mapped_column(server_default="id")
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "organisation_kind"], ["organisation.id", "organisation.kind"]
        ),
        UniqueConstraint("id", "organisation_kind"),
        *named_checks(
            {
                "username": "username ~ '^[a-z][a-z0-9._-]{1,40}$'",
                "locale": one_of("locale", "id", "en"),
            }
        ),
    )


class OfficerRole(Base):
    """One role of one account; only roles that fit its organisation."""

    __tablename__ = "officer_role"

    officer_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id()
    organisation_kind: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(
            ["officer_id", "organisation_kind"], ["officer.id", "officer.organisation_kind"]
        ),
        Index("ix_officer_role_role", "office_id", "role"),
        *named_checks({"role_fits_kind": ROLE_FITS_KIND}),
    )


WAYS_TO_TELL = ("at_once", "digest", "never")


class AlertPreference(Base):
    """How one person wants to hear of alerts by letter. Without a row: at once, in office hours."""

    __tablename__ = "alert_preference"

    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    office_id: Mapped[UUID] = office_id()
    version: Mapped[int]
    warnings: Mapped[str] = mapped_column(server_default="at_once")
    breaches: Mapped[str] = mapped_column(server_default="at_once")
    outside_hours: Mapped[bool] = mapped_column(server_default="false")
    """Letters may leave when the office is closed."""
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    digested_at: Mapped[datetime | None]
    """Up to when the morning digest has told him what happened."""

    __table_args__ = (
        Index(
            "ix_alert_preference_digest",
            "office_id",
            postgresql_where=text("warnings = 'digest' OR breaches = 'digest'"),
        ),
        *named_checks(
            {
                "version": "version > 0",
                "warnings": one_of("warnings", *WAYS_TO_TELL),
                "breaches": one_of("breaches", *WAYS_TO_TELL),
            }
        ),
    )


class LoginSession(Base):
    """A signed-in browser. The cookie holds the key, the table only its hash."""

    __tablename__ = "login_session"

    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id()
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    ended_at: Mapped[datetime | None]


class RateCount(Base):
    """How often somebody tried something within a window; keys are keyed hashes."""

    __tablename__ = "rate_count"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]

    __table_args__ = (Index("ix_rate_count_expires_at", "expires_at"),)
