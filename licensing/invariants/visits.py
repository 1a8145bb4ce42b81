"""The invariant of site visits: rows, state and history tell the same of each."""

from __future__ import annotations

from collections.abc import Iterator

from licensing.change import VisitReport
from licensing.effects.visits import report_fingerprint
from licensing.invariants.walks import World


def visits_as_told(world: World) -> Iterator[str]:
    """Yield visits of which the row, the application and the history tell different things."""
    for row in world.rows(_STATES):
        yield f"application {row.application}: visit {row.row or 'none'}, but says {row.state}"
    for row in world.rows(_REPORTS):
        written = None if row.held_on is None else _fingerprint(row)
        if written != row.told:
            yield f"application {row.application}: report {row.number} is not the one handed in"


def _fingerprint(row: object) -> str:
    values = row._mapping  # type: ignore[attr-defined]
    return report_fingerprint(VisitReport(**{name: values[name] for name in _OF_THE_REPORT}))


_OF_THE_REPORT = ("number", "held_on", "present", "measured", "findings", "fits", "summary")

_STATES = """
SELECT a.id AS application, v.number || ' ' || v.stands AS row,
       coalesce(concat_ws(' ', a.state::jsonb #>> '{visit,n}', a.state::jsonb #>> '{visit,s}'), '')
       AS state
  FROM application a
  LEFT JOIN LATERAL (
         SELECT number, scheduled_on, fits,
                CASE WHEN reported_at IS NOT NULL THEN 'held'
                     WHEN postponed_at IS NOT NULL THEN 'postponed' ELSE 'planned' END AS stands
           FROM visit WHERE application_id = a.id ORDER BY number DESC LIMIT 1) v ON true
 WHERE a.state::jsonb #>> '{visit,n}' IS DISTINCT FROM v.number::text
    OR a.state::jsonb #>> '{visit,s}' IS DISTINCT FROM v.stands
    OR a.state::jsonb #>> '{visit,on}' IS DISTINCT FROM v.scheduled_on::text
    OR (v.stands = 'held' AND a.state::jsonb #>> '{visit,fits}' IS DISTINCT FROM v.fits::text)
 ORDER BY a.id
"""

_REPORTS = """
SELECT coalesce(v.application_id, t.application_id) AS application,
       coalesce(v.number, t.number) AS number, v.held_on, v.present, v.measured, v.findings,
       v.fits, v.summary, t.told
  FROM visit v
  FULL JOIN (SELECT application_id, (detail::jsonb #>> '{visit,n}')::int AS number,
                    detail::jsonb #>> '{visit,report}' AS told
               FROM application_event
              WHERE detail::jsonb #>> '{visit,report}' IS NOT NULL) t
    ON t.application_id = v.application_id AND t.number = v.number
 WHERE v.held_on IS NOT NULL OR t.told IS NOT NULL
 ORDER BY 1, 2
"""
