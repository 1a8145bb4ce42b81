"""An alert of a breach that nobody answers is passed on to the next in rank, once per rank."""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection

from licensing.runtime import Runtime
from licensing.services.office_hours import OfficeHours
from licensing.services.sweep_sql import WATCHES

__all__ = ["PASS_ON", "RANKS", "UNANSWERED", "escalate_batch"]

RANKS = ("holder", "supervisor", "head", "inspectorate")
"""Whoever is silent is followed by the next of these who has an account here."""

_RANKS = ", ".join(f"('{name}', {place})" for place, name in enumerate(RANKS, start=1))

# A limit that has ended, an alert that was answered or withdrawn: nobody has to hear of it. Who
# was told before stands in the notices of the alert itself.
UNANSWERED = f"""
rank AS MATERIALIZED (
  SELECT name, place FROM (VALUES {_RANKS}) AS r(name, place)
), due AS MATERIALIZED (
  SELECT al.id, al.application_id, al.key, al.rung, al.owed_at, al.raised_at, al.escalate_at,
         d.ended_at IS NULL AS open, coalesce(d.broken_at, d.due_at) AS due_at, a.sop_version_id
    FROM alert al
    JOIN deadline d ON d.application_id = al.application_id AND d.key = al.key
    JOIN application a ON a.id = al.application_id
   WHERE al.office_id = %(office)s AND al.escalate_at <= %(now)s
     AND al.acknowledged_at IS NULL AND al.withdrawn_at IS NULL
     CLAIM
), before AS MATERIALIZED (
  SELECT due.id, max(rank.place) AS place, (array_agg(n.params))[1] AS params,
         jsonb_agg(DISTINCT jsonb_build_object('audience', n.audience, 'name', o.name)) AS silent
    FROM due
    JOIN notice n ON n.alert_id = due.id AND n.channel = 'app'
    JOIN officer o ON o.id = n.officer_id
    JOIN rank ON rank.name = n.audience
   GROUP BY due.id
), next AS MATERIALIZED (
  SELECT due.*, up.name AS audience, up.place, before.silent,
         coalesce(before.params, '{{}}'::jsonb) AS params
    FROM due
    LEFT JOIN before ON before.id = due.id
    LEFT JOIN LATERAL (
      SELECT rank.name, rank.place
        FROM rank
       WHERE due.open AND rank.place > coalesce(before.place, 1)
         AND EXISTS (SELECT FROM acting_role r JOIN officer o ON o.id = r.officer_id AND o.active
                      WHERE r.office_id = %(office)s AND r.role = rank.name)
       ORDER BY rank.place LIMIT 1) up ON true
), hears AS MATERIALIZED (
  SELECT DISTINCT ON (next.id, o.id) next.id, o.id AS officer_id, o.name, o.email, o.locale,
         coalesce(p.outside_hours, false) AS outside,
         CASE WHEN o.email = '' THEN 'app'
              WHEN p.breaches = 'never' AND {WATCHES} THEN 'at_once'
              ELSE coalesce(p.breaches, 'at_once') END AS how
    FROM next
    JOIN acting_role r ON r.office_id = %(office)s AND r.role = next.audience
    JOIN officer o ON o.id = r.officer_id AND o.active
    LEFT JOIN alert_preference p ON p.officer_id = o.id
   ORDER BY next.id, o.id
)"""  # noqa: S608

_CLAIM = """
   ORDER BY al.escalate_at
   LIMIT %(batch)s
     FOR UPDATE OF al SKIP LOCKED"""

PASS_ON = f"""
WITH {UNANSWERED.replace("     CLAIM", _CLAIM)}, passed_on AS (
  UPDATE alert al
     SET escalate_at = CASE WHEN next.place < {len(RANKS)}
                            THEN (%(again)s::jsonb ->> next.sop_version_id::text)::timestamptz END
    FROM next WHERE next.id = al.id
), noticed AS (
  INSERT INTO notice (id, office_id, application_id, alert_id, event, audience, officer_id, address,
         channel, locale, params, created_at, next_try_at)
  SELECT md5(concat_ws(':', next.id, 'escalated', next.audience, h.officer_id, c.channel))::uuid,
         %(office)s, next.application_id, next.id, 'alert.escalated', next.audience, h.officer_id,
         CASE c.channel WHEN 'email' THEN h.email ELSE '' END, c.channel, h.locale,
         next.params || jsonb_build_object(
           'key', next.key, 'rung', next.rung, 'due', next.due_at, 'late', false,
           'number', dossier.number, 'subject', dossier.subject, 'zone', o.zone,
           'raised', next.raised_at, 'silent', coalesce(next.silent, '[]'::jsonb)),
         %(now)s,
         CASE WHEN c.channel = 'email' AND NOT o.simulated
              THEN CASE WHEN h.outside THEN %(now)s ELSE %(opens)s END::timestamptz END
    FROM next
    JOIN hears h ON h.id = next.id
    JOIN dossier ON dossier.application_id = next.application_id
    JOIN office o ON o.id = %(office)s
    JOIN (VALUES ('app'), ('email')) AS c(channel) ON c.channel = 'app' OR h.how = 'at_once'
  ON CONFLICT (id) DO NOTHING
  RETURNING alert_id
)
SELECT (SELECT count(*) FROM due), (SELECT count(DISTINCT alert_id) FROM noticed)
"""  # noqa: S608


def escalate_batch(
    runtime: Runtime,
    connection: Connection,
    office_id: UUID,
    versions: Iterable[UUID],
    *,
    hours: OfficeHours,
    batch: int,
) -> tuple[int, int]:
    """Pass unanswered alerts on; return how many were looked at, and of how many somebody heard.

    `versions` are those of the SOPs concerned: they say how long the next in rank has to answer.
    """
    again = {}
    for version in versions:
        sop = runtime.rules(connection, version).sop
        moment = hours.after(sop.escalate_after or runtime.escalate_after)
        again[str(version)] = None if moment is None else moment.isoformat()
    row = connection.exec_driver_sql(
        PASS_ON,
        {
            "office": office_id,
            "now": hours.now,
            "opens": hours.opens,
            "again": json.dumps(again),
            "batch": batch,
        },
    ).one()
    return row[0], row[1]
