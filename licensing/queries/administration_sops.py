"""What administrators see of one SOP: its versions, and what two of them differ in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.sop_drafts import OpenDraft, sop_standing
from licensing.services.sops import PUBLISHERS
from licensing.sop_diff import DiffLine, sop_diff
from workflows.sop import Sop


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One published version."""

    id: UUID
    number: int
    published_at: datetime
    drafter: str
    publisher: str
    sha256: str
    open_applications: int
    """Open files that finish on it."""


@dataclass(frozen=True, slots=True)
class SopHistory:
    """An SOP as it became what it is."""

    sop: Sop
    versions: Sequence[VersionRow]
    """Newest first."""
    draft: OpenDraft | None
    draft_diff: Sequence[DiffLine]
    compared: tuple[int, int] | None
    diff: Sequence[DiffLine]


def sop_history(
    runtime: Runtime, service: str, by: Officer, *, before: int | None, after: int | None
) -> SopHistory:
    """Return the versions of an SOP; two of them compared, the newest two unless others are named.

    Raises:
        NotAllowed: `by` keeps no SOPs.
        NotFound: the office has no such SOP, or no such version.
    """
    by.must_have("see an SOP", *PUBLISHERS)
    standing = sop_standing(runtime, service, by)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(_VERSIONS, {"service": service}).fetchall()
        versions = [VersionRow(*row) for row in rows]
        numbers = [version.number for version in versions]
        new = numbers[0] if after is None else after
        old = before if before is not None else max((n for n in numbers if n < new), default=new)
        texts = {}
        if old != new:
            found = connection.exec_driver_sql(_TEXTS, (service, [old, new])).fetchall()
            texts = {row.number: row.expanded for row in found}
            missing = {old, new} - texts.keys()
            if missing:
                raise NotFound("SOP version", min(missing))
    draft = standing.draft
    return SopHistory(
        standing.sop,
        versions,
        draft,
        standing.draft_diff,
        (old, new) if texts else None,
        sop_diff(texts[old], texts[new]) if texts else (),
    )


_VERSIONS = """
SELECT v.id, v.number, v.published_at, d.name AS drafter, p.name AS publisher, v.sha256,
       (SELECT count(*) FROM application a
         WHERE a.sop_version_id = v.id AND a.ended_at IS NULL) AS open_applications
  FROM sop_version v JOIN officer d ON d.id = v.drafted_by JOIN officer p ON p.id = v.published_by
 WHERE v.service = %(service)s
 ORDER BY v.number DESC
"""

_TEXTS = "SELECT number, expanded FROM sop_version WHERE service = %s AND number = ANY (%s)"
"""What runs, not what was written: a text may only say what differs from another."""
