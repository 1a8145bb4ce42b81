"""The same events walked by the machine alone: no database, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from licensing.facts import CaseFacts, PaperCount
from licensing.guards import GUARDS
from licensing.history import FILED
from licensing.replay.log import LogEvent
from licensing.replay.mapping import ReplayMap
from licensing.replay.order import by_case
from workflows.check import ANSWERED
from workflows.errors import Refusal
from workflows.machine import Actor, SopMachine
from workflows.sop import Sop


@dataclass(frozen=True, slots=True)
class WalkedLine:
    """What the door would have written of one event."""

    seq: int
    action: str
    ask: str | None
    from_step: str | None
    to_step: str
    detail: Mapping[str, Any]
    effective_at: datetime


@dataclass(slots=True)
class Walk:
    """How far the events of a case lead."""

    lines: list[WalkedLine] = field(default_factory=list)
    refusals: int = 0


def refused(sop: Sop, mapped: ReplayMap, events: Iterable[LogEvent]) -> dict[str, int]:
    """Return how many events of each case the SOP refuses."""
    return {case: found.refusals for case, found in walked(sop, mapped, events).items()}


def walked(sop: Sop, mapped: ReplayMap, events: Iterable[LogEvent]) -> dict[str, Walk]:
    """Return the history that each case would have, without what the SOP refuses."""
    machine = SopMachine(sop, GUARDS)
    return {case: _walk(sop, machine, mapped, found) for case, found in by_case(events).items()}


def _walk(sop: Sop, machine: SopMachine, mapped: ReplayMap, events: list[LogEvent]) -> Walk:
    by = Actor("anybody", frozenset(sop.lanes))
    found, step, opened = Walk(), sop.starts_at, Counter[str]()
    asks: dict[str, tuple[str, str]] = {}
    key: str | None

    def tell(
        event: LogEvent,
        action: str,
        ask: str | None,
        here: str | None,
        there: str,
        begun: Sequence[str],
    ) -> None:
        opened.update(begun)
        keys = {name: f"{name}#{opened[name]}" for name in begun}
        asks.update({name: (key, sop.asks[name].starts_at) for name, key in keys.items()})
        detail = {"opened": list(keys.values())} if keys else {}
        number = len(found.lines) + 1
        found.lines.append(WalkedLine(number, action, ask, here, there, detail, event.at))

    for event in events:
        if not found.lines and event.activity in mapped.files:
            tell(event, FILED, None, None, step, sop.steps[step].opens)
            continue
        press = mapped.presses.get(event.activity)
        if press is None or not found.lines or (press.ask is not None and press.ask not in asks):
            found.refusals += 1
            continue
        facts = CaseFacts(who={}, papers=PaperCount(), open_asks=tuple(asks))
        try:
            if press.ask is not None:
                key, here = asks[press.ask]
                move = machine.decide_ask(
                    press.ask, here, press.do, by=by, facts=facts, reason="log"
                )
                asks[press.ask] = key, move.target
                if move.target == ANSWERED:
                    del asks[press.ask]
            else:
                key, here = None, step
                move = machine.decide(step, press.do, by=by, facts=facts, reason="log")
                step = move.target
        except Refusal:
            found.refusals += 1
            continue
        tell(event, press.do, key, here, move.target, move.opens)
    return found
