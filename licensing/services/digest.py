"""The morning digest: one letter per person and working day, to whoever prefers it to many."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from licensing.queries.due_order import due_or_never
from licensing.runtime import Runtime
from licensing.services.sweep_sql import WATCHES
from workflows.worktime import Calendar

__all__ = ["DigestReport", "send_digests"]

log = logging.getLogger(__name__)

SHOWN = 20
"""Lines of each part; the rest is counted."""

PATIENCE = timedelta(minutes=15)
"""How long after opening a digest waits for the sweep, which has most to raise at that moment."""

_OFFICES = """
SELECT id, code, calendar_version_id, late_receipt, clock_timestamp()
  FROM office WHERE NOT simulated AND calendar_version_id IS NOT NULL ORDER BY code
"""

# What a sweep has in hand is still due to everybody else. What it raises bears the time at which it
# began: a digest written meanwhile would not have it, nor would the next one.
_BEING_SWEPT = """
SELECT EXISTS (SELECT FROM deadline WHERE office_id = %(office)s AND next_rung_at <= %(now)s)
    OR EXISTS (SELECT FROM alert
                WHERE office_id = %(office)s AND escalate_at <= %(now)s
                  AND acknowledged_at IS NULL AND withdrawn_at IS NULL)
"""

# Whoever is claimed here is claimed for this day, whether he has something to read or not: what
# happens later in the day is told tomorrow. Two at once: the second finds nobody left.
_DIGEST = f"""
WITH claimed AS (
  SELECT p.officer_id, coalesce(p.digested_at, p.changed_at) AS since, p.warnings,
         CASE WHEN p.breaches = 'never' AND {WATCHES} THEN 'at_once' ELSE p.breaches END AS breaches
    FROM alert_preference p
   WHERE p.office_id = %(office)s AND (p.warnings = 'digest' OR p.breaches = 'digest')
     AND coalesce(p.digested_at, p.changed_at) < %(opening)s
     FOR UPDATE OF p SKIP LOCKED
), marked AS (
  UPDATE alert_preference p SET digested_at = %(now)s
    FROM claimed WHERE claimed.officer_id = p.officer_id
), reader AS MATERIALIZED (
  SELECT c.*, o.email, o.locale,
         array(SELECT r.role FROM acting_role r
                WHERE r.officer_id = o.id AND r.office_id = %(office)s) AS roles
    FROM claimed c JOIN officer o ON o.id = c.officer_id AND o.active AND o.email <> ''
), told AS MATERIALIZED (
  SELECT r.officer_id, n.created_at, n.event, n.params,
         row_number() OVER (PARTITION BY r.officer_id ORDER BY n.created_at DESC, n.id) AS place
    FROM reader r
    JOIN notice n ON n.officer_id = r.officer_id AND n.channel = 'app'
                 AND n.created_at > r.since AND n.created_at <= %(now)s
    JOIN alert a ON a.id = n.alert_id AND a.withdrawn_at IS NULL
   WHERE CASE WHEN a.rung LIKE 'breach%%' THEN r.breaches ELSE r.warnings END = 'digest'
), work AS MATERIALIZED (
  SELECT r.officer_id, found.*,
         CASE WHEN found.due_at < %(now)s THEN 'overdue'
              WHEN found.due_at <= %(today)s THEN 'today' ELSE 'tomorrow' END AS part,
         row_number() OVER (
           PARTITION BY r.officer_id, CASE WHEN found.due_at < %(now)s THEN 0
                                           WHEN found.due_at <= %(today)s THEN 1 ELSE 2 END
           ORDER BY found.due_at, found.id, found.ask) AS place
    FROM reader r
   CROSS JOIN LATERAL unnest(r.roles) AS l(lane)
   CROSS JOIN LATERAL (
     SELECT a.id, NULL::text AS ask, a.due_at
       FROM application a
      WHERE a.ended_at IS NULL AND a.lane = l.lane
        AND {due_or_never("a")} <= %(tomorrow)s
        AND coalesce(a.holder_id, r.officer_id) = r.officer_id
      UNION ALL
     SELECT k.application_id, k.key, k.due_at
       FROM ask k
      WHERE k.closed_at IS NULL AND k.lane = l.lane
        AND {due_or_never("k")} <= %(tomorrow)s
        AND coalesce(k.holder_id, r.officer_id) = r.officer_id) AS found
), told_lines AS (
  SELECT officer_id, count(*) AS n,
         jsonb_agg(jsonb_build_object(
           'number', params -> 'number', 'subject', params -> 'subject', 'limit', params -> 'limit',
           'key', params -> 'key', 'rung', substr(event, 7), 'at', created_at)
           ORDER BY created_at DESC) FILTER (WHERE place <= {SHOWN}) AS lines
    FROM told GROUP BY officer_id
), work_lines AS (
  SELECT officer_id, jsonb_object_agg(part, jsonb_build_object('n', n, 'lines', lines)) AS parts
    FROM (SELECT w.officer_id, w.part, count(*) AS n,
                 jsonb_agg(jsonb_build_object('number', d.number, 'subject', d.subject,
                                              'due', w.due_at)
                           ORDER BY w.due_at, d.number) FILTER (WHERE w.place <= {SHOWN}) AS lines
            FROM work w JOIN dossier d ON d.application_id = w.id
           GROUP BY w.officer_id, w.part) one
   GROUP BY officer_id
), written AS (
  INSERT INTO notice (id, office_id, event, audience, officer_id, address, channel, locale, params,
         created_at, next_try_at)
  SELECT md5(concat_ws(':', 'digest', r.officer_id, %(day)s::text))::uuid, %(office)s, 'digest',
         'holder', r.officer_id, r.email, 'email', r.locale,
         coalesce(w.parts, '{{}}'::jsonb) || jsonb_build_object(
           'day', %(opening)s::timestamptz, 'zone', %(zone)s::text,
           'told', jsonb_build_object('n', coalesce(t.n, 0), 'lines', coalesce(t.lines, '[]'))),
         %(now)s, %(now)s
    FROM reader r
    LEFT JOIN told_lines t ON t.officer_id = r.officer_id
    LEFT JOIN work_lines w ON w.officer_id = r.officer_id
   WHERE t.officer_id IS NOT NULL OR w.officer_id IS NOT NULL
  ON CONFLICT (id) DO NOTHING
  RETURNING id
)
SELECT count(*) FROM written
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class DigestReport:
    """What became of a morning."""

    written: int
    """Letters put into the outbox."""
    failures: tuple[str, ...] = ()
    """Offices whose digest could not be written, and why; the others' were."""


def send_digests(runtime: Runtime, *, at: datetime | None = None) -> DigestReport:
    """Write the digests that are owed: after opening on a working day, once per person and day.

    At opening they wait for what the sweep has to raise by then, but no longer than 15 minutes.
    Whoever looks late in the day writes them late; after closing they wait for the next
    morning. Nothing is written on a closed day, and nothing ever leaves a simulated office.
    `at` is the time instead of the database's.
    """
    written = 0
    failures = []
    with runtime.db.begin() as connection:
        offices = connection.exec_driver_sql(_OFFICES).fetchall()
    for office_id, code, version, late_receipt, now in offices:
        try:
            with runtime.transaction(office_id) as connection:
                calendar = runtime.calendar(connection, version, late_receipt)
                written += _write(connection, office_id, calendar, at or now)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.exception("office %s: no digest", code)
            failures.append(f"{code}: {error.orig}")
    return DigestReport(written, tuple(failures))


def _write(connection: Connection, office_id: UUID, calendar: Calendar, now: datetime) -> int:
    day = calendar.local_date(now)
    if not calendar.is_working(day):
        return 0
    opening, closing = calendar.opening(day), calendar.closing(day)
    if not opening <= now <= closing:
        return 0
    if now < opening + PATIENCE and _being_swept(connection, office_id, now):
        return 0
    parameters: dict[str, Any] = {
        "office": office_id,
        "now": now,
        "opening": opening,
        "day": day,
        "today": closing,
        "tomorrow": calendar.closing(calendar.nth_after(day, 1)),
        "zone": calendar.spec.zone,
    }
    count: int = connection.exec_driver_sql(_DIGEST, parameters).scalar_one()
    return count


def _being_swept(connection: Connection, office_id: UUID, now: datetime) -> bool:
    """Return whether alerts are owed that no sweep has raised yet."""
    found: bool = connection.exec_driver_sql(
        _BEING_SWEPT, {"office": office_id, "now": now}
    ).scalar_one()
    return found
