"""The runs over an office's open files after a change of the calendar, and what they moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.runtime import Runtime
from workflows.calendar_diff import Difference

READERS: Final = ("admin", "head", "supervisor")
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class RunView:
    """One run, as far as it has come."""

    id: UUID
    number: int
    """Of the version of the calendar."""
    source: str
    differences: Sequence[Difference]
    asked_by: str | None
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    total: int
    done: int
    moved: int
    failed: int
    failures: Sequence[Mapping[str, Any]]
    """The first files that could not be counted: {id, why}."""
    handed_over: bool
    """A later run waited when it ended, and has counted what was left."""

    @property
    def under_way(self) -> bool:
        """Return whether there is more to come."""
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class MovedFile:
    """One file with a limit that is due at another moment than before."""

    application_id: UUID
    number: str
    subject: str
    key: str
    before_at: datetime | None
    after_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run with a page of what it moved."""

    run: RunView
    rows: Sequence[MovedFile]
    next_after: UUID | None
    unread: Mapping[str, str]
    """Numbers of the files that could not be counted, by their id."""


@dataclass(frozen=True, slots=True)
class RunList:
    """A page of runs, newest first."""

    rows: Sequence[RunView]
    next_before: int | None


def recomputes(runtime: Runtime, by: Officer, *, below: int | None = None) -> RunList:
    """Return a page of the runs of the office of `by`, newest first.

    Raises:
        NotAllowed: `by` neither keeps the calendar nor supervises.
    """
    by.must_have("see what was counted anew", *READERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(
            f"{_RUNS} WHERE %(below)s::int IS NULL OR r.number < %(below)s"
            " ORDER BY r.number DESC LIMIT %(limit)s",
            {"below": below, "limit": PAGE + 1},
        ).fetchall()
    shown = [_view(row) for row in rows[:PAGE]]
    return RunList(shown, shown[-1].number if len(rows) > PAGE else None)


def recompute_page(
    runtime: Runtime, by: Officer, recompute_id: UUID, *, after: UUID | None = None
) -> RunPage:
    """Return one run with a page of the files that it moved.

    Raises:
        NotAllowed: `by` neither keeps the calendar nor supervises.
        NotFound: the office has no such run.
    """
    by.must_have("see what was counted anew", *READERS)
    with runtime.transaction(by.office_id) as connection:
        run = _run(connection, recompute_id)
        rows = _moved(connection, recompute_id, after, PAGE + 1)
        unread = {}
        if run.failures:
            found = connection.exec_driver_sql(
                "SELECT application_id::text, number FROM dossier"
                " WHERE application_id = ANY (%s::uuid[])",
                ([failure["id"] for failure in run.failures],),
            )
            unread = {row[0]: row[1] for row in found}
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return RunPage(run, rows, rows[-1].application_id if more else None, unread)


def moved_files(
    runtime: Runtime, by: Officer, recompute_id: UUID
) -> tuple[RunView, list[MovedFile]]:
    """Return one run with every file that it moved.

    Raises:
        NotAllowed, NotFound: as `recompute_page`.
    """
    by.must_have("see what was counted anew", *READERS)
    with runtime.transaction(by.office_id) as connection:
        run = _run(connection, recompute_id)
        return run, _moved(connection, recompute_id, None, None)


def _run(connection: Connection, recompute_id: UUID) -> RunView:
    row = connection.exec_driver_sql(f"{_RUNS} WHERE r.id = %(id)s", {"id": recompute_id}).first()
    if row is None:
        raise NotFound("run", recompute_id)
    return _view(row)


def _moved(
    connection: Connection, recompute_id: UUID, after: UUID | None, limit: int | None
) -> list[MovedFile]:
    rows = connection.exec_driver_sql(_MOVED, {"run": recompute_id, "after": after, "limit": limit})
    return [MovedFile(*row) for row in rows]


def _view(row: Any) -> RunView:
    return RunView(
        row.id, row.number, row.source,
        [Difference.from_json(one) for one in row.differences],
        row.asked_by, row.asked_at, row.started_at, row.finished_at, row.total, row.done,
        row.moved, row.failed, row.failures, row.handed_over,
    )  # fmt: skip


_RUNS = """
SELECT r.id, r.number, c.source, r.differences, o.name AS asked_by, r.asked_at, r.started_at,
       r.finished_at, r.total, r.done, r.moved, r.failed, r.failures,
       r.done < r.total AND EXISTS (
         SELECT FROM recompute later
          WHERE later.office_id = r.office_id AND later.number > r.number
            AND later.asked_at < r.finished_at
            AND (later.finished_at IS NULL OR later.finished_at > r.finished_at)) AS handed_over
  FROM recompute r
  JOIN calendar_version c ON c.id = r.calendar_version_id
  LEFT JOIN officer o ON o.id = r.asked_by
"""

_MOVED = """
SELECT m.application_id, d.number, d.subject, m.key, m.before_at, m.after_at
  FROM recompute_moved m JOIN dossier d ON d.application_id = m.application_id
 WHERE m.recompute_id = %(run)s
   AND m.application_id > coalesce(%(after)s, '00000000-0000-0000-0000-000000000000'::uuid)
 ORDER BY m.application_id LIMIT %(limit)s
"""
