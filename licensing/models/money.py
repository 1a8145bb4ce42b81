"""What is owed and what was paid: assessments, bills, payments, unit prices.

The bank alone books. A payment carries the account that booked it together with the kind of its
organisation, and the only kind allowed is the bank's: no right, role or setting of the office
gets past that.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from licensing.models.base import NOW, Base, Json, named_checks, office_id, one_of, own_id

RUPIAH = Numeric(16, 0)
"""Whole rupiah: nothing smaller is billed."""

BILL_STATES = ("open", "paid", "expired", "cancelled")


class FeeAssessment(Base):
    """One calculation of a fee, whole, with every factor. Never changed; a new one replaces it."""

    __tablename__ = "fee_assessment"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id(checked=False)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    tariff: Mapped[str]
    answers: Mapped[Json]
    sheet: Mapped[Json]
    amount_idr: Mapped[Decimal] = mapped_column(RUPIAH)
    assessed_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    assessed_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        UniqueConstraint("id", "application_id", "amount_idr"),
        Index("ix_fee_assessment_application", "application_id", "assessed_at"),
        *named_checks({"amount": "amount_idr >= 0"}),
    )


class Bill(Base):
    """One SKRD. Its amount is that of its assessment and never changes; a mistake is cancelled."""

    __tablename__ = "bill"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id(checked=False)
    application_id: Mapped[UUID]
    assessment_id: Mapped[UUID]
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(Text(collation="C"))
    code: Mapped[str]
    """What its QR code holds: found by the teller, not guessable."""
    amount_idr: Mapped[Decimal] = mapped_column(RUPIAH)
    payer_name: Mapped[str]
    payer_key: Mapped[str] = mapped_column(Text(collation="C"))
    subject: Mapped[str]
    service: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    due_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(server_default="open")
    closed_at: Mapped[datetime | None]
    payment_id: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["assessment_id", "application_id", "amount_idr"],
            ["fee_assessment.id", "fee_assessment.application_id", "fee_assessment.amount_idr"],
        ),
        ForeignKeyConstraint(
            ["payment_id", "id"], ["payment.id", "payment.bill_id"], use_alter=True
        ),
        UniqueConstraint("office_id", "number"),
        UniqueConstraint("office_id", "code"),
        UniqueConstraint("id", "amount_idr"),
        Index("ix_bill_number_key", "office_id", "number_key"),
        Index("ix_bill_payer_key", "office_id", "payer_key"),
        Index("ix_bill_application", "application_id", "issued_at"),
        Index(
            "uq_bill_one_live",
            "application_id",
            unique=True,
            postgresql_where=text("status IN ('open', 'paid')"),
        ),
        *named_checks(
            {
                "amount": "amount_idr > 0",
                "status": one_of("status", *BILL_STATES),
                "paid_by_a_payment": "(status = 'paid') = (payment_id IS NOT NULL)",
                "closed_whole": "(status = 'open') = (closed_at IS NULL)",
            }
        ),
    )


class Payment(Base):
    """One booking of the bank. Never deleted; a reversal is written beside it."""

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = office_id(checked=False)
    bill_id: Mapped[UUID]
    amount_idr: Mapped[Decimal] = mapped_column(RUPIAH)
    slip_number: Mapped[str]
    """Of the SSRD that the payer takes home."""
    bank_reference: Mapped[str]
    """The bank's own number of the booking; where the teller gives none, the slip's."""
    paid_at: Mapped[datetime]
    paid_by: Mapped[UUID]
    paid_by_kind: Mapped[str]
    recorded_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[UUID | None]
    reversed_by_kind: Mapped[str | None]
    reversed_why: Mapped[str | None]

    __table_args__ = (
        ForeignKeyConstraint(["bill_id", "amount_idr"], ["bill.id", "bill.amount_idr"]),
        ForeignKeyConstraint(
            ["paid_by", "paid_by_kind"], ["officer.id", "officer.organisation_kind"]
        ),
        ForeignKeyConstraint(
            ["reversed_by", "reversed_by_kind"], ["officer.id", "officer.organisation_kind"]
        ),
        UniqueConstraint("id", "bill_id"),
        UniqueConstraint("office_id", "slip_number"),
        UniqueConstraint("office_id", "bank_reference"),
        Index("ix_payment_day", "office_id", "paid_at"),
        Index(
            "uq_payment_one_live",
            "bill_id",
            unique=True,
            postgresql_where=text("reversed_at IS NULL"),
        ),
        *named_checks(
            {
                "by_the_bank": "paid_by_kind = 'bank'",
                "reversed_by_the_bank": "reversed_by_kind IS NULL OR reversed_by_kind = 'bank'",
                "reversed_whole": "num_nonnulls(reversed_at, reversed_by, reversed_by_kind,"
                " reversed_why) IN (0, 4)",
                "reversed_by_another": "reversed_by IS NULL OR reversed_by <> paid_by",
            }
        ),
    )


class TariffPrice(Base):
    """A unit price of a tariff by the Perda, from a date on. Only ever added to."""

    __tablename__ = "tariff_price"

    id: Mapped[UUID] = own_id()
    office_id: Mapped[UUID] = office_id()
    tariff: Mapped[str]
    name: Mapped[str]
    since: Mapped[date]
    value_idr: Mapped[Decimal] = mapped_column(Numeric(16, 2))
    source: Mapped[str]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    set_at: Mapped[datetime] = mapped_column(server_default=NOW)

    __table_args__ = (
        Index("ix_tariff_price_in_force", "office_id", "tariff", "name", "since"),
        *named_checks({"value": "value_idr >= 0", "source": "source <> ''"}),
    )
