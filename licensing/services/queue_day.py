"""The day of an office's queue: held by whoever changes it, and ended by the first of the next."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from workflows.worktime import Calendar


def hold_day(connection: Connection, office_id: UUID) -> date:
    """Return today in the office's zone, with its queue held until this transaction ends.

    Changes of one queue come one after the other, so that its history has an order that can be
    proved. The first change of a day begins it, and closes what was left of the days before.
    """
    while True:
        day: date | None = connection.exec_driver_sql(_HOLD, (office_id,)).scalar_one_or_none()
        if day is not None:
            return day
        began = connection.exec_driver_sql(_BEGIN, (office_id,)).scalar_one_or_none()
        if began is not None:
            connection.exec_driver_sql(_CLOSE_LEFT, {"office": office_id, "day": began})


def opens_at(calendar: Calendar | None, now: datetime) -> datetime | None:
    """Return when tickets are given next; None while they are: from opening to closing.

    The break at noon closes nothing: whoever comes then waits with a number.
    """
    if calendar is None:
        return None
    day = calendar.local_date(now)
    windows = calendar.windows(day)
    if windows and now < windows[0][0]:
        return windows[0][0]
    if windows and now < windows[-1][1]:
        return None
    return calendar.opening(calendar.nth_after(day, 1))


_HOLD = """
UPDATE queue_day d
   SET changed_at = clock_timestamp()
  FROM office o
 WHERE o.id = %s AND d.office_id = o.id
   AND d.day = (clock_timestamp() AT TIME ZONE o.zone)::date
RETURNING d.day
"""

_BEGIN = """
INSERT INTO queue_day (office_id, day)
SELECT id, (clock_timestamp() AT TIME ZONE zone)::date FROM office WHERE id = %s
ON CONFLICT DO NOTHING
RETURNING day
"""

_CLOSE_LEFT = """
WITH closed AS (
  UPDATE ticket SET status = 'closed'
   WHERE office_id = %(office)s AND day < %(day)s AND status IN ('waiting', 'called', 'absent')
  RETURNING id, day, group_id
)
INSERT INTO ticket_event (office_id, day, ticket_id, kind, group_id)
SELECT %(office)s, day, id, 'closed', group_id FROM closed
"""
