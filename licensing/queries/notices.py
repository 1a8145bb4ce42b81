"""What a person was told inside the application: alerts on files, newest first, read or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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
    alert_id: UUID | None = None
    """The alert that it tells of, where that can be answered."""


@dataclass(frozen=True, slots=True)
class OwnNotices:
    """The newest messages of one person."""

    rows: Sequence[OwnNotice]
    unread: int
    """Counted up to a hundred."""


def own_notices(runtime: Runtime, officer: Officer, *, limit: int = PAGE) -> OwnNotices:
    """Return the newest notices to `officer` that stand inside the application."""
    with runtime.transaction(officer.office_id, planned=True) as connection:
        rows = connection.exec_driver_sql(_OWN, {"me": officer.id, "limit": limit}).fetchall()
    return OwnNotices([OwnNotice(*row[1:]) for row in rows if row.id is not None], rows[0].unread)


def unread_of(unread: int, news: Sequence[Sequence[Any]] | None) -> OwnNotices:
    """Return what the columns of `UNREAD` have read."""
    return OwnNotices(
        [
            OwnNotice(
                UUID(id_),
                None if file is None else UUID(file),
                event,
                params,
                datetime.fromisoformat(at),
                None,
                acknowledged,
                None if alert is None else UUID(alert),
            )
            for id_, file, event, params, at, acknowledged, alert in news or ()
        ],
        unread,
    )


UNREAD = """
       (SELECT count(*) FROM (
          SELECT 1 FROM notice
           WHERE officer_id = %(me)s AND channel = 'app' AND read_at IS NULL LIMIT 100) waiting)
         AS unread,
       (SELECT jsonb_agg(jsonb_build_array(n.id, n.application_id, n.event, n.params,
                           n.created_at, n.acknowledged, n.alert_id)
                         ORDER BY n.created_at DESC)
          FROM (SELECT n.id, n.application_id, n.event, n.params, n.created_at,
                       a.acknowledged_at IS NOT NULL AS acknowledged,
                       CASE WHEN a.withdrawn_at IS NULL THEN a.id END AS alert_id
                  FROM notice n LEFT JOIN alert a ON a.id = n.alert_id
                 WHERE n.officer_id = %(me)s AND n.channel = 'app' AND n.read_at IS NULL
                 ORDER BY n.created_at DESC
                 LIMIT %(news)s) n) AS news
"""
"""Columns of a statement that reads more than these: how many are unread, and the newest."""

_OWN = """
WITH counted AS (
  SELECT count(*) AS unread
    FROM (SELECT 1 FROM notice
           WHERE officer_id = %(me)s AND channel = 'app' AND read_at IS NULL LIMIT 100) waiting
)
SELECT c.unread, n.id, n.application_id, n.event, n.params, n.created_at, n.read_at,
       coalesce(n.acknowledged, false), n.alert_id
  FROM counted c
  LEFT JOIN LATERAL (
    SELECT n.id, n.application_id, n.event, n.params, n.created_at, n.read_at,
           a.acknowledged_at IS NOT NULL AS acknowledged,
           CASE WHEN a.withdrawn_at IS NULL THEN a.id END AS alert_id
      FROM notice n LEFT JOIN alert a ON a.id = n.alert_id
     WHERE n.officer_id = %(me)s AND n.channel = 'app'
     ORDER BY n.created_at DESC
     LIMIT %(limit)s
  ) n ON true
"""
