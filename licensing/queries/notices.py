"""What a person was told inside the application: alerts on files, newest first, read or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.people import Officer
from licensing.runtime import Runtime

PAGE = 50


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """One message to the person who looks."""

    id: UUID
    application_id: UUID | None
    event: str
    """`alert.` and the rung: `alert.80%`, `alert.breach+1`."""
    params: Mapping[str, Any]
    created_at: datetime
    read_at: datetime | None
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class OwnNotices:
    """The newest messages of one person."""

    rows: Sequence[OwnNotice]
    unread: int
    """Counted up to a hundred."""


def own_notices(
    runtime: Runtime, officer: Officer, *, limit: int = PAGE, unread_only: bool = False
) -> OwnNotices:
    """Return the newest notices to `officer` that stand inside the application."""
    with runtime.transaction(officer.office_id, planned=True) as connection:
        return notices_of(connection, officer, limit=limit, unread_only=unread_only)


def notices_of(
    connection: Connection, officer: Officer, *, limit: int, unread_only: bool
) -> OwnNotices:
    """Return the newest notices to `officer`, in a transaction that reads more than these."""
    rows = connection.exec_driver_sql(
        _OWN, {"me": officer.id, "limit": limit, "unread_only": unread_only}
    ).fetchall()
    return OwnNotices([OwnNotice(*row[1:]) for row in rows if row.id is not None], rows[0].unread)


_OWN = """
WITH counted AS (
  SELECT count(*) AS unread
    FROM (SELECT 1 FROM notice
           WHERE officer_id = %(me)s AND channel = 'app' AND read_at IS NULL LIMIT 100) waiting
)
SELECT c.unread, n.id, n.application_id, n.event, n.params, n.created_at, n.read_at,
       coalesce(n.acknowledged, false)
  FROM counted c
  LEFT JOIN LATERAL (
    SELECT n.id, n.application_id, n.event, n.params, n.created_at, n.read_at,
           a.acknowledged_at IS NOT NULL AS acknowledged
      FROM notice n LEFT JOIN alert a ON a.id = n.alert_id
     WHERE n.officer_id = %(me)s AND n.channel = 'app'
       AND (NOT %(unread_only)s OR n.read_at IS NULL)
     ORDER BY n.created_at DESC
     LIMIT %(limit)s
  ) n ON true
"""
