"""What is owed and what was paid. The bank alone books: the tables refuse everybody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import wall

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, each with no more rights than its rows need."""
    op.create_table(
        "tariff_price",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("value_idr", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("set_by", sa.UUID(), nullable=True),
        sa.Column(
            "set_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("source <> ''", name=op.f("ck_tariff_price_source")),
        sa.CheckConstraint("value_idr >= 0", name=op.f("ck_tariff_price_value")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_tariff_price_office_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["officer.id"], name=op.f("fk_tariff_price_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_price")),
    )
    op.create_index(
        "ix_tariff_price_in_force",
        "tariff_price",
        ["office_id", "tariff", "name", "since"],
        unique=False,
    )
    op.create_table(
        "fee_assessment",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sheet", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amount_idr", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("assessed_by", sa.UUID(), nullable=False),
        sa.Column(
            "assessed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_idr >= 0", name=op.f("ck_fee_assessment_amount")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_fee_assessment_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["assessed_by"], ["officer.id"], name=op.f("fk_fee_assessment_assessed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_assessment")),
        sa.UniqueConstraint(
            "id",
            "application_id",
            "amount_idr",
            name=op.f("uq_fee_assessment_id_application_id_amount_idr"),
        ),
    )
    op.create_index(
        "ix_fee_assessment_application",
        "fee_assessment",
        ["application_id", "assessed_at"],
        unique=False,
    )
    op.create_table(
        "bill",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("assessment_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("amount_idr", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("payer_key", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.UUID(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_id", sa.UUID(), nullable=True),
        sa.CheckConstraint(
            "(status = 'open') = (closed_at IS NULL)", name=op.f("ck_bill_closed_whole")
        ),
        sa.CheckConstraint(
            "(status = 'paid') = (payment_id IS NOT NULL)", name=op.f("ck_bill_paid_by_a_payment")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'paid', 'expired', 'cancelled')", name=op.f("ck_bill_status")
        ),
        sa.CheckConstraint("amount_idr > 0", name=op.f("ck_bill_amount")),
        sa.ForeignKeyConstraint(
            ["assessment_id", "application_id", "amount_idr"],
            ["fee_assessment.id", "fee_assessment.application_id", "fee_assessment.amount_idr"],
            name=op.f("fk_bill_assessment_id_application_id_amount_idr"),
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["officer.id"], name=op.f("fk_bill_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
        sa.UniqueConstraint("id", "amount_idr", name=op.f("uq_bill_id_amount_idr")),
        sa.UniqueConstraint("office_id", "code", name=op.f("uq_bill_office_id_code")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_bill_office_id_number")),
    )
    op.create_index("ix_bill_application", "bill", ["application_id", "issued_at"], unique=False)
    op.create_index("ix_bill_number_key", "bill", ["office_id", "number_key"], unique=False)
    op.create_index("ix_bill_payer_key", "bill", ["office_id", "payer_key"], unique=False)
    op.create_index(
        "uq_bill_one_live",
        "bill",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('open', 'paid')"),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("bill_id", sa.UUID(), nullable=False),
        sa.Column("amount_idr", sa.Numeric(precision=16, scale=0), nullable=False),
        sa.Column("slip_number", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_by", sa.UUID(), nullable=False),
        sa.Column("paid_by_kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.UUID(), nullable=True),
        sa.Column("reversed_by_kind", sa.Text(), nullable=True),
        sa.Column("reversed_why", sa.Text(), nullable=True),
        sa.CheckConstraint("paid_by_kind = 'bank'", name=op.f("ck_payment_by_the_bank")),
        sa.CheckConstraint(
            "reversed_by_kind IS NULL OR reversed_by_kind = 'bank'",
            name=op.f("ck_payment_reversed_by_the_bank"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(reversed_at, reversed_by, reversed_by_kind, reversed_why) IN (0, 4)",
            name=op.f("ck_payment_reversed_whole"),
        ),
        sa.CheckConstraint(
            "reversed_by IS NULL OR reversed_by <> paid_by",
            name=op.f("ck_payment_reversed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["bill_id", "amount_idr"],
            ["bill.id", "bill.amount_idr"],
            name=op.f("fk_payment_bill_id_amount_idr"),
        ),
        sa.ForeignKeyConstraint(
            ["paid_by", "paid_by_kind"],
            ["officer.id", "officer.organisation_kind"],
            name=op.f("fk_payment_paid_by_paid_by_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["reversed_by", "reversed_by_kind"],
            ["officer.id", "officer.organisation_kind"],
            name=op.f("fk_payment_reversed_by_reversed_by_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("id", "bill_id", name=op.f("uq_payment_id_bill_id")),
        sa.UniqueConstraint(
            "office_id", "bank_reference", name=op.f("uq_payment_office_id_bank_reference")
        ),
        sa.UniqueConstraint(
            "office_id", "slip_number", name=op.f("uq_payment_office_id_slip_number")
        ),
    )
    op.create_index("ix_payment_day", "payment", ["office_id", "paid_at"], unique=False)
    op.create_index(
        "uq_payment_one_live",
        "payment",
        ["bill_id"],
        unique=True,
        postgresql_where=sa.text("reversed_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_bill_payment_id_id"), "bill", "payment", ["payment_id", "id"], ["id", "bill_id"]
    )
    for table, rights in _RIGHTS.items():
        for statement in wall(table, rights=rights):
            op.execute(statement)


# An amount, a name, a number is never changed: a bill is closed, a payment is reversed.
_RIGHTS = {
    "fee_assessment": "SELECT, INSERT",
    "bill": "SELECT, INSERT, UPDATE (status, closed_at, payment_id, due_at)",
    "payment": (
        "SELECT, INSERT, UPDATE (reversed_at, reversed_by, reversed_by_kind, reversed_why)"
    ),
    "tariff_price": "SELECT, INSERT",
}


def downgrade() -> None:
    """Drop them."""
    op.drop_constraint(op.f("fk_bill_payment_id_id"), "bill", type_="foreignkey")
    for table in ("payment", "bill", "fee_assessment", "tariff_price"):
        op.drop_table(table)
