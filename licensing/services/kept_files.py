"""Looking after what is kept: scan what could not be scanned, sweep away what nobody attached."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from licensing.history import FILE_INFECTED
from licensing.ports.storage import StorageFault
from licensing.runtime import Runtime
from licensing.services.door_sql import read_for_decision
from licensing.services.notes import write_note
from licensing.services.uploads import LOCK_CONTENT

log = logging.getLogger(__name__)

_AT_ONCE = 100


def scan_waiting(runtime: Runtime) -> int:
    """Have scanned what came in while the scanner was away; return how many were.

    What the scanner does not take, because it is too large for it, stays as it is.
    """
    if not runtime.malware.present:
        return 0
    done = 0
    for office_id in _offices(runtime):
        for name in _waiting(runtime, office_id):
            try:
                content = runtime.storage.get(name)
            except StorageFault as fault:
                log.warning("file %s cannot be scanned: %s", name, fault)
                continue
            verdict = runtime.malware.scan(content)
            if verdict.away:
                log.warning("the scanner is away: %s", verdict.words)
                return done
            if verdict.scan != "not_scanned":
                _record(runtime, office_id, name, verdict.scan, verdict.words)
                done += 1
    return done


def sweep_unused(runtime: Runtime, *, whole: bool = False) -> int:
    """Remove files that were sent more than a day ago and attached to nothing; return how many.

    What came in during the last three days is looked at, with `whole` everything that is kept: a
    draft may be given up long after its scans came in.
    """
    done = 0
    for office_id in _offices(runtime):
        with runtime.transaction(office_id) as connection:
            names = [
                row.sha256
                for row in connection.exec_driver_sql(
                    _UNUSED + ("" if whole else _RECENT) + " ORDER BY k.sha256"
                )
            ]
        done += sum(_remove(runtime, office_id, name) for name in names)
    return done


def _remove(runtime: Runtime, office_id: UUID, name: str) -> bool:
    """Remove one content from an office, and from the storage where no office keeps it."""
    try:
        with runtime.transaction(office_id) as connection:
            # Whoever sends the same content now waits, and then keeps it anew.
            connection.exec_driver_sql(LOCK_CONTENT, (name,))
            gone = connection.exec_driver_sql(
                f"DELETE FROM kept_file d USING ({_UNUSED}) u"  # noqa: S608 - our own text
                " WHERE d.sha256 = u.sha256 AND d.office_id = u.office_id AND d.sha256 = %s",
                (name,),
            ).rowcount
            if not gone:
                return False
            if not connection.exec_driver_sql("SELECT is_kept_anywhere(%s)", (name,)).scalar():
                runtime.storage.delete(name)
    except IntegrityError:
        return False  # attached a moment ago
    except StorageFault as fault:
        log.warning("file %s cannot be removed: %s", name, fault)
        return False
    return True


def _record(runtime: Runtime, office_id: UUID, name: str, scan: str, words: str) -> None:
    """Write what the scanner said of a kept file; malware goes into the history of its files."""
    finding = words if scan == "infected" else ""
    with runtime.transaction(office_id) as connection:
        new = connection.exec_driver_sql(_SCANNED, (scan, finding, name)).rowcount
        if not new or scan != "infected":
            return
        log.warning("malware in kept file %s: %s", name, finding)
        found = connection.exec_driver_sql(_WHERE, (name,)).fetchall()
        for application_id, papers in found:
            case = read_for_decision(connection, application_id)
            write_note(
                connection,
                case,
                FILE_INFECTED,
                holder=case.holder_id,
                by=None,
                detail={"papers": papers, "finding": finding, "sha256": name},
            )


def _waiting(runtime: Runtime, office_id: UUID) -> Iterator[str]:
    """Return the contents that were not scanned, those of longest ago first."""
    since: tuple[object, str] = ("-infinity", "")
    while True:
        with runtime.transaction(office_id) as connection:
            rows = connection.exec_driver_sql(_WAITING, (*since, _AT_ONCE)).fetchall()
        if not rows:
            return
        for row in rows:
            yield row.sha256
        since = (rows[-1].kept_at, rows[-1].sha256)


def _offices(runtime: Runtime) -> list[UUID]:
    with runtime.db.begin() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT id FROM office ORDER BY id")]


_WAITING = """
SELECT sha256, kept_at FROM kept_file
 WHERE scan = 'not_scanned' AND (kept_at, sha256) > (%s::timestamptz, %s)
 ORDER BY kept_at, sha256 LIMIT %s
"""

_SCANNED = """
UPDATE kept_file SET scan = %s, finding = %s, scanned_at = clock_timestamp()
 WHERE sha256 = %s AND scan = 'not_scanned'
"""

_WHERE = """
SELECT application_id, array_agg(DISTINCT paper ORDER BY paper) AS papers
  FROM paper_file WHERE sha256 = %s GROUP BY application_id ORDER BY application_id
"""

# Whoever writes a table of files adds it here, and to the invariant of files (I28).
_UNUSED = """
SELECT k.office_id, k.sha256 FROM kept_file k
 WHERE k.kept_at < clock_timestamp() - interval '1 day'
   AND NOT EXISTS (SELECT 1 FROM paper_file f
                    WHERE f.office_id = k.office_id AND f.sha256 = k.sha256)
   AND NOT EXISTS (SELECT 1 FROM online_file f
                    WHERE f.office_id = k.office_id AND f.sha256 = k.sha256)
"""

_RECENT = " AND k.kept_at > clock_timestamp() - interval '3 days'"
