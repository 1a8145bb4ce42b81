"""Dates without a case: the times that an office allows, on the calendar that it counts by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from licensing.errors import InvalidInput, NotFound
from licensing.forms import search_key
from licensing.runtime import Runtime
from licensing.services.offices import office_id_of
from workflows.calendar_spec import CalendarFault
from workflows.due_date import DueDate, explain_due, received_moment
from workflows.sop import Text, Within
from workflows.worktime import Calendar

MOST: Final = 366
"""Working days, or hours, that can be asked for: a year is longer than any limit."""
_REACH: Final = timedelta(days=5 * 366)
"""How far from what the calendar covers a receipt may lie: further is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """One service and the time that its standard allows; None where it sets none."""

    name: str
    title: Text
    within: Within | None
    source: str
    open: bool
    """Whether the office takes new applications for it now."""


@dataclass(frozen=True, slots=True)
class OfficeTimes:
    """What an office counts by now."""

    office_id: UUID
    code: str
    name: str
    zone: str
    calendar: Calendar
    calendar_number: int
    now: datetime
    services: Sequence[ServiceTime]

    @property
    def today(self) -> date:
        """Today, in the office's zone."""
        return self.calendar.local_date(self.now)


@dataclass(frozen=True, slots=True)
class DueAnswer:
    """When something would be due, by which time and which calendar."""

    office: OfficeTimes
    service: ServiceTime | None
    source: str
    """The rule that sets the time; '' for a time of one's own."""
    due: DueDate
    timed: bool
    """Whether the time of the receipt was given, and not its date alone."""


def office_times(runtime: Runtime, office_id: UUID) -> OfficeTimes:
    """Return the times of an office, in two reading statements.

    The calendar and an SOP are one more each until the process knows them.

    Raises:
        NotFound: there is no such office, or it has no calendar.
    """
    with runtime.transaction(office_id) as connection:
        office = connection.exec_driver_sql(_OFFICE, (office_id,)).fetchone()
        if office is None:
            raise NotFound("office", office_id)
        if office.calendar_version_id is None:
            raise NotFound("calendar of office", office.code)
        versions = connection.exec_driver_sql(_SERVICES).fetchall()
        services = []
        for version in versions:
            sop = runtime.rules(connection, version.id).sop
            limit = sop.limits.get("service")
            services.append(
                ServiceTime(
                    sop.name,
                    sop.title,
                    None if limit is None else limit.within,
                    "" if limit is None else limit.source,
                    version.open,
                )
            )
        if versions:
            # A clock is remembered with its calendar: reading a year's days anew is what costs.
            calendar = runtime.clockwork(
                connection, versions[0].id, office.calendar_version_id, office.late_receipt
            ).calendar
        else:
            calendar = runtime.calendar(connection, office.calendar_version_id, office.late_receipt)
    services.sort(key=lambda service: service.title["id"])
    return OfficeTimes(
        office.id, office.code, office.name, office.zone, calendar, office.calendar_number,
        office.now, services,
    )  # fmt: skip


def office_times_named(runtime: Runtime, code: str) -> OfficeTimes:
    """Return the times of the office with this code, in three reading statements.

    Raises:
        NotFound: there is none, or it has no calendar.
    """
    with runtime.db.begin() as connection:
        office_id = office_id_of(connection, code)
    return office_times(runtime, office_id)


def due_answer(
    office: OfficeTimes,
    *,
    service: str | None,
    within: Within | None,
    received: date | datetime | None,
) -> DueAnswer:
    """Return when something received then would be due; `within` stands before the standard's.

    Without `received` it is received now.

    Raises:
        InvalidInput: by field, what cannot be used.
    """
    chosen = None
    if service is not None:
        chosen = next((one for one in office.services if one.name == service), None)
        if chosen is None:
            raise InvalidInput({"service": "unknown_choice"})
    allowed = within if within is not None or chosen is None else chosen.within
    if allowed is None:
        raise InvalidInput({"service": "time_needed" if chosen is None else "no_standard"})
    if not 1 <= allowed.amount <= MOST:
        raise InvalidInput({"within": "amount_range"})
    calendar = office.calendar
    known = office.now if received is None else received
    day = known if not isinstance(known, datetime) else known.date()
    first, last = calendar.spec.covers
    # Before anything is reckoned: at the ends of time even a change of zone fails.
    if not first - _REACH <= day <= last + _REACH:
        raise InvalidInput({"received": "outside_calendar"})
    try:
        due = explain_due(calendar, allowed, received_moment(calendar, known))
    except CalendarFault as fault:
        raise InvalidInput({"received": "outside_calendar"}) from fault
    source = chosen.source if chosen is not None and within is None else ""
    return DueAnswer(office, chosen, source, due, timed=isinstance(known, datetime))


def applications_numbered(
    runtime: Runtime, number: str, code: str | None = None
) -> Sequence[tuple[UUID, str, UUID]]:
    """Return office, its code and application for every file of this number, in all offices.

    Raises:
        NotFound: there is no office with this code.
    """
    with runtime.db.begin() as connection:
        offices = connection.exec_driver_sql(
            "SELECT id, code FROM office WHERE %s::text IS NULL OR code = %s ORDER BY code",
            (code, code),
        ).fetchall()
    if code is not None and not offices:
        raise NotFound("office", code)
    found = []
    for office_id, office_code in offices:
        with runtime.transaction(office_id) as connection:
            rows = connection.exec_driver_sql(
                "SELECT application_id FROM dossier WHERE number_key = %s", (search_key(number),)
            ).fetchall()
        found += [(office_id, office_code, row.application_id) for row in rows]
    return found


_OFFICE = """
SELECT o.id, o.code, o.name, o.zone, o.late_receipt, o.calendar_version_id,
       c.number AS calendar_number, clock_timestamp() AS now
  FROM office o LEFT JOIN calendar_version c ON c.id = o.calendar_version_id
 WHERE o.id = %s
"""

_SERVICES = """
SELECT v.id, s.service IS NULL AS open
  FROM (SELECT DISTINCT ON (service) id, service
          FROM sop_version ORDER BY service, number DESC) v
  LEFT JOIN service_state s ON s.service = v.service AND NOT s.open
 ORDER BY v.service
"""
