"""The inbox: what lies in a person's lanes, most urgent first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from licensing.people import Officer
from licensing.queries.file_rows import COLUMNS, JOINS, FileRow, file_row
from licensing.runtime import Runtime

PAGE = 50
Which = Literal["all", "mine", "pool"]


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of it."""

    rows: Sequence[FileRow]
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
    due_after, id_after = cursor(after)
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
        shown = [file_row(runtime, connection, row) for row in rows[:PAGE] if row.id is not None]
    first = rows[0]
    more = len(rows) > PAGE
    return Inbox(
        rows=shown,
        now=first.now,
        next_after=cursor_after(shown[-1]) if more else None,
        mine=first.mine,
        pool=first.pool,
    )


def cursor(after: str | None) -> tuple[str, str]:
    """Return where a page begins; a cursor somebody made up begins at the start."""
    if after:
        due, _, found = after.partition("~")
        try:
            if due != "infinity":
                due = datetime.fromisoformat(due).astimezone(UTC).isoformat()
            return due, str(UUID(found))
        except (ValueError, OverflowError):
            pass
    return "-infinity", str(UUID(int=0))


def cursor_after(row: FileRow) -> str:
    """Return where the page after this row begins."""
    due = "infinity" if row.due_at is None else row.due_at.isoformat()
    return f"{due}~{row.application_id}"


# Each lane gives its first page from the index and the pages are merged: the list costs what it
# shows. The counts stop at a thousand; they come with every row and alone on an empty page.
_INBOX = f"""
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
    FROM unnest(%(lanes)s::text[]) AS l(lane)
   CROSS JOIN LATERAL (
     SELECT id, sop_version_id, calendar_version_id, step, lane, holder_id, due_at,
            ended_at, state, office_id
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
SELECT c.mine, c.pool, c.now, p.*, {COLUMNS}
  FROM counted c
  LEFT JOIN page p ON true {JOINS}
 ORDER BY coalesce(p.due_at, 'infinity'::timestamptz), p.id
"""  # noqa: S608
