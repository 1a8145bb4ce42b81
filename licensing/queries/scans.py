"""One scan of a paper, with its content."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from licensing.errors import NotFound
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
        NotFound: there is none.
        StorageFault: what was kept is gone or altered.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT name, media_type, sha256 FROM paper_file WHERE id = %s AND application_id = %s",
            (file_id, application_id),
        ).fetchone()
    if row is None:
        raise NotFound("scan", file_id)
    return Scan(row.name, row.media_type, row.sha256, runtime.storage.get(row.sha256))
