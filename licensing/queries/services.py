"""The services that an office offers: the newest published SOP of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from licensing.errors import NotFound
from licensing.runtime import Runtime
from licensing.services.prices import all_prices_on
from licensing.tariffs import Price
from workflows.sop import Sop
from workflows.worktime import Calendar


@dataclass(frozen=True, slots=True)
class OfficeView:
    """The office as every page names it."""

    id: UUID
    code: str
    name: str
    government: str
    place: str
    address: str
    phone: str
    email: str
    zone: str
    sample: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class Service:
    """One service with the SOP version in force; two of them are equal where the version is.

    A published version never changes, so whatever is read off one may be kept by it.
    """

    id: UUID
    """Of the SOP version."""
    sop: Sop = field(compare=False, repr=False)
    number: int
    published_at: datetime
    closed_note: str | None = field(default=None, compare=False)
    """What the public is told while the office does not offer it; None while it does."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works in one lane."""

    people: int
    name: str | None
    """Of the only one; None where there are several."""
    title: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What an office offers now."""

    office: OfficeView
    services: Sequence[Service]
    calendar: Calendar | None
    now: datetime
    staff: Mapping[str, Staff] = field(default_factory=dict)
    """Role → who has it; empty where nobody asked for it."""
    closed: Sequence[Service] = ()
    """Services with an SOP that are not offered now."""

    def service(self, name: str) -> Service:
        """Return one service, also one that is not offered now.

        Raises:
            NotFound: the office has no SOP for it.
        """
        for service in (*self.services, *self.closed):
            if service.sop.name == name:
                return service
        raise NotFound("service", name)


def offices(runtime: Runtime) -> tuple[OfficeView, ...]:
    """Return every office of this database that works in real time, oldest first."""
    with runtime.db.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, code, name, government, place, address, phone, email, zone, sample,"
            " simulated FROM office WHERE NOT simulated ORDER BY created_at, code"
        ).fetchall()
    return tuple(OfficeView(*row) for row in rows)


def catalogue(
    runtime: Runtime,
    office_id: UUID,
    *,
    with_calendar: bool = True,
    with_staff: bool = False,
) -> Catalogue:
    """Return the services of an office, in two reading statements.

    Who works there is one statement more; the calendar too, until the process knows it. Without
    a service there is nothing to reckon and no calendar.

    Raises:
        NotFound: there is no such office.
    """
    with runtime.transaction(office_id) as connection:
        office = connection.exec_driver_sql(_OFFICE, (office_id,)).fetchone()
        if office is None:
            raise NotFound("office", office_id)
        versions = connection.exec_driver_sql(_IN_FORCE).fetchall()
        services = [
            Service(
                found.id,
                runtime.rules(connection, found.id).sop,
                found.number,
                found.published_at,
                found.closed_note,
            )
            for found in versions
        ]
        calendar = None
        if with_calendar and services and office.calendar_version_id is not None:
            # A clock is remembered with its calendar: reading a year's days anew is what costs.
            calendar = runtime.clockwork(
                connection, services[0].id, office.calendar_version_id, office.late_receipt
            ).calendar
        staff: Mapping[str, Staff] = {}
        if with_staff:
            rows = connection.exec_driver_sql(_STAFF).fetchall()
            staff = {row.role: Staff(row.people, row.name, row.title) for row in rows}
    services.sort(key=lambda service: service.sop.title["id"])
    return Catalogue(
        OfficeView(*office[:11]),
        [service for service in services if service.closed_note is None],
        calendar,
        office.now,
        staff,
        [service for service in services if service.closed_note is not None],
    )


def unit_prices(runtime: Runtime, office_id: UUID, on: date) -> Mapping[str, Mapping[str, Price]]:
    """Return the unit prices of an office that hold on a day: tariff → name → price."""
    with runtime.transaction(office_id) as connection:
        return all_prices_on(connection, on)


_OFFICE = """
SELECT id, code, name, government, place, address, phone, email, zone, sample, simulated,
       calendar_version_id, late_receipt, clock_timestamp() AS now
  FROM office WHERE id = %s
"""

_IN_FORCE = """
SELECT v.id, v.service, v.number, v.published_at, s.note AS closed_note
  FROM (SELECT DISTINCT ON (service) id, service, number, published_at
          FROM sop_version ORDER BY service, number DESC) v
  LEFT JOIN service_state s ON s.service = v.service AND NOT s.open
"""

_STAFF = """
SELECT r.role, count(*) AS people,
       CASE WHEN count(*) = 1 THEN min(o.name) END AS name,
       CASE WHEN count(*) = 1 THEN min(o.title) END AS title
  FROM acting_role r JOIN officer o ON o.id = r.officer_id
 WHERE o.active GROUP BY r.role
"""
