"""Lines of history that move nothing: who holds a file, that the applicant was warned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import ApplicationEnded, NotAllowed, NotFound, TakenByAnother
from licensing.history import Event
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.door_sql import dump, read_for_decision

_NOTE = """
WITH noted AS (
  UPDATE application
     SET holder_id = %(holder)s, last_seq = %(seq)s, last_hash = %(hash)s,
         last_recorded_at = %(recorded_at)s, last_effective_at = %(at)s, state = %(state)s
   WHERE id = %(id)s
  RETURNING id
)
INSERT INTO application_event (application_id, seq, office_id, action, ask, from_step, to_step,
       lane, actor_id, reason, detail, recorded_at, effective_at, previous, hash)
SELECT id, %(seq)s, %(office)s, %(action)s, NULL, %(step)s, %(step)s, %(lane)s, %(actor)s,
       %(reason)s, %(detail)s, %(recorded_at)s, %(at)s, %(previous)s, %(event_hash)s
  FROM noted
"""


def take(runtime: Runtime, application_id: UUID, by: Officer) -> None:
    """Take a file out of its lane's pool: from now on only `by` moves it.

    Raises:
        NotFound, ApplicationEnded, TakenByAnother, NotAllowed: it cannot be taken by this person.
    """
    with runtime.transaction(by.office_id) as connection:
        case = _open_case(connection, application_id)
        _must_work_here(runtime, connection, case, by)
        if case.holder_id is not None and case.holder_id != by.id:
            raise TakenByAnother(application_id, case.holder_id)
        if case.holder_id is None:
            write_note(connection, case, "take", holder=by.id, by=by.id)


def hand_back(runtime: Runtime, application_id: UUID, by: Officer) -> None:
    """Put a file that `by` holds back into the pool of its lane.

    Raises:
        NotFound, ApplicationEnded, TakenByAnother: there is none, or it is not theirs.
    """
    with runtime.transaction(by.office_id) as connection:
        case = _open_case(connection, application_id)
        if case.holder_id is None:
            return
        if case.holder_id != by.id and not by.has("supervisor"):
            raise TakenByAnother(application_id, case.holder_id)
        write_note(connection, case, "hand_back", holder=None, by=by.id)


def reassign(runtime: Runtime, application_id: UUID, to: UUID, by: Officer, *, reason: str) -> None:
    """Give a file to another officer of its lane.

    Raises:
        NotFound, ApplicationEnded: there is no such open file, or no such colleague in its lane.
        NotAllowed: `by` is no supervisor.
    """
    by.must_have("reassign", "supervisor", "head")
    with runtime.transaction(by.office_id) as connection:
        case = _open_case(connection, application_id)
        sop = runtime.rules(connection, case.sop_version_id).sop
        lane = sop.lanes[sop.steps[case.step].lane]
        fits = connection.exec_driver_sql(
            "SELECT 1 FROM officer o JOIN officer_role r ON r.officer_id = o.id"
            " WHERE o.id = %s AND o.active AND r.role = %s",
            (to, lane.served_by or lane.name),
        ).fetchone()
        if fits is None:
            raise NotFound("colleague in this lane", to)
        write_note(
            connection, case, "reassign", holder=to, by=by.id, reason=reason, detail={"to": str(to)}
        )


def write_note(
    connection: Connection,
    case: Case,
    action: str,
    *,
    holder: UUID | None,
    by: UUID | None,
    at: datetime | None = None,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of history that moves nothing, and the holder and state it leaves."""
    event = Event(
        application_id=case.application_id,
        seq=case.last_seq + 1,
        action=action,
        ask=None,
        from_step=case.step,
        to_step=case.step,
        lane="",
        actor_id=by,
        reason=reason,
        detail=detail or {},
        recorded_at=max(case.now, case.last_recorded_at),
        effective_at=max(at or case.now, case.last_effective_at),
        previous=case.last_hash,
    )
    hashed = event.hash()
    connection.exec_driver_sql(
        _NOTE,
        {
            "id": case.application_id,
            "office": case.office_id,
            "holder": holder,
            "seq": event.seq,
            "hash": hashed,
            "event_hash": hashed,
            "recorded_at": event.recorded_at,
            "at": event.effective_at,
            "state": dump(case.state if state is None else state),
            "action": action,
            "step": case.step,
            "lane": event.lane,
            "actor": by,
            "reason": reason,
            "detail": dump(event.detail),
            "previous": event.previous,
        },
    )


def _open_case(connection: Connection, application_id: UUID) -> Case:
    case = read_for_decision(connection, application_id)
    if case.outcome is not None:
        raise ApplicationEnded(application_id, case.outcome)
    return case


def _must_work_here(runtime: Runtime, connection: Connection, case: Case, by: Officer) -> None:
    sop = runtime.rules(connection, case.sop_version_id).sop
    lane = sop.lanes[sop.steps[case.step].lane]
    lanes = {lane.name, lane.served_by} - {None}
    if by.roles.isdisjoint(lanes):
        raise NotAllowed("take", tuple(sorted(str(name) for name in lanes)))
