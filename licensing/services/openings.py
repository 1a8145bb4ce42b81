"""Who has a file open: a page that is looked at says so every minute, and when it is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from licensing.errors import NotFound
from licensing.holding import AGENCY_ROLES, sees_file
from licensing.people import Officer
from licensing.runtime import Runtime

FRESH: Final = timedelta(minutes=2)
"""A page that was not heard of for so long counts as left."""
KEPT: Final = timedelta(minutes=10)

# Whoever comes back after a while has opened it anew.
_BEAT = """
INSERT INTO opening AS o (application_id, officer_id, office_id, since, seen_at)
SELECT a.id, %(me)s, a.office_id, n.at, n.at
  FROM application a, (SELECT clock_timestamp() AS at) n
 WHERE a.id = %(id)s
ON CONFLICT (application_id, officer_id) DO UPDATE
   SET seen_at = greatest(o.seen_at, excluded.seen_at),
       since = CASE WHEN o.seen_at < excluded.seen_at - %(fresh)s::interval
                    THEN excluded.since ELSE o.since END
"""

_ASKED = """
SELECT a.sop_version_id, array(SELECT k.name FROM ask k WHERE k.application_id = a.id) AS asked
  FROM application a WHERE a.id = %(id)s
"""

_DROP = "DELETE FROM opening WHERE seen_at < clock_timestamp() - %s::interval"


def keep_open(runtime: Runtime, application_id: UUID, by: Officer) -> None:
    """Note that `by` has the file open now.

    Raises:
        NotFound: his office has no such file, or his agency was not asked about it.
    """
    with runtime.transaction(by.office_id) as connection:
        if by.roles <= AGENCY_ROLES:
            row = connection.exec_driver_sql(_ASKED, {"id": application_id}).fetchone()
            if row is None or not sees_file(
                runtime.rules(connection, row.sop_version_id).sop, row.asked, by
            ):
                raise NotFound("application", application_id)
        done = connection.exec_driver_sql(
            _BEAT, {"id": application_id, "me": by.id, "fresh": FRESH}
        )
        if done.rowcount == 0:
            raise NotFound("application", application_id)


def leave(runtime: Runtime, application_id: UUID, by: Officer) -> None:
    """Forget that `by` has the file open; another page of his says so again within a minute."""
    with runtime.transaction(by.office_id) as connection:
        connection.exec_driver_sql(
            "DELETE FROM opening WHERE application_id = %s AND officer_id = %s",
            (application_id, by.id),
        )


def drop_old_openings(runtime: Runtime) -> int:
    """Delete what was noted of pages that are long closed; return how many."""
    with runtime.db.begin() as connection:
        offices = [row[0] for row in connection.exec_driver_sql("SELECT id FROM office")]
    dropped = 0
    for office_id in offices:
        with runtime.transaction(office_id) as connection:
            dropped += connection.exec_driver_sql(_DROP, (KEPT,)).rowcount
    return dropped
