"""A wrongly recorded time of receipt: one person proposes another one, a second person decides.

The recorded line stays as it is. A confirmed correction adds a line; the clock reads the first
with the time of the second, and everything that is due is derived anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from licensing.arrivals import Arrival
from licensing.change import NoticeOrder
from licensing.errors import CorrectionRefused, InvalidInput, NotAllowed, NotFound, StaleSetting
from licensing.forms import MAX_LONG_TEXT, clean
from licensing.letters.hindsight import BREACH_CORRECTED
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.correction_effect import (
    CorrectionEffect,
    MovedLimit,
    ProposeCorrection,
    Work,
    began_step,
    checked,
    corrected_detail,
    derived,
    effect_on,
    read_work,
)
from licensing.services.correction_sql import (
    DECIDED,
    LOCK,
    OF_APPLICATION,
    PROPOSE,
    PROPOSED,
    TELL,
)
from licensing.services.door_sql import dump
from licensing.services.reclock import Recount, line_about, reclock
from licensing.services.tell_inspectorate import tell_inspectorate
from workflows.check import CORRECT_TIME

__all__ = [
    "DECIDERS", "PROPOSERS", "CorrectionEffect", "DecideCorrection", "MovedLimit",
    "ProposeCorrection", "decide_correction", "effect_of_correction", "preview_correction",
    "propose_correction", "withdraw_correction",
]  # fmt: skip

PROPOSERS: Final = ("counter", "verifier", "supervisor")
DECIDERS: Final = ("supervisor", "head")


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
        work = read_work(runtime, connection, command.application_id, by, command.at)
        return effect_on(work, checked(work, command), command.becomes)


def propose_correction(runtime: Runtime, command: ProposeCorrection, by: Officer) -> UUID:
    """Propose another time for a line by which papers came in; return the id of the proposal.

    Supervisors and the head are told; until one of them has confirmed it nothing changes.

    Raises:
        NotFound, ApplicationEnded, LapsedByLaw: there is no such open application.
        NotAllowed: `by` neither takes files in nor checks them.
        InvalidInput: the line is none by which papers came in, no reason, or the time is the same,
            in the future, not between what happened before and after, or further from the
            recorded one than the SOP allows.
        CorrectionRefused: another proposal for this file is waiting, or it has had as many
            corrections as its SOP allows.
        SimulationOnly: `command.at` outside a simulated office.
    """
    by.must_have("propose a corrected time", *PROPOSERS)
    with runtime.transaction(by.office_id) as connection:
        work = read_work(runtime, connection, command.application_id, by, command.at)
        arrival = checked(work, command)
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
        work = read_work(runtime, connection, row.application_id, by, at)
        command = ProposeCorrection(row.application_id, row.seq, row.becomes, row.reason)
        return effect_on(work, checked(work, command), row.becomes)


def decide_correction(
    runtime: Runtime, command: DecideCorrection, by: Officer
) -> CorrectionEffect | None:
    """Confirm or turn down a proposed time; return what changed, None where nothing did.

    Raises:
        NotFound: no such proposal in the office of `by`.
        NotAllowed: `by` is neither supervisor nor head.
        CorrectionRefused: it is decided already, `by` proposed it or recorded the line, or the
            file has had as many corrections as its SOP allows.
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
        work = read_work(runtime, connection, row.application_id, by, command.at)
        proposal = ProposeCorrection(row.application_id, row.seq, row.becomes, row.reason)
        effect = effect_on(work, checked(work, proposal), row.becomes)
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


def _write(
    connection: Connection, work: Work, effect: CorrectionEffect, row: Any, by: Officer
) -> int:
    """Write the corrected clock with its line; return the place of the line."""
    case, arrival = work.case, effect.arrival
    promise = effect.promise
    moves = {
        "before": None if promise is None else _text(promise.before),
        "after": None if promise is None else _text(promise.after),
        "limit": None if promise is None else promise.key,
    }
    legal = work.clockwork.sop.corrections.source
    detail = corrected_detail(arrival, effect.becomes, row.proposed_by) | moves | {"legal": legal}
    clock, limits = derived(work, arrival, effect.becomes)
    event = line_about(case, CORRECT_TIME, detail, by=by.id, reason=row.reason, at=work.now)
    params = {
        "was": detail["was"],
        "now": detail["now"],
        "why": row.reason,
        "legal": legal,
        **moves,
    }
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
                step_since=effect.becomes if began_step(work, arrival) else None,
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
    work: Work,
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
