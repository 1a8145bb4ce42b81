"""What another time of receipt would change: the clock of one file, derived with and without it.

Read under the lock of the application; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.arrivals import Arrival, arrivals, find_arrival
from licensing.change import Case
from licensing.errors import CorrectionRefused, InvalidInput, NotFound, SimulationOnly
from licensing.history import NOTES
from licensing.holding import sees_file
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.correction_sql import LINES
from licensing.services.door_sql import read_for_decision
from licensing.services.frozen import must_be_undecided
from licensing.services.reclock import derive, line_about
from workflows.calendar_spec import CalendarFault
from workflows.check import CORRECT_TIME
from workflows.ledger import ClockState, Clockwork, LimitState
from workflows.silence import true_silence

_OPEN: Final = ("running", "paused", "broken")
_BROKEN: Final = ("broken", "late")


@dataclass(frozen=True, slots=True)
class ProposeCorrection:
    """What somebody found: the line, the time that is right, and why the other one is wrong."""

    application_id: UUID
    seq: int
    becomes: datetime
    reason: str
    at: datetime | None = None
    """A time of the caller's choice: simulated offices only."""


@dataclass(frozen=True, slots=True)
class MovedLimit:
    """One open limit whose due moment would be another one."""

    key: str
    before: datetime | None
    after: datetime | None
    breaks: bool
    """It would be broken now, and is not yet."""


@dataclass(frozen=True, slots=True)
class CorrectionEffect:
    """What a correction would change."""

    arrival: Arrival
    becomes: datetime
    moved: tuple[MovedLimit, ...]
    lapses: bool
    """With it the application would be granted by law already."""
    legal: str = ""
    """What allows it."""
    undoes: tuple[str, ...] = ()
    """Limits that were broken, also those that have ended, and would not have been."""

    @property
    def breaks(self) -> bool:
        """Return whether a limit would be broken that is not yet."""
        return any(limit.breaks for limit in self.moved)

    @property
    def promise(self) -> MovedLimit | None:
        """Return how the promise to the applicant would move."""
        return next((one for one in self.moved if one.key in ("service", "filing")), None)


@dataclass(frozen=True, slots=True)
class Work:
    """An application under the lock, with its clock and its whole history."""

    case: Case
    clockwork: Clockwork
    lines: Sequence[Any]
    now: datetime


def read_work(
    runtime: Runtime,
    connection: Connection,
    application_id: UUID,
    by: Officer,
    at: datetime | None,
) -> Work:
    """Return an open application that `by` may see, locked until the transaction ends.

    Raises:
        NotFound, ApplicationEnded, LapsedByLaw: there is no such open application.
        SimulationOnly: `at` outside a simulated office.
    """
    case = read_for_decision(connection, application_id)
    sop = runtime.rules(connection, case.sop_version_id).sop
    if not sees_file(sop, case.state.get("opened", ()), by):
        raise NotFound("application", application_id)
    if at is not None and not case.simulated:
        raise SimulationOnly(str(case.office_id))
    now = max(at or case.now, case.last_effective_at)
    must_be_undecided(runtime, connection, case, now)
    clockwork = runtime.clockwork(
        connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
    )
    lines = connection.exec_driver_sql(LINES, (application_id,)).fetchall()
    return Work(case, clockwork, lines, now)


def checked(work: Work, command: ProposeCorrection) -> Arrival:
    """Return the line whose time may become the proposed one.

    Raises:
        CorrectionRefused: the file has had as many corrections as its SOP allows.
        InvalidInput: the line is none by which papers came in, or the time is impossible or
            further from the recorded one than the SOP allows.
    """
    made = sum(line.action == CORRECT_TIME for line in work.lines)
    if made >= work.clockwork.sop.corrections.times:
        raise CorrectionRefused(work.case.application_id, "corrected_enough")
    arrival = find_arrival(arrivals(work.clockwork.sop, work.lines), command.seq)
    if arrival is None:
        raise InvalidInput({"seq": "no_arrival"})
    fault = None
    if command.becomes.tzinfo is None:
        raise ValueError(f"{command.becomes} lacks a UTC offset")
    first = work.clockwork.calendar.spec.covers[0]
    if command.becomes > work.now:
        fault = "time_in_future"
    elif command.becomes == arrival.at:
        fault = "nothing_changed"
    elif arrival.not_before is not None and command.becomes < arrival.not_before:
        fault = "before_the_one_before"
    elif arrival.not_after is not None and command.becomes > arrival.not_after:
        fault = "after_the_next"
    elif work.clockwork.calendar.local_date(command.becomes) < first:
        fault = "outside_calendar"
    elif _beyond_cap(work, arrival, command.becomes):
        fault = "beyond_correction"
    if fault is not None:
        raise InvalidInput({"becomes": fault})
    return arrival


def _beyond_cap(work: Work, arrival: Arrival, becomes: datetime) -> bool:
    """Return whether a time lies further from the one first recorded than the SOP allows.

    From the first one, so that several small corrections lead no further than one large one.
    """
    most, calendar = work.clockwork.sop.corrections.at_most, work.clockwork.calendar
    first, last = sorted((arrival.at_first, becomes))
    if most.unit == "working hours":
        return calendar.office_time(first, last) > timedelta(hours=most.amount)
    days = calendar.working_days(calendar.counted_on(first), calendar.counted_on(last))
    return days > most.amount


def effect_on(work: Work, arrival: Arrival, becomes: datetime) -> CorrectionEffect:
    """Return what another time of that line would change."""
    clock, limits = derived(work, arrival, becomes)
    before = {
        limit.key: limit
        for limit in work.clockwork.limits_and_holds(
            ClockState.from_json(work.case.state["clock"]), work.now
        )
    }
    now = {limit.key: limit for limit in work.clockwork.limits_and_holds(clock, work.now)}
    moved = tuple(
        MovedLimit(
            key,
            limit.due_at,
            now[key].due_at,
            now[key].status == "broken" and limit.status != "broken",
        )
        for key, limit in before.items()
        if key in now and limit.status in _OPEN and _moves(limit, now[key])
    )
    silence = true_silence(work.clockwork, clock, work.now)
    lapses = silence is not None and silence.grants
    legal = work.clockwork.sop.corrections.source
    undoes = _undone(work, clock, limits)
    return CorrectionEffect(arrival, becomes, moved, lapses, legal, undoes)


def _undone(work: Work, clock: ClockState, limits: Mapping[str, LimitState]) -> tuple[str, ...]:
    """Return the limits that are broken now and would not be by a clock derived anew."""
    state, before = derive(work.clockwork, work.lines)
    kept = {key for key, limit in _by_now(work, clock, limits).items() if _is_broken(limit)}
    return tuple(
        key
        for key, limit in _by_now(work, state, before).items()
        if _is_broken(limit) and key not in kept
    )


def _by_now(
    work: Work, clock: ClockState, limits: Mapping[str, LimitState]
) -> dict[str, LimitState]:
    """Return every limit in its last state, those that are open as they stand now."""
    running = work.clockwork.limits_and_holds(clock, work.now)
    return {**limits, **{limit.key: limit for limit in running}}


def _is_broken(limit: LimitState) -> bool:
    return limit.status in _BROKEN and not limit.key.startswith("hold:")


def _moves(before: LimitState, after: LimitState) -> bool:
    return (before.due_at, before.status, before.left) != (after.due_at, after.status, after.left)


def derived(
    work: Work, arrival: Arrival, becomes: datetime
) -> tuple[ClockState, dict[str, LimitState]]:
    """Return the clock with the corrected time, and every limit in its last state.

    Raises:
        InvalidInput: the calendar does not know that time.
    """
    line = line_about(work.case, CORRECT_TIME, corrected_detail(arrival, becomes), at=work.now)
    try:
        clock, limits = derive(work.clockwork, [*work.lines, line])
    except CalendarFault as fault:
        raise InvalidInput({"becomes": "outside_calendar"}) from fault
    return clock, dict(limits)


def corrected_detail(
    arrival: Arrival, becomes: datetime, proposed_by: UUID | None = None
) -> dict[str, Any]:
    """Return what the line of a correction records of it."""
    detail = {"seq": arrival.seq, "was": arrival.at.isoformat(), "now": becomes.isoformat()}
    return detail if proposed_by is None else {**detail, "proposed_by": str(proposed_by)}


def began_step(work: Work, arrival: Arrival) -> bool:
    """Return whether the file lies where it lies since that line."""
    moved = [
        line.seq
        for line in work.lines
        if line.ask is None and line.action not in NOTES and line.from_step != line.to_step
    ]
    return moved[-1:] == [arrival.seq]
