"""The statements of a run over the open applications of an office."""

from __future__ import annotations

from typing import Final

from licensing.services.door_sql import READ_CASE

MOST_FAILURES: Final = 1_000
"""Files that a run names; more are counted."""

WAITING: Final = """
SELECT o.id, o.code, o.simulated
  FROM waiting_recomputes() w JOIN office o ON o.id = w.office_id
 ORDER BY o.code
"""

# Whether a file waits for a run that brings it to another calendar: until then its limits are not
# known, and nothing that cannot be taken back follows from them.
BEING_COUNTED: Final = """
SELECT EXISTS (SELECT FROM recompute r JOIN calendar_version c ON c.id = %(calendar)s
                WHERE r.office_id = %(office)s AND r.finished_at IS NULL AND r.number > c.number)
"""

PLANNED_ANEW: Final = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"

# The oldest one or none: where another process has it, no later one is begun.
CLAIM: Final = """
SELECT id, calendar_version_id, number, started_at, cursor, failures,
       EXISTS (SELECT FROM recompute later
                WHERE later.office_id = recompute.office_id AND later.number > recompute.number
                  AND later.finished_at IS NULL) AS handed_over
  FROM recompute
 WHERE id = (SELECT id FROM recompute WHERE office_id = %(office)s AND finished_at IS NULL
              ORDER BY number LIMIT 1)
   AND finished_at IS NULL
   FOR UPDATE SKIP LOCKED
"""

OLDER: Final = """
SELECT id, number, spec FROM calendar_version
 WHERE office_id = %(office)s AND number <= %(number)s
"""

_OPEN = """
   WHERE office_id = %(office)s AND ended_at IS NULL AND calendar_version_id = ANY (%(older)s)
"""

START: Final = f"""
UPDATE recompute
   SET started_at = clock_timestamp(), total = (SELECT count(*) FROM application {_OPEN})
 WHERE id = %(run)s
"""  # noqa: S608 - fixed text

# In the order in which the rows lie: a page of the table is then written once, not once a batch.
PAGE: Final = f"""
SELECT id FROM (
  SELECT id, ctid FROM application {_OPEN}
     AND id > coalesce(%(cursor)s, '00000000-0000-0000-0000-000000000000'::uuid)
     AND id <> ALL (%(failed)s)
   ORDER BY id LIMIT %(page)s) AS next
 ORDER BY ctid
"""  # noqa: S608 - fixed text

MOVE_ON: Final = "UPDATE recompute SET cursor = %s WHERE id = %s"

# The state as text: most files need no more of it than their clock.
LOCKED: Final = f"""
{READ_CASE.replace("a.state,", "a.state::text,")}
 WHERE a.id = ANY (%(ids)s) AND a.ended_at IS NULL AND a.calendar_version_id = ANY (%(older)s)
 ORDER BY a.id
   FOR UPDATE OF a
"""

HISTORIES: Final = """
SELECT application_id, seq, action, ask, from_step, to_step, detail, effective_at
  FROM application_event WHERE application_id = ANY (%s) ORDER BY application_id, seq
"""

# Nothing of them moves: they are as this version of the calendar says.
UNMOVED: Final = "UPDATE application SET calendar_version_id = %s WHERE id = ANY (%s)"

RECEIPTS: Final = """
INSERT INTO recompute_moved (recompute_id, application_id, office_id, seq, key, before_at, after_at)
SELECT %(run)s, r.application_id, %(office)s, r.seq, r.key, r.before, r.after
  FROM json_to_recordset(%(rows)s)
    AS r(application_id uuid, seq int, key text, before timestamptz, after timestamptz)
"""

PROGRESS: Final = f"""
UPDATE recompute
   SET done = done + %(done)s, moved = moved + %(moved)s,
       failed = failed + %(failed)s,
       failures = CASE WHEN jsonb_array_length(failures) < {MOST_FAILURES}
                       THEN failures || %(failures)s::jsonb ELSE failures END
 WHERE id = %(run)s
"""  # noqa: S608 - fixed text

FINISH: Final = "UPDATE recompute SET finished_at = clock_timestamp() WHERE id = %s"

RETRY: Final = """
UPDATE recompute r
   SET finished_at = NULL, cursor = NULL, done = r.done - r.failed, failed = 0, failures = '[]'
  FROM (SELECT id, failed, number FROM recompute
         WHERE id = %s AND finished_at IS NOT NULL AND failed > 0 FOR UPDATE) old
 WHERE r.id = old.id
RETURNING old.number, old.failed
"""
