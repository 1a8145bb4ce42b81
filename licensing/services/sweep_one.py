"""Limits that are swept one by one: what raises their alerts also presses, or writes a line.

Each is looked at under the lock by which the one door moves its application. What is pressed goes
through that door, in a transaction of its own, and only while nothing has happened meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.clock_rows import RUNNING
from licensing.errors import (
    ApplicationEnded,
    InputMissing,
    NotFound,
    Refusal,
    StaleApplication,
)
from licensing.people import Clock
from licensing.runtime import Runtime
from licensing.services.recompute_sql import BEING_COUNTED
from licensing.services.take_action import TakeAction, take_action
from workflows.worktime import Calendar

log = logging.getLogger(__name__)

_PAGE: Final = 200

_DUE: Final = """
SELECT next_rung_at, application_id, key
  FROM deadline
 WHERE office_id = %(office)s AND next_rung_at <= %(now)s AND key LIKE %(like)s
   AND status = ANY (%(statuses)s)
   AND (%(after)s::timestamptz IS NULL
        OR (next_rung_at, application_id, key) > (%(after)s, %(id)s::uuid, %(key)s))
 ORDER BY next_rung_at, application_id, key
 LIMIT %(page)s
"""

_READ: Final = """
SELECT status, rungs, next_rung_at, due_at FROM deadline
 WHERE application_id = %s AND key = %s
   FOR UPDATE
"""

_RAISE: Final = """
INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at)
VALUES (%(office)s, %(id)s, %(key)s, %(rung)s, %(owed)s, %(now)s)
ON CONFLICT (application_id, key, rung) WHERE withdrawn_at IS NULL DO NOTHING
RETURNING id
"""

_LOOK_AGAIN: Final = """
UPDATE deadline SET next_rung_at = %(again)s
 WHERE application_id = %(id)s AND key = %(key)s AND next_rung_at <= %(now)s
   AND status IN ('running', 'broken')
"""


@dataclass(frozen=True, slots=True)
class DueLimit:
    """The row of one limit that is due, locked."""

    status: str
    planned: tuple[tuple[str, datetime], ...]
    """Its rungs with their moments, in order."""
    due_at: datetime

    @property
    def running(self) -> bool:
        """Return whether the limit has not ended and does not stand still."""
        return self.status in RUNNING

    def next_after(self, now: datetime) -> datetime | None:
        """Return the next moment at which something is owed; None: nothing more."""
        return min((owed_at for _, owed_at in self.planned if owed_at > now), default=None)


@dataclass(frozen=True, slots=True)
class Pressing:
    """What the clock has to press, and what it saw when it decided to."""

    action: str
    ask: str | None
    version: int
    reason: str | None
    again: datetime
    """When to look again if the SOP refuses."""
    now: datetime


def due_limits(
    runtime: Runtime, office_id: UUID, prefix: str, now: datetime, *, late: bool = True
) -> Iterator[tuple[UUID, str]]:
    """Return each due limit of a kind once, oldest first, page by page.

    Without `late`, those that have ended after their moment are left out.
    """
    statuses = ["running", "paused", "broken", "met", "late", "closed"] if late else [*RUNNING]
    after: tuple[Any, Any, Any] = (None, None, None)
    while True:
        with runtime.transaction(office_id) as connection:
            rows = connection.exec_driver_sql(
                _DUE,
                {
                    "office": office_id,
                    "now": now,
                    "like": f"{prefix}%",
                    "statuses": statuses,
                    "after": after[0],
                    "id": after[1],
                    "key": after[2],
                    "page": _PAGE,
                },
            ).fetchall()
        for row in rows:
            yield row[1], row[2]
        if len(rows) < _PAGE:
            return
        after = (rows[-1][0], rows[-1][1], rows[-1][2])


def read_due(
    connection: Connection, application_id: UUID, key: str, now: datetime
) -> DueLimit | None:
    """Return the row of a limit, locked; None where it owes nothing any more."""
    row = connection.exec_driver_sql(_READ, (application_id, key)).fetchone()
    if row is None or row.next_rung_at is None or row.next_rung_at > now:
        return None
    moments = ((name, datetime.fromtimestamp(seconds, UTC)) for name, seconds in row.rungs)
    return DueLimit(row.status, tuple(sorted(moments, key=lambda rung: rung[1])), row.due_at)


def raise_alert(
    connection: Connection, case: Case, key: str, rung: str, owed_at: datetime, now: datetime
) -> UUID | None:
    """Write an alert; return its id, None where it was raised before."""
    found: UUID | None = connection.exec_driver_sql(
        _RAISE,
        {
            "office": case.office_id,
            "id": case.application_id,
            "key": key,
            "rung": rung,
            "owed": owed_at,
            "now": now,
        },
    ).scalar()
    return found


def being_counted(connection: Connection, case: Case) -> bool:
    """Return whether the file waits to be counted by another calendar, which may give more time."""
    found: bool = connection.exec_driver_sql(
        BEING_COUNTED, {"office": case.office_id, "calendar": case.calendar_version_id}
    ).scalar_one()
    return found


def next_opening(calendar: Calendar, now: datetime) -> datetime:
    """Return the opening of the next working day."""
    return calendar.opening(calendar.nth_after(calendar.local_date(now), 1))


def press(
    runtime: Runtime,
    office_id: UUID,
    application_id: UUID,
    key: str,
    pressing: Pressing,
    at: datetime | None,
) -> bool:
    """Return whether the clock moved the application; where it may not yet, look again later."""
    command = TakeAction(
        application_id,
        pressing.action,
        seen_version=pressing.version,
        ask=pressing.ask,
        reason=pressing.reason,
        at=at,
    )
    try:
        take_action(runtime, command, Clock(office_id))
    except (StaleApplication, ApplicationEnded, NotFound):
        return False  # somebody was quicker, and what was owed is owed no more
    except (Refusal, InputMissing) as refusal:
        log.info("application %s: %s is not due yet: %s", application_id, pressing.action, refusal)
        with runtime.transaction(office_id) as connection:
            connection.exec_driver_sql(
                _LOOK_AGAIN,
                {
                    "id": application_id,
                    "key": key,
                    "again": pressing.again,
                    "now": pressing.now,
                },
            )
        return False
    return True


def move_on(
    connection: Connection, application_id: UUID, key: str, next_rung_at: datetime | None
) -> None:
    """Let the sweep look at a limit again at that moment, or never."""
    connection.exec_driver_sql(
        "UPDATE deadline SET next_rung_at = %s WHERE application_id = %s AND key = %s",
        (next_rung_at, application_id, key),
    )
