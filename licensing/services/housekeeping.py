"""What has run out: counts of tries, sign-in sessions."""

from __future__ import annotations

from licensing.runtime import Runtime
from licensing.services.sign_in import LONGEST, LONGEST_IDLE

_END_SESSIONS = """
UPDATE login_session
   SET ended_at = clock_timestamp()
 WHERE ended_at IS NULL
   AND (created_at < clock_timestamp() - %s::interval OR seen_at < clock_timestamp() - %s::interval)
"""


def drop_old_counts(runtime: Runtime) -> int:
    """Delete the counts of tries whose window has passed; return how many."""
    with runtime.db.begin() as connection:
        done = connection.exec_driver_sql(
            "DELETE FROM rate_count WHERE expires_at < clock_timestamp()"
        )
        return done.rowcount


def end_old_sessions(runtime: Runtime) -> int:
    """End the sessions that have been open or idle too long; return how many."""
    with runtime.db.begin() as connection:
        offices = [row[0] for row in connection.exec_driver_sql("SELECT id FROM office")]
    ended = 0
    for office_id in offices:
        with runtime.transaction(office_id) as connection:
            done = connection.exec_driver_sql(_END_SESSIONS, (LONGEST, LONGEST_IDLE))
            ended += done.rowcount
    return ended
