"""The statement of a sweep: from what is due to alerts and notices, a whole batch at once.

One data-modifying statement a batch: it claims due limits, raises each rung that is owed and
not yet raised, writes a notice for every person and channel, and moves each limit on to its
next rung. The same parts, without the claim and the writing, answer the preview.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.runtime import Runtime
from workflows.sop import Party, Sop

_PEEK = """
SELECT {now},
       array(SELECT DISTINCT a.sop_version_id
               FROM deadline d JOIN application a ON a.id = d.application_id
              WHERE d.office_id = %(office)s AND d.next_rung_at <= {now})
"""
PEEK_AT = _PEEK.format(now="%(now)s::timestamptz")
# The time of the statement, not of the clock: only that may stand in the condition of an index.
PEEK_NOW = _PEEK.format(now="statement_timestamp()")

_RULES = """
rules AS MATERIALIZED (
  SELECT version, service, ladder, lanes, titles
    FROM jsonb_to_recordset(%(rules)s::jsonb)
         AS r(version uuid, service jsonb, ladder jsonb, lanes jsonb, titles jsonb)
)"""

_DUE = """
due AS MATERIALIZED (
  SELECT d.application_id, d.key, d.name, d.status, coalesce(d.broken_at, d.due_at) AS due_at,
         d.rungs, a.sop_version_id, a.lane, a.holder_id
    FROM deadline d JOIN application a ON a.id = d.application_id
   WHERE d.office_id = %(office)s AND d.next_rung_at <= %(now)s
"""

# An answer limit is swept one by one, with the history of its application.
_CLAIM = """
     AND d.key NOT LIKE 'answer:%%' AND a.sop_version_id = ANY (SELECT version FROM rules)
   ORDER BY d.next_rung_at
   LIMIT %(batch)s
     FOR UPDATE OF d SKIP LOCKED
)"""

# The same rule as `licensing.clock_rows.owed_rungs`.
_PLANNED = """
planned AS MATERIALIZED (
  SELECT due.application_id, due.key, r ->> 0 AS rung, to_timestamp((r ->> 1)::bigint) AS moment
    FROM due, json_array_elements(due.rungs) AS r
   WHERE due.status <> 'late' OR r ->> 0 LIKE 'breach%%'
)"""

_RAISED = """
raised AS (
  INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at)
  SELECT %(office)s, application_id, key, rung, moment, %(now)s
    FROM planned
   WHERE moment <= %(now)s
   ORDER BY moment
  ON CONFLICT (application_id, key, rung) WHERE withdrawn_at IS NULL DO NOTHING
  RETURNING id, application_id, key, rung, owed_at
), moved AS (
  UPDATE deadline d
     SET next_rung_at = ahead.moment
    FROM (SELECT due.application_id, due.key,
                 min(p.moment) FILTER (WHERE p.moment > %(now)s) AS moment
            FROM due LEFT JOIN planned p
              ON p.application_id = due.application_id AND p.key = due.key
           GROUP BY due.application_id, due.key) ahead
   WHERE d.application_id = ahead.application_id AND d.key = ahead.key
)"""

_WOULD_BE_RAISED = """
raised AS MATERIALIZED (
  SELECT gen_random_uuid() AS id, p.application_id, p.key, p.rung, p.moment AS owed_at
    FROM planned p
   WHERE p.moment <= %(now)s
     AND NOT EXISTS (SELECT FROM alert a
                      WHERE a.application_id = p.application_id AND a.key = p.key
                        AND a.rung = p.rung AND a.withdrawn_at IS NULL)
)"""

# A side path has its own lane and holder; `lanes` names the role of a lane's pool. When the time
# to answer is over, those who serve the applicant hear of it; the warnings before are his.
_FACTS = """
facts AS MATERIALIZED (
  SELECT raised.id, raised.application_id, raised.key, raised.rung, raised.owed_at,
         CASE WHEN raised.key LIKE 'answer:%%'
              THEN CASE raised.rung WHEN 'breach' THEN '["holder", "supervisor"]'::jsonb
                                    ELSE '["applicant"]'::jsonb END
              ELSE coalesce(rules.ladder -> raised.rung, '[]'::jsonb) END AS tell,
         CASE WHEN ask.key IS NULL THEN due.holder_id ELSE ask.holder_id END AS holder_id,
         rules.lanes ->> CASE WHEN ask.key IS NULL THEN due.lane ELSE ask.lane END AS role,
         o.simulated, o.zone, dossier.number, dossier.subject, dossier.applicant_id, due.due_at,
         rules.service,
         coalesce(rules.titles -> regexp_replace(raised.key, '#[0-9]+', '', 'g'),
                  to_jsonb(due.name)) AS title,
         %(now)s - raised.owed_at > %(late_after)s AS late
    FROM raised
    JOIN due ON due.application_id = raised.application_id AND due.key = raised.key
    JOIN rules ON rules.version = due.sop_version_id
    JOIN dossier ON dossier.application_id = raised.application_id
    JOIN office o ON o.id = %(office)s
   CROSS JOIN LATERAL (
     SELECT split_part(split_part(raised.key, ':', 2), '/', 1) AS key) side
    LEFT JOIN ask ON ask.application_id = raised.application_id AND ask.key = side.key
), asked AS MATERIALIZED (
  SELECT f.id, f.holder_id, who.name AS audience, who.place,
         CASE WHEN who.name = 'holder' THEN f.role ELSE who.name END AS role
    FROM facts f, jsonb_array_elements_text(f.tell) WITH ORDINALITY AS who(name, place)
   WHERE who.name <> 'applicant'
), people AS MATERIALIZED (
  SELECT asked.id, asked.audience, asked.place, asked.holder_id AS officer_id
    FROM asked
   WHERE asked.audience = 'holder' AND asked.holder_id IS NOT NULL
   UNION ALL
  SELECT asked.id, asked.audience, asked.place, r.officer_id
    FROM asked JOIN acting_role r ON r.role = asked.role AND r.office_id = %(office)s
   WHERE asked.audience <> 'holder' OR asked.holder_id IS NULL
), reached AS MATERIALIZED (
  SELECT DISTINCT ON (p.id, o.id) p.id, p.audience, o.id AS officer_id, o.name, o.email, o.locale
    FROM people p JOIN officer o ON o.id = p.officer_id AND o.active
   ORDER BY p.id, o.id, p.place
), told AS MATERIALIZED (
  SELECT * FROM reached
   UNION ALL
  -- What would reach nobody reaches those who look after the office.
  SELECT DISTINCT ON (f.id, o.id) f.id, r.role, o.id, o.name, o.email, o.locale
    FROM facts f
    JOIN acting_role r ON r.role IN ('supervisor', 'head') AND r.office_id = %(office)s
    JOIN officer o ON o.id = r.officer_id AND o.active
   WHERE f.tell <> '["applicant"]'::jsonb
     AND NOT EXISTS (SELECT FROM reached WHERE reached.id = f.id)
)"""

_NOTICES = """
noticed AS (
  INSERT INTO notice (id, office_id, application_id, alert_id, event, audience, officer_id, address,
         channel, locale, params, created_at, next_try_at)
  SELECT md5(f.id::text || ':' || t.whose || ':' || c.channel)::uuid, %(office)s,
         f.application_id, f.id, 'alert.' || f.rung, t.audience, t.officer_id,
         CASE WHEN c.channel = 'email' THEN t.address ELSE '' END, c.channel, t.locale,
         jsonb_build_object('number', f.number, 'subject', f.subject, 'service', f.service,
                            'limit', f.title, 'key', f.key, 'rung', f.rung, 'due', f.due_at,
                            'zone', f.zone, 'owed', f.owed_at, 'late', f.late),
         %(now)s,
         CASE WHEN c.channel = 'email' AND NOT f.simulated THEN %(now)s::timestamptz END
    FROM facts f
    JOIN (SELECT id, audience, officer_id, email AS address, locale, officer_id::text AS whose,
                 true AS in_app
            FROM told
           UNION ALL
          SELECT f.id, 'applicant', NULL, p.email, p.locale, 'applicant', p.email = ''
            FROM facts f JOIN applicant p ON p.id = f.applicant_id
           WHERE f.tell ? 'applicant') t ON t.id = f.id
    JOIN (VALUES ('app'), ('email')) AS c(channel)
      ON CASE c.channel WHEN 'app' THEN t.in_app ELSE t.address <> '' END
  ON CONFLICT (id) DO NOTHING
  RETURNING id
)"""

BATCH = (
    f"WITH {_RULES}, {_DUE} {_CLAIM}, {_PLANNED}, {_RAISED}, {_FACTS}, {_NOTICES}\n"  # noqa: S608
    "SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM facts),"
    " (SELECT count(*) FROM facts WHERE late), (SELECT count(*) FROM noticed)"
)

_ONE = """
     AND d.application_id = %(id)s AND d.key = %(key)s
), raised AS MATERIALIZED (
  SELECT id, application_id, key, rung, owed_at FROM alert WHERE id = %(alert)s
)"""

TELL = f"WITH {_RULES}, {_DUE} {_ONE}, {_FACTS}, {_NOTICES}\nSELECT count(*) FROM noticed"

PREVIEW = (
    f"WITH {_RULES}, {_DUE}), {_PLANNED}, {_WOULD_BE_RAISED}, {_FACTS}\n"  # noqa: S608
    "SELECT f.application_id, f.number, f.subject, f.key, f.title, f.rung, f.owed_at, f.due_at,"
    " f.tell ? 'applicant',"
    " coalesce((SELECT jsonb_agg(jsonb_build_array(t.audience, t.name) ORDER BY t.audience, t.name)"
    "             FROM told t WHERE t.id = f.id), '[]')"
    "  FROM facts f ORDER BY f.owed_at, f.number, f.key, f.rung"
)


class Swept(NamedTuple):
    """What one batch did, in rows."""

    limits: int
    raised: int
    late: int
    noticed: int


def peek(
    connection: Connection, office_id: UUID, at: datetime | None
) -> tuple[datetime, tuple[UUID, ...]]:
    """Return the time of the sweep and the SOP versions that have something due."""
    peeking = PEEK_NOW if at is None else PEEK_AT
    row = connection.exec_driver_sql(peeking, {"office": office_id, "now": at}).one()
    return row[0], tuple(row[1])


def sweep_batch(
    connection: Connection,
    office_id: UUID,
    rules: str,
    *,
    now: datetime,
    late_after: timedelta,
    batch: int,
) -> Swept:
    """Raise what the oldest due limits owe at `now`; those that another process holds are left."""
    row = connection.exec_driver_sql(
        BATCH,
        {
            "office": office_id,
            "rules": rules,
            "now": now,
            "late_after": late_after,
            "batch": batch,
        },
    ).one()
    return Swept(*row)


def tell_officers(
    connection: Connection,
    case: Case,
    key: str,
    alert: UUID,
    rules: str,
    *,
    now: datetime,
    late_after: timedelta,
) -> None:
    """Write the notices of one alert that has just been raised for a limit that is due."""
    connection.exec_driver_sql(
        TELL,
        {
            "office": case.office_id,
            "id": case.application_id,
            "key": key,
            "alert": alert,
            "rules": rules,
            "now": now,
            "late_after": late_after,
        },
    )


def rules_json(runtime: Runtime, connection: Connection, versions: Iterable[UUID]) -> str:
    """Return what the statement must know of these SOP versions, as JSON text."""
    return json.dumps(
        [
            {"version": str(version), **_rules(runtime.rules(connection, version).sop)}
            for version in versions
        ],
        ensure_ascii=False,
    )


def limit_titles(sop: Sop) -> Mapping[str, Mapping[str, str]]:
    """Return the title of each limit by its key without numbers: `step:verification`."""
    titles: dict[str, Mapping[str, str]] = {}
    for step in sop.steps.values():
        titles[f"step:{step.name}"] = titles[f"answer:{step.name}"] = step.title
    for ask in sop.asks.values():
        titles[f"ask:{ask.name}"] = titles[f"answer:{ask.name}"] = ask.title
        for step in ask.steps.values():
            inside = f"{ask.name}/{step.name}"
            titles[f"step:{inside}"] = titles[f"answer:{inside}"] = step.title
    return titles


def _rules(sop: Sop) -> dict[str, Any]:
    lanes = {}
    for lane in sop.lanes.values():
        # What lies with the applicant is looked after by whoever serves him; the public
        # accounts of other applicants are never told.
        role = lane.served_by if lane.party is Party.APPLICANT else lane.name
        if role is not None and not lane.clock:
            lanes[lane.name] = role
    return {
        "service": dict(sop.title),
        "ladder": {rung.name: list(rung.tell) for rung in sop.ladder},
        "lanes": lanes,
        "titles": {key: dict(title) for key, title in limit_titles(sop).items()},
    }
