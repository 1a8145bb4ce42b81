"""Services switched on and off. Off: no new application; those that are open go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound
from licensing.forms import MAX_LONG_TEXT, clean
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.administration import record
from workflows.sop import Text

KEEPERS = ("admin", "head")


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service as the administration sees it."""

    service: str
    title: Text
    version: int
    unconfirmed: int
    """Figures of its SOP that the office has not confirmed."""
    open: bool
    note: str
    since: datetime | None
    """When it was last switched; None where it never was."""
    changed_by: str | None
    applications: int
    """How many are open."""


def closed_services(connection: Connection) -> dict[str, str]:
    """Return the services that this office does not offer now, and what the public is told."""
    rows = connection.exec_driver_sql("SELECT service, note FROM service_state WHERE NOT open")
    return {row.service: row.note for row in rows}


def list_services(runtime: Runtime, by: Officer) -> tuple[ServiceLine, ...]:
    """Return every service that this office has published an SOP for, by title.

    Raises:
        NotAllowed: `by` keeps no services.
    """
    by.must_have("see the services", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        return tuple(sorted(_lines(runtime, connection, None), key=lambda line: line.title["id"]))


def preview_service_state(runtime: Runtime, service: str, by: Officer) -> ServiceLine:
    """Return a service before it is switched, with the applications that would go on.

    Raises:
        NotAllowed: `by` keeps no services.
        NotFound: the office has no such service.
    """
    by.must_have("switch a service", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        return _line(runtime, connection, service)


def set_service_state(
    runtime: Runtime, service: str, *, open_: bool, note: str, by: Officer
) -> None:
    """Take new applications for a service, or none, with what the public is told.

    Raises:
        NotAllowed: `by` keeps no services.
        NotFound: the office has no such service.
        InvalidInput: `note: required` where it is closed without a word to the public.
    """
    by.must_have("switch a service", *KEEPERS)
    note = check_note(note, open_=open_)
    with runtime.transaction(by.office_id) as connection:
        before = _line(runtime, connection, service)
        if (before.open, before.note) == (open_, note):
            return
        connection.exec_driver_sql(
            _SET,
            {
                "office": by.office_id,
                "service": service,
                "open": open_,
                "note": note,
                "by": by.id,
            },
        )
        record(
            connection,
            by.office_id,
            "service_opened" if open_ else "service_closed",
            service,
            by=by.id,
            detail={
                "before": {"open": before.open, "note": before.note},
                "after": {"open": open_, "note": note},
                "open_applications": before.applications,
            },
        )


def check_note(note: str, *, open_: bool) -> str:
    """Return what the public is told, as it is kept; nothing where the service is open.

    Raises:
        InvalidInput: it is missing or too long.
    """
    note = "" if open_ else clean(note)
    if not note and not open_:
        raise InvalidInput({"note": "required"})
    if len(note) > MAX_LONG_TEXT:
        raise InvalidInput({"note": "too_long"})
    return note


def _line(runtime: Runtime, connection: Connection, service: str) -> ServiceLine:
    for line in _lines(runtime, connection, service):
        return line
    raise NotFound("service", service)


def _lines(runtime: Runtime, connection: Connection, only: str | None) -> Iterator[ServiceLine]:
    for row in connection.exec_driver_sql(_LINES, {"only": only}).fetchall():
        sop = runtime.rules(connection, row.id).sop
        yield ServiceLine(
            row.service,
            sop.title,
            row.number,
            len(sop.to_confirm),
            row.open,
            row.note,
            row.since,
            row.changed_by,
            row.applications,
        )


_LINES = """
SELECT v.service, v.id, v.number, coalesce(s.open, true) AS open, coalesce(s.note, '') AS note,
       s.since, o.name AS changed_by, coalesce(a.open, 0) AS applications
  FROM (SELECT DISTINCT ON (service) service, id, number FROM sop_version
         WHERE %(only)s::text IS NULL OR service = %(only)s
         ORDER BY service, number DESC) v
  LEFT JOIN service_state s ON s.service = v.service
  LEFT JOIN officer o ON o.id = s.changed_by
  LEFT JOIN (SELECT w.service, count(*) AS open
               FROM application p JOIN sop_version w ON w.id = p.sop_version_id
              WHERE p.ended_at IS NULL GROUP BY w.service) a ON a.service = v.service
 ORDER BY v.service
"""

_SET = """
INSERT INTO service_state AS s (office_id, service, open, note, since, changed_by)
VALUES (%(office)s, %(service)s, %(open)s, %(note)s, clock_timestamp(), %(by)s)
ON CONFLICT (office_id, service) DO UPDATE
   SET open = excluded.open, note = excluded.note, since = excluded.since,
       changed_by = excluded.changed_by
"""
