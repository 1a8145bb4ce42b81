"""When a timed job last finished: what makes our own silence an alarm."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from licensing.runtime import Runtime

SWEEP = "sweep"
SILENT_AFTER = timedelta(minutes=5)

_BEAT = """
INSERT INTO heartbeat (job, at) VALUES (%s, clock_timestamp())
ON CONFLICT (job) DO UPDATE SET at = greatest(heartbeat.at, excluded.at)
"""

# Where the sweep has never run, it has been silent for as long as there was an office to watch.
_AGE = """
SELECT clock_timestamp() - coalesce(
         (SELECT at FROM heartbeat WHERE job = %s),
         (SELECT min(created_at) FROM office WHERE NOT simulated))
"""


def beat(runtime: Runtime, job: str) -> None:
    """Record that a timed job has just finished."""
    with runtime.db.begin() as connection:
        connection.exec_driver_sql(_BEAT, (job,))


def age(connection: Connection, job: str) -> timedelta | None:
    """Return how long ago a timed job finished last; None where there is no office yet."""
    found: timedelta | None = connection.exec_driver_sql(_AGE, (job,)).scalar_one()
    return found


def sweep_silent(connection: Connection) -> timedelta | None:
    """Return for how long no sweep has finished, once that is more than 5 minutes."""
    silent = age(connection, SWEEP)
    return silent if silent is not None and silent > SILENT_AFTER else None
