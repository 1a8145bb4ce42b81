"""A wrongly recorded time of receipt: one person proposes another one, a second person decides.

The recorded line stays as it is. A confirmed correction adds a line; the clock reads the first
with the time of the second, and everything that is due is derived anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from licensing.arrivals import Arrival, arrivals, find_arrival
from licensing.change import Case, NoticeOrder
from licensing.errors import (
    CorrectionRefused,
    InvalidInput,
    NotAllowed,
    NotFound,
    SimulationOnly,
    StaleSetting,
)
from licensing.forms import MAX_LONG_TEXT, clean
from licensing.holding import sees_file
from licensing.letters.hindsight import BREACH_CORRECTED
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.correction_sql import (
    DECIDED,
    LINES,
    LOCK,
    OF_APPLICATION,
    PROPOSE,
    PROPOSED,
    TELL,
)
from licensing.services.door_sql import dump, read_for_decision
from licensing.services.frozen import must_be_undecided
from licensing.services.reclock import Recount, derive, line_about, reclock
from licensing.services.tell_inspectorate import tell_inspectorate
from workflows.calendar_spec import CalendarFault
from workflows.check import CORRECT_TIME
from workflows.ledger import ClockState, Clockwork, LimitState
from workflows.silence import true_silence

PROPOSERS: Final = ("counter", "verifier", "supervisor")
DECIDERS: Final = ("supervisor", "head")
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
class DecideCorrection:
    """What the second person decides."""

    correction_id: UUID
    confirm: bool
    note: str = ""
    """Why it is turned down."""
    expects: datetime | None = None
    """The due moment of the promise that the preview showed; None: none was shown."""
    at: datetime | None = None


def preview_correction(
    runtime: Runtime, command: ProposeCorrection, by: Officer
) -> CorrectionEffect:
    """Return what a correction would change; nothing is written.

    Raises:
        as `propose_correction`, but for a proposal that is waiting.
    """
    by.must_have("propose a corrected time", *PROPOSERS, *DECIDERS)
    with runtime.transaction(by.office_id) as connection:
        work = _read(runtime, connection, command.application_id, by, command.at)
        return _effect(work, _checked(work, command), command.becomes)


def propose_correction(runtime: Runtime, command: ProposeCorrection, by: Officer) -> UUID:
    """Propose another time for a line by which papers came in; return the id of the proposal.

    Supervisors and the head are told; until one of them has confirmed it nothing changes.

    Raises:
        NotFound, ApplicationEnded, LapsedByLaw: there is no such open application.
        NotAllowed: `by` neither takes files in nor checks them.
        InvalidInput: the line is none by which papers came in, no reason, or the time is the same,
            in the future, or not between what happened before and after.
        CorrectionRefused: another proposal for this file is waiting.
        SimulationOnly: `command.at` outside a simulated office.
    """
    by.must_have("propose a corrected time", *PROPOSERS)
    with runtime.transaction(by.office_id) as connection:
        work = _read(runtime, connection, command.application_id, by, command.at)
        arrival = _checked(work, command)
        reason = _reason(command.reason, "reason")
        waiting = connection.exec_driver_sql(OF_APPLICATION, (command.application_id,)).fetchone()
        if waiting is not None:
            raise CorrectionRefused(command.application_id, "waiting")
        try:
            found: UUID = connection.exec_driver_sql(
                PROPOSE,
                {
                    "office": by.office_id,
                    "application": command.application_id,
                    "seq": command.seq,
                    "was": arrival.at,
                    "becomes": command.becomes,
                    "reason": reason,
                    "recorded_by": arrival.recorded_by,
                    "by": by.id,
                    "at": work.now,
                },
            ).scalar_one()
        except IntegrityError as error:  # somebody proposed at the same moment
            raise CorrectionRefused(command.application_id, "waiting") from error
        _tell(connection, work, found, by, arrival, command.becomes, reason)
        return found


def effect_of_correction(
    runtime: Runtime, correction_id: UUID, by: Officer, *, at: datetime | None = None
) -> CorrectionEffect:
    """Return what a waiting correction would change if it were confirmed now.

    Raises:
        NotFound, NotAllowed, ApplicationEnded, LapsedByLaw, CorrectionRefused, InvalidInput: it
            cannot be confirmed.
    """
    by.must_have("decide on a corrected time", *DECIDERS)
    with runtime.transaction(by.office_id) as connection:
        row = _waiting(connection, correction_id)
        work = _read(runtime, connection, row.application_id, by, at)
        command = ProposeCorrection(row.application_id, row.seq, row.becomes, row.reason)
        return _effect(work, _checked(work, command), row.becomes)


def decide_correction(
    runtime: Runtime, command: DecideCorrection, by: Officer
) -> CorrectionEffect | None:
    """Confirm or turn down a proposed time; return what changed, None where nothing did.

    Raises:
        NotFound: no such proposal in the office of `by`.
        NotAllowed: `by` is neither supervisor nor head.
        CorrectionRefused: it is decided already, or `by` proposed it or recorded the line.
        ApplicationEnded, LapsedByLaw, InvalidInput: it cannot be confirmed any more.
        StaleSetting: the promise would not move to where the preview said.
    """
    by.must_have("decide on a corrected time", *DECIDERS)
    with runtime.transaction(by.office_id) as connection:
        row = _waiting(connection, command.correction_id)
        if by.id in (row.proposed_by, row.recorded_by):
            raise CorrectionRefused(row.application_id, "same_person")
        if not command.confirm:
            note = _reason(command.note, "note")
            _decided(connection, row, "turned_down", by, note=note, at=command.at)
            return None
        work = _read(runtime, connection, row.application_id, by, command.at)
        proposal = ProposeCorrection(row.application_id, row.seq, row.becomes, row.reason)
        effect = _effect(work, _checked(work, proposal), row.becomes)
        promise = effect.promise
        if command.expects is not None and (promise is None or promise.after != command.expects):
            raise StaleSetting("due date")
        seq = _write(connection, work, effect, row, by)
        _decided(connection, row, "confirmed", by, line_seq=seq, at=work.now)
        return effect


def withdraw_correction(
    runtime: Runtime, correction_id: UUID, by: Officer, *, at: datetime | None = None
) -> None:
    """Take one's own proposal back.

    Raises:
        NotFound: no such proposal.
        NotAllowed: somebody else made it.
        CorrectionRefused: it is decided already.
    """
    with runtime.transaction(by.office_id) as connection:
        row = _waiting(connection, correction_id)
        if row.proposed_by != by.id:
            raise NotAllowed("take back the proposal of somebody else")
        _decided(connection, row, "withdrawn", by, at=at)


# -- inside


@dataclass(frozen=True, slots=True)
class _Work:
    """An application under the lock, with its clock and its whole history."""

    case: Case
    clockwork: Clockwork
    lines: Sequence[Any]
    now: datetime


def _read(
    runtime: Runtime,
    connection: Connection,
    application_id: UUID,
    by: Officer,
    at: datetime | None,
) -> _Work:
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
    return _Work(case, clockwork, lines, now)


def _checked(work: _Work, command: ProposeCorrection) -> Arrival:
    """Return the line whose time may become the proposed one."""
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
    if fault is not None:
        raise InvalidInput({"becomes": fault})
    return arrival


def _effect(work: _Work, arrival: Arrival, becomes: datetime) -> CorrectionEffect:
    clock, limits = _derived(work, arrival, becomes)
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
    return CorrectionEffect(arrival, becomes, moved, lapses, _undone(work, clock, limits))


def _undone(work: _Work, clock: ClockState, limits: Mapping[str, LimitState]) -> tuple[str, ...]:
    """Return the limits that are broken now and would not be by a clock derived anew."""
    state, before = derive(work.clockwork, work.lines)
    kept = {key for key, limit in _by_now(work, clock, limits).items() if _is_broken(limit)}
    return tuple(
        key
        for key, limit in _by_now(work, state, before).items()
        if _is_broken(limit) and key not in kept
    )


def _by_now(
    work: _Work, clock: ClockState, limits: Mapping[str, LimitState]
) -> dict[str, LimitState]:
    """Return every limit in its last state, those that are open as they stand now."""
    running = work.clockwork.limits_and_holds(clock, work.now)
    return {**limits, **{limit.key: limit for limit in running}}


def _is_broken(limit: LimitState) -> bool:
    return limit.status in _BROKEN and not limit.key.startswith("hold:")


def _moves(before: LimitState, after: LimitState) -> bool:
    return (before.due_at, before.status, before.left) != (after.due_at, after.status, after.left)


def _derived(
    work: _Work, arrival: Arrival, becomes: datetime
) -> tuple[ClockState, dict[str, LimitState]]:
    line = line_about(work.case, CORRECT_TIME, _detail(arrival, becomes), at=work.now)
    try:
        clock, limits = derive(work.clockwork, [*work.lines, line])
    except CalendarFault as fault:
        raise InvalidInput({"becomes": "outside_calendar"}) from fault
    return clock, dict(limits)


def _detail(arrival: Arrival, becomes: datetime, proposed_by: UUID | None = None) -> dict[str, Any]:
    detail = {"seq": arrival.seq, "was": arrival.at.isoformat(), "now": becomes.isoformat()}
    return detail if proposed_by is None else {**detail, "proposed_by": str(proposed_by)}


def _write(
    connection: Connection, work: _Work, effect: CorrectionEffect, row: Any, by: Officer
) -> int:
    """Write the corrected clock with its line; return the place of the line."""
    case, arrival = work.case, effect.arrival
    promise = effect.promise
    moves = {
        "before": None if promise is None else _text(promise.before),
        "after": None if promise is None else _text(promise.after),
        "limit": None if promise is None else promise.key,
    }
    detail = _detail(arrival, effect.becomes, row.proposed_by) | moves
    clock, limits = _derived(work, arrival, effect.becomes)
    event = line_about(case, CORRECT_TIME, detail, by=by.id, reason=row.reason, at=work.now)
    params = {"was": detail["was"], "now": detail["now"], "why": row.reason, **moves}
    reclock(
        connection,
        [
            Recount(
                # In a simulated office what is true is true at its own time.
                case=replace(case, now=work.now),
                clockwork=work.clockwork,
                limits=limits,
                clock=clock.carried(),
                event=event,
                calendar_version_id=case.calendar_version_id,
                notices=(NoticeOrder("receipt_corrected", params),),
            )
        ],
    )
    if effect.undoes:
        told = {
            "was": detail["was"],
            "now": detail["now"],
            "why": row.reason,
            "proposed_by": row.proposer,
            "by": by.name,
        }
        tell_inspectorate(
            connection, case.office_id, BREACH_CORRECTED, told, about=case.application_id
        )
    return event.seq


def _waiting(connection: Connection, correction_id: UUID) -> Any:
    """Return a proposal, locked, that nobody has decided on."""
    connection.exec_driver_sql(LOCK, (correction_id,))
    row = connection.exec_driver_sql(PROPOSED, (correction_id,)).fetchone()
    if row is None:
        raise NotFound("correction", correction_id)
    if row.decision is not None:
        raise CorrectionRefused(row.application_id, "decided")
    return row


def _decided(
    connection: Connection,
    row: Any,
    decision: str,
    by: Officer,
    *,
    note: str = "",
    line_seq: int | None = None,
    at: datetime | None = None,
) -> None:
    done = connection.exec_driver_sql(
        DECIDED,
        {
            "id": row.id,
            "decision": decision,
            "by": by.id,
            "note": note,
            "line": line_seq,
            "at": at,
        },
    ).rowcount
    if done != 1:
        raise CorrectionRefused(row.application_id, "decided")


def _reason(text: str, field: str) -> str:
    reason = clean(text)
    if not reason:
        raise InvalidInput({field: "required"})
    if len(reason) > MAX_LONG_TEXT:
        raise InvalidInput({field: "too_long"})
    return reason


def _tell(
    connection: Connection,
    work: _Work,
    correction_id: UUID,
    by: Officer,
    arrival: Arrival,
    becomes: datetime,
    reason: str,
) -> None:
    """Write a notice for everybody who may decide, but not for who proposed or recorded it."""
    connection.exec_driver_sql(
        TELL,
        {
            "office": by.office_id,
            "application": work.case.application_id,
            "correction": str(correction_id),
            "roles": list(DECIDERS),
            "not": [by.id, arrival.recorded_by or by.id],
            "at": work.now,
            "params": dump(
                {
                    "was": arrival.at.isoformat(),
                    "now": becomes.isoformat(),
                    "why": reason,
                    "by": by.name,
                }
            ),
        },
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
