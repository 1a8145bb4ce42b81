"""What has run out: counts of tries, sign-in sessions, what applicants left unfinished."""

from __future__ import annotations

from datetime import timedelta

from licensing.runtime import Runtime
from licensing.services.applicant_drafts import KEPT_FOR
from licensing.services.applicant_sessions import LONGEST as LONGEST_ONLINE
from licensing.services.sign_in import LONGEST, LONGEST_IDLE

_A_DAY = timedelta(days=1)

_END_SESSIONS = """
UPDATE login_session
   SET ended_at = clock_timestamp()
 WHERE ended_at IS NULL
   AND (created_at < clock_timestamp() - %s::interval OR seen_at < clock_timestamp() - %s::interval)
"""

# A session that has run out says nothing any more; neither does a code.
_DROP_ONLINE = (
    ("DELETE FROM online_draft WHERE saved_at < clock_timestamp() - %s::interval", KEPT_FOR),
    ("DELETE FROM online_code WHERE expires_at < clock_timestamp() - %s::interval", _A_DAY),
    ("DELETE FROM online_session WHERE created_at < clock_timestamp() - %s::interval",
     LONGEST_ONLINE + _A_DAY),
)  # fmt: skip


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


def drop_old_online(runtime: Runtime) -> int:
    """Delete unfinished applications that nobody came back to, with what else of applicants has
    run out; return how many applications.
    """
    with runtime.db.begin() as connection:
        offices = [row[0] for row in connection.exec_driver_sql("SELECT id FROM office")]
    dropped = 0
    for office_id in offices:
        with runtime.transaction(office_id) as connection:
            counts = [
                connection.exec_driver_sql(statement, (age,)).rowcount
                for statement, age in _DROP_ONLINE
            ]
            dropped += counts[0]
    return dropped
