"""What is sent in: judged, scanned for malware, and kept by its content; one way for everybody."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from licensing.forms import one_line
from licensing.ports.malware import Scan, Verdict
from licensing.ports.storage import Content, MediaType, StorageFault
from licensing.runtime import Runtime

log = logging.getLogger(__name__)

MOST_OF_PAPER = 20
"""Scans that one paper may have, older ones among them."""
MOST_OF_APPLICATION = 200

LOCK_CONTENT = "SELECT pg_advisory_xact_lock(hashtextextended('kept_file/' || %s, 0))"
"""Whoever keeps a content and whoever sweeps it away take turns, over all offices."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is kept and may be attached to a paper."""

    sha256: str
    size: int
    media_type: MediaType
    pages: int
    scan: Scan
    """`clean` or `not_scanned`; what is infected is refused."""


@dataclass(frozen=True, slots=True)
class Sending:
    """For what a file is sent, and by whom: written down where it is refused as malware."""

    application_id: UUID | None = None
    paper: str = ""
    by: UUID | None = None
    """An officer; None for an applicant."""


def check_upload(
    runtime: Runtime,
    content: bytes,
    name: str,
    *,
    office_id: UUID,
    sending: Sending | None = None,
) -> Checked:
    """Judge `content`, have it scanned, and keep it for the office; return what may be attached.

    Call it outside any transaction: it asks the scanner and writes to the storage. What is not
    attached to anything within a day is swept away.

    Raises:
        StorageFault: it is not accepted (`storage.infected` is recorded besides), or cannot be
            kept now.
    """
    found = runtime.storage.inspect(content)
    verdict = runtime.malware.scan(content)
    if verdict.scan == "infected":
        record_refusal(runtime, office_id, content, name, verdict.words, sending)
        raise StorageFault("infected", found=verdict.words)
    scan, finding = _claim(runtime, office_id, content, found, verdict)
    if scan == "infected":
        # The scanner is away now, but has known this very content before.
        record_refusal(runtime, office_id, content, name, finding, sending)
        raise StorageFault("infected", found=finding)
    kept = runtime.storage.keep(content, found)
    return Checked(kept.sha256, kept.size, kept.media_type, kept.pages, scan)


def record_refusal(
    runtime: Runtime,
    office_id: UUID,
    content: bytes,
    name: str,
    finding: str,
    sending: Sending | None = None,
) -> None:
    """Write down that a file was refused as malware; the file itself is not kept."""
    sent = sending or Sending()
    log.warning("malware refused: %s in a file for application %s", finding, sent.application_id)
    with runtime.transaction(office_id) as connection:
        connection.exec_driver_sql(
            "INSERT INTO refused_file (office_id, application_id, paper, sha256, size, name,"
            " finding, sent_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                office_id,
                sent.application_id,
                sent.paper,
                sha256(content).hexdigest(),
                len(content),
                file_name(name, "?"),
                finding,
                sent.by,
            ),
        )


def file_name(name: str, otherwise: str) -> str:
    """Return how a file is called in lists: the sender's name for it, made harmless."""
    return one_line(name.replace("\\", "/").rpartition("/")[2])[:200] or otherwise


def _claim(
    runtime: Runtime, office_id: UUID, content: bytes, found: Content, verdict: Verdict
) -> tuple[Scan, str]:
    """Write that the office keeps this content, before it is kept; return what scans have said.

    In this order a crash between leaves a row without a file, which the next sweep takes away,
    and never a file that belongs to nobody.
    """
    name = sha256(content).hexdigest()
    with runtime.transaction(office_id) as connection:
        connection.exec_driver_sql(LOCK_CONTENT, (name,))
        row = connection.exec_driver_sql(
            _CLAIM,
            {
                "office": office_id,
                "sha256": name,
                "size": len(content),
                "media_type": found.media_type,
                "pages": found.pages,
                "scan": verdict.scan,
            },
        ).one()
    return row.scan, row.finding


# A scan that says something counts for more than one that could not be had.
_CLAIM = """
INSERT INTO kept_file AS k (office_id, sha256, size, media_type, pages, scan, scanned_at)
VALUES (%(office)s, %(sha256)s, %(size)s, %(media_type)s, %(pages)s, %(scan)s,
        CASE WHEN %(scan)s <> 'not_scanned' THEN clock_timestamp() END)
    ON CONFLICT (office_id, sha256) DO UPDATE
   SET kept_at = clock_timestamp(),
       pages = excluded.pages,
       scan = CASE WHEN excluded.scan = 'clean' THEN 'clean' ELSE k.scan END,
       finding = CASE WHEN excluded.scan = 'clean' THEN '' ELSE k.finding END,
       scanned_at = coalesce(excluded.scanned_at, k.scanned_at)
RETURNING k.scan, k.finding
"""
