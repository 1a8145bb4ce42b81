"""Scans of an application: one with its content, and where it stands among the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.documents.photos import thumbnail
from licensing.errors import NotFound
from licensing.holding import sees_file
from licensing.people import Officer
from licensing.ports.pdf import PdfRefused, draw_page
from licensing.ports.storage import StorageFault
from licensing.runtime import Runtime
from workflows.sop import Sop


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it was handed in."""

    name: str
    media_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptScan:
    """What is known of a scan without opening it."""

    id: UUID
    paper: str
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int
    scan: str
    """clean, infected or not_scanned."""
    uploaded_at: datetime
    uploaded_by: str | None
    """None for one that the applicant sent."""
    in_force: bool
    """Whether it is the newest of its paper."""


@dataclass(frozen=True, slots=True)
class ScanPlace:
    """One scan, the other versions of its paper, and the papers beside it."""

    application_id: UUID
    number: str
    subject: str
    sop: Sop
    shown: KeptScan
    versions: Sequence[KeptScan]
    """Of the same paper, the newest first."""
    previous: KeptScan | None
    """The scan in force of the paper before this one; None before the first."""
    next: KeptScan | None


def read_scan(runtime: Runtime, application_id: UUID, file_id: UUID, by: Officer) -> Scan:
    """Return one scan of an application in the office of `by`.

    Raises:
        NotFound: there is none, or it is of a file that the agency of `by` was not asked about.
        StorageFault: malware was found in it, or what was kept is gone or altered.
    """
    with runtime.transaction(by.office_id) as connection:
        row = _must_see(runtime, connection, application_id, file_id, by)
    if row.scan == "infected":
        raise StorageFault("infected", found=row.finding)
    return Scan(row.name, row.media_type, row.sha256, runtime.storage.get(row.sha256))


def place_scan(runtime: Runtime, application_id: UUID, file_id: UUID, by: Officer) -> ScanPlace:
    """Return where one scan stands.

    Raises:
        NotFound: as `read_scan`.
    """
    with runtime.transaction(by.office_id) as connection:
        row = _must_see(runtime, connection, application_id, file_id, by)
        sop = runtime.rules(connection, row.sop_version_id).sop
        rows = connection.exec_driver_sql(_ALL, (application_id,)).fetchall()
    scans = [KeptScan(*found) for found in rows]
    shown = next(one for one in scans if one.id == file_id)
    if shown.pages == 0:
        shown = replace(shown, pages=_count_pages(runtime, shown))
    papers = [one for one in scans if one.in_force]
    here = next(n for n, one in enumerate(papers) if one.paper == shown.paper)
    return ScanPlace(
        application_id=application_id,
        number=row.number,
        subject=row.subject,
        sop=sop,
        shown=shown,
        versions=[one for one in scans if one.paper == shown.paper],
        previous=papers[here - 1] if here else None,
        next=papers[here + 1] if here + 1 < len(papers) else None,
    )


def draw_scan(scan: Scan, page: int, *, width: int) -> tuple[bytes, str]:
    """Return one page of a scan as a picture `width` pixels wide or less, and its media type.

    It is made anew: turned as it was held, without scripts, links or what a camera noted.

    Raises:
        NotFound: it has no such page.
        StorageFault: damaged, or too_complex.
    """
    if not scan.media_type.startswith("image/"):
        try:
            return draw_page(scan.content, page, width=width), "image/png"
        except PdfRefused as refused:
            if refused.found == "no such page":
                raise NotFound("page", page) from refused
            raise StorageFault(refused.code, found=refused.found) from refused
    if page != 1:
        raise NotFound("page", page)
    return thumbnail(scan.content, longest=width), "image/jpeg"


def _count_pages(runtime: Runtime, scan: KeptScan) -> int:
    """Return the pages of a scan that was kept before they were counted; 1 where nobody can say."""
    if scan.scan == "infected":
        return 1
    try:
        return runtime.storage.inspect(runtime.storage.get(scan.sha256)).pages
    except StorageFault:
        return 1


def _must_see(
    runtime: Runtime, connection: Connection, application_id: UUID, file_id: UUID, by: Officer
) -> Any:
    row = connection.exec_driver_sql(_SCAN, (file_id, application_id)).fetchone()
    if row is None:
        raise NotFound("scan", file_id)
    if not sees_file(runtime.rules(connection, row.sop_version_id).sop, row.asked, by):
        raise NotFound("scan", file_id)
    return row


_SCAN = """
SELECT f.name, f.media_type, f.sha256, k.scan, k.finding, a.sop_version_id, d.number, d.subject,
       ARRAY(SELECT DISTINCT s.name FROM ask s WHERE s.application_id = a.id) AS asked
  FROM paper_file f
  JOIN kept_file k ON k.office_id = f.office_id AND k.sha256 = f.sha256
  JOIN application a ON a.id = f.application_id
  JOIN dossier d ON d.application_id = a.id
 WHERE f.id = %s AND f.application_id = %s
"""

# Photographs of a visit are no papers of the list; they come last.
_ALL = """
SELECT f.id, f.paper, f.name, f.media_type, f.sha256, f.size, coalesce(k.pages, 0) AS pages,
       k.scan, f.uploaded_at, w.name AS uploaded_by,
       row_number() OVER (PARTITION BY f.paper ORDER BY f.uploaded_at DESC, f.id DESC) = 1
  FROM paper_file f
  JOIN kept_file k ON k.office_id = f.office_id AND k.sha256 = f.sha256
  LEFT JOIN paper p ON p.application_id = f.application_id AND p.name = f.paper
  LEFT JOIN officer w ON w.id = f.uploaded_by
 WHERE f.application_id = %s
 ORDER BY p.position NULLS LAST, f.paper, f.uploaded_at DESC, f.id DESC
"""
