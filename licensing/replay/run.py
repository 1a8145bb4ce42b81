"""A replay from its files to its report, in an office that is forgotten or kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from licensing.database import Database
from licensing.one_transaction import OneTransaction
from licensing.replay.database import undone
from licensing.replay.log import LogEvent
from licensing.replay.mapping import ReplayMap
from licensing.replay.office import open_office, staff_office
from licensing.replay.report import Report
from licensing.replay.simulation import Simulation
from licensing.runtime import Runtime
from licensing.vocabulary import VOCABULARY
from workflows.definitions import shipped
from workflows.reading import read_sop
from workflows.sop import Sop, Vocabulary
from workflows.tree import Branch, FaultList, parse

_COUNT_FIRST = 200
"""Events after which the tables are counted for the first time."""
_GROWING = (
    "application", "application_event", "dossier", "paper", "ask", "deadline", "alert", "notice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReplaySop:
    """The SOP that a log is held against: its text, what it says, the names it may use."""

    text: str
    sop: Sop
    vocabulary: Vocabulary


def read_replay_sop(text: str, *, store: bool) -> ReplaySop:
    """Return the SOP of a replay; its lanes are its own, because nobody signs in to them.

    An office that stays is served by the whole program, which must know its lanes as roles.

    Raises:
        SopFaults: the text is wrong.
    """
    vocabulary = VOCABULARY
    if not store:
        tree = parse(text, FaultList())
        lanes = None if tree is None else tree.get("lanes")
        if isinstance(lanes, Branch):
            vocabulary = replace(VOCABULARY, roles=frozenset(lanes), people={})
    return ReplaySop(text, read_sop(text, vocabulary=vocabulary, base=shipped), vocabulary)


def replay(
    runtime: Runtime,
    owner: Engine,
    against: ReplaySop,
    mapped: ReplayMap,
    events: Sequence[LogEvent],
    *,
    store: bool = False,
    tick: Callable[[int], object] = lambda _: None,
) -> tuple[Report, str | None]:
    """Send `events` through the one door; return the report and the code of the office kept.

    Without `store` everything happens in one transaction of the owner that is rolled back.
    """
    days = [event.at.date() for event in events]
    with ExitStack() as stack:
        if store:
            office_id, code = open_office(owner, mapped, first=min(days), last=max(days))
            world = _world(runtime, runtime.db, against)
        else:
            forgotten = stack.enter_context(undone(owner))
            office_id, code = open_office(forgotten, mapped, first=min(days), last=max(days))
            forgotten.as_application()
            world = _world(runtime, forgotten, against)
            tick = _counting(forgotten, tick)
        office = staff_office(
            world, office_id, code, against.text, against.sop, (event.resource for event in events)
        )
        report = Simulation(world, office, mapped, against.sop).run(events, tick)
    return report, code if store else None


def _counting(forgotten: OneTransaction, tick: Callable[[int], object]) -> Callable[[int], object]:
    """Return a tick that has the tables counted again each time the events have doubled."""
    sent, again = 0, _COUNT_FIRST

    def after(events: int) -> None:
        nonlocal sent, again
        sent += events
        if sent >= again:
            forgotten.counted(*_GROWING)
            again = 2 * sent
        tick(events)

    return after


def _world(runtime: Runtime, db: Database, against: ReplaySop) -> Runtime:
    # A runtime of its own: it remembers versions that may be forgotten at the end.
    return Runtime(
        db=db,
        keyring=runtime.keyring,
        storage=runtime.storage,
        mail=runtime.mail,
        public_url=runtime.public_url,
        vocabulary=against.vocabulary,
    )
