"""The versions of an office's calendar: who put which in force, when, and on what it rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.calendar_changes import KEEPERS
from workflows.calendar_spec import CalendarSpec

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class CalendarVersionView:
    """One version, with the one before it."""

    number: int
    source: str
    created_at: datetime
    created_by: str | None
    """A name; None: the command that made the office."""
    spec: CalendarSpec
    before: CalendarSpec | None
    """None for the first."""
    in_force: bool


@dataclass(frozen=True, slots=True)
class CalendarVersionPage:
    """One page of versions, newest first."""

    rows: Sequence[CalendarVersionView]
    zone: str
    next_before: int | None
    """The number below which the next page begins."""


def calendar_versions(
    runtime: Runtime, by: Officer, *, below: int | None = None
) -> CalendarVersionPage:
    """Return a page of the versions of the calendar, newest first.

    Raises:
        NotAllowed: `by` keeps no calendar.
    """
    by.must_have("see the calendar", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(_VERSIONS, {"below": below, "limit": PAGE + 1}).fetchall()
    specs = [CalendarSpec.from_json(row.spec) for row in rows]
    # The version before the last one shown is read along, to say what was changed.
    shown = [
        CalendarVersionView(
            row.number,
            row.source,
            row.created_at,
            row.created_by,
            specs[place],
            specs[place + 1] if place + 1 < len(rows) else None,
            row.in_force,
        )
        for place, row in enumerate(rows[:PAGE])
    ]
    return CalendarVersionPage(
        shown, rows[0].zone if rows else "", shown[-1].number if len(rows) > PAGE else None
    )


def calendar_version(runtime: Runtime, by: Officer, number: int) -> CalendarVersionView:
    """Return one version of the calendar.

    Raises:
        NotAllowed: `by` keeps no calendar.
        NotFound: there is no such version.
    """
    found = calendar_versions(runtime, by, below=number + 1).rows
    if not found or found[0].number != number:
        raise NotFound("calendar version", number)
    return found[0]


_VERSIONS = """
SELECT c.number, c.source, c.created_at, p.name AS created_by, c.spec, o.zone,
       c.id = o.calendar_version_id AS in_force
  FROM calendar_version c JOIN office o ON o.id = c.office_id
  LEFT JOIN officer p ON p.id = c.created_by
 WHERE c.office_id = current_office() AND (%(below)s::int IS NULL OR c.number < %(below)s)
 ORDER BY c.number DESC
 LIMIT %(limit)s
"""
