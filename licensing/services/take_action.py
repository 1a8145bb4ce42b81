"""The one door: every change of step goes through `take_action`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from licensing.change import AskChange, Case, Change
from licensing.clock_rows import changed_limits, nearest_due
from licensing.effects import EFFECTS
from licensing.effects.silence import record_lapse
from licensing.errors import (
    ApplicationEnded,
    LapsedByLaw,
    NotFound,
    SimulationOnly,
    StaleApplication,
    TakenByAnother,
)
from licensing.facts import CaseFacts, facts_from_state, having_acted
from licensing.history import Event
from licensing.holding import holders_alone
from licensing.people import Applicant, Clock, Officer
from licensing.retry import retried
from licensing.runtime import Rules, Runtime
from licensing.services.door_sql import read_for_decision, write
from licensing.services.frozen import granted_by_law
from licensing.services.own_applications import must_be_own
from licensing.services.tell_watchers import tell_watchers
from licensing.telling import tell_applicant
from workflows.check import ANSWERED, LAPSE
from workflows.ledger import ClockState, Clockwork, Happening
from workflows.machine import Move
from workflows.silence import SilentLimit, lapse_move
from workflows.sop import Sop


@dataclass(frozen=True, slots=True)
class TakeAction:
    """What somebody pressed."""

    application_id: UUID
    action: str
    seen_version: int | None = None
    """The version the page showed; None for the clock and for imports, which see no page."""
    ask: str | None = None
    """The side path it was pressed in: opinion_pu#1."""
    reason: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    """A time of the caller's choice: simulated offices only."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a press led to."""

    application_id: UUID
    action: str
    from_step: str
    to_step: str
    seq: int
    version: int
    outcome: str | None
    at: datetime


@retried
def take_action(runtime: Runtime, command: TakeAction, by: Officer | Applicant | Clock) -> Receipt:
    """Carry one action out: the only door by which an application changes step.

    Raises:
        NotFound: no such application in the office of `by`, or it is another applicant's.
        StaleApplication: the application moved on after the page was shown.
        ApplicationEnded, TakenByAnother: nothing can be pressed, or not by this person.
        LapsedByLaw: the limit of the law had passed, and that grants the application.
        Refusal: the SOP forbids it (see `workflows.errors`).
        InputMissing: an effect needs something that was not given.
        SimulationOnly: `command.at` outside a simulated office.
    """
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, command.application_id)
        if isinstance(by, Applicant):
            must_be_own(connection, case, by)
        rules = runtime.rules(connection, case.sop_version_id)
        _must_be_open(case, rules.sop, command, by)
        clockwork = runtime.clockwork(
            connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
        )
        at = _effective_at(case, command)
        over = _hold_over(clockwork, case, command, by, at)
        at = over or at
        facts = facts_from_state(case.state, today=clockwork.calendar.local_date(at).isoformat())
        silence = granted_by_law(clockwork, case, at)
        if silence is None:
            move = _decide(rules, case, facts, command, by, hold_over=over is not None)
        else:
            move = _recorded(case, rules.sop, command, by, silence)
        change = record(
            case, rules, clockwork, move, facts, command, by=by.id, at=at, over=over is not None
        )
        for name in move.effects:
            change = EFFECTS[name](change)
        if silence is not None:
            change = record_lapse(change, silence)
        change = tell_applicant(change)
        write(connection, change)
        if silence is not None:
            tell_watchers(connection, case, clockwork, "silence_granted", silence, at=at)
        event = change.event
        return Receipt(
            case.application_id,
            move.action,
            case.step,
            event.to_step,
            event.seq,
            case.version + 1,
            move.end.outcome.value if move.end else None,
            event.effective_at,
        )


def record(
    case: Case,
    rules: Rules,
    clockwork: Clockwork,
    move: Move,
    facts: CaseFacts,
    command: TakeAction,
    *,
    by: UUID | None,
    at: datetime,
    over: bool = False,
) -> Change:
    """Return what a move changes: its line of history, the new state, the limits that moved."""
    sop = rules.sop
    asks = _asks_after(case, sop, move, command.ask)
    happening = Happening(
        at=at,
        action=move.action,
        step=None if move.end else (case.step if command.ask else move.target),
        entered=not (move.stays or command.ask or move.hold or move.end),
        ask=command.ask,
        ask_step=None if command.ask is None or move.target == ANSWERED else move.target,
        opened=tuple((ask.key, ask.step) for ask in asks if ask.opened),
        held=_held_after(case, move, command.ask),
    )
    before = ClockState.from_json(case.state["clock"])
    after = clockwork.advance(before, happening)
    limits = clockwork.limits_and_holds(after)
    begun, moved = changed_limits(clockwork.limits_and_holds(before), limits)
    target = case.step if command.ask else move.target
    event = Event(
        application_id=case.application_id,
        seq=case.last_seq + 1,
        action=move.action,
        ask=command.ask,
        from_step=case.state["asks"][command.ask]["s"] if command.ask else case.step,
        to_step=move.target,
        lane=move.lane,
        actor_id=by,
        reason=command.reason or None,
        detail=_detail(move, asks, over=over),
        recorded_at=max(case.now, case.last_recorded_at),
        effective_at=at,
        previous=case.last_hash,
    )
    main = None if move.end else sop.steps[target]
    return Change(
        case=case,
        sop=sop,
        facts=facts,
        event=event,
        move=move,
        inputs=command.inputs,
        today=clockwork.calendar.local_date(at),
        calendar=clockwork.calendar,
        state=_state_after(case, rules, move, asks, command.ask, by, after),
        begun=begun,
        moved=moved,
        lane=None if main is None else main.lane,
        due_at=None if move.end else nearest_due(limits),
        asks=tuple(replace(ask, due_at=nearest_due(limits, ask=ask.key)) for ask in asks),
    )


def _must_be_open(
    case: Case, sop: Sop, command: TakeAction, by: Officer | Applicant | Clock
) -> None:
    if case.outcome is not None:
        raise ApplicationEnded(case.application_id, case.outcome)
    if command.seen_version is not None and command.seen_version != case.version:
        raise StaleApplication(
            case.application_id,
            seen=command.seen_version,
            now=case.version,
            by=case.last_actor_id,
            at=case.last_recorded_at,
        )
    holder = case.holder_id
    if command.ask is not None:
        ask = case.state.get("asks", {}).get(command.ask)
        if ask is None:
            raise NotFound("open ask", command.ask)
        holder = UUID(ask["h"]) if ask.get("h") else None
    elif not holders_alone(sop, case.step, command.action):
        holder = None
    if holder is not None and isinstance(by, Officer) and holder != by.id:
        raise TakenByAnother(case.application_id, holder)


def _effective_at(case: Case, command: TakeAction) -> datetime:
    if command.at is not None and not case.simulated:
        raise SimulationOnly(str(case.office_id))
    return max(command.at or case.now, case.last_effective_at)


def _hold_over(
    clockwork: Clockwork,
    case: Case,
    command: TakeAction,
    by: Officer | Applicant | Clock,
    at: datetime,
) -> datetime | None:
    """Return when the hold that is on was over, for the clock that ends it; None where it is not.

    It ends at its length, however late the sweep comes: the days after it are ours.
    """
    if not isinstance(by, Clock) or command.ask is not None or case.state.get("held") is None:
        return None
    limit = clockwork.hold_limit(ClockState.from_json(case.state["clock"]), at)
    if limit is None or limit.due_at is None or limit.due_at > at:
        return None
    hold = clockwork.sop.steps[case.step].holds[case.state["held"]]
    return max(limit.due_at, case.last_effective_at) if hold.resume == command.action else None


def _decide(
    rules: Rules,
    case: Case,
    facts: CaseFacts,
    command: TakeAction,
    by: Officer | Applicant | Clock,
    *,
    hold_over: bool,
) -> Move:
    if command.ask is not None:
        ask = case.state["asks"][command.ask]
        return rules.machine.decide_ask(
            ask["n"], ask["s"], command.action, by=by.actor, facts=facts, reason=command.reason
        )
    return rules.machine.decide(
        case.step,
        command.action,
        by=by.actor,
        facts=facts,
        reason=command.reason,
        held=case.state.get("held"),
        holds_used=case.state.get("holds"),
        hold_over=hold_over,
    )


def _recorded(
    case: Case, sop: Sop, command: TakeAction, by: Officer | Applicant | Clock, silence: SilentLimit
) -> Move:
    """Return the one move that is left when silence has granted an application.

    Raises:
        LapsedByLaw: something else was pressed, or not by the clock.
    """
    if command.action != LAPSE or not isinstance(by, Clock):
        raise LapsedByLaw(case.application_id, since=silence.since, deemed_on=silence.deemed_on)
    return lapse_move(sop, case.step)


def _held_after(case: Case, move: Move, ask: str | None) -> str | None:
    held: str | None = case.state.get("held")
    if ask is not None:
        return held
    if move.hold == "starts":
        return move.action
    return held if move.stays and move.hold is None else None


def _asks_after(case: Case, sop: Sop, move: Move, pressed_in: str | None) -> list[AskChange]:
    """Return the side paths that this move opens, moves or closes."""
    changes: list[AskChange] = []
    open_asks: Mapping[str, Any] = case.state.get("asks", {})
    if pressed_in is not None:
        name = open_asks[pressed_in]["n"]
        lane = None if move.target == ANSWERED else sop.asks[name].steps[move.target].lane
        changes.append(
            AskChange(pressed_in, name, move.target, lane, None, move.answer, opened=False)
        )
    if move.end is not None:
        changes += [
            AskChange(key, ask["n"], ask["s"], None, None, "dropped", opened=False)
            for key, ask in open_asks.items()
        ]
    counts: Mapping[str, int] = case.state.get("opened", {})
    for name in move.opens:
        ask = sop.asks[name]
        first = ask.steps[ask.starts_at]
        key = f"{name}#{counts.get(name, 0) + 1}"
        changes.append(AskChange(key, name, first.name, first.lane, None, None, opened=True))
    return changes


def _state_after(
    case: Case,
    rules: Rules,
    move: Move,
    asks: list[AskChange],
    pressed_in: str | None,
    by: UUID | None,
    clock: ClockState,
) -> dict[str, Any]:
    state = dict(case.state)
    state["clock"] = clock.carried().to_json()
    step = case.step if pressed_in is None else case.state["asks"][pressed_in]["s"]
    state |= having_acted(state, step, by, rules.watched)
    if asks:
        state |= _asks_state(state, asks, move)
    held = _held_after(case, move, pressed_in)
    state.pop("held", None)
    if held:
        state["held"] = held
    if move.hold == "starts":
        used = state.get("holds", {})
        state["holds"] = {**used, move.action: used.get(move.action, 0) + 1}
    if not (move.stays or pressed_in):
        state.pop("warned", None)
        state.pop("holds", None)
    return state


def _asks_state(
    state: Mapping[str, Any], asks: list[AskChange], move: Move
) -> dict[str, dict[str, Any]]:
    still = dict(state.get("asks", {}))
    answers = dict(state.get("answers", {}))
    opened = dict(state.get("opened", {}))
    for ask in asks:
        if ask.lane is None:
            still.pop(ask.key, None)
            if ask.answer and move.end is None:
                answers[ask.key] = ask.answer
        else:
            still[ask.key] = {"n": ask.name, "s": ask.step}
            if ask.opened:
                opened[ask.name] = opened.get(ask.name, 0) + 1
    return {"asks": still, "answers": answers, "opened": opened}


def _detail(move: Move, asks: list[AskChange], *, over: bool) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    opened = [ask.key for ask in asks if ask.opened]
    if opened:
        detail["opened"] = opened
    if move.answer:
        detail["answer"] = move.answer
    if move.hold:
        detail["hold"] = move.hold
    if over:
        detail["over"] = True
    return detail
