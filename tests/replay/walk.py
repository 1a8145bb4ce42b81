"""The same events walked by the machine alone: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable

from licensing.facts import CaseFacts, PaperCount
from licensing.guards import GUARDS
from licensing.replay.log import LogEvent
from licensing.replay.mapping import ReplayMap
from licensing.replay.order import by_case
from workflows.check import ANSWERED
from workflows.errors import Refusal
from workflows.machine import Actor, SopMachine
from workflows.sop import Sop


def refused(sop: Sop, mapped: ReplayMap, events: Iterable[LogEvent]) -> dict[str, int]:
    """Return how many events of each case the SOP refuses."""
    machine = SopMachine(sop, GUARDS)
    return {case: _walk(sop, machine, mapped, found) for case, found in by_case(events).items()}


def _walk(sop: Sop, machine: SopMachine, mapped: ReplayMap, events: list[LogEvent]) -> int:
    by = Actor("anybody", frozenset(sop.lanes))
    step, refusals, filed = sop.starts_at, 0, False
    asks = {name: sop.asks[name].starts_at for name in sop.steps[step].opens}
    for event in events:
        if not filed and event.activity in mapped.files:
            filed = True
            continue
        press = mapped.presses.get(event.activity)
        if press is None or not filed or (press.ask is not None and press.ask not in asks):
            refusals += 1
            continue
        facts = CaseFacts(who={}, papers=PaperCount(), open_asks=tuple(asks))
        try:
            if press.ask is not None:
                move = machine.decide_ask(
                    press.ask, asks[press.ask], press.do, by=by, facts=facts, reason="log"
                )
                asks[press.ask] = move.target
                if move.target == ANSWERED:
                    del asks[press.ask]
            else:
                move = machine.decide(step, press.do, by=by, facts=facts, reason="log")
                step = move.target
            asks |= {name: sop.asks[name].starts_at for name in move.opens}
        except Refusal:
            refusals += 1
    return refusals
