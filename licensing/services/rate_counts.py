"""How often something was tried: counters that every process shares, and the day's secret.

Whoever is counted appears only as a hash under a secret that is made new every day and deleted
with it: afterwards nobody, we included, can say who it was.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from licensing.runtime import Runtime

_DAY_SECRET = "day-secret:"  # noqa: S105 - the beginning of a key, not a secret
_ONE_AT_A_TIME = 7_240_101
"""The number of the advisory lock under which a new day's secret is made."""


@dataclass(frozen=True, slots=True)
class Counter:
    """How far a counter has come and when it begins again."""

    count: int
    expires_at: datetime


def count_up(runtime: Runtime, key: str, window: timedelta, amount: int = 1) -> int:
    """Add to a counter, begun anew where its window has passed; return what it stands at."""
    with runtime.db.begin() as connection:
        count: int = connection.exec_driver_sql(
            _COUNT_UP, {"key": key, "window": window, "amount": amount}
        ).scalar_one()
    return count


def read_counter(runtime: Runtime, key: str) -> Counter | None:
    """Return a counter; None where nothing was counted within its window."""
    with runtime.db.begin() as connection:
        row = connection.exec_driver_sql(
            "SELECT count, expires_at FROM rate_count"
            " WHERE key = %s AND expires_at > clock_timestamp()",
            (key,),
        ).fetchone()
    return None if row is None else Counter(*row)


def forget_counter(runtime: Runtime, key: str) -> None:
    """Delete a counter."""
    with runtime.db.begin() as connection:
        connection.exec_driver_sql("DELETE FROM rate_count WHERE key = %s", (key,))


def secret_of_day(runtime: Runtime, day: date) -> str:
    """Return the secret of a day (in UTC), the same in every process; made by the first to ask.

    Its row runs out an hour after the day, and what has run out is deleted.
    """
    prefix = f"{_DAY_SECRET}{day.isoformat()}:"
    with runtime.db.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_ONE_AT_A_TIME,))
        key: str | None = connection.exec_driver_sql(
            "SELECT key FROM rate_count WHERE starts_with(key, %s)", (prefix,)
        ).scalar_one_or_none()
        if key is None:
            key = prefix + secrets.token_hex(32)
            connection.exec_driver_sql(
                "INSERT INTO rate_count (key, count, expires_at)"
                " VALUES (%s, 0, (%s::date + interval '25 hours') AT TIME ZONE 'UTC')",
                (key, day),
            )
    return key.removeprefix(prefix)


_COUNT_UP = """
INSERT INTO rate_count AS r (key, count, expires_at)
VALUES (%(key)s, %(amount)s, clock_timestamp() + %(window)s)
ON CONFLICT (key) DO UPDATE
   SET count = CASE WHEN r.expires_at <= clock_timestamp() THEN excluded.count
                    ELSE r.count + excluded.count END,
       expires_at = CASE WHEN r.expires_at <= clock_timestamp() THEN excluded.expires_at
                         ELSE r.expires_at END
RETURNING count
"""
