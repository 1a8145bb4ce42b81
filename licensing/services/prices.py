"""Unit prices of a tariff: those in force on a day, and how an office sets new ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound
from licensing.forms import MAX_TEXT, one_line
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.administration import record
from licensing.tariffs import Price, prices_in_force, versions_of

PRICE_PLACES: Final = 2
"""A unit price may have sen; an amount on a bill may not."""

MOST_PRICE: Final = Decimal(10**13)

EXAMPLE_PRICES: Final[Mapping[str, Mapping[str, Decimal]]] = MappingProxyType(
    {
        "imb": MappingProxyType(
            {
                "hsbg": Decimal(20_000),
                "harga_pagar_luas": Decimal(500),
                "harga_septik": Decimal(4_000),
                "harga_formulir": Decimal(5_000),
            }
        )
    }
)
"""Figures of published examples, for an office that is invented itself."""

EXAMPLE_SOURCE: Final = "Contoh perhitungan, bukan harga menurut peraturan daerah"

_IN_FORCE = """
SELECT tariff, name, since, value_idr, source FROM tariff_price
 WHERE since <= %s ORDER BY set_at, id
"""

_TODAY = "SELECT (clock_timestamp() AT TIME ZONE zone)::date FROM office WHERE id = %s"

_SET = """
INSERT INTO tariff_price (office_id, tariff, name, since, value_idr, source, set_by)
SELECT %(office)s, %(tariff)s, p.name, %(since)s, p.value::numeric, %(source)s, %(by)s
  FROM unnest(%(names)s::text[], %(values)s::text[]) AS p(name, value)
"""


def prices_on(connection: Connection, tariff: str, day: date) -> Mapping[str, Price]:
    """Return the unit prices of the office of this transaction that hold on `day`, by name."""
    return all_prices_on(connection, day).get(tariff, {})


def all_prices_on(connection: Connection, day: date) -> Mapping[str, Mapping[str, Price]]:
    """Return the unit prices of every tariff that hold on `day`: tariff → name → price."""
    by_tariff: dict[str, list[Price]] = {}
    for row in connection.exec_driver_sql(_IN_FORCE, (day,)).fetchall():
        price = Price(row.name, _plain(row.value_idr), row.since, row.source)
        by_tariff.setdefault(row.tariff, []).append(price)
    return {name: prices_in_force(prices, day) for name, prices in by_tariff.items()}


def set_prices(
    runtime: Runtime,
    office_id: UUID,
    tariff: str,
    values: Mapping[str, Decimal],
    *,
    since: date,
    source: str,
    by: Officer,
) -> None:
    """Add unit prices in rupiah that hold from `since` on; what was set before stays on record.

    Raises:
        NotAllowed: `by` does not administer this office.
        NotFound: there is no such tariff or office.
        InvalidInput: every fault at once: `since`, `source`, and each price by its name.
    """
    by.must_have("set prices", "admin")
    if by.office_id != office_id:
        raise NotFound("office", office_id)
    source = one_line(source)
    with runtime.transaction(office_id) as connection:
        today = connection.exec_driver_sql(_TODAY, (office_id,)).scalar_one()
        faults = _faults(tariff, values, since, source, today)
        if faults:
            raise InvalidInput(faults)
        before = prices_on(connection, tariff, since)
        _write(connection, office_id, tariff, values, since, source, by.id)
        record(
            connection,
            office_id,
            "prices_set",
            tariff,
            by=by.id,
            detail={
                "since": since.isoformat(),
                "source": source,
                "before": {name: str(before[name].value) for name in values if name in before},
                "after": {name: str(value) for name, value in values.items()},
            },
        )


def check_prices(
    tariff: str, values: Mapping[str, Decimal], *, since: date, source: str, today: date
) -> None:
    """Pass for prices that could be set; nothing is written.

    Raises:
        NotFound: there is no such tariff.
        InvalidInput: every fault at once, as `set_prices`.
    """
    faults = _faults(tariff, values, since, one_line(source), today)
    if faults:
        raise InvalidInput(faults)


def preset_prices(connection: Connection, office_id: UUID, *, since: date) -> None:
    """Give an invented office the prices of published examples; their source says what they are."""
    for tariff, values in EXAMPLE_PRICES.items():
        _write(connection, office_id, tariff, values, since, EXAMPLE_SOURCE, None)


def _write(
    connection: Connection,
    office_id: UUID,
    tariff: str,
    values: Mapping[str, Decimal],
    since: date,
    source: str,
    by: UUID | None,
) -> None:
    connection.exec_driver_sql(
        _SET,
        {
            "office": office_id,
            "tariff": tariff,
            "since": since,
            "source": source,
            "by": by,
            "names": list(values),
            "values": [f"{value:f}" for value in values.values()],
        },
    )


def _plain(value: Decimal) -> Decimal:
    """Return whole rupiah without the decimals that the table keeps: a sheet shows no `,00`."""
    whole = value.to_integral_value()
    return whole if whole == value else value


def _faults(
    tariff: str, values: Mapping[str, Decimal], since: date, source: str, today: date
) -> dict[str, str]:
    known = {name for version in versions_of(tariff) for name in version.prices}
    if not known:
        raise NotFound("tariff", tariff)
    faults: dict[str, str] = {}
    if since < today:
        faults["since"] = "in_past"
    if not source:
        faults["source"] = "required"
    elif len(source) > MAX_TEXT:
        faults["source"] = "too_long"
    if not values:
        faults["prices"] = "required"
    for name, value in values.items():
        if name not in known:
            faults[name] = "unknown_price"
        elif not value.is_finite() or value < 0:
            faults[name] = "too_small"
        elif not value:
            # It would let files past the bank; only the tariff itself exempts.
            faults[name] = "price_of_nothing"
        elif value > MOST_PRICE:
            faults[name] = "too_large"
        elif value != round(value, PRICE_PLACES):
            faults[name] = "too_many_decimals"
    return faults
