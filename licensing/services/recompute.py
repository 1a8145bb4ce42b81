"""Another calendar: every open application of the office is counted anew, in batches.

A run belongs to one version of the calendar and brings the open files of older versions to it;
the runs of an office go in the order of their numbers, and one behind which a later one waits
hands its files over to that: each is counted once, by the newest calendar. Each batch is one
transaction that also records the run's progress. A file that was brought to the new version is not
of an older one any more: killed anywhere, a run goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from licensing.change import Case
from licensing.database import execute
from licensing.errors import NotFound
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services import recompute_sql as sql
from licensing.services.administration import record
from licensing.services.door_sql import dump
from licensing.services.reclock import write_batch
from licensing.services.recount_files import Recounting
from licensing.services.recount_words import Version
from workflows.calendar_spec import CalendarSpec

log = logging.getLogger(__name__)

BATCH: Final = 500
"""Files of one transaction: whoever wants to press one of them waits for no more."""
PAGE: Final = 100_000
"""Files looked up at once, their ids alone; they are counted in the order in which they lie."""
KEEPERS: Final = ("admin", "head")


@dataclass(frozen=True, slots=True)
class OfficeRecompute:
    """What was counted anew in one office."""

    code: str
    done: int = 0
    moved: int = 0
    failed: int = 0
    """Files that could not be counted; they keep what they had, and their runs name them."""
    finished: int = 0
    """Runs that came to their end."""
    failure: str | None = None
    """Why this office could not be counted; it is tried again, and the others were."""


@dataclass(frozen=True, slots=True)
class RecomputeReport:
    """What was counted anew, over all offices in which something waited."""

    offices: tuple[OfficeRecompute, ...] = ()

    @property
    def moved(self) -> int:
        """Return how many files have a limit that is due at another moment."""
        return sum(office.moved for office in self.offices)


@dataclass(frozen=True, slots=True)
class _Run:
    id: UUID
    calendar_version_id: UUID
    number: int
    started_at: datetime | None
    cursor: UUID | None
    failures: Sequence[Mapping[str, str]]
    handed_over: bool
    """A later run waits, which brings the files left to its own calendar."""


@dataclass(slots=True)
class _Counts:
    done: int = 0
    moved: int = 0
    failed: int = 0
    finished: int = 0


def recompute(
    runtime: Runtime,
    *,
    at: datetime | None = None,
    office_id: UUID | None = None,
    batch: int = BATCH,
    from_scratch: bool = False,
) -> RecomputeReport:
    """Count the open files anew wherever the calendar has changed, until nothing waits.

    Safe to run in any number of processes and to be killed at any point. Simulated offices are
    counted only with `at`, a time of the caller's choice, and then no others are. With
    `from_scratch` every history is read, also where the clock's state alone would do.

    Raises:
        ValueError: `at` has no UTC offset.
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    if at is not None and at.tzinfo is None:
        raise ValueError(f"{at} lacks a UTC offset: write 2026-07-10T16:00:00+07:00")
    with runtime.db.begin() as connection:
        waiting = [tuple(row) for row in connection.exec_driver_sql(sql.WAITING)]
    done = []
    for found, code, simulated in waiting:
        if simulated == (at is not None) and office_id in (None, found):
            office = _Office(runtime, found, at, batch, from_scratch=from_scratch)
            done.append(_guarded(office, code))
    return RecomputeReport(tuple(done))


def retry_recompute(runtime: Runtime, recompute_id: UUID, by: Officer) -> None:
    """Let a run that has ended try those files again that it could not count.

    Raises:
        NotAllowed: `by` keeps no calendar.
        NotFound: the office has no such run, or there is nothing to try again.
    """
    by.must_have("count anew", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(sql.RETRY, (recompute_id,)).fetchone()
        if row is None:
            raise NotFound("run with failures", recompute_id)
        record(
            connection,
            by.office_id,
            "recompute_retried",
            str(row.number),
            by=by.id,
            detail={"files": row.failed},
        )


def _guarded(office: _Office, code: str) -> OfficeRecompute:
    """Return what became of one office; its failure is told and does not stop the others."""
    failure = None
    try:
        office.run()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        failure = str(error.orig)
        log.exception("office %s could not be counted anew", code)
    except Exception as error:  # whatever is wrong with one office must not stop the others
        failure = str(error)
        log.exception("office %s could not be counted anew", code)
    counts = office.counts
    return OfficeRecompute(code, counts.done, counts.moved, counts.failed, counts.finished, failure)


class _Office:
    """The runs of one office, as far as this process gets with them."""

    def __init__(
        self,
        runtime: Runtime,
        office_id: UUID,
        at: datetime | None,
        batch: int,
        *,
        from_scratch: bool,
    ) -> None:
        self.counts = _Counts()
        self._runtime, self._office_id, self._at = runtime, office_id, at
        self._batch, self._scratch = batch, from_scratch
        self._version: UUID | None = None
        self._recounting: Recounting | None = None
        self._older: list[UUID] = []
        self._page: list[UUID] = []
        self._page_end: UUID | None = None
        """The last id of the page; behind it begins the next."""
        self._one_by_one: list[UUID] = []
        """The rest of a batch that could not be written whole."""

    def run(self) -> None:
        """Do batch after batch, until nothing waits or another process is at it."""
        more = True
        while more:
            tried: Sequence[UUID] = ()
            run: _Run | None = None
            try:
                with self._runtime.transaction(self._office_id) as connection:
                    # How many rows a batch has is seen in its values alone.
                    connection.exec_driver_sql(sql.PLANNED_ANEW)
                    run = self._claim(connection)
                    if run is None:
                        return
                    tried = self._next(connection, run)
                    more = self._count(connection, run, tried)
            except (IntegrityError, DataError) as error:
                # One file that the database refuses must not keep the others from theirs.
                log.exception("files could not be written")
                if len(tried) > 1:
                    self._one_by_one = list(tried)
                elif run is not None:
                    self._fail(run.id, tried[0], str(error.orig))

    def _claim(self, connection: Connection) -> _Run | None:
        """Return the oldest run, locked; None where none waits or another process is at it."""
        while True:
            row = connection.exec_driver_sql(sql.CLAIM, {"office": self._office_id}).fetchone()
            if row is None:
                return None
            run = _Run(*row)
            if run.calendar_version_id != self._version:
                self._enter(connection, run)
            if run.started_at is None:
                connection.exec_driver_sql(
                    sql.START, {"office": self._office_id, "older": self._older, "run": run.id}
                )
            if not run.handed_over:
                return run
            connection.exec_driver_sql(sql.FINISH, (run.id,))
            self.counts.finished += 1

    def _enter(self, connection: Connection, run: _Run) -> None:
        rows = connection.exec_driver_sql(
            sql.OLDER, {"office": self._office_id, "number": run.number}
        )
        versions = [Version(row[0], row[1], CalendarSpec.from_json(row[2])) for row in rows]
        (target,) = (version for version in versions if version.id == run.calendar_version_id)
        older = [version for version in versions if version.number < run.number]
        self._recounting = Recounting(self._runtime, target, older)
        self._older = [version.id for version in older]
        self._version, self._page, self._one_by_one = run.calendar_version_id, [], []
        self._page_end = None

    def _next(self, connection: Connection, run: _Run) -> Sequence[UUID]:
        """Return the ids of the next batch; none when all have been looked at."""
        if self._one_by_one:
            return [self._one_by_one.pop(0)]
        if not self._page:
            cursor = run.cursor
            if self._page_end is not None and (cursor is None or cursor < self._page_end):
                cursor = self._page_end
                connection.exec_driver_sql(sql.MOVE_ON, (cursor, run.id))
            self._read_page(connection, run, cursor)
        batch, self._page = self._page[: self._batch], self._page[self._batch :]
        return batch

    def _read_page(self, connection: Connection, run: _Run, cursor: UUID | None) -> None:
        rows = execute(
            connection,
            sql.PAGE,
            {
                "office": self._office_id,
                "older": self._older,
                "cursor": cursor,
                "failed": [UUID(failure["id"]) for failure in run.failures],
                "page": PAGE,
            },
        )
        self._page = [row[0] for row in rows]
        self._page_end = max(self._page, default=None)

    def _count(self, connection: Connection, run: _Run, ids: Sequence[UUID]) -> bool:
        """Count one batch anew and move the cursor; return whether there may be more."""
        if not ids:
            connection.exec_driver_sql(sql.FINISH, (run.id,))
            self.counts.finished += 1
            self._version = self._page_end = None
            return True
        assert self._recounting is not None  # noqa: S101 - entered with the claim
        locked = execute(connection, sql.LOCKED, {"ids": list(ids), "older": self._older})
        cases = [Case(*row) for row in locked]
        if self._at is not None:
            cases = [replace(case, now=self._at) for case in cases]
        found = self._recounting.files(connection, cases, from_scratch=self._scratch)
        write_batch(connection, found.batch)
        if found.unmoved:
            connection.exec_driver_sql(sql.UNMOVED, (run.calendar_version_id, found.unmoved))
        if found.receipts:
            rows = dump([receipt._asdict() for receipt in found.receipts])
            connection.exec_driver_sql(
                sql.RECEIPTS, {"run": run.id, "office": self._office_id, "rows": rows}
            )
        self._progress(connection, run, len(cases), len(found.receipts), found.failures)
        self.counts.done += len(cases)
        self.counts.moved += len(found.receipts)
        self.counts.failed += len(found.failures)
        return True

    def _fail(self, run_id: UUID, application_id: UUID, why: str) -> None:
        """Record a file that cannot be counted, and go past it; a later run tries it anew."""
        with self._runtime.transaction(self._office_id) as connection:
            run = self._claim(connection)
            if run is None or run.id != run_id:
                return
            self._progress(connection, run, 1, 0, {application_id: why})
        self.counts.done += 1
        self.counts.failed += 1

    def _progress(
        self,
        connection: Connection,
        run: _Run,
        done: int,
        moved: int,
        failures: Mapping[UUID, str],
    ) -> None:
        connection.exec_driver_sql(
            sql.PROGRESS,
            {
                "run": run.id,
                "done": done,
                "moved": moved,
                "failed": len(failures),
                "failures": dump([{"id": str(one), "why": why} for one, why in failures.items()]),
            },
        )
