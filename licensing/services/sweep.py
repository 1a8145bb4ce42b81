"""The sweep: raise every alert that is owed, once, however many look and however late."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from licensing.queries.alerts import owed_until
from licensing.runtime import Runtime
from licensing.services.escalate import escalate_batch
from licensing.services.heartbeat import SWEEP, beat
from licensing.services.office_hours import OfficeHours, office_hours
from licensing.services.sweep_answers import sweep_answers
from licensing.services.sweep_holds import Holds, sweep_holds
from licensing.services.sweep_silence import sweep_silence
from licensing.services.sweep_sql import peek, rules_json, sweep_batch
from workflows.worktime import LateReceipt

__all__ = ["BATCH", "LATE_AFTER", "OfficeSweep", "SweepReport", "sweep"]

log = logging.getLogger(__name__)

BATCH = 200
"""Limits claimed by one statement."""
LATE_AFTER = timedelta(minutes=1)
"""An alert raised later than this after it was owed says that it comes late."""


_OFFICES = "SELECT id, code, simulated, calendar_version_id, late_receipt FROM office ORDER BY code"


class _Office(NamedTuple):
    id: UUID
    code: str
    simulated: bool
    calendar_version_id: UUID | None
    late_receipt: LateReceipt


@dataclass(frozen=True, slots=True)
class OfficeSweep:
    """What a sweep did in one office, or would do where it may not write."""

    code: str
    written: bool
    """False where it only looked: the time was the caller's and the office is not simulated."""
    raised: int = 0
    late: int = 0
    discontinued: int = 0
    failure: str | None = None
    """Why this office, or an application in it, could not be swept; the others were."""
    lapsed: int = 0
    """Applications that the law has granted, recorded by this sweep."""
    flagged: int = 0
    """Applications of which it recorded that the limit of the law has passed."""
    passed_on: int = 0
    """Alerts of which the next in rank was told, because nobody had answered."""
    resumed: int = 0
    """Holds that the clock ended, because they had lasted as long as they may."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep wrote, over all offices."""

    raised: int
    """Alerts."""
    late: int
    """Alerts raised more than a minute after they were owed."""
    discontinued: int
    """Applications that the clock ended or moved because nobody answered."""
    offices: tuple[OfficeSweep, ...]

    @property
    def passed_on(self) -> int:
        """Return of how many alerts the next in rank was told."""
        return sum(office.passed_on for office in self.offices)

    @property
    def resumed(self) -> int:
        """Return how many holds the clock ended."""
        return sum(office.resumed for office in self.offices)

    @property
    def lapsed(self) -> int:
        """Return how many applications were recorded as granted by law."""
        return sum(office.lapsed for office in self.offices)

    @property
    def flagged(self) -> int:
        """Return of how many it was recorded that the limit of the law has passed."""
        return sum(office.flagged for office in self.offices)

    @property
    def whole(self) -> bool:
        """Return whether every office was swept."""
        return all(office.failure is None for office in self.offices)


def sweep(
    runtime: Runtime,
    *,
    at: datetime | None = None,
    office_id: UUID | None = None,
    batch: int = BATCH,
    late_after: timedelta = LATE_AFTER,
) -> SweepReport:
    """Raise what is owed now, in every office or in one.

    With `at`, a time of the caller's choice, only simulated offices are written to; elsewhere
    it is counted what would be raised. Without it simulated offices are left alone: their time
    is not the database's. Safe to run in any number of processes and to be killed at any point.

    Raises:
        ValueError: `at` has no UTC offset.
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    if at is not None and at.tzinfo is None:
        raise ValueError(f"{at} lacks a UTC offset: write 2026-07-10T16:00:00+07:00")
    done = []
    for office in _offices(runtime):
        if office_id not in (None, office.id) or (at is None and office.simulated):
            continue
        done.append(_guarded(runtime, office, at, batch, late_after))
    written = [office for office in done if office.written]
    report = SweepReport(
        raised=sum(office.raised for office in written),
        late=sum(office.late for office in written),
        discontinued=sum(office.discontinued for office in written),
        offices=tuple(done),
    )
    if at is None and office_id is None and report.whole:
        # Where one office fails for good, silence is the alarm that everybody sees.
        beat(runtime, SWEEP)
    return report


def _offices(runtime: Runtime) -> list[_Office]:
    with runtime.db.begin() as connection:
        return [_Office(*row) for row in connection.exec_driver_sql(_OFFICES)]


def _guarded(
    runtime: Runtime,
    office: _Office,
    at: datetime | None,
    batch: int,
    late_after: timedelta,
) -> OfficeSweep:
    """Return the sweep of one office; its failure is told and does not stop the others."""
    try:
        if at is not None and not office.simulated:
            with runtime.transaction(office.id) as connection:
                owed = owed_until(runtime, connection, office.id, at)
            return OfficeSweep(office.code, written=False, raised=len(owed))
        return _sweep_office(runtime, office, at, batch, late_after)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        failure = str(error.orig)
    except Exception as error:  # whatever is wrong with one office must not silence the others
        failure = str(error)
    log.exception("office %s could not be swept", office.code)
    return OfficeSweep(office.code, written=True, failure=failure)


def _sweep_office(
    runtime: Runtime,
    office: _Office,
    at: datetime | None,
    batch: int,
    late_after: timedelta,
) -> OfficeSweep:
    with runtime.transaction(office.id) as connection:
        now, versions, unanswered = peek(connection, office.id, at)
        hours = OfficeHours(now, None)
        if versions or unanswered:
            hours = office_hours(
                runtime, connection, office.calendar_version_id, office.late_receipt, now
            )
        rules = rules_json(runtime, connection, versions, hours)
    holds = Holds(0, 0, 0)
    if versions:
        # First: what is with us again owes at once what has come due since.
        holds = sweep_holds(runtime, office.id, at=at, now=now, late_after=late_after)
    raised, late, discontinued = holds.raised, holds.late, 0
    failure = None
    while versions:
        with runtime.transaction(office.id) as connection:
            swept = sweep_batch(
                connection, office.id, rules, hours=hours, late_after=late_after, batch=batch
            )
        raised += swept.raised
        late += swept.late
        if not swept.limits:
            break
    passed_on = _pass_on(runtime, office.id, unanswered, hours, batch) if unanswered else 0
    silence = sweep_silence(runtime, office.id, at=at, now=now)
    if versions:
        answers = sweep_answers(runtime, office.id, at=at, now=now, late_after=late_after)
        raised += answers.raised
        late += answers.late
        discontinued, failure = answers.moved, answers.failure
    return OfficeSweep(
        office.code,
        True,
        raised,
        late,
        discontinued,
        holds.failure or failure or silence.failure,
        silence.lapsed,
        silence.flagged,
        passed_on,
        holds.ended,
    )


def _pass_on(
    runtime: Runtime, office_id: UUID, versions: Iterable[UUID], hours: OfficeHours, batch: int
) -> int:
    passed_on = 0
    while True:
        with runtime.transaction(office_id) as connection:
            seen, told = escalate_batch(
                runtime, connection, office_id, versions, hours=hours, batch=batch
            )
        passed_on += told
        if not seen:
            return passed_on
