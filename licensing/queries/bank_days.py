"""The bank's list of a day: every booking, every reversal, and sums that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from licensing.people import Officer
from licensing.queries.bank import BANK, BillsFound, bill_card, bills_meant
from licensing.runtime import Runtime

PAGE = 25
SHOWN = 7
"""How many of the latest bookings stand beside the window: it has to fit one screen."""
OVERSEERS = ("bank_supervisor", "bank_admin")
"""Who sees what every teller has booked; a teller sees his own."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One booking; struck through where it was reversed."""

    payment_id: UUID
    bill_id: UUID
    bill_number: str
    slip_number: str
    bank_reference: str
    payer_name: str
    service: str
    amount_idr: int
    paid_at: datetime
    teller: str
    reversed_at: datetime | None
    reversed_by: str | None
    reversed_why: str | None


@dataclass(frozen=True, slots=True)
class DaySum:
    """What was booked, reversed, and is left; of one teller, or of all."""

    teller: str
    booked: int
    booked_idr: int
    reversed: int
    reversed_idr: int

    @property
    def left(self) -> int:
        """How many bookings stand."""
        return self.booked - self.reversed

    @property
    def left_idr(self) -> int:
        """What they come to."""
        return self.booked_idr - self.reversed_idr


@dataclass(frozen=True, slots=True)
class TapeLine:
    """One of the latest bookings."""

    bill_id: UUID
    bill_number: str
    payer_name: str
    amount_idr: int
    paid_at: datetime
    reversed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tape:
    """The day so far, beside the window."""

    total: DaySum
    lines: Sequence[TapeLine]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the window shows."""

    found: BillsFound
    tape: Tape


@dataclass(frozen=True, slots=True)
class BankDay:
    """One day, or one page of it."""

    on: date
    rows: Sequence[DayRow]
    """Newest first."""
    sums: Sequence[DaySum]
    """One a teller, over the whole day."""
    total: DaySum
    next_after: str | None


def bank_day(
    runtime: Runtime,
    by: Officer,
    on: date,
    zone: str,
    *,
    after: str | None = None,
    limit: int | None = PAGE,
) -> BankDay:
    """Return the bookings of a day in the office's zone: 2 statements; `limit` None for all.

    Raises:
        NotAllowed: `by` is not of the bank.
        ValueError: `after` is no place in such a list.
    """
    by.must_have("see the list of a day", *BANK)
    before_at, before_id = _place(after)
    parameters = {
        **_whose(by, on, zone),
        "before": before_at,
        "before_id": before_id,
        "limit": None if limit is None else limit + 1,
    }
    with runtime.transaction(by.office_id) as connection:
        sums = [
            DaySum(line.teller, line.booked, int(line.booked_idr), line.taken, int(line.taken_idr))
            for line in connection.exec_driver_sql(_SUMS, parameters)
        ]
        found = [DayRow(*line) for line in connection.exec_driver_sql(_DAY, parameters)]
    more = limit is not None and len(found) > limit
    rows = found[:limit] if more else found
    last = rows[-1] if more else None
    return BankDay(
        on,
        rows,
        sums,
        DaySum(
            "",
            sum(one.booked for one in sums),
            sum(one.booked_idr for one in sums),
            sum(one.reversed for one in sums),
            sum(one.reversed_idr for one in sums),
        ),
        None if last is None else f"{last.paid_at.isoformat()}~{last.payment_id}",
    )


def bank_desk(
    runtime: Runtime,
    by: Officer,
    on: date,
    zone: str,
    *,
    wanted: str = "",
    bill_id: UUID | None = None,
) -> Desk:
    """Return the window with one bill, or with what `wanted` finds: at most 3 statements.

    Raises:
        NotAllowed: `by` is not of the bank.
        NotFound: his office has no such bill.
    """
    by.must_have("open the bank's window", *BANK)
    found = BillsFound(None, ())
    with runtime.transaction(by.office_id) as connection:
        if bill_id is not None:
            found = BillsFound(bill_card(runtime, connection, bill_id, by), ())
        elif wanted:
            found = bills_meant(runtime, connection, wanted, by)
        row = connection.exec_driver_sql(_TAPE, _whose(by, on, zone) | {"shown": SHOWN}).one()
    lines = [
        TapeLine(
            UUID(line["bill_id"]),
            line["number"],
            line["payer_name"],
            int(line["amount_idr"]),
            datetime.fromisoformat(line["paid_at"]),
            None if line["reversed_at"] is None else datetime.fromisoformat(line["reversed_at"]),
        )
        for line in row.lines
    ]
    total = DaySum("", row.booked, int(row.booked_idr), row.taken, int(row.taken_idr))
    return Desk(found, Tape(total, lines))


def _whose(by: Officer, on: date, zone: str) -> dict[str, Any]:
    """Return which bookings are meant: of a day in the zone, of whom the reader may see."""
    return {
        "begin": datetime.combine(on, time.min, ZoneInfo(zone)),
        "end": datetime.combine(on + timedelta(days=1), time.min, ZoneInfo(zone)),
        "teller": None if by.has(*OVERSEERS) else by.id,
    }


def _place(after: str | None) -> tuple[datetime | str, UUID]:
    if after is None:
        return "infinity", UUID(int=2**128 - 1)
    at, _, payment_id = after.partition("~")
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return moment, UUID(payment_id)


# A booking is reversed on its own day only, so the day of the booking holds both.
_WHOSE = """
 WHERE y.paid_at >= %(begin)s AND y.paid_at < %(end)s
   AND (%(teller)s::uuid IS NULL OR y.paid_by = %(teller)s)
"""

_SUMS = f"""
SELECT w.name AS teller, count(*) AS booked, sum(y.amount_idr) AS booked_idr,
       count(y.reversed_at) AS taken,
       coalesce(sum(y.amount_idr) FILTER (WHERE y.reversed_at IS NOT NULL), 0) AS taken_idr
  FROM payment y JOIN officer w ON w.id = y.paid_by
{_WHOSE}
 GROUP BY w.id, w.name ORDER BY w.name, w.id
"""  # noqa: S608 - fixed text

_TAPE = f"""
SELECT count(*) AS booked, coalesce(sum(y.amount_idr), 0) AS booked_idr,
       count(y.reversed_at) AS taken,
       coalesce(sum(y.amount_idr) FILTER (WHERE y.reversed_at IS NOT NULL), 0) AS taken_idr,
       coalesce((SELECT jsonb_agg(l ORDER BY l.paid_at DESC) FROM
          (SELECT y.bill_id, b.number, b.payer_name, y.amount_idr::text, y.paid_at, y.reversed_at
             FROM payment y JOIN bill b ON b.id = y.bill_id
           {_WHOSE}
            ORDER BY y.paid_at DESC, y.id DESC LIMIT %(shown)s) l), '[]'::jsonb) AS lines
  FROM payment y
{_WHOSE}
"""  # noqa: S608 - fixed text

_DAY = f"""
SELECT y.id, y.bill_id, b.number, y.slip_number, y.bank_reference, b.payer_name, b.service,
       y.amount_idr::bigint, y.paid_at, w.name, y.reversed_at, r.name, y.reversed_why
  FROM payment y JOIN bill b ON b.id = y.bill_id JOIN officer w ON w.id = y.paid_by
  LEFT JOIN officer r ON r.id = y.reversed_by
{_WHOSE}
   AND (y.paid_at, y.id) < (%(before)s::timestamptz, %(before_id)s::uuid)
 ORDER BY y.paid_at DESC, y.id DESC LIMIT %(limit)s
"""  # noqa: S608 - fixed text
