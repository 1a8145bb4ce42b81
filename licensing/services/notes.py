"""Lines of history that move nothing: who holds a file or an ask, that somebody was warned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import ApplicationEnded, NotAllowed, NotFound, TakenByAnother
from licensing.history import Event
from licensing.holding import sees_file
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.door_sql import dump, read_for_decision
from licensing.services.frozen import must_be_undecided
from workflows.sop import Lane, Party

_NOTE = """
WITH noted AS (
  UPDATE application
     SET holder_id = %(holder)s, last_seq = %(seq)s, last_hash = %(hash)s,
         last_recorded_at = %(recorded_at)s, last_effective_at = %(at)s, state = %(state)s
   WHERE id = %(id)s
  RETURNING id
), held AS (
  UPDATE ask SET holder_id = %(ask_holder)s
   WHERE application_id = %(id)s AND key = %(ask)s
)
INSERT INTO application_event (application_id, seq, office_id, action, ask, from_step, to_step,
       lane, actor_id, reason, detail, recorded_at, effective_at, previous, hash)
SELECT id, %(seq)s, %(office)s, %(action)s, %(ask)s, %(step)s, %(step)s, %(lane)s, %(actor)s,
       %(reason)s, %(detail)s, %(recorded_at)s, %(at)s, %(previous)s, %(event_hash)s
  FROM noted
"""


def take(runtime: Runtime, application_id: UUID, by: Officer, *, ask: str | None = None) -> None:
    """Take a file, or one of its asks, out of its lane's pool: from now on only `by` moves it.

    Raises:
        NotFound, ApplicationEnded, TakenByAnother, NotAllowed: it cannot be taken by this person.
        LapsedByLaw: it is granted by law; nobody works on it any more.
    """
    with runtime.transaction(by.office_id) as connection:
        case = _open_case(runtime, connection, application_id, by)
        must_be_undecided(runtime, connection, case)
        lane = _lane(runtime, connection, case, ask)
        lanes = {lane.name, lane.served_by} - {None}
        if by.roles.isdisjoint(lanes):
            raise NotAllowed("take", tuple(sorted(str(name) for name in lanes)))
        holder = _holder(case, ask)
        if holder is not None and holder != by.id:
            raise TakenByAnother(application_id, holder)
        if holder is None:
            _hold(connection, case, "take", ask, by.id, by=by.id)


def hand_back(
    runtime: Runtime, application_id: UUID, by: Officer, *, ask: str | None = None
) -> None:
    """Put a file, or one of its asks, that `by` holds back into the pool of its lane.

    Raises:
        NotFound, ApplicationEnded, TakenByAnother: there is none, or it is not theirs.
    """
    with runtime.transaction(by.office_id) as connection:
        case = _open_case(runtime, connection, application_id, by)
        holder = _holder(case, ask)
        if holder is None:
            return
        if holder != by.id and not by.has("supervisor"):
            raise TakenByAnother(application_id, holder)
        _hold(connection, case, "hand_back", ask, None, by=by.id)


def reassign(
    runtime: Runtime,
    application_id: UUID,
    to: UUID,
    by: Officer,
    *,
    reason: str,
    ask: str | None = None,
) -> None:
    """Give a file, or one of its asks, to another officer of its lane.

    Raises:
        NotFound, ApplicationEnded: there is no such open file, or no such colleague in its lane.
        LapsedByLaw: it is granted by law; nobody works on it any more.
        NotAllowed: `by` is no supervisor, or the file lies at the bank.
    """
    with runtime.transaction(by.office_id) as connection:
        reassign_within(runtime, connection, application_id, to, by, reason=reason, ask=ask)


def reassign_within(
    runtime: Runtime,
    connection: Connection,
    application_id: UUID,
    to: UUID,
    by: Officer,
    *,
    reason: str,
    ask: str | None = None,
) -> None:
    """Give a file away as `reassign` does, in a transaction that does more than that."""
    by.must_have("reassign", "supervisor", "head")
    case = _open_case(runtime, connection, application_id, by)
    must_be_undecided(runtime, connection, case)
    lane = _lane(runtime, connection, case, ask)
    if lane.party is Party.BANK:
        # The office chooses no teller: held by one, a bill is refused at every other window.
        raise NotAllowed("reassign within the bank", (lane.name,))
    fits = connection.exec_driver_sql(
        "SELECT 1 FROM officer o JOIN acting_role r ON r.officer_id = o.id"
        " WHERE o.id = %s AND o.active AND r.role = %s",
        (to, lane.served_by or lane.name),
    ).fetchone()
    if fits is None:
        raise NotFound("colleague in this lane", to)
    _hold(connection, case, "reassign", ask, to, by=by.id, reason=reason)


def _hold(
    connection: Connection,
    case: Case,
    action: str,
    ask: str | None,
    holder: UUID | None,
    *,
    by: UUID,
    reason: str | None = None,
) -> None:
    """Write who holds a file or an ask from now on."""
    detail = {"to": str(holder)} if action == "reassign" else {}
    state = case.state
    if ask is not None:
        asks = dict(state["asks"])
        kept = {name: value for name, value in asks[ask].items() if name != "h"}
        asks[ask] = kept if holder is None else {**kept, "h": str(holder)}
        state = {**state, "asks": asks}
    write_note(
        connection,
        case,
        action,
        holder=holder if ask is None else case.holder_id,
        by=by,
        reason=reason,
        detail=detail,
        state=state,
        ask=ask,
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
    ask: str | None = None,
) -> None:
    """Write one line of history that moves nothing, and the holder and state it leaves.

    `holder` is the file's; who holds the ask that the line is about stands in `state`.
    """
    left = case.state if state is None else state
    step = case.step if ask is None else left["asks"][ask]["s"]
    event = Event(
        application_id=case.application_id,
        seq=case.last_seq + 1,
        action=action,
        ask=ask,
        from_step=step,
        to_step=step,
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
            "state": dump(left),
            "action": action,
            "ask": ask,
            "ask_holder": None if ask is None else left["asks"][ask].get("h"),
            "step": step,
            "lane": event.lane,
            "actor": by,
            "reason": reason,
            "detail": dump(event.detail),
            "previous": event.previous,
        },
    )


def _open_case(runtime: Runtime, connection: Connection, application_id: UUID, by: Officer) -> Case:
    case = read_for_decision(connection, application_id)
    sop = runtime.rules(connection, case.sop_version_id).sop
    if not sees_file(sop, case.state.get("opened", ()), by):
        # For an agency a file that it was not asked about is no other than one that is not there.
        raise NotFound("application", application_id)
    if case.outcome is not None:
        raise ApplicationEnded(application_id, case.outcome)
    return case


def _lane(runtime: Runtime, connection: Connection, case: Case, ask: str | None) -> Lane:
    """Return the lane in which a file, or one of its open asks, lies.

    Raises:
        NotFound: there is no such open ask.
    """
    sop = runtime.rules(connection, case.sop_version_id).sop
    if ask is None:
        return sop.lanes[sop.steps[case.step].lane]
    found = _open_ask(case, ask)
    return sop.lanes[sop.asks[found["n"]].steps[found["s"]].lane]


def _holder(case: Case, ask: str | None) -> UUID | None:
    if ask is None:
        return case.holder_id
    held = _open_ask(case, ask).get("h")
    return None if held is None else UUID(held)


def _open_ask(case: Case, key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = case.state.get("asks", {}).get(key)
    if found is None:
        raise NotFound("open ask", key)
    return found
