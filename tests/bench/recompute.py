"""Another calendar counts every open application anew: against a plain UPDATE of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg

from licensing.services.calendars import set_calendar
from licensing.services.recompute import recompute
from tests.bed import Server, Urls
from tests.bench import raw
from tests.bench.door import applications_at_verification
from tests.bench.report import Row
from tests.bench.setting import a_house
from tests.factories import House, broken_promises, copy_application
from workflows.calendar_spec import CalendarSpec, ClosedDay
from workflows.worktime import Calendar

OPEN, FROM_SCRATCH = 100_000, 10_000
"""Open applications, each with four open limits of which the new holiday moves all."""
ROUNDS = 2


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Close a day, open it again: each time every open application moves."""
    yield from measured(server, folder, say, OPEN, from_scratch=False)
    yield from measured(server, folder, say, FROM_SCRATCH, from_scratch=True)


def measured(
    server: Server, folder: Path, say: Callable[[str], None], count: int, *, from_scratch: bool
) -> Iterator[Row]:
    """Yield the figures for so many open applications."""
    with server.database() as urls, a_house(urls, folder) as house:
        say(f"opening {count:,} applications")
        place = Place(house, urls, count)
        place.settle(server)
        ratios, seconds = [], []
        for number in range(ROUNDS):
            say(f"a plain UPDATE of {count:,} applications and their limits")
            plain = place.plain()
            place.settle(server)
            say("counting anew" + (" from the first line" if from_scratch else ""))
            took = place.recompute(closed=number % 2 == 0, from_scratch=from_scratch)
            place.settle(server)
            ratios.append(took / plain)
            seconds.append(took)
        place.check()
    how = "from the first line" if from_scratch else "all moved"
    yield Row(
        f"recompute of {count:,} open, {how} / UPDATE",
        median(ratios),
        most=None if from_scratch else 8,
        note=f"rounds from {min(ratios):.2f} to {max(ratios):.2f}; with line, receipt and letter",
    )
    yield Row(f"recompute of {count:,} open, {how}", count / median(seconds), "files/s")


class Place:
    """An office with many open applications, and the calendar that moves them."""

    def __init__(self, house: House, urls: Urls, count: int) -> None:
        self.house, self.urls, self.count = house, urls, count
        (first,) = applications_at_verification(house, 1)
        with house.owner.begin() as connection:
            ids = copy_application(connection, first, count - 1)
            for rest in (_HISTORIES, _ENDED):
                connection.exec_driver_sql(rest, {"ids": ids, "first": first})
        spec = house.rows("SELECT spec FROM calendar_version WHERE number = 1")[0].spec
        self._spec = CalendarSpec.from_json(spec)
        calendar = Calendar(self._spec)
        self._day = calendar.nth_after(calendar.counted_on(datetime.now(UTC)), 1)

    def settle(self, server: Server) -> None:
        """Clear away what the round before has left."""
        with raw.connect(self.urls.owner) as connection:
            connection.autocommit = True
            connection.execute("SET statement_timeout = 0")
            connection.execute("SET ROLE satupintu_owner")
            connection.execute(
                "VACUUM ANALYZE application, application_event, dossier, deadline, notice"
            )
        with psycopg.connect(server.admin, autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def plain(self) -> float:
        """Return the seconds of an UPDATE that moves every due moment by a day; it is undone."""
        took = []
        for days in (1, -1):
            with raw.connect(self.urls.app) as connection:
                connection.execute("SET statement_timeout = 0")
                begin = perf_counter()
                connection.execute(
                    "SELECT set_config('satupintu.office', %s, true)", (str(self.house.office_id),)
                )
                connection.execute(_APPLICATIONS, {"days": days})
                connection.execute(_DEADLINES, {"days": days})
                connection.commit()
                took.append(perf_counter() - begin)
        return median(took)

    def recompute(self, *, closed: bool, from_scratch: bool) -> float:
        """Return the seconds that counting anew takes, after the day was closed or opened."""
        days = dict(self._spec.closed)
        if closed:
            days[self._day] = ClosedDay("Libur Contoh", "local")
        house = self.house
        set_calendar(
            house.runtime, replace(self._spec, closed=days), source="SK", by=house.people.head
        )
        begin = perf_counter()
        report = recompute(house.runtime, from_scratch=from_scratch)
        seconds = perf_counter() - begin
        if report.moved != self.count:
            raise RuntimeError(f"{self.count} applications were to move; {report}")
        return seconds

    def check(self) -> None:
        """Pass where everything is what the calendar says.

        Raises:
            RuntimeError: it is not; a comparison would mean nothing.
        """
        broken = broken_promises(self.house, "I16", "I21", "I25", "I26", "I32")
        if broken:
            first = {code: rows[:2] for code, rows in broken.items()}
            raise RuntimeError(f"broken after counting anew: {first}")


# The same columns that move: what is due, and when somebody must look.
_APPLICATIONS = """
UPDATE application SET due_at = due_at + %(days)s * interval '1 day' WHERE ended_at IS NULL
"""
_DEADLINES = """
UPDATE deadline
   SET due_at = due_at + %(days)s * interval '1 day',
       next_rung_at = next_rung_at + %(days)s * interval '1 day'
 WHERE ended_at IS NULL
"""

_HISTORIES = """
INSERT INTO application_event (application_id, seq, office_id, action, ask, from_step, to_step,
       lane, actor_id, reason, detail, recorded_at, effective_at, previous, hash)
SELECT c.id, e.seq, e.office_id, e.action, e.ask, e.from_step, e.to_step, e.lane, e.actor_id,
       e.reason, e.detail, e.recorded_at, e.effective_at, e.previous, e.hash
  FROM application_event e CROSS JOIN unnest(%(ids)s::uuid[]) AS c(id)
 WHERE e.application_id = %(first)s
"""

_ENDED = """
INSERT INTO deadline (application_id, key, office_id, name, status, started_at, due_at, ended_at,
       broken_at, rungs, next_rung_at)
SELECT c.id, d.key, d.office_id, d.name, d.status, d.started_at, d.due_at, d.ended_at,
       d.broken_at, d.rungs, d.next_rung_at
  FROM deadline d CROSS JOIN unnest(%(ids)s::uuid[]) AS c(id)
 WHERE d.application_id = %(first)s AND d.ended_at IS NOT NULL
"""
