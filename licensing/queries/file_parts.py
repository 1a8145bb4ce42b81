"""What belongs to one application beside its papers and history: asks, the fee, bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from licensing.facts import CaseFacts
from licensing.people import Officer
from licensing.runtime import Rules
from workflows.machine import Offer


@dataclass(frozen=True, slots=True)
class AskView:
    """One side path; `offers` are what the reader may press in it."""

    key: str
    name: str
    step: str
    lane: str | None
    holder_id: UUID | None
    holder: str | None
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    answer: str | None
    offers: Sequence[Offer] = ()
    colleagues: Sequence[tuple[UUID, str]] = ()
    """Who works in its lane, for a supervisor who reassigns."""


@dataclass(frozen=True, slots=True)
class FeeView:
    """The calculation that stands."""

    id: UUID
    tariff: str
    answers: Mapping[str, str]
    sheet: Mapping[str, Any]
    """Empty unless it was asked for: it is by far the longest part of a file."""
    amount_idr: int
    assessed_by: str
    assessed_at: datetime


@dataclass(frozen=True, slots=True)
class PaidView:
    """One booking of a bill by the bank; reversed ones stay."""

    id: UUID
    slip_number: str
    amount_idr: int
    paid_at: datetime
    paid_by: str
    reversed_at: datetime | None
    reversed_by: str | None
    reversed_why: str | None


@dataclass(frozen=True, slots=True)
class BillView:
    """One bill, with its payment where there is one; newest first in a file."""

    id: UUID
    number: str
    code: str
    amount_idr: int
    issued_at: datetime
    issued_by: str
    due_at: datetime | None
    status: str
    closed_at: datetime | None
    slip_number: str | None
    paid_at: datetime | None
    payments: Sequence[PaidView] = ()
    """Every booking, newest first."""


def asks_of(
    rows: Sequence[Mapping[str, Any]], rules: Rules, facts: CaseFacts, by: Officer
) -> list[AskView]:
    """Return the side paths of a file, each with what `by` may press in it."""
    found = []
    for row in rows:
        holder = _id(row["holder_id"])
        offers: tuple[Offer, ...] = ()
        if row["closed_at"] is None and holder in (None, by.id):
            offers = rules.machine.offers_ask(row["name"], row["step"], by=by.actor, facts=facts)
        found.append(
            AskView(
                row["key"],
                row["name"],
                row["step"],
                row["lane"],
                holder,
                row["holder"],
                _time(row["due_at"]),
                datetime.fromisoformat(row["opened_at"]),
                _time(row["closed_at"]),
                row["answer"],
                offers,
                [(UUID(found["id"]), found["name"]) for found in row["colleagues"]],
            )
        )
    return found


def fee_of(row: Mapping[str, Any] | None) -> FeeView | None:
    """Return the calculation that stands."""
    if row is None:
        return None
    return FeeView(
        **{
            **row,
            "id": UUID(row["id"]),
            "amount_idr": int(row["amount_idr"]),
            "assessed_at": datetime.fromisoformat(row["assessed_at"]),
        }
    )


def bill_of(row: Mapping[str, Any]) -> BillView:
    """Return one bill."""
    return BillView(
        **{
            **row,
            "id": UUID(row["id"]),
            "amount_idr": int(row["amount_idr"]),
            "issued_at": datetime.fromisoformat(row["issued_at"]),
            "due_at": _time(row["due_at"]),
            "closed_at": _time(row["closed_at"]),
            "paid_at": _time(row["paid_at"]),
            "payments": tuple([_paid(line) for line in row["payments"]]),
        }
    )


def _paid(line: Mapping[str, Any]) -> PaidView:
    return PaidView(
        **{
            **line,
            "id": UUID(line["id"]),
            "amount_idr": int(line["amount_idr"]),
            "paid_at": datetime.fromisoformat(line["paid_at"]),
            "reversed_at": _time(line["reversed_at"]),
        }
    )


def _id(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


ASKS = """
       coalesce((SELECT json_agg(json_build_object('key', k.key, 'name', k.name,
                 'step', k.step, 'lane', k.lane, 'holder_id', k.holder_id, 'holder', h2.name,
                 'due_at', k.due_at, 'opened_at', k.opened_at, 'closed_at', k.closed_at,
                 'answer', k.answer, 'colleagues', coalesce((
                    SELECT json_agg(json_build_object('id', c.id, 'name', c.name) ORDER BY c.name)
                      FROM officer c JOIN acting_role r ON r.officer_id = c.id
                     WHERE c.active
                       AND r.role = CASE k.lane WHEN 'applicant' THEN 'counter' ELSE k.lane END),
                    '[]'::json)) ORDER BY k.opened_at, k.key)
          FROM ask k LEFT JOIN officer h2 ON h2.id = k.holder_id
         WHERE k.application_id = a.id), '[]'::json) AS asks"""

FEE = """
       (SELECT json_build_object('id', f.id, 'tariff', f.tariff, 'answers', f.answers,
                 'sheet', CASE WHEN %(sheet)s THEN f.sheet ELSE '{}' END,
                 'amount_idr', f.amount_idr::text, 'assessed_by', w2.name,
                 'assessed_at', f.assessed_at)
          FROM fee_assessment f JOIN officer w2 ON w2.id = f.assessed_by
         WHERE f.application_id = a.id ORDER BY f.assessed_at DESC LIMIT 1) AS fee"""

BILLS = """
       coalesce((SELECT json_agg(json_build_object('id', b.id, 'number', b.number,
                 'code', b.code, 'amount_idr', b.amount_idr::text, 'issued_at', b.issued_at,
                 'issued_by', w3.name, 'due_at', b.due_at, 'status', b.status,
                 'closed_at', b.closed_at, 'slip_number', y.slip_number, 'paid_at', y.paid_at,
                 'payments', coalesce((SELECT json_agg(json_build_object('id', p2.id,
                     'slip_number', p2.slip_number, 'amount_idr', p2.amount_idr::text,
                     'paid_at', p2.paid_at, 'paid_by', w4.name, 'reversed_at', p2.reversed_at,
                     'reversed_by', w5.name, 'reversed_why', p2.reversed_why)
                     ORDER BY p2.paid_at DESC, p2.id)
                    FROM payment p2 JOIN officer w4 ON w4.id = p2.paid_by
                    LEFT JOIN officer w5 ON w5.id = p2.reversed_by
                   WHERE p2.bill_id = b.id), '[]'::json))
                 ORDER BY b.issued_at DESC)
          FROM bill b JOIN officer w3 ON w3.id = b.issued_by
          LEFT JOIN payment y ON y.id = b.payment_id
         WHERE b.application_id = a.id), '[]'::json) AS bills"""
