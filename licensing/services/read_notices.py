"""Notices in the application are read by the person they were written to, and by nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from licensing.people import Officer
from licensing.runtime import Runtime

_READ = """
UPDATE notice SET read_at = clock_timestamp()
 WHERE officer_id = %(me)s AND id = ANY(%(ids)s::uuid[]) AND channel = 'app' AND read_at IS NULL
"""


def mark_read(runtime: Runtime, officer: Officer, notice_ids: Sequence[UUID]) -> int:
    """Mark notices to `officer` as read; return how many were unread.

    Those of other people are left as they are.
    """
    with runtime.transaction(officer.office_id) as connection:
        return connection.exec_driver_sql(
            _READ, {"me": officer.id, "ids": list(notice_ids)}
        ).rowcount
