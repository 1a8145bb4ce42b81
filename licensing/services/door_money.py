"""What a step writes about money, as parts of the one writing statement."""

from __future__ import annotations

from typing import Any

from licensing.change import Change
from licensing.services.door_numbers import searched, taken, written

_BILL = f"""{taken("bill_numbered", "'SKRD'")}, billed AS (
  INSERT INTO bill (id, office_id, application_id, assessment_id, number, number_key, code,
         amount_idr, payer_name, payer_key, subject, service, issued_at, issued_by, due_at)
  SELECT %(bill_id)s, %(office)s, d.application_id, %(assessment)s, w.number,
         {searched("w.number")}, %(bill_code)s, %(bill_amount)s,
         p.name, {searched("p.name")}, d.subject, d.service,
         %(at)s, %(actor)s, %(bill_due)s
    FROM bill_numbered n, office o, dossier d JOIN applicant p ON p.id = d.applicant_id,
         LATERAL (SELECT {written("'SKRD'")} AS number) w
   WHERE d.application_id = %(id)s AND o.id = %(office)s
)"""  # noqa: S608 - fixed text

_CLOSED = """
bill_closed AS (
  UPDATE bill SET status = %(bill_status)s, closed_at = %(at)s
   WHERE id = %(closing_bill)s AND status = 'open'
)"""

# The kind of the organisation is read from the account that books, never handed in: the table
# refuses every kind but the bank's.
_PAID = f"""{taken("slip_numbered", "'SSRD'")}, booked AS (
  INSERT INTO payment (id, office_id, bill_id, amount_idr, slip_number, bank_reference, paid_at,
         paid_by, paid_by_kind, recorded_at)
  SELECT %(payment_id)s, %(office)s, %(bill_id)s, %(bill_amount)s, w.number,
         coalesce(nullif(%(bank_reference)s, ''), w.number), %(at)s, %(actor)s,
         (SELECT organisation_kind FROM officer WHERE id = %(actor)s), %(recorded_at)s
    FROM slip_numbered n, office o, LATERAL (SELECT {written("'SSRD'")} AS number) w
   WHERE o.id = %(office)s
), bill_paid AS (
  UPDATE bill SET status = 'paid', closed_at = %(at)s, payment_id = %(payment_id)s
   WHERE id = %(bill_id)s
)"""  # noqa: S608 - fixed text

_REVERSED = """
payment_reversed AS (
  UPDATE payment
     SET reversed_at = %(at)s, reversed_by = %(actor)s, reversed_why = %(reason)s,
         reversed_by_kind = (SELECT organisation_kind FROM officer WHERE id = %(actor)s)
   WHERE id = %(payment_id)s AND reversed_at IS NULL
), bill_opened AS (
  UPDATE bill SET status = 'open', closed_at = NULL, payment_id = NULL, due_at = %(bill_due)s
   WHERE id = %(bill_id)s
)"""


def money_parts(change: Change, parameters: dict[str, Any]) -> list[str]:
    """Return the parts that a change writes about money, and add their parameters."""
    parts: list[str] = []
    if change.bill_closing is not None:
        parts.append(_CLOSED)
        parameters |= {
            "closing_bill": change.bill_closing.bill_id,
            "bill_status": change.bill_closing.status,
        }
    if change.bill is not None:
        parts.append(_BILL)
        parameters |= {
            "bill_id": change.bill.bill_id,
            "assessment": change.bill.assessment_id,
            "bill_amount": change.bill.amount_idr,
            "bill_code": change.bill.code,
            "bill_due": change.bill.due_at,
        }
    if change.payment is not None:
        parts.append(_PAID)
        parameters |= {
            "payment_id": change.payment.payment_id,
            "bill_id": change.payment.bill_id,
            "bill_amount": change.payment.amount_idr,
            "bank_reference": change.payment.bank_reference,
        }
    if change.reversal is not None:
        parts.append(_REVERSED)
        parameters |= {
            "payment_id": change.reversal.payment_id,
            "bill_id": change.reversal.bill_id,
            "bill_due": change.reversal.due_at,
        }
    return parts
