"""What a step writes into the log of the database, and what it says over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Engine

from licensing.database import connect
from tests.bed import Server
from tests.bench.door import Door, applications_at_verification
from tests.bench.report import Row
from tests.bench.setting import a_house
from tests.bench.wire import statements

MOST_BYTES = 2_500
MOST_STATEMENTS = 6
STEPS = 1_000

_BATCH = 50
_APPLICATIONS = 10
# A batch in which some page was written whole is not counted; it happens to few.
_MOST_BATCHES = 3 * STEPS // _BATCH


@dataclass(frozen=True, slots=True)
class LogCost:
    """What steps wrote into the log, in bytes a step; page images are not among them."""

    bytes_a_step: float
    records_a_step: float
    steps: int
    batches_left_out: int
    """Batches in which a page was written whole."""


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Measure the log and the statements of a step."""
    with server.database() as urls, a_house(urls, folder) as house:
        say(f"log of {STEPS} steps")
        engine = connect(urls.app, pool_size=1, max_overflow=0)
        door = Door(engine, folder, house.people.verifier, house.people.head)
        ids = applications_at_verification(house, _APPLICATIONS)
        cost = log_cost(engine, server.admin, lambda n: door.step(ids[n % len(ids)]))
        sent = statements(engine, lambda: door.step(ids[0]))
        engine.dispose()
    yield Row(
        "WAL of a step, without page images",
        cost.bytes_a_step,
        "bytes",
        most=MOST_BYTES,
        note=f"mean of {cost.steps:,} steps, {cost.records_a_step:.1f} records each",
    )
    yield Row(
        "statements of a step",
        len(sent),
        most=MOST_STATEMENTS,
        note=", ".join(each.split()[0] if each.strip(";") else "ping" for each in sent),
    )
    yield Row("commits of a step", sent.count("COMMIT"), least=1, most=1)


def log_cost(engine: Engine, admin: str, step: Callable[[int], None]) -> LogCost:
    """Return what `STEPS` steps write; `step(n)` makes the n-th.

    The log of the one connection of `engine` is counted, so that nobody else's work is in it.
    After the checkpoint each page is written whole at its first change; a warm-up takes that
    away, and batches in which it still happens are left out.

    Raises:
        RuntimeError: pages are written whole all the time: checkpoints follow too fast.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    for n in range(4 * _APPLICATIONS):
        step(n)
    done = 4 * _APPLICATIONS
    total = records = counted = left_out = 0
    while counted < STEPS:
        if left_out + counted // _BATCH >= _MOST_BATCHES:
            raise RuntimeError("pages are written whole in most batches: checkpoints are too near")
        before = _log_of(engine)
        for n in range(done, done + _BATCH):
            step(n)
        done += _BATCH
        after = _log_of(engine)
        if after[2] > before[2]:
            left_out += 1
            continue
        counted += _BATCH
        total += after[0] - before[0]
        records += after[1] - before[1]
    return LogCost(total / counted, records / counted, counted, left_out)


def _log_of(engine: Engine) -> tuple[int, int, int]:
    """Return bytes, records and page images that this connection has written so far."""
    with engine.connect() as connection:
        own = connection.execution_options(isolation_level="AUTOCOMMIT")
        # Counters reach the statistics at most once a second, unless asked for.
        own.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        row = own.exec_driver_sql(
            "SELECT wal_bytes, wal_records, wal_fpi FROM pg_stat_get_backend_wal(pg_backend_pid())"
        ).one()
        return int(row[0]), int(row[1]), int(row[2])
