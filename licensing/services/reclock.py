"""The one writer of a clock that was derived anew: by another calendar, a correction, more time.

A press moves the clock one happening on and is written by the door. Everything else that changes
when something is due comes through here, many applications in one statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case, NoticeOrder
from licensing.database import execute
from licensing.errors import StaleApplication
from licensing.happenings import Line, happenings
from licensing.history import Event
from licensing.services.reclock_sql import LOCK, WRITE, Batch, add_recount
from workflows.ledger import ClockFault, ClockState, Clockwork, LimitState


@dataclass(frozen=True, slots=True)
class Recount:
    """An application with its clock as now derived."""

    case: Case
    """Locked by `read_for_decision` or by the reading of a batch."""
    clockwork: Clockwork
    """By which it is derived."""
    limits: Mapping[str, LimitState]
    """The limits that it has or had, as now derived; of those left out no row is touched."""
    clock: ClockState
    """As now derived, carried."""
    event: Event | None
    """The line to be written."""
    calendar_version_id: UUID
    state: Mapping[str, Any] | None = None
    """Other parts of the state that change with it."""
    notices: tuple[NoticeOrder, ...] = ()
    step_since: datetime | None = None
    """Since when the file lies at its step, where that was recorded wrongly."""
    why: str = ""
    """Why alerts that are no longer true are withdrawn; empty: the action of the line."""


def derive(
    clockwork: Clockwork, history: Sequence[Line]
) -> tuple[ClockState, Mapping[str, LimitState]]:
    """Return the clock after a whole history, and every limit and hold in its last state.

    Raises:
        ClockFault: the history is empty, out of order, or not of this SOP.
        KeyError: it names a step or a side path that the SOP does not have.
    """
    state: ClockState | None = None
    limits: dict[str, LimitState] = {}
    for happening in happenings(clockwork.sop, history):
        state = clockwork.advance(state, happening)
        limits.update((limit.key, limit) for limit in clockwork.ended(state))
    if state is None:
        raise ClockFault("history", "is empty; an application begins with its filing")
    limits.update((limit.key, limit) for limit in clockwork.limits_and_holds(state))
    return state, limits


def line_about(
    case: Case,
    action: str,
    detail: Mapping[str, Any],
    *,
    by: UUID | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> Event:
    """Return a line of history that moves nothing, the next one of an application."""
    return Event(
        application_id=case.application_id,
        seq=case.last_seq + 1,
        action=action,
        ask=None,
        from_step=case.step,
        to_step=case.step,
        lane="",
        actor_id=by,
        reason=reason,
        detail=detail,
        recorded_at=max(case.now, case.last_recorded_at),
        effective_at=max(at or case.now, case.last_effective_at),
        previous=case.last_hash,
    )


def hold_alerts(connection: Connection, application_ids: Sequence[UUID | str]) -> None:
    """Wait for sweeps that are raising alerts of these applications, and keep others away.

    Before `reclock`, in the same transaction: a statement sees no alert that another one raises
    meanwhile, and could not withdraw it.
    """
    execute(connection, LOCK, (list(application_ids),))


def reclock(connection: Connection, recounts: Sequence[Recount]) -> None:
    """Write clocks that were derived anew, in one statement, with what follows from them.

    Deadlines that differ, the nearest due moment, those of side paths, the version of the
    calendar and a line of history; alerts that are true no longer are withdrawn and their unsent
    letters taken back; the applicant is told.

    Raises:
        StaleApplication: an application moved on after it was read (its lock makes this a last
            word).
    """
    batch = Batch()
    for recount in recounts:
        add_recount(batch, recount)
    write_batch(connection, batch)


def write_batch(connection: Connection, batch: Batch) -> None:
    """Write a batch as `reclock` does, whoever has made its rows.

    Raises:
        StaleApplication: as `reclock`.
    """
    if not batch.count:
        return
    hold_alerts(connection, batch.ids)
    written = execute(connection, WRITE, batch.parameters()).fetchone()
    if written != (batch.count,):
        raise StaleApplication(UUID(batch.ids[0]), seen=0, now=0)
