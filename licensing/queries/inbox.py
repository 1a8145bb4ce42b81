"""The inbox: what lies in a person's lanes, most urgent first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from licensing.people import Officer
from licensing.runtime import Runtime
from workflows.ledger import ClockState, LimitState
from workflows.sop import Text

PAGE = 50
Which = Literal["all", "mine", "pool"]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One file in a lane."""

    application_id: UUID
    number: str
    service: str
    service_title: Text
    subject: str
    applicant: str
    step: str
    step_title: Text
    lane: str
    holder_id: UUID | None
    holder: str | None
    due_at: datetime | None
    filed_at: datetime
    since: datetime
    limits: Sequence[LimitState]
    paused: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of it."""

    rows: Sequence[InboxRow]
    now: datetime
    next_after: str | None
    """Where the next page begins; None on the last."""
    mine: int
    pool: int


def lanes_of(officer: Officer) -> list[str]:
    """Return the lanes whose files a person sees: his own, and those his lane serves."""
    lanes = set(officer.roles)
    if "counter" in lanes:
        lanes.add("applicant")
    return sorted(lanes)


def inbox(
    runtime: Runtime, officer: Officer, *, which: Which = "all", after: str | None = None
) -> Inbox:
    """Return one page of the files in the lanes of `officer`, ordered by due time.

    Four statements, whatever the number of files: opening, office, list, closing.
    """
    due_after, id_after = _cursor(after)
    with runtime.transaction(officer.office_id) as connection:
        rows = connection.exec_driver_sql(
            _INBOX,
            {
                "lanes": lanes_of(officer),
                "me": officer.id,
                "which": which,
                "due_after": due_after,
                "id_after": id_after,
                "limit": PAGE + 1,
            },
        ).fetchall()
        shown = [_row(runtime, connection, row) for row in rows[:PAGE] if row.id is not None]
    first = rows[0]
    more = len(rows) > PAGE
    return Inbox(
        rows=shown,
        now=first.now,
        next_after=f"{_due_text(shown[-1].due_at)}~{shown[-1].application_id}" if more else None,
        mine=first.mine,
        pool=first.pool,
    )


def _row(runtime: Runtime, connection: Any, row: Any) -> InboxRow:
    sop = runtime.rules(connection, row.sop_version_id).sop
    clockwork = runtime.clockwork(
        connection, row.sop_version_id, row.calendar_version_id, row.late_receipt
    )
    limits = clockwork.limits(ClockState.from_json(row.state["clock"]), row.now)
    return InboxRow(
        application_id=row.id,
        number=row.number,
        service=row.service,
        service_title=sop.title,
        subject=row.subject,
        applicant=row.applicant,
        step=row.step,
        step_title=sop.steps[row.step].title,
        lane=row.lane,
        holder_id=row.holder_id,
        holder=row.holder,
        due_at=row.due_at,
        filed_at=row.filed_at,
        since=row.last_effective_at,
        limits=limits,
        paused=row.due_at is None,
    )


def _cursor(after: str | None) -> tuple[str, str]:
    """Return where a page begins; a cursor somebody made up begins at the start."""
    if after:
        due, _, found = after.partition("~")
        try:
            return datetime.fromisoformat(due).isoformat() if due != "infinity" else due, str(
                UUID(found)
            )
        except ValueError:
            pass
    return "-infinity", str(UUID(int=0))


def _due_text(due_at: datetime | None) -> str:
    return "infinity" if due_at is None else due_at.isoformat()


# Each lane gives its first page from the index and the pages are merged: the list costs what it
# shows. The counts stop at a thousand; they come with every row and alone on an empty page.
_INBOX = """
WITH counted AS (
  SELECT (SELECT count(*) FROM application
           WHERE holder_id = %(me)s AND ended_at IS NULL) AS mine,
         (SELECT count(*) FROM (
            SELECT 1 FROM application
             WHERE ended_at IS NULL AND lane = ANY(%(lanes)s) AND holder_id IS NULL
             LIMIT 1000) waiting) AS pool,
         clock_timestamp() AS now
), page AS (
  SELECT a.*
    FROM unnest(%(lanes)s) AS l(lane)
   CROSS JOIN LATERAL (
     SELECT id, sop_version_id, calendar_version_id, step, lane, holder_id, due_at,
            last_effective_at, state, office_id
       FROM application
      WHERE ended_at IS NULL AND lane = l.lane
        AND (%(which)s = 'all' OR (%(which)s = 'mine' AND holder_id = %(me)s)
             OR (%(which)s = 'pool' AND holder_id IS NULL))
        AND (coalesce(due_at, 'infinity'::timestamptz), id)
            > (%(due_after)s::timestamptz, %(id_after)s::uuid)
      ORDER BY coalesce(due_at, 'infinity'::timestamptz), id
      LIMIT %(limit)s
   ) a
   ORDER BY coalesce(a.due_at, 'infinity'::timestamptz), a.id
   LIMIT %(limit)s
)
SELECT c.mine, c.pool, c.now, p.*, o.late_receipt, d.number, d.service, d.subject, d.filed_at,
       t.name AS applicant, h.name AS holder
  FROM counted c
  LEFT JOIN page p ON true
  LEFT JOIN office o ON o.id = p.office_id
  LEFT JOIN dossier d ON d.application_id = p.id
  LEFT JOIN applicant t ON t.id = d.applicant_id
  LEFT JOIN officer h ON h.id = p.holder_id
 ORDER BY coalesce(p.due_at, 'infinity'::timestamptz), p.id
"""
