"""The services that an office offers: the newest published SOP of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from licensing.errors import NotFound
from licensing.runtime import Runtime
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
    """One service with the SOP version in force."""

    sop: Sop
    number: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What an office offers now."""

    office: OfficeView
    services: Sequence[Service]
    calendar: Calendar | None
    now: datetime

    def service(self, name: str) -> Service:
        """Return one service.

        Raises:
            NotFound: the office does not offer it.
        """
        for service in self.services:
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


def catalogue(runtime: Runtime, office_id: UUID) -> Catalogue:
    """Return the services of an office, in two reading statements.

    Raises:
        NotFound: there is no such office.
    """
    with runtime.transaction(office_id) as connection:
        office = connection.exec_driver_sql(_OFFICE, (office_id,)).fetchone()
        if office is None:
            raise NotFound("office", office_id)
        versions = connection.exec_driver_sql(_IN_FORCE).fetchall()
        services = [
            Service(runtime.rules(connection, found.id).sop, found.number, found.published_at)
            for found in versions
        ]
        calendar = None
        if office.calendar_version_id is not None:
            calendar = runtime.calendar(connection, office.calendar_version_id, office.late_receipt)
    return Catalogue(
        OfficeView(*office[:11]),
        sorted(services, key=lambda service: service.sop.title["id"]),
        calendar,
        office.now,
    )


_OFFICE = """
SELECT id, code, name, government, place, address, phone, email, zone, sample, simulated,
       calendar_version_id, late_receipt, clock_timestamp() AS now
  FROM office WHERE id = %s
"""

_IN_FORCE = """
SELECT DISTINCT ON (service) id, service, number, published_at
  FROM sop_version ORDER BY service, number DESC
"""
