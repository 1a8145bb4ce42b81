"""Sends the events of a log through the one door, the clock and the alarm running beside them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Connection

from licensing.database import enter_office
from licensing.errors import LicensingError, NotFound
from licensing.happenings import Line, happenings
from licensing.replay.errors import SweepFailed
from licensing.replay.filing import file_bare
from licensing.replay.log import LogEvent
from licensing.replay.mapping import ReplayMap
from licensing.replay.measure import case_report
from licensing.replay.office import SimulatedOffice
from licensing.replay.order import by_case
from licensing.replay.report import CaseReport, Report
from licensing.runtime import Runtime
from licensing.services.first_line import filing_office
from licensing.services.sweep import sweep
from licensing.services.take_action import TakeAction, take_action
from workflows.errors import Refusal
from workflows.sop import Sop

NOT_MAPPED = "replay.activity_not_mapped"
NOT_FILED = "replay.not_filed"
FILED_TWICE = "replay.filed_twice"
ASK_NOT_OPEN = "replay.ask_not_open"


@dataclass(slots=True)
class Simulation:
    """One replay in one office."""

    runtime: Runtime
    office: SimulatedOffice
    mapped: ReplayMap
    sop: Sop
    _filed: dict[str, UUID] = field(default_factory=dict)
    _refused: Counter[str] = field(default_factory=Counter)
    _reasons: Counter[str] = field(default_factory=Counter)
    _now: datetime | None = None
    """The time of the last event sent."""
    _moved: UUID | None = None
    """The application to which it was sent."""
    _owed: datetime | None = None
    """No rung is owed before this. Known by looking only at what moved: asking for the earliest
    of all before every event would be most of the work."""

    def run(
        self, events: Iterable[LogEvent], tick: Callable[[int], object] = lambda _: None
    ) -> Report:
        """Send `events`, which are in order of time, and return what came of them.

        `tick` is called after every event. Activities that the map ignores are no events here.
        """
        sent = [event for event in events if event.activity not in self.mapped.ignored]
        began = time.perf_counter()
        for event in sent:
            reason = self._send(event, self._until(event))
            self._moved = self._filed.get(event.case)
            if reason is not None:
                self._reasons[reason] += 1
                self._refused[event.case] += 1
            tick(1)
        last = sent[-1]
        self._until(last)
        seconds = time.perf_counter() - began
        return Report(
            events=len(sent),
            events_accepted=len(sent) - self._refused.total(),
            refusals=dict(sorted(self._reasons.items())),
            breaches=self._count(_BREACHES, last.at),
            alerts=self._count(_ALERTS, last.at),
            seconds=seconds,
            per_case=self._per_case(by_case(sent)),
        )

    def _send(self, event: LogEvent, open_ask: str | None) -> str | None:
        """Return why the event was refused, or None where it was accepted."""
        application_id = self._filed.get(event.case)
        by = self.office.people[event.resource]
        if event.activity in self.mapped.files:
            if application_id is not None:
                return FILED_TWICE
            self._filed[event.case] = file_bare(
                self.runtime,
                self.office.service,
                event.case,
                self.office.applicant_id,
                by,
                event.at,
            )
            return None
        press = self.mapped.presses.get(event.activity)
        if press is None:
            return NOT_MAPPED
        if application_id is None:
            return NOT_FILED
        command = TakeAction(
            application_id,
            press.do,
            ask=open_ask,
            reason=event.activity,
            at=event.at,
        )
        try:
            take_action(self.runtime, command, by)
        except NotFound as error:
            return ASK_NOT_OPEN if error.what == "open ask" else error.code
        except (Refusal, LicensingError) as error:
            return error.code
        return None

    def _until(self, event: LogEvent) -> str | None:
        """Raise every rung that falls due up to the event, each at its own moment.

        Returns the key of the oldest open ask in which the event is to be pressed; where none
        is open, of the first one.
        """
        planned, key = self._look(event)
        if planned is not None and (self._owed is None or planned < self._owed):
            self._owed = planned
        before = None
        while self._owed is not None and self._owed <= event.at:
            owed = self._next_rung()
            if owed is None or owed > event.at:
                self._owed = owed
                _, key = self._look(event)
                break
            # A step may plan anew what was raised before it: time never goes back for that.
            now = owed if self._now is None else max(owed, self._now)
            if owed == before:
                raise SweepFailed(f"what was owed at {owed} is still owed after a sweep at {now}")
            self._sweep(now)
            before = owed
        self._now = event.at
        press = self.mapped.presses.get(event.activity)
        return None if press is None or press.ask is None else key or f"{press.ask}#1"

    def _look(self, event: LogEvent) -> tuple[datetime | None, str | None]:
        """Return the next rung of the application moved last, and the ask open for the event."""
        press = self.mapped.presses.get(event.activity)
        with self.runtime.db.connect() as connection:
            enter_office(connection, self.office.id)
            planned, key = connection.exec_driver_sql(
                _LOOK,
                {
                    "moved": self._moved,
                    "id": self._filed.get(event.case),
                    "name": None if press is None else press.ask,
                },
            ).one()
        return planned, key

    def _next_rung(self) -> datetime | None:
        with self.runtime.db.connect() as connection:
            enter_office(connection, self.office.id)
            owed: datetime | None = connection.exec_driver_sql(
                "SELECT min(next_rung_at) FROM deadline WHERE office_id = %s", (self.office.id,)
            ).scalar()
        return owed

    def _sweep(self, at: datetime) -> None:
        swept = sweep(self.runtime, at=at, office_id=self.office.id)
        failures = [office.failure for office in swept.offices if office.failure is not None]
        if failures:
            raise SweepFailed(f"the alarm failed at {at}: {failures[0]}")

    def _count(self, query: str, last: datetime) -> int:
        with self._transaction() as connection:
            return int(
                connection.exec_driver_sql(
                    query, {"office": self.office.id, "last": last}
                ).scalar_one()
            )

    def _per_case(self, cases: dict[str, list[LogEvent]]) -> tuple[CaseReport, ...]:
        lines: dict[UUID, list[Line]] = {}
        with self._transaction() as connection:
            office = filing_office(connection, self.office.id, self.office.service)
            clockwork = self.runtime.clockwork(
                connection, office.sop_version_id, office.calendar_version_id, office.late_receipt
            )
            for row in connection.exec_driver_sql(_HISTORY, (self.office.id,)):
                lines.setdefault(row[0], []).append(cast(Line, row))
        found = []
        for case, events in cases.items():
            application_id = self._filed.get(case)
            history = [] if application_id is None else lines[application_id]
            told = happenings(self.sop, history)
            found.append(case_report(case, clockwork, told, events, refused=self._refused[case]))
        return tuple(found)

    def _transaction(self) -> AbstractContextManager[Connection]:
        return self.runtime.transaction(self.office.id)


_LOOK = """
SELECT (SELECT min(next_rung_at) FROM deadline WHERE application_id = %(moved)s::uuid),
       (SELECT key FROM ask
         WHERE application_id = %(id)s::uuid AND name = %(name)s::text AND closed_at IS NULL
         ORDER BY opened_at, key LIMIT 1)
"""

_BREACHES = """
SELECT count(*) FROM deadline
 WHERE office_id = %(office)s
   AND (broken_at IS NOT NULL OR (ended_at IS NULL AND due_at < %(last)s))
"""

_ALERTS = "SELECT count(*) FROM alert WHERE office_id = %(office)s AND withdrawn_at IS NULL"

_HISTORY = """
SELECT application_id, seq, action, ask, from_step, to_step, detail, effective_at
  FROM application_event WHERE office_id = %s ORDER BY application_id, seq
"""
