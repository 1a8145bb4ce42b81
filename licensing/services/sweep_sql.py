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
from licensing.services.office_hours import OfficeHours
from workflows.sop import Party, Sop

_PEEK = """
SELECT {now},
       array(SELECT DISTINCT a.sop_version_id
               FROM deadline d JOIN application a ON a.id = d.application_id
              WHERE d.office_id = %(office)s AND d.next_rung_at <= {now}),
       array(SELECT DISTINCT a.sop_version_id
               FROM alert al JOIN application a ON a.id = al.application_id
              WHERE al.office_id = %(office)s AND al.escalate_at <= {now}
                AND al.acknowledged_at IS NULL AND al.withdrawn_at IS NULL)
"""
PEEK_AT = _PEEK.format(now="%(now)s::timestamptz")
# The time of the statement, not of the clock: only that may stand in the condition of an index.
PEEK_NOW = _PEEK.format(now="statement_timestamp()")

_RULES = """
rules AS MATERIALIZED (
  SELECT version, service, ladder, ways, lanes, titles, lengths, escalate
    FROM jsonb_to_recordset(%(rules)s::jsonb)
         AS r(version uuid, service jsonb, ladder jsonb, ways jsonb, lanes jsonb, titles jsonb,
              lengths jsonb, escalate timestamptz)
)"""

_DUE = """
due AS MATERIALIZED (
  SELECT d.application_id, d.key, d.name, d.status, coalesce(d.broken_at, d.due_at) AS due_at,
         d.rungs, d.application_id::text || d.key AS ref, a.sop_version_id, a.lane, a.holder_id
    FROM deadline d JOIN application a ON a.id = d.application_id
   WHERE d.office_id = %(office)s AND d.next_rung_at <= %(now)s
"""

# An answer limit is swept one by one, with the history of its application; and so is a hold that
# is on, because the clock ends it.
_CLAIM = """
     AND d.key NOT LIKE 'answer:%%' AND (d.key NOT LIKE 'hold:%%' OR d.status = 'late')
     AND a.sop_version_id = ANY (SELECT version FROM rules)
   ORDER BY d.next_rung_at
   LIMIT %(batch)s
     FOR UPDATE OF d SKIP LOCKED
)"""

# The same rule as `licensing.clock_rows.owed_rungs`.
_PLANNED = """
planned AS MATERIALIZED (
  SELECT due.application_id, due.key, due.sop_version_id, r ->> 0 AS rung,
         to_timestamp((r ->> 1)::bigint) AS moment
    FROM due, json_array_elements(due.rungs) AS r
   WHERE due.status <> 'late' OR r ->> 0 LIKE 'breach%%'
)"""

_RAISED = """
raised AS (
  INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at, escalate_at)
  SELECT %(office)s, application_id, key, rung, moment, %(now)s,
         CASE WHEN rung LIKE 'breach%%' THEN rules.escalate END
    FROM planned JOIN rules ON rules.version = planned.sop_version_id
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

# Who looks after the office hears of every breach, whatever he chose before he got that role.
WATCHES = """EXISTS (SELECT FROM acting_role w
                      WHERE w.officer_id = p.officer_id AND w.role IN ('supervisor', 'head'))"""

# A side path has its own lane and holder; `lanes` names the role of a lane's pool. When the time
# to answer is over, those who serve the applicant hear of it; the warnings before are his.
_FACTS = f"""
facts AS MATERIALIZED (
  SELECT raised.id, raised.application_id, raised.key, raised.rung, raised.owed_at,
         CASE WHEN raised.key LIKE 'hold:%%' THEN '["holder", "supervisor"]'::jsonb
              WHEN raised.key LIKE 'answer:%%'
              THEN CASE raised.rung WHEN 'breach' THEN '["holder", "supervisor"]'::jsonb
                                    ELSE '["applicant"]'::jsonb END
              ELSE coalesce(rules.ladder -> raised.rung, '[]'::jsonb) END AS tell,
         coalesce(rules.ways -> raised.rung, '["app", "email"]'::jsonb) AS by,
         CASE WHEN ask.key IS NULL THEN due.holder_id ELSE ask.holder_id END AS holder_id,
         rules.lanes ->> CASE WHEN ask.key IS NULL THEN due.lane ELSE ask.lane END AS role,
         o.simulated, o.zone, dossier.number, dossier.subject, dossier.applicant_id, due.due_at,
         rules.service,
         coalesce(rules.titles -> regexp_replace(raised.key, '#[0-9]+', '', 'g'),
                  to_jsonb(due.name)) AS title,
         jsonb_strip_nulls(jsonb_build_object('within', rules.lengths -> regexp_replace(
           raised.key, '#[0-9]+', '', 'g'))) AS length,
         %(now)s - raised.owed_at > %(late_after)s AS late
    FROM raised
    -- By one value: of two the planner expects a single row, and would then compare each alert
    -- with everybody who is told of any.
    JOIN due ON due.ref = raised.application_id::text || raised.key
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
), heard AS MATERIALIZED (
  SELECT t.id, t.audience, t.officer_id, t.name, t.email, t.locale,
         coalesce(p.outside_hours, false) AS outside,
         CASE WHEN t.email = '' OR NOT f.by ? 'email' THEN 'app'
              WHEN f.rung NOT LIKE 'breach%%' THEN coalesce(p.warnings, 'at_once')
              WHEN p.breaches = 'never' AND {WATCHES} THEN 'at_once'
              ELSE coalesce(p.breaches, 'at_once') END AS how
    FROM told t
    JOIN facts f ON f.id = t.id
    LEFT JOIN alert_preference p ON p.officer_id = t.officer_id
)"""  # noqa: S608

# What is told stands in the application at once. Letters to officers leave in working time, those
# to the applicant and what machines are told at once.
_NOTICES = """
noticed AS (
  INSERT INTO notice (id, office_id, application_id, alert_id, event, audience, officer_id, address,
         channel, channel_id, locale, params, created_at, next_try_at)
  SELECT md5(concat_ws(':', f.id, t.whose, t.channel, t.channel_id))::uuid, %(office)s,
         f.application_id, f.id, 'alert.' || f.rung, t.audience, t.officer_id, t.address,
         t.channel, t.channel_id, t.locale,
         jsonb_build_object('number', f.number, 'subject', f.subject, 'service', f.service,
                            'limit', f.title, 'key', f.key, 'rung', f.rung, 'due', f.due_at,
                            'zone', f.zone, 'owed', f.owed_at, 'late', f.late)
           || f.length,
         %(now)s, CASE WHEN NOT f.simulated THEN t.leaves_at END
    FROM facts f
    JOIN (SELECT h.id, h.audience, h.officer_id, h.officer_id::text AS whose, 'app' AS channel,
                 NULL::uuid AS channel_id, '' AS address, h.locale,
                 NULL::timestamptz AS leaves_at
            FROM heard h
           UNION ALL
          SELECT h.id, h.audience, h.officer_id, h.officer_id::text, 'email', NULL, h.email,
                 h.locale, CASE WHEN h.outside THEN %(now)s ELSE %(opens)s END::timestamptz
            FROM heard h
           WHERE h.how = 'at_once'
           UNION ALL
          SELECT f.id, 'office', NULL, 'office', c.kind, c.id, '', 'id',
                 CASE c.kind WHEN 'gateway' THEN %(opens)s ELSE %(now)s END::timestamptz
            FROM facts f
            JOIN office_channel c ON c.office_id = %(office)s AND c.active AND NOT c.personal
                                 AND 'office' = ANY (c.takes)
           WHERE f.by ? 'gateway'
           UNION ALL
          SELECT f.id, 'applicant', NULL, 'applicant', w.channel, w.channel_id, w.address, w.locale,
                 CASE WHEN w.leaves THEN %(now)s::timestamptz END
            FROM facts f JOIN way_to_applicant w ON w.applicant_id = f.applicant_id
           WHERE f.tell ? 'applicant') t ON t.id = f.id
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
    " coalesce((SELECT jsonb_agg(jsonb_build_array(h.audience, h.name, h.how, h.outside)"
    "                            ORDER BY h.audience, h.name)"
    "             FROM heard h WHERE h.id = f.id), '[]'), f.by ? 'gateway'"
    "  FROM facts f ORDER BY f.owed_at, f.number, f.key, f.rung"
)


class Swept(NamedTuple):
    """What one batch did, in rows."""

    limits: int
    raised: int
    late: int
    noticed: int


class Peeked(NamedTuple):
    """What a sweep finds due: the versions of the SOPs concerned."""

    now: datetime
    owed: tuple[UUID, ...]
    """With a limit that owes an alert."""
    unanswered: tuple[UUID, ...]
    """With an alert that is passed on, because nobody answered."""


def peek(connection: Connection, office_id: UUID, at: datetime | None) -> Peeked:
    """Return the time of the sweep and the SOP versions that have something due."""
    peeking = PEEK_NOW if at is None else PEEK_AT
    row = connection.exec_driver_sql(peeking, {"office": office_id, "now": at}).one()
    return Peeked(row[0], tuple(row[1]), tuple(row[2]))


def sweep_batch(
    connection: Connection,
    office_id: UUID,
    rules: str,
    *,
    hours: OfficeHours,
    late_after: timedelta,
    batch: int,
) -> Swept:
    """Raise what the oldest due limits owe at `now`; those that another process holds are left."""
    row = connection.exec_driver_sql(
        BATCH,
        {
            "office": office_id,
            "rules": rules,
            "now": hours.now,
            "opens": hours.opens,
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
    hours: OfficeHours,
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
            "now": hours.now,
            "opens": hours.opens,
            "late_after": late_after,
        },
    )


def rules_json(
    runtime: Runtime,
    connection: Connection,
    versions: Iterable[UUID],
    hours: OfficeHours | None = None,
) -> str:
    """Return what the statement must know of these SOP versions, as JSON text.

    With `hours`, also when an alert of a breach raised now is passed on.
    """
    rules = []
    for version in versions:
        sop = runtime.rules(connection, version).sop
        row = {"version": str(version), **_rules(sop)}
        if hours is not None:
            passed_on = hours.after(sop.escalate_after or runtime.escalate_after)
            row["escalate"] = None if passed_on is None else passed_on.isoformat()
        rules.append(row)
    return json.dumps(rules, ensure_ascii=False)


def limit_titles(sop: Sop) -> Mapping[str, Mapping[str, str]]:
    """Return the title of each limit by its key without numbers: `step:verification`."""
    titles: dict[str, Mapping[str, str]] = {}
    for step in sop.steps.values():
        titles[f"step:{step.name}"] = titles[f"answer:{step.name}"] = step.title
        titles |= {f"hold:{step.name}/{name}": hold.title for name, hold in step.holds.items()}
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
        "ways": {rung.name: list(rung.by) for rung in sop.ladder},
        "lanes": lanes,
        "titles": {key: dict(title) for key, title in limit_titles(sop).items()},
        "lengths": {
            f"hold:{step.name}/{name}": str(hold.at_most)
            for step in sop.steps.values()
            for name, hold in step.holds.items()
        },
    }
