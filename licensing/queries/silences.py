"""Files of which the limit of the law has passed undecided: for whoever watches, and afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection

from licensing.people import Officer
from licensing.queries.inbox import cursor
from licensing.runtime import Runtime
from licensing.services.sweep_silence import undecided
from workflows.check import LAPSE
from workflows.ledger import ClockState
from workflows.silence import SilentLimit, true_silence
from workflows.sop import Sop, Text

PAGE: Final = 50
MOST: Final = 10_000
"""Lines of a table that is handed out whole."""
Which = Literal["terbuka", "semua"]


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """One file, once for each time its silence was recorded."""

    application_id: UUID
    number: str
    subject: str
    service_title: Text
    granted: bool
    """The law has granted it; else the passing was recorded and the file went on."""
    since: datetime
    """The end of the limit."""
    deemed_on: date | None
    source: str
    recorded_at: datetime
    place: Text
    """The step at which it lies, or the end that it has reached."""
    ended_at: datetime | None
    decided_at: datetime | None
    """When the limit was ended by a decision, or with the file; None: it is still undecided."""


@dataclass(frozen=True, slots=True)
class SilenceList:
    """One page, newest first."""

    rows: Sequence[SilenceRow]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class ComingSilence:
    """A file of which the limit of the law will have passed if nobody decides."""

    application_id: UUID
    number: str
    subject: str
    silence: SilentLimit


def silences(
    runtime: Runtime,
    officer: Officer,
    which: Which,
    *,
    after: str | None = None,
    whole: bool = False,
) -> SilenceList:
    """Return one page of what was recorded, or all of it: still undecided, or everything.

    One reading statement.
    """
    before, id_before = cursor(after)
    most = MOST if whole else PAGE
    with runtime.transaction(officer.office_id) as connection:
        rows = connection.exec_driver_sql(
            _SILENCES,
            {
                "office": officer.office_id,
                "open": which == "terbuka",
                "before": before if after else "infinity",
                "id": id_before,
                "limit": most + 1,
            },
        ).fetchall()
        shown = [_row(runtime, connection, row) for row in rows[:most]]
    last = shown[-1] if len(rows) > most else None
    more = None if last is None else f"{last.recorded_at.isoformat()}~{last.application_id}"
    return SilenceList(shown, more)


def coming_silences(
    runtime: Runtime, office_id: UUID, until: datetime
) -> tuple[ComingSilence, ...]:
    """Return what would be recorded of an office until a moment, earliest first.

    As things stand now: what is pressed until then changes it.
    """
    ids = [application_id for application_id, _ in undecided(runtime, office_id, until)]
    found = []
    with runtime.transaction(office_id) as connection:
        for row in connection.exec_driver_sql(_COMING, {"ids": ids}).fetchall() if ids else ():
            clockwork = runtime.clockwork(
                connection, row.sop_version_id, row.calendar_version_id, row.late_receipt
            )
            silence = true_silence(clockwork, ClockState.from_json(row.clock), until)
            if silence is not None:
                found.append(ComingSilence(row.id, row.number, row.subject, silence))
    return tuple(sorted(found, key=lambda one: (one.silence.since, one.number)))


def _row(runtime: Runtime, connection: Connection, row: Any) -> SilenceRow:
    sop: Sop = runtime.rules(connection, row.sop_version_id).sop
    granted = row.action == LAPSE
    place = sop.ends.get(row.step) or sop.steps[row.step]
    deemed_on = row.detail.get("deemed_on")
    return SilenceRow(
        application_id=row.application_id,
        number=row.number,
        subject=row.subject,
        service_title=sop.title,
        granted=granted,
        since=datetime.fromisoformat(row.detail["lapsed_at" if granted else "since"]),
        deemed_on=None if deemed_on is None else date.fromisoformat(deemed_on),
        source=row.detail["source"],
        recorded_at=row.effective_at,
        place=place.title,
        ended_at=row.ended_at,
        decided_at=row.decided_at,
    )


_COMING = """
SELECT a.id, a.sop_version_id, a.calendar_version_id, a.state -> 'clock' AS clock, o.late_receipt,
       d.number, d.subject
  FROM application a
  JOIN office o ON o.id = a.office_id
  JOIN dossier d ON d.application_id = a.id
 WHERE a.id = ANY (%(ids)s)
"""

_SILENCES = """
WITH page AS (
  SELECT e.application_id, e.action, e.detail, e.effective_at
    FROM application_event e
   WHERE e.office_id = %(office)s AND e.action IN ('lapse', 'silence')
     AND (NOT %(open)s
          OR (e.action = 'silence'
              AND EXISTS (SELECT FROM deadline w
                           WHERE w.application_id = e.application_id
                             AND w.key = e.detail ->> 'limit' AND w.ended_at IS NULL
                             AND w.due_at <= e.effective_at)))
     AND (%(before)s::timestamptz = 'infinity'
          OR (e.effective_at, e.application_id) < (%(before)s::timestamptz, %(id)s::uuid))
   ORDER BY e.effective_at DESC, e.application_id DESC
   LIMIT %(limit)s
)
SELECT p.*, a.sop_version_id, a.step, a.ended_at, d.number, d.subject, w.ended_at AS decided_at
  FROM page p
  JOIN application a ON a.id = p.application_id
  JOIN dossier d ON d.application_id = p.application_id
  LEFT JOIN deadline w ON w.application_id = p.application_id AND w.key = p.detail ->> 'limit'
 ORDER BY p.effective_at DESC, p.application_id DESC
"""
