"""The inbox: files and asks in a person's lanes, most urgent first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from licensing.people import Officer
from licensing.queries.due_order import due_or_never
from licensing.queries.file_rows import COLUMNS, JOINS, FileRow, file_row
from licensing.queries.notices import UNREAD, OwnNotices, unread_of
from licensing.runtime import Runtime

PAGE = 20
SHOWN_NOTICES = 3
MOST_COUNTED = 100
"""More than so many waiting files, or asks, are not told apart."""
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
    """Exact up to `MOST_COUNTED`; beyond it only more than that."""
    unread: OwnNotices
    """The newest of what he was told and has not read."""


def lanes_of(officer: Officer) -> list[str]:
    """Return the lanes whose files a person sees: his own, and those his lane serves."""
    lanes = set(officer.roles)
    if "counter" in lanes:
        lanes.add("applicant")
    return sorted(lanes)


def inbox(
    runtime: Runtime, officer: Officer, *, which: Which = "all", after: str | None = None
) -> Inbox:
    """Return one page of the files and asks in the lanes of `officer`, ordered by due time.

    With what he was told and has not read. One reading statement, whatever their number.
    """
    due_after, id_after, ask_after = place_after(after)
    with runtime.transaction(officer.office_id, planned=True) as connection:
        rows = connection.exec_driver_sql(
            _INBOX,
            {
                "lanes": lanes_of(officer),
                "me": officer.id,
                "which": which,
                "due_after": due_after,
                "id_after": id_after,
                "ask_after": ask_after,
                "limit": PAGE + 1,
                "most": MOST_COUNTED + 1,
                "news": SHOWN_NOTICES,
            },
        ).fetchall()
        first = rows[0]
        shown = [
            file_row(runtime, connection, row, first.now)
            for row in rows[:PAGE]
            if row.id is not None
        ]
    more = len(rows) > PAGE
    return Inbox(
        rows=shown,
        now=first.now,
        next_after=cursor_after(shown[-1]) if more else None,
        mine=first.mine,
        pool=first.pool,
        unread=unread_of(first.unread, next((row.news for row in rows if row.news), None)),
    )


def place_after(after: str | None) -> tuple[str, str, str]:
    """Return where a page begins: due time, file, ask; one made up begins at the start."""
    if after:
        due, _, rest = after.partition("~")
        found, _, ask = rest.partition("~")
        try:
            if due != "infinity":
                due = datetime.fromisoformat(due).astimezone(UTC).isoformat()
            return due, str(UUID(found)), ask.replace("\x00", "")
        except (ValueError, OverflowError):
            pass
    return "-infinity", str(UUID(int=0)), ""


def cursor(after: str | None) -> tuple[str, str]:
    """Return where a page of files alone begins."""
    due, found, _ = place_after(after)
    return due, found


def cursor_after(row: FileRow) -> str:
    """Return where the page after this row begins."""
    due = "infinity" if row.due_at is None else row.due_at.isoformat()
    return f"{due}~{row.application_id}" + (f"~{row.ask}" if row.ask else "")


# Each lane gives its first page from an index and the pages are merged: the list costs what it
# shows. The counts stop past a hundred of either kind; they come with every row and alone on an
# empty page. A file comes before its own asks.
_INBOX = f"""
WITH counted AS (
  SELECT (SELECT count(*) FROM application
           WHERE holder_id = %(me)s AND ended_at IS NULL)
       + (SELECT count(*) FROM ask
           WHERE holder_id = %(me)s AND closed_at IS NULL AND lane = ANY(%(lanes)s)) AS mine,
         (SELECT count(*) FROM (
            SELECT 1 FROM application
             WHERE ended_at IS NULL AND lane = ANY(%(lanes)s) AND holder_id IS NULL
             LIMIT %(most)s) waiting)
       + (SELECT count(*) FROM (
            SELECT 1 FROM ask
             WHERE closed_at IS NULL AND lane = ANY(%(lanes)s) AND holder_id IS NULL
             LIMIT %(most)s) asked) AS pool,
         clock_timestamp() AS now,{UNREAD}
), page AS (
  SELECT found.*
    FROM (
      SELECT f.*
        FROM unnest(%(lanes)s::text[]) AS l(lane)
       CROSS JOIN LATERAL (
         SELECT id, lane, holder_id, due_at, NULL::text AS ask, NULL::text AS ask_step,
                NULL::timestamptz AS opened_at
           FROM application
          WHERE ended_at IS NULL AND lane = l.lane
            AND (%(which)s = 'all' OR (%(which)s = 'mine' AND holder_id = %(me)s)
                 OR (%(which)s = 'pool' AND holder_id IS NULL))
            AND ({due_or_never()}, id)
                > (%(due_after)s::timestamptz, %(id_after)s::uuid)
          ORDER BY {due_or_never()}, id
          LIMIT %(limit)s
       ) f
      UNION ALL
      SELECT k.*
        FROM unnest(%(lanes)s::text[]) AS l(lane)
       CROSS JOIN LATERAL (
         SELECT application_id, lane, holder_id, due_at, key, step, opened_at
           FROM ask
          WHERE closed_at IS NULL AND lane = l.lane
            AND (%(which)s = 'all' OR (%(which)s = 'mine' AND holder_id = %(me)s)
                 OR (%(which)s = 'pool' AND holder_id IS NULL))
            AND ({due_or_never()}, application_id, key)
                > (%(due_after)s::timestamptz, %(id_after)s::uuid, %(ask_after)s)
          ORDER BY {due_or_never()}, application_id, key
          LIMIT %(limit)s
       ) k
    ) found
   ORDER BY coalesce(found.due_at, 'infinity'::timestamptz), found.id, coalesce(found.ask, '')
   LIMIT %(limit)s
)
SELECT c.mine, c.pool, c.now, c.unread,
       CASE WHEN row_number() OVER () = 1 THEN c.news END AS news, p.*, {COLUMNS}
  FROM counted c
  LEFT JOIN page p ON true {JOINS}
 ORDER BY coalesce(p.due_at, 'infinity'::timestamptz), p.id, coalesce(p.ask, '')
"""  # noqa: S608
