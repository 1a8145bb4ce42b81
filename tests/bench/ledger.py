"""A long history: working out its clock costs less than reading it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from licensing.happenings import happenings
from licensing.runtime import Runtime
from licensing.services.take_action import TakeAction, take_action
from tests.bed import Server
from tests.bench.report import Row
from tests.bench.setting import a_house
from tests.factories import House
from workflows.ledger import Clockwork

EVENTS = 200
ROUNDS = 80
TIMES = 5
"""How often each side is done in a round."""
FILED = datetime(2026, 7, 6, 1, tzinfo=UTC)
BETWEEN = timedelta(minutes=90)
"""Office hours between two presses: the history goes through forty working days."""


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Fold one application of 200 events and ask for all its limits; read its 200 rows, in turn."""
    with server.database() as urls, a_house(urls, folder, simulated=True) as house:
        say(f"pressing {EVENTS} events into one application")
        application = long_history(house)
        runtime = house.runtime
        clockwork = clock_of(house, application)
        told = list(happenings(clockwork.sop, read(runtime, house.office_id, application)))
        if len(told) != EVENTS or not clockwork.limits(clockwork.fold(told)):
            raise RuntimeError(f"{len(told)} of {EVENTS} events move the clock, or it has no limit")
        say(f"folding and reading them, {ROUNDS} rounds")
        folding = timed(lambda: clockwork.limits(clockwork.fold(told)))
        reading = timed(lambda: read(runtime, house.office_id, application))
        folds: list[float] = []
        reads: list[float] = []
        for number in range(ROUNDS):
            for side, took in ((folding, folds), (reading, reads))[:: 1 if number % 2 else -1]:
                took.append(side())
    fold, rows = quiet(folds) * 1000, quiet(reads) * 1000
    yield Row(
        f"ledger and limits of {EVENTS} events / reading them",
        fold / rows,
        most=1,
        note=f"{fold:.2f} ms against {rows:.2f} ms; of each the faster half of {ROUNDS} rounds",
    )


def quiet(seconds: list[float]) -> float:
    """Return the median of the fastest half: what else the machine does hurts only the slow ones.

    Both sides are a few milliseconds; a neighbour's slice of the processor is ten.
    """
    return sorted(seconds)[len(seconds) // 4]


def long_history(house: House) -> UUID:
    """Return an application that went back and forth between two desks until it has 200 events."""
    at = FILED
    application = house.application("verification", at=at)
    house.judge_all(application)
    clockwork = clock_of(house, application)
    people = {"approve": house.people.verifier, "send_back": house.people.head}
    for number in range(EVENTS - len(house.history(application))):
        at = clockwork.calendar.after(at, BETWEEN)
        action = "send_back" if number % 2 else "approve"
        command = TakeAction(application, action, reason="Mohon diperiksa kembali", at=at)
        take_action(house.runtime, command, people[action])
    return application


def clock_of(house: House, application: UUID) -> Clockwork:
    """Return the clock by which an application is counted."""
    with house.runtime.transaction(house.office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT a.sop_version_id, a.calendar_version_id, o.late_receipt"
            "  FROM application a JOIN office o ON o.id = a.office_id WHERE a.id = %s",
            (application,),
        ).one()
        return house.runtime.clockwork(connection, *row)


def read(runtime: Runtime, office_id: UUID, application: UUID) -> list[Any]:
    """Return the lines of a history as the clock needs them: one transaction, one statement."""
    with runtime.transaction(office_id) as connection:
        return list(connection.exec_driver_sql(_LINES, (application,)).fetchall())


def timed(do: Callable[[], object]) -> Callable[[], float]:
    """Return a function that does it so many times and returns the seconds that one took."""

    def once() -> float:
        begin = perf_counter()
        for _ in range(TIMES):
            do()
        return (perf_counter() - begin) / TIMES

    once()
    return once


_LINES = """
SELECT seq, action, ask, from_step, to_step, detail, effective_at
  FROM application_event WHERE application_id = %s ORDER BY seq
"""
