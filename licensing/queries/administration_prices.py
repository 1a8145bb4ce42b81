"""What administrators see of tariffs: the unit prices in force, and everything set before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.prices import all_prices_on
from licensing.tariffs import Price, Tariff, shipped

PRICE_KEEPERS = ("admin",)
PRICE_READERS = ("admin", "head")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One unit price as it was set."""

    tariff: str
    name: str
    since: date
    value: Decimal
    source: str
    set_by: str | None
    """None: the sample office's example."""
    set_at: datetime


@dataclass(frozen=True, slots=True)
class PriceDesk:
    """The tariffs that an office charges by, the prices of today, and the history."""

    tariffs: Sequence[Tariff]
    """The newest version of each."""
    today: date
    in_force: Mapping[str, Mapping[str, Price]]
    history: Sequence[PriceRow]


def price_desk(runtime: Runtime, by: Officer) -> PriceDesk:
    """Return the unit prices of an office.

    Raises:
        NotAllowed: `by` does not look after prices.
    """
    by.must_have("see the prices", *PRICE_READERS)
    newest = {tariff.name: tariff for tariff in shipped()}
    with runtime.transaction(by.office_id) as connection:
        today: date = connection.exec_driver_sql(
            "SELECT (clock_timestamp() AT TIME ZONE zone)::date FROM office"
            " WHERE id = current_office()"
        ).scalar_one()
        set_here = all_prices_on(connection, today)
        in_force = {name: set_here.get(name, {}) for name in newest}
        rows = connection.exec_driver_sql(_HISTORY).fetchall()
    return PriceDesk(tuple(newest.values()), today, in_force, [PriceRow(*row) for row in rows])


def unbilled(runtime: Runtime, by: Officer, tariff: str) -> int:
    """Return how many open applications of a tariff have no bill that is open or paid.

    Raises:
        NotAllowed: `by` does not look after prices.
    """
    by.must_have("see the prices", *PRICE_READERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(_UNBILLED).fetchall()
        return sum(
            row.waiting
            for row in rows
            if runtime.rules(connection, row.sop_version_id).sop.fee.tariff == tariff
        )


_HISTORY = """
SELECT p.tariff, p.name, p.since, p.value_idr, p.source, o.name, p.set_at
  FROM tariff_price p LEFT JOIN officer o ON o.id = p.set_by
 ORDER BY p.set_at DESC, p.id DESC LIMIT 200
"""

_UNBILLED = """
SELECT a.sop_version_id, count(*) AS waiting
  FROM application a
 WHERE a.ended_at IS NULL
   AND NOT EXISTS (SELECT FROM bill b
                    WHERE b.application_id = a.id AND b.status IN ('open', 'paid'))
 GROUP BY a.sop_version_id
"""
