"""One scan of a paper, with its content."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from licensing.errors import NotFound
from licensing.holding import sees_file
from licensing.people import Officer
from licensing.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it was handed in."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def read_scan(runtime: Runtime, application_id: UUID, file_id: UUID, by: Officer) -> Scan:
    """Return one scan of an application in the office of `by`.

    Raises:
        NotFound: there is none, or it is of a file that the agency of `by` was not asked about.
        StorageFault: what was kept is gone or altered.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_SCAN, (file_id, application_id)).fetchone()
        if row is None:
            raise NotFound("scan", file_id)
        if not sees_file(runtime.rules(connection, row.sop_version_id).sop, row.asked, by):
            raise NotFound("scan", file_id)
    return Scan(row.name, row.media_type, row.sha256, runtime.storage.get(row.sha256))


_SCAN = """
SELECT f.name, f.media_type, f.sha256, a.sop_version_id,
       ARRAY(SELECT DISTINCT k.name FROM ask k WHERE k.application_id = a.id) AS asked
  FROM paper_file f JOIN application a ON a.id = f.application_id
 WHERE f.id = %s AND f.application_id = %s
"""
