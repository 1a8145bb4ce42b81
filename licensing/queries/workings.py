"""How the program itself is: what machines that watch it ask."""

from __future__ import annotations

from dataclasses import dataclass

from licensing.runtime import Runtime
from licensing.services import heartbeat


@dataclass(frozen=True, slots=True)
class Workings:
    """Ages in seconds and counts; no name, no number of a file."""

    sweep_age_seconds: float | None
    """None where there is no office yet."""
    letters_waiting: int
    """Notices that have not left, of every office."""
    oldest_letter_seconds: float


def answers(runtime: Runtime) -> bool:
    """Return True once the database has answered; an error of the driver where it does not."""
    with runtime.db.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT true").scalar_one())


def workings(runtime: Runtime) -> Workings:
    """Return how the timed jobs and the outbox stand, office by office."""
    with runtime.db.begin() as connection:
        age = heartbeat.age(connection, heartbeat.SWEEP)
        offices = [row[0] for row in connection.exec_driver_sql("SELECT id FROM office")]
    waiting, oldest = 0, 0.0
    for office_id in offices:
        with runtime.transaction(office_id) as connection:
            row = connection.exec_driver_sql(_WAITING).one()
        waiting += row.waiting
        oldest = max(oldest, float(row.oldest))
    return Workings(None if age is None else age.total_seconds(), waiting, oldest)


_WAITING = """
SELECT count(*) AS waiting,
       coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS oldest
  FROM notice WHERE next_try_at IS NOT NULL
"""
