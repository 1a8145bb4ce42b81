"""Whether scanned papers can be kept and scanned, as `satupintu doctor` says it."""

from __future__ import annotations

from licensing.ports.malware import MalwarePort
from licensing.ports.storage import Storage, StorageFault


def bucket_problem(storage: Storage) -> str | None:
    """Return why a bucket cannot be read; None where it can."""
    try:
        next(storage.names(), None)
    except StorageFault as fault:
        return str(fault)
    return None


def scanner_problem(scanner: MalwarePort) -> str | None:
    """Return why nothing can be scanned now; None where it can."""
    verdict = scanner.scan(b"satupintu doctor")
    return None if verdict.scan == "clean" else verdict.words or verdict.scan
