"""Acknowledging an alert: somebody has seen it, and says what is being done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.forms import MAX_LONG_TEXT, clean
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.notes import reassign_within
from workflows.sop import Party, Sop

# The alert of a side path is for whoever has that path, not for whoever has the file.
_READ = """
SELECT al.acknowledged_at, al.acknowledged_by, al.note, o.name, a.sop_version_id, al.application_id,
       k.key AS ask,
       CASE WHEN k.key IS NULL THEN a.holder_id ELSE k.holder_id END AS holder_id,
       CASE WHEN k.key IS NULL THEN a.lane ELSE k.lane END AS lane
  FROM alert al
  JOIN application a ON a.id = al.application_id
  LEFT JOIN officer o ON o.id = al.acknowledged_by
 CROSS JOIN LATERAL (SELECT split_part(split_part(al.key, ':', 2), '/', 1) AS key) side
  LEFT JOIN ask k ON k.application_id = al.application_id AND k.key = side.key
                 AND (al.key LIKE 'ask:%%' OR al.key LIKE 'answer:%%' OR al.key LIKE 'step:%%/%%')
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


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """What somebody says to an alert, and to whom he gives the file, if to anybody."""

    alert_id: UUID
    note: str = ""
    """What is being done; where the file changes hands, the reason too."""
    to: UUID | None = None


def acknowledge(runtime: Runtime, alert_id: UUID, by: Officer, note: str = "") -> Acknowledged:
    """Record that `by` has seen an alert, as `answer_alert` does, and change nothing else."""
    return answer_alert(runtime, AlertAnswer(alert_id, note), by)


def answer_alert(runtime: Runtime, answer: AlertAnswer, by: Officer) -> Acknowledged:
    """Record that `by` has seen an alert, and give its file to a colleague where he says so.

    Recorded once: whoever comes second is told who was first. What was recorded ends the alert's
    way up the ranks.

    Raises:
        NotFound: the office of `by` has no such alert.
        NotAllowed: `by` is neither supervisor nor head, and does not hold the file.
        InvalidInput: the note is too long, or missing where the file changes hands; there is no
            such colleague where the file lies.
        ApplicationEnded, LapsedByLaw: there is nothing to give away any more.
    """
    note = clean(answer.note)
    if len(note) > MAX_LONG_TEXT:
        raise InvalidInput({"note": "too_long"})
    if answer.to is not None and not note:
        raise InvalidInput({"note": "reason_to_reassign"})
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_READ, (answer.alert_id,)).fetchone()
        if row is None:
            raise NotFound("alert", answer.alert_id)
        if not (by.has("supervisor", "head") or row.holder_id == by.id):
            roles = _roles(runtime.rules(connection, row.sop_version_id).sop, row.lane)
            if row.holder_id is not None or not by.has(*roles):
                raise NotAllowed("acknowledge", ("supervisor", "head", *roles))
        if answer.to is not None:
            _reassign(runtime, connection, row, answer.to, by, note)
        if row.acknowledged_at is not None:
            return Acknowledged(
                answer.alert_id,
                row.acknowledged_by,
                row.name,
                row.acknowledged_at,
                row.note,
                again=True,
            )
        at = connection.exec_driver_sql(_WRITE, (by.id, note, answer.alert_id)).scalar_one()
        return Acknowledged(answer.alert_id, by.id, by.name, at, note)


def _reassign(
    runtime: Runtime, connection: Connection, row: Any, to: UUID, by: Officer, reason: str
) -> None:
    try:
        reassign_within(runtime, connection, row.application_id, to, by, reason=reason, ask=row.ask)
    except NotFound as error:
        raise InvalidInput({"to": "no_such_colleague"}) from error


def _roles(sop: Sop, lane: str | None) -> tuple[str, ...]:
    """Return the roles of the pool in which the file lies; none once it has ended."""
    if lane is None or lane not in sop.lanes:
        return ()
    found = sop.lanes[lane]
    name = found.served_by if found.party is Party.APPLICANT else found.name
    return () if name is None else (name,)
