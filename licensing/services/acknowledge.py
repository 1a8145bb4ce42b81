"""Acknowledging an alert: somebody has seen it, and says what is being done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.forms import MAX_LONG_TEXT, clean
from licensing.people import Officer
from licensing.runtime import Runtime
from workflows.sop import Party, Sop

_READ = """
SELECT al.acknowledged_at, al.acknowledged_by, al.note, o.name, a.sop_version_id, a.step,
       a.holder_id, a.lane
  FROM alert al
  JOIN application a ON a.id = al.application_id
  LEFT JOIN officer o ON o.id = al.acknowledged_by
 WHERE al.id = %s
   FOR UPDATE OF al
"""

_WRITE = """
UPDATE alert
   SET acknowledged_at = clock_timestamp(), acknowledged_by = %s, note = %s
 WHERE id = %s
RETURNING acknowledged_at
"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who acknowledged an alert first, and when."""

    alert_id: UUID
    by: UUID
    name: str
    at: datetime
    note: str
    again: bool = False
    """True where it had been acknowledged before: the first stays."""


def acknowledge(runtime: Runtime, alert_id: UUID, by: Officer, note: str = "") -> Acknowledged:
    """Record that `by` has seen an alert. Once: whoever comes second is told who was first.

    Raises:
        NotFound: the office of `by` has no such alert.
        NotAllowed: `by` is neither supervisor nor head, and does not hold the file.
        InvalidInput: the note is too long.
    """
    note = clean(note)
    if len(note) > MAX_LONG_TEXT:
        raise InvalidInput({"note": "too_long"})
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_READ, (alert_id,)).fetchone()
        if row is None:
            raise NotFound("alert", alert_id)
        at, first, said, name, version, step, holder, lane = row
        if not (by.has("supervisor", "head") or holder == by.id):
            roles = _roles(runtime.rules(connection, version).sop, step, lane)
            if holder is not None or not by.has(*roles):
                raise NotAllowed("acknowledge", ("supervisor", "head", *roles))
        if at is not None:
            return Acknowledged(alert_id, first, name, at, said, again=True)
        at = connection.exec_driver_sql(_WRITE, (by.id, note, alert_id)).scalar_one()
        return Acknowledged(alert_id, by.id, by.name, at, note)


def _roles(sop: Sop, step: str, lane: str | None) -> tuple[str, ...]:
    """Return the roles of the pool in which the file lies; none once it has ended."""
    if lane is None or step not in sop.steps:
        return ()
    found = sop.lanes[lane]
    name = found.served_by if found.party is Party.APPLICANT else found.name
    return () if name is None else (name,)
