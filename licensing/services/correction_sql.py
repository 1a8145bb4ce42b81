"""The statements of corrected times: reading a history, a proposal, its decision, who is told."""

from __future__ import annotations

from typing import Final

LINES: Final = """
SELECT seq, action, ask, from_step, to_step, lane, actor_id, detail, effective_at
  FROM application_event WHERE application_id = %s ORDER BY seq
"""

OF_APPLICATION: Final = """
SELECT id FROM time_correction WHERE application_id = %s AND decision IS NULL
"""

PROPOSE: Final = """
INSERT INTO time_correction (office_id, application_id, seq, was, becomes, reason, recorded_by,
       proposed_by, proposed_at)
VALUES (%(office)s, %(application)s, %(seq)s, %(was)s, %(becomes)s, %(reason)s, %(recorded_by)s,
        %(by)s, %(at)s)
RETURNING id
"""

# The application is locked first everywhere: whoever decides waits for whoever presses.
LOCK: Final = """
SELECT a.id FROM application a
 WHERE a.id = (SELECT application_id FROM time_correction WHERE id = %s)
   FOR UPDATE
"""

# In a statement of its own: what was read while it waited for the lock would be old.
PROPOSED: Final = """
SELECT id, application_id, seq, was, becomes, reason, recorded_by, proposed_by, proposed_at,
       decision, (SELECT name FROM officer WHERE id = proposed_by) AS proposer
  FROM time_correction WHERE id = %s
"""

DECIDED: Final = """
UPDATE time_correction
   SET decision = %(decision)s, decided_by = %(by)s, note = %(note)s, line_seq = %(line)s,
       decided_at = coalesce(%(at)s::timestamptz, clock_timestamp())
 WHERE id = %(id)s AND decision IS NULL
"""

TELL: Final = """
INSERT INTO notice (id, office_id, application_id, event, audience, officer_id, channel, locale,
       params, created_at)
SELECT md5(%(correction)s || ':' || o.id)::uuid, %(office)s, %(application)s,
       'correction_proposed', min(r.role), o.id, 'app', o.locale,
       %(params)s::jsonb || jsonb_build_object('number', min(d.number), 'subject', min(d.subject)),
       %(at)s
  FROM officer o JOIN acting_role r ON r.officer_id = o.id
  JOIN dossier d ON d.application_id = %(application)s
 WHERE o.active AND r.role = ANY (%(roles)s) AND o.id <> ALL (%(not)s)
 GROUP BY o.id, o.locale
"""
