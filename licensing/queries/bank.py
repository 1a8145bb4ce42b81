"""What the bank's window shows: bills found by what is written on them, and what they say.

Of an application it tells no more than its bill does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from licensing.errors import NotFound, Refusal
from licensing.facts import facts_from_state
from licensing.people import Officer
from licensing.runtime import Runtime
from workflows.sop import Sop, Text

BANK = ("teller", "bank_supervisor", "bank_admin")
SHORTEST = 3
"""Fewer letters than this find nothing: they would find everything."""
LIMIT = 12
"""How many bills one search shows."""

_NOT_KEPT = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One booking of a bill, and its reversal where there is one."""

    id: UUID
    slip_number: str
    bank_reference: str
    amount_idr: int
    paid_at: datetime
    paid_by_id: UUID
    paid_by: str
    reversed_at: datetime | None
    reversed_by: str | None
    reversed_why: str | None


@dataclass(frozen=True, slots=True)
class Press:
    """What the reader may press on a bill; `refusal` says why it would be refused."""

    action: str
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class BillCard:
    """One bill as the bank sees it."""

    id: UUID
    number: str
    application_id: UUID
    registration: str
    version: int
    """Of the application, as a page shows it."""
    sop: Sop
    amount_idr: int
    payer_name: str
    subject: str
    service_title: Text
    issued_at: datetime
    due_at: datetime | None
    status: str
    closed_at: datetime | None
    ended: bool
    """Whether its application has come to its end."""
    payments: Sequence[PaymentView]
    """Newest first."""
    pay: Press | None
    reverse: Press | None
    now: datetime

    @property
    def payment(self) -> PaymentView | None:
        """The booking that stands."""
        return next((one for one in self.payments if one.reversed_at is None), None)

    @property
    def overdue(self) -> bool:
        """Whether it is open beyond its due date."""
        return self.status == "open" and self.due_at is not None and self.due_at < self.now


@dataclass(frozen=True, slots=True)
class BillHit:
    """One bill in a list of those found."""

    id: UUID
    number: str
    payer_name: str
    subject: str
    amount_idr: int
    status: str


@dataclass(frozen=True, slots=True)
class BillsFound:
    """What a search brought: the one bill that was meant, or those among which to choose."""

    card: BillCard | None
    hits: Sequence[BillHit]
    """Without the bill of `card`."""


def find_bills(runtime: Runtime, wanted: str, by: Officer) -> BillsFound:
    """Return the bills that a number, code, name or scanned address means: at most 2 statements.

    Raises:
        NotAllowed: `by` is not of the bank.
    """
    by.must_have("look for a bill", *BANK)
    with runtime.transaction(by.office_id) as connection:
        return bills_meant(runtime, connection, wanted, by)


def view_bill(runtime: Runtime, bill_id: UUID, by: Officer) -> BillCard:
    """Return one bill.

    Raises:
        NotAllowed: `by` is not of the bank.
        NotFound: his office has no such bill.
    """
    by.must_have("look at a bill", *BANK)
    with runtime.transaction(by.office_id) as connection:
        return bill_card(runtime, connection, bill_id, by)


def bills_meant(runtime: Runtime, connection: Connection, wanted: str, by: Officer) -> BillsFound:
    """Return what `find_bills` does, within a transaction that is open already."""
    term = scanned(wanted)
    key = bill_key(term)
    if len(key) < SHORTEST:
        return BillsFound(None, ())
    rows = connection.exec_driver_sql(
        _FOUND,
        {
            "key": key,
            "upto": key + "\x7f",
            "code": term.strip().lower(),
            "slip": term.strip().upper(),
            "limit": LIMIT,
        },
    ).fetchall()
    if not rows:
        return BillsFound(None, ())
    meant = rows[0] if rows[0].rank < _BY_NAME or len(rows) == 1 else None
    card = None if meant is None else bill_card(runtime, connection, meant.id, by)
    others = rows if meant is None else rows[1:]
    return BillsFound(card, [_hit(row) for row in others])


def scanned(wanted: str) -> str:
    """Return what a scanner has typed: of a whole address, the code that it holds."""
    text = wanted.strip()
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    code = parse_qs(parts.query).get("cari")
    return code[0] if code else parts.path.rstrip("/").rpartition("/")[2]


def bill_key(text: str) -> str:
    """Return the form in which numbers and names of bills are kept to be found."""
    return _NOT_KEPT.sub("", text).lower()


def bill_card(runtime: Runtime, connection: Connection, bill_id: UUID, by: Officer) -> BillCard:
    """Return what `view_bill` does, within a transaction that is open already."""
    cards = _cards(runtime, connection, [bill_id], by)
    if not cards:
        raise NotFound("bill", bill_id)
    return cards[0]


def view_bills(runtime: Runtime, bill_ids: Sequence[UUID], by: Officer) -> Sequence[BillCard]:
    """Return those of the bills that his office has, in their order: one statement.

    Raises:
        NotAllowed: `by` is not of the bank.
    """
    by.must_have("look at bills", *BANK)
    with runtime.transaction(by.office_id) as connection:
        return _cards(runtime, connection, bill_ids, by)


def _cards(
    runtime: Runtime, connection: Connection, bill_ids: Sequence[UUID], by: Officer
) -> Sequence[BillCard]:
    rows = connection.exec_driver_sql(_CARDS, {"ids": list(bill_ids)}).fetchall()
    return [_card(runtime, connection, row, by) for row in rows]


def _card(runtime: Runtime, connection: Connection, row: Any, by: Officer) -> BillCard:
    rules = runtime.rules(connection, row.sop_version_id)
    presses: dict[str, Press] = {}
    if row.outcome is None and (row.state.get("bill") or {}).get("i") == str(row.id):
        today = row.now.astimezone(ZoneInfo(row.zone)).date().isoformat()
        offers = rules.machine.offers(
            row.step,
            by=by.actor,
            facts=facts_from_state(row.state, today=today),
            held=row.state.get("held"),
            holds_used=row.state.get("holds"),
        )
        actions = rules.sop.steps[row.step].actions
        for offer in offers:
            action = actions.get(offer.action)
            for effect in action.then if action is not None else ():
                presses[effect] = Press(offer.action, offer.refusal)
    return BillCard(
        id=row.id,
        number=row.number,
        application_id=row.application_id,
        registration=row.registration,
        version=row.version,
        sop=rules.sop,
        amount_idr=int(row.amount_idr),
        payer_name=row.payer_name,
        subject=row.subject,
        service_title=rules.sop.title,
        issued_at=row.issued_at,
        due_at=row.due_at,
        status=row.status,
        closed_at=row.closed_at,
        ended=row.outcome is not None,
        payments=[_payment(line) for line in row.payments],
        pay=presses.get("book_payment") if row.status == "open" else None,
        reverse=presses.get("reverse_payment") if row.status == "paid" else None,
        now=row.now,
    )


def _payment(line: Mapping[str, Any]) -> PaymentView:
    return PaymentView(
        id=UUID(line["id"]),
        slip_number=line["slip_number"],
        bank_reference=line["bank_reference"],
        amount_idr=int(line["amount_idr"]),
        paid_at=datetime.fromisoformat(line["paid_at"]),
        paid_by_id=UUID(line["paid_by_id"]),
        paid_by=line["paid_by"],
        reversed_at=None
        if line["reversed_at"] is None
        else datetime.fromisoformat(line["reversed_at"]),
        reversed_by=line["reversed_by"],
        reversed_why=line["reversed_why"],
    )


def _hit(row: Any) -> BillHit:
    return BillHit(row.id, row.number, row.payer_name, row.subject, int(row.amount_idr), row.status)


_BY_NAME = 3

# Each way to find is an index of its own, by equality or range; a bill that is meant by its number
# outranks one that is only near. Of an application the bill that lives comes first.
_FOUND = f"""
WITH found AS (
  SELECT id, 1 AS rank FROM bill WHERE number_key = %(key)s
  UNION ALL
  SELECT id, 1 FROM bill WHERE code = %(code)s
  UNION ALL
  SELECT bill_id, 1 FROM payment WHERE slip_number = %(slip)s
  UNION ALL
  SELECT b.id, 2 FROM dossier d JOIN bill b ON b.application_id = d.application_id
   WHERE d.number_key = %(key)s
  UNION ALL
  (SELECT id, {_BY_NAME} FROM bill
    WHERE payer_key >= %(key)s AND payer_key < %(upto)s
    ORDER BY payer_key LIMIT %(limit)s)
), best AS (
  SELECT id, min(rank) AS rank FROM found GROUP BY id
)
SELECT b.id, b.number, b.payer_name, b.subject, b.amount_idr, b.status, t.rank
  FROM best t JOIN bill b ON b.id = t.id
 WHERE t.rank = (SELECT min(rank) FROM best)
 ORDER BY b.status IN ('open', 'paid') DESC, b.issued_at DESC, b.id
 LIMIT %(limit)s
"""  # noqa: S608 - fixed text

_CARDS = """
SELECT b.id, b.number, b.application_id, b.amount_idr, b.payer_name, b.subject, b.issued_at,
       b.due_at, b.status, b.closed_at, d.number AS registration, a.version, a.step, a.outcome,
       a.sop_version_id, a.state, o.zone, clock_timestamp() AS now,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', y.id, 'slip_number', y.slip_number,
                 'bank_reference', y.bank_reference, 'amount_idr', y.amount_idr::text,
                 'paid_at', y.paid_at, 'paid_by_id', y.paid_by, 'paid_by', k.name,
                 'reversed_at', y.reversed_at, 'reversed_by', r.name,
                 'reversed_why', y.reversed_why) ORDER BY y.paid_at DESC, y.id)
          FROM payment y JOIN officer k ON k.id = y.paid_by
          LEFT JOIN officer r ON r.id = y.reversed_by
         WHERE y.bill_id = b.id), '[]'::jsonb) AS payments
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS w(id, n)
  JOIN bill b ON b.id = w.id
  JOIN application a ON a.id = b.application_id
  JOIN dossier d ON d.application_id = b.application_id
  JOIN office o ON o.id = b.office_id
 ORDER BY w.n
"""
