"""What a step writes about a site visit, as parts of the one writing statement.

Each part is named `visited` and writes exactly one row, or the step is not written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from licensing.change import Change
from licensing.errors import InvalidInput, StaleApplication
from licensing.services.door_numbers import taken, written

# Who goes is an active inspector of the office at this moment; else there is no row.
_PLANNED = """
visited AS (
  INSERT INTO visit (application_id, number, office_id, scheduled_on, scheduled_time, place, note,
         inspector_id, planned_by, planned_at)
  SELECT m.id, %(visit)s, %(office)s, %(visit_on)s, %(visit_time)s, %(visit_place)s,
         %(visit_note)s, w.id, %(actor)s, %(at)s
    FROM moved m, officer w JOIN acting_role r ON r.officer_id = w.id AND r.role = 'inspector'
   WHERE w.id = %(visit_inspector)s AND w.active
  RETURNING number
)"""

_POSTPONED = """
visited AS (
  UPDATE visit
     SET postponed_at = %(at)s, postponed_why = %(visit_why)s, postponed_by = %(actor)s
   WHERE application_id = %(id)s AND number = %(visit)s
  RETURNING number
)"""

_REPORTED = f"""{taken("visit_numbered", "'BAP'")}, visited AS (
  UPDATE visit v
     SET held_on = %(held_on)s, present = %(present)s, measured = %(measured)s,
         findings = %(findings)s, fits = %(fits)s, summary = %(summary)s,
         reported_by = %(actor)s, reported_at = %(at)s,
         report_number = {written("'BAP'")}
    FROM visit_numbered n, office o
   WHERE v.application_id = %(id)s AND v.number = %(visit)s AND o.id = %(office)s
  RETURNING v.number
)"""  # noqa: S608 - fixed text


def visit_parts(change: Change, parameters: dict[str, Any]) -> list[str]:
    """Return the parts that a change writes about a visit, and add their parameters."""
    if change.visit is not None:
        order = change.visit
        parameters |= {
            "visit": order.number,
            "visit_on": order.on,
            "visit_time": order.time,
            "visit_place": order.place,
            "visit_note": order.note,
            "visit_inspector": order.inspector_id,
        }
        return [_PLANNED]
    if change.visit_postponed is not None:
        parameters |= {
            "visit": change.visit_postponed.number,
            "visit_why": change.visit_postponed.why,
        }
        return [_POSTPONED]
    if change.visit_report is not None:
        report = change.visit_report
        parameters |= {
            "visit": report.number,
            "held_on": report.held_on,
            "present": list(report.present),
            "measured": _dump(report.measured),
            "findings": _dump(report.findings),
            "fits": report.fits,
            "summary": report.summary,
        }
        return [_REPORTED]
    return []


def must_have_visited(change: Change, written: int) -> None:
    """Pass when the row of the visit was written.

    Raises:
        InvalidInput: whoever is to go is no active inspector of this office.
        StaleApplication: the visit came to its end meanwhile.
    """
    if written == 1:
        return
    if change.visit is not None:
        raise InvalidInput({"visit_inspector": "not_an_inspector"})
    case = change.case
    raise StaleApplication(case.application_id, seen=case.version, now=case.version)


def _dump(rows: Sequence[Any]) -> str:
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, separators=(",", ":"))
