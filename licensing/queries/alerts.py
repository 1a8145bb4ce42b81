"""What will be owed: every rung until a moment, who would be told, and when a letter leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.runtime import Runtime
from licensing.services.escalate import UNANSWERED
from licensing.services.office_hours import OfficeHours, office_hours
from licensing.services.sweep_sql import PREVIEW, peek, rules_json


@dataclass(frozen=True, slots=True)
class Telling:
    """One person who would be told, in the application and perhaps by letter."""

    audience: str
    name: str
    letter: str | None
    """`at_once`, `digest`; None where no letter is written to him."""
    leaves_at: datetime | None
    """When the letter leaves: in working time, unless he wants it at any hour."""


@dataclass(frozen=True, slots=True)
class OwedRung:
    """One rung that is owed and not yet raised, as things stand now."""

    application_id: UUID
    number: str
    subject: str
    key: str
    """The limit: `service`, `step:verification#2`."""
    title: Mapping[str, str] | str
    """What the SOP calls the step or ask; the bare name of a limit over the whole application."""
    rung: str
    """`escalated`: an alert of a breach that nobody has answered."""
    owed_at: datetime
    due_at: datetime | None
    tells_applicant: bool
    tells: tuple[Telling, ...]
    """Who else would be told."""
    tells_channels: bool = False
    """Whether it goes out by the channels of the office too."""


@dataclass(frozen=True, slots=True)
class OwedDigest:
    """A morning digest that somebody has asked for, the next one."""

    name: str
    leaves_at: datetime


def owed_until(
    runtime: Runtime, connection: Connection, office_id: UUID, until: datetime
) -> tuple[OwedRung, ...]:
    """Return each rung of one office owed until a moment once, earliest first.

    As things stand now: what is pressed until then changes it.
    """
    versions = peek(connection, office_id, until).owed
    if not versions:
        return ()
    rows = connection.exec_driver_sql(
        PREVIEW,
        {
            "office": office_id,
            "rules": rules_json(runtime, connection, versions),
            "now": until,
            "late_after": timedelta(0),
        },
    ).fetchall()
    hours = _hours(runtime, connection, office_id, until)
    return tuple(_owed(row, hours) for row in rows)


def unanswered_until(
    runtime: Runtime, connection: Connection, office_id: UUID, until: datetime
) -> tuple[OwedRung, ...]:
    """Return each alert that is passed on until a moment if nobody answers it, earliest first.

    Of alerts that have been raised; once each, to the next in rank.
    """
    if not peek(connection, office_id, until).unanswered:
        return ()
    rows = connection.exec_driver_sql(_PASSED_ON, {"office": office_id, "now": until}).fetchall()
    hours = _hours(runtime, connection, office_id, until)
    return tuple(_owed(row, hours) for row in rows)


def digests_until(
    runtime: Runtime, connection: Connection, office_id: UUID, now: datetime, until: datetime
) -> tuple[OwedDigest, ...]:
    """Return whose next morning digest comes between `now` and `until`."""
    hours = _hours(runtime, connection, office_id, now)
    morning = _morning(OfficeHours(now, hours.calendar))
    if morning is None or morning > until:
        return ()
    rows = connection.exec_driver_sql(_DIGEST_READERS, {"office": office_id})
    return tuple(OwedDigest(row[0], morning) for row in rows)


# As `sweep` would pass them on; `hears` has everybody of the next rank.
_PASSED_ON = f"""
WITH {UNANSWERED.replace("     CLAIM", "")}
SELECT next.application_id, d.number, d.subject, next.key,
       coalesce(next.params -> 'limit', to_jsonb(next.key)), 'escalated', next.escalate_at,
       next.due_at, false,
       (SELECT jsonb_agg(jsonb_build_array(next.audience, h.name, h.how, h.outside)
                         ORDER BY h.name)
          FROM hears h WHERE h.id = next.id), false
  FROM next JOIN dossier d ON d.application_id = next.application_id
 WHERE next.audience IS NOT NULL
 ORDER BY next.escalate_at, d.number, next.key
"""  # noqa: S608

_DIGEST_READERS = """
SELECT o.name FROM alert_preference p JOIN officer o ON o.id = p.officer_id AND o.active
 WHERE p.office_id = %(office)s AND (p.warnings = 'digest' OR p.breaches = 'digest')
   AND o.email <> ''
 ORDER BY o.name
"""


def _hours(runtime: Runtime, connection: Connection, office_id: UUID, now: datetime) -> OfficeHours:
    version, late_receipt = connection.exec_driver_sql(
        "SELECT calendar_version_id, late_receipt FROM office WHERE id = %s", (office_id,)
    ).one()
    return office_hours(runtime, connection, version, late_receipt, now)


def _owed(row: Any, hours: OfficeHours) -> OwedRung:
    then = OfficeHours(row[6], hours.calendar)
    return OwedRung(
        application_id=row[0],
        number=row[1],
        subject=row[2],
        key=row[3],
        title=row[4],
        rung=row[5],
        owed_at=row[6],
        due_at=row[7],
        tells_applicant=row[8],
        tells=tuple(_telling(then, *told) for told in row[9]),
        tells_channels=row[10],
    )


def _telling(then: OfficeHours, audience: str, name: str, how: str, outside: bool) -> Telling:
    if how == "digest":
        return Telling(audience, name, how, _morning(then))
    if how != "at_once":
        return Telling(audience, name, None, None)
    return Telling(audience, name, how, then.now if outside else then.opens)


def _morning(then: OfficeHours) -> datetime | None:
    """Return the next opening in the morning after a moment."""
    calendar = then.calendar
    if calendar is None:
        return None
    day = calendar.local_date(then.now)
    if calendar.is_working(day) and then.now < calendar.opening(day):
        return calendar.opening(day)
    return calendar.opening(calendar.nth_after(day, 1))
