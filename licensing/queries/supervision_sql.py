"""The statements behind the board of the supervisors and its lists."""

from __future__ import annotations

from licensing.queries.due_order import due_or_never
from licensing.queries.file_rows import COLUMNS, HISTORY, JOINS
from licensing.queries.supervision_asks import ASKED, ASKED_FILES

# The applicant's name is not shown beside what he was told: his file says who he is.
_ALERT_JSON = """
jsonb_build_object(
  'id', al.id, 'application_id', al.application_id, 'number', d.number, 'subject', d.subject,
  'key', al.key, 'rung', al.rung, 'limit', (
    SELECT n.params -> 'limit' FROM notice n WHERE n.alert_id = al.id LIMIT 1),
  'raised_at', al.raised_at, 'withdrawn_why', al.withdrawn_why,
  'acknowledged_at', al.acknowledged_at, 'acknowledged_by', who.name, 'note', al.note,
  'told', coalesce((
    SELECT jsonb_agg(jsonb_build_object('audience', n.audience, 'name', coalesce(f.name, ''),
             'channel', n.channel, 'at', n.created_at, 'sent_at', n.sent_at,
             'read_at', n.read_at, 'parked', n.parked_why)
             ORDER BY n.audience, f.name, n.channel)
      FROM notice n LEFT JOIN officer f ON f.id = n.officer_id
     WHERE n.alert_id = al.id), '[]'::jsonb))
"""

_ALERT_JOINS = """
  JOIN dossier d ON d.application_id = al.application_id
  LEFT JOIN officer who ON who.id = al.acknowledged_by
"""

BOARD = f"""
WITH loads AS (
  SELECT sop_version_id AS version, step, count(*) AS n,
         count(*) FILTER (WHERE due_at < %(now)s) AS lewat,
         count(*) FILTER (WHERE due_at >= %(now)s AND due_at < %(tomorrow)s) AS hariini,
         count(*) FILTER (WHERE due_at >= %(tomorrow)s AND due_at >= %(now)s
                            AND due_at < %(later)s) AS segera,
         count(*) FILTER (WHERE due_at >= %(later)s) AS aman,
         count(*) FILTER (WHERE due_at IS NULL) AS jeda,
         min(step_since) AS oldest
    FROM application WHERE ended_at IS NULL
   GROUP BY sop_version_id, step
), {ASKED.lstrip()}, nearest AS (
  SELECT a.id, a.sop_version_id AS version, a.step, a.due_at, a.holder_id
    FROM application a WHERE a.ended_at IS NULL AND a.due_at IS NOT NULL
   ORDER BY a.due_at, a.id LIMIT %(nearest)s
), ended AS (
  SELECT (ended_at AT TIME ZONE %(zone)s)::date AS day,
         count(*) FILTER (WHERE status = 'met') AS met,
         count(*) FILTER (WHERE status = 'late') AS late
    FROM deadline
   WHERE key = 'service' AND ended_at >= %(window)s AND status IN ('met', 'late')
   GROUP BY 1
), newest AS (
  SELECT al.raised_at, al.id, {_ALERT_JSON} AS told
    FROM (SELECT * FROM alert WHERE withdrawn_at IS NULL
           ORDER BY raised_at DESC, id DESC LIMIT %(newest)s) al {_ALERT_JOINS}
)
SELECT (SELECT coalesce(jsonb_agg(to_jsonb(loads)), '[]') FROM loads) AS loads,
       (SELECT coalesce(jsonb_agg(to_jsonb(asked)), '[]') FROM asked) AS asked,
       (SELECT jsonb_build_object(
                 'today', count(*) FILTER (WHERE v.scheduled_on = %(day)s::date),
                 'passed', count(*) FILTER (WHERE v.scheduled_on < %(day)s::date))
          FROM visit v JOIN application a ON a.id = v.application_id AND a.ended_at IS NULL
         WHERE v.scheduled_on <= %(day)s::date
           AND v.postponed_at IS NULL AND v.reported_at IS NULL) AS visits,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'version', n.version,
                 'step', n.step, 'due_at', n.due_at, 'number', d.number, 'subject', d.subject,
                 'holder', h.name) ORDER BY n.due_at, n.id), '[]')
          FROM nearest n JOIN dossier d ON d.application_id = n.id
          LEFT JOIN officer h ON h.id = n.holder_id) AS nearest,
       (SELECT coalesce(jsonb_agg(to_jsonb(ended) ORDER BY ended.day), '[]') FROM ended) AS ended,
       (SELECT coalesce(jsonb_agg(told ORDER BY raised_at DESC, id DESC), '[]')
          FROM newest) AS alerts,
       (SELECT count(*) FROM alert
         WHERE raised_at >= %(today)s AND withdrawn_at IS NULL) AS alerts_today,
       (SELECT count(*) FROM alert
         WHERE acknowledged_at IS NULL AND withdrawn_at IS NULL
           AND raised_at >= %(window)s) AS unacknowledged,
       (SELECT count(*) FROM notice WHERE next_try_at <= %(now)s) AS waiting_letters,
       (SELECT at FROM heartbeat WHERE job = %(sweep)s) AS swept_at
"""  # noqa: S608

# As in the inbox, each lane gives its first page from the index and the pages are merged.
OPEN = f"""
WITH page AS (
  SELECT a.*
    FROM unnest(%(lanes)s::text[]) AS l(lane)
   CROSS JOIN LATERAL (
     SELECT id, lane, holder_id, due_at
       FROM application
      WHERE ended_at IS NULL AND lane = l.lane
        AND (%(step)s::text IS NULL OR step = %(step)s::text)
        AND (%(service)s::text IS NULL OR sop_version_id IN (
               SELECT id FROM sop_version WHERE service = %(service)s::text))
        AND {due_or_never()} >= %(low)s::timestamptz
        AND (%(high)s::timestamptz IS NULL
             OR {due_or_never()} < %(high)s::timestamptz)
        AND ({due_or_never()}, id)
            > (%(due_after)s::timestamptz, %(id_after)s::uuid)
      ORDER BY {due_or_never()}, id
      LIMIT %(limit)s
   ) a
   ORDER BY {due_or_never("a")}, a.id
   LIMIT %(limit)s
)
SELECT %(now)s::timestamptz AS now, p.*, {COLUMNS}
  FROM page p {JOINS}
 ORDER BY coalesce(p.due_at, 'infinity'::timestamptz), p.id
"""  # noqa: S608

ASKED_PAGE = f"""
WITH page AS ({ASKED_FILES})
SELECT %(now)s::timestamptz AS now, p.*, {COLUMNS}
  FROM page p {JOINS}
 ORDER BY coalesce(p.due_at, 'infinity'::timestamptz), p.id, p.ask
"""  # noqa: S608

ENDED = f"""
WITH page AS (
  SELECT a.id, a.lane, a.holder_id, a.due_at, w.ended_at AS stopped_at
    FROM deadline w JOIN application a ON a.id = w.application_id
   WHERE w.key = 'service' AND w.status = %(status)s AND w.ended_at >= %(since)s
     AND (%(before)s::timestamptz = 'infinity'
          OR (w.ended_at, a.id) < (%(before)s::timestamptz, %(id)s::uuid))
   ORDER BY w.ended_at DESC, a.id DESC
   LIMIT %(limit)s
)
SELECT %(now)s::timestamptz AS now, p.*, {COLUMNS}, {HISTORY}
  FROM page p {JOINS}
 ORDER BY p.stopped_at DESC, p.id DESC
"""  # noqa: S608

# Where the file of an alert lies now, or the side path that the alert is about.
_PLACE_JSON = """
jsonb_build_object(
  'version', a.sop_version_id, 'lane', CASE WHEN k.key IS NULL THEN a.lane ELSE k.lane END,
  'holder', h.name)
"""

_PLACE_JOINS = """
  JOIN application a ON a.id = al.application_id
 CROSS JOIN LATERAL (SELECT split_part(split_part(al.key, ':', 2), '/', 1) AS key) side
  LEFT JOIN ask k ON k.application_id = al.application_id AND k.key = side.key
                 AND (al.key LIKE 'ask:%%' OR al.key LIKE 'answer:%%' OR al.key LIKE 'step:%%/%%')
  LEFT JOIN officer h ON h.id = CASE WHEN k.key IS NULL THEN a.holder_id ELSE k.holder_id END
"""

ALERTS = f"""
SELECT {_ALERT_JSON} || {_PLACE_JSON} AS told
  FROM (SELECT * FROM alert
         WHERE (NOT %(waiting)s OR (acknowledged_at IS NULL AND withdrawn_at IS NULL))
           AND (%(before)s::timestamptz = 'infinity'
                OR (raised_at, id) < (%(before)s::timestamptz, %(id)s::uuid))
         ORDER BY raised_at DESC, id DESC LIMIT %(limit)s) al {_ALERT_JOINS} {_PLACE_JOINS}
 ORDER BY al.raised_at DESC, al.id DESC
"""  # noqa: S608

# One alert, for whoever looks after the office or was told of it.
ALERT = f"""
SELECT {_ALERT_JSON} || {_PLACE_JSON} AS told
  FROM alert al {_ALERT_JOINS} {_PLACE_JOINS}
 WHERE al.id = %(id)s
   AND (%(all)s OR EXISTS (SELECT FROM notice n
                            WHERE n.alert_id = al.id AND n.officer_id = %(me)s))
"""  # noqa: S608

COLLEAGUES = """
SELECT r.role, o.id, o.name
  FROM acting_role r JOIN officer o ON o.id = r.officer_id AND o.active
 WHERE r.role = ANY(%(roles)s)
 ORDER BY o.name, o.id
"""
