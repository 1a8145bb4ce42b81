"""The statements of the queue: each change of a ticket with its line of history, in one."""

from __future__ import annotations

from typing import Final

SETTING: Final = """
SELECT o.calendar_version_id, o.late_receipt, clock_timestamp() AS now,
       coalesce(s.head_start_minutes, 60) AS head_start_minutes,
       coalesce(s.calls_before_absent, 3) AS calls_before_absent,
       coalesce(s.always_open, false) AS always_open,
       coalesce(s.closed_note, '') AS closed_note
  FROM office o LEFT JOIN queue_setting s ON s.office_id = o.id
 WHERE o.id = %s
"""

GROUP: Final = """
SELECT g.kind, g.letter, g.title_id, g.title_en FROM queue_group g
 WHERE g.id = %s AND g.active
   AND EXISTS (SELECT FROM window_group wg JOIN counter_window w ON w.id = wg.window_id
                WHERE wg.group_id = g.id AND w.active)
"""

DRAW: Final = """
WITH moment AS (SELECT clock_timestamp() AS at), drawn AS (
  INSERT INTO ticket (office_id, day, letter, number, secret_hash, priority, taken_at, order_at,
         kind, group_id)
  SELECT %(office)s, %(day)s, %(letter)s,
         1 + coalesce((SELECT max(t.number) FROM ticket t WHERE t.office_id = %(office)s
                          AND t.day = %(day)s AND t.letter = %(letter)s), 0),
         %(secret)s, %(priority)s, at, at - %(head_start)s::interval, %(kind)s, %(group)s
    FROM moment
  RETURNING id, number, group_id
), told AS (
  INSERT INTO ticket_event (office_id, day, ticket_id, kind, group_id)
  SELECT %(office)s, %(day)s, id, 'taken', group_id FROM drawn
)
SELECT id, number FROM drawn
"""

# What a counter may call: what was handed to it alone, and its groups as far as the role goes.
_MAY_CALL: Final = """
       (t.for_window_id = %(window)s OR t.for_window_id IS NULL AND t.group_id IN (
          SELECT wg.group_id FROM window_group wg JOIN queue_group g ON g.id = wg.group_id
           WHERE wg.window_id = %(window)s AND g.roles && %(roles)s))
"""

_FIRST: Final = f"""
  SELECT t.id FROM ticket t
   WHERE t.office_id = %(office)s AND t.day = %(day)s AND t.status = 'waiting' AND {_MAY_CALL}
   ORDER BY t.order_at, t.id LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - our own text

_THIS: Final = """
  SELECT t.id FROM ticket t WHERE t.id = %(ticket)s AND t.status IN ('waiting', 'absent') FOR UPDATE
"""

# Whoever was served is done as soon as the next is called; a counter serves one at a time.
_CALL: Final = """
WITH chosen AS ({chosen}), finished AS (
  UPDATE ticket SET status = 'done' WHERE id = %(current)s AND status = 'called'
  RETURNING id, group_id
), called AS (
  UPDATE ticket t
     SET status = 'called', window_id = %(window)s, called_at = clock_timestamp(), calls = 1
    FROM chosen
   WHERE t.id = chosen.id AND (SELECT count(*) FROM finished) >= 0
  RETURNING t.id, t.letter, t.number, t.group_id
), told AS (
  INSERT INTO ticket_event (office_id, day, ticket_id, kind, group_id, window_id, by_id, reason,
         ahead)
  SELECT %(office)s, %(day)s, id, 'done', group_id, %(window)s, %(by)s, '', 0 FROM finished
   UNION ALL
  SELECT %(office)s, %(day)s, id, 'called', group_id, %(window)s, %(by)s, %(reason)s, %(ahead)s
    FROM called
)
SELECT id, letter, number FROM called
"""

CALL_NEXT: Final = _CALL.format(chosen=_FIRST)
CALL_THIS: Final = _CALL.format(chosen=_THIS)

STANDS: Final = f"""
SELECT t.letter, t.number, t.status, {_MAY_CALL} AS callable,
       (SELECT count(*) FROM ticket b
         WHERE b.office_id = t.office_id AND b.day = t.day AND b.status = 'waiting'
           AND (b.order_at, b.id) < (t.order_at, t.id)
           AND {_MAY_CALL.replace("t.", "b.")}) AS ahead
  FROM ticket t WHERE t.id = %(ticket)s AND t.day = %(day)s
"""  # noqa: S608 - our own text

# Every other change of the one who stands called: what becomes of him, and what is told of it.
_CHANGE: Final = """
WITH changed AS (
  UPDATE ticket SET {change} WHERE id = %(ticket)s AND status = 'called'
  RETURNING id, letter, number, group_id, calls
), told AS (
  INSERT INTO ticket_event (office_id, day, ticket_id, kind, group_id, window_id, by_id, reason)
  SELECT %(office)s, %(day)s, id, %(kind)s, group_id, %(window)s, %(by)s, %(reason)s FROM changed
)
SELECT id, letter, number, calls FROM changed
"""

RECALL: Final = _CHANGE.format(change="calls = calls + 1")
PASS_OVER: Final = _CHANGE.format(change="status = 'absent'")
FINISH: Final = _CHANGE.format(change="status = 'done'")
HAND_OVER: Final = _CHANGE.format(
    change="status = 'waiting', kind = %(to_kind)s, group_id = %(group)s,"
    " for_window_id = %(window)s, window_id = NULL, called_at = NULL, calls = 0"
)

CALLS: Final = "SELECT calls, group_id FROM ticket WHERE id = %s"

TO_GROUP: Final = """
SELECT g.id AS group_id, g.kind FROM queue_group g
 WHERE g.id = %(group)s AND g.active
   AND EXISTS (SELECT FROM window_group wg JOIN counter_window w ON w.id = wg.window_id
                WHERE wg.group_id = g.id AND w.active)
"""

# The group stays where the other counter serves it too, else it becomes that counter's first.
TO_WINDOW: Final = """
SELECT g.id AS group_id, g.kind
  FROM counter_window w
  JOIN window_group wg ON wg.window_id = w.id
  JOIN queue_group g ON g.id = wg.group_id
 WHERE w.id = %(window)s AND w.active
 ORDER BY g.id <> %(from)s, g.letter LIMIT 1
"""

BIND: Final = """
WITH bound AS (
  UPDATE ticket SET application_id = %(application)s
   WHERE id = %(ticket)s AND office_id = %(office)s AND application_id IS NULL
     AND status IN ('called', 'done')
     AND day = (SELECT (clock_timestamp() AT TIME ZONE zone)::date FROM office
                 WHERE id = %(office)s)
  RETURNING id, day, group_id, window_id
), told AS (
  INSERT INTO ticket_event (office_id, day, ticket_id, kind, group_id, window_id, by_id)
  SELECT %(office)s, day, id, 'bound', group_id, window_id, %(by)s FROM bound
)
SELECT id FROM bound
"""
