"""The history of an application: one line per thing that happened, chained by hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workflows.check import CORRECT_TIME, EXTEND, SILENCE

GENESIS = bytes(32)
"""What the first line of every history carries as the hash before it."""

FILED = "file"
"""The action of the first line: the application is filed."""

NIK_SHOWN = "nik_shown"
"""The action of the line that records who opened a hidden identity number."""

FEE_ASSESSED = "fee_assessed"
"""The action of the line that records a calculation of the fee, with its id and amount."""

RECOUNT = "recount"
"""The action of the line that records which due moments another calendar has moved."""

RECEIPT_REPRINTED = "receipt_reprinted"
"""The action of the line that records who printed the receipt again, with its corrected time."""

SCAN_ADDED = "scan_added"
"""The action of the line that records a scan of a paper, with the one it takes the place of."""

FILE_REFUSED = "file_refused"
"""The action of the line that records a file in which malware was found; it was not kept."""

FILE_INFECTED = "file_infected"
"""The action of the line that records malware found in a file that was kept before."""

NOTES = frozenset(
    {"take", "hand_back", "reassign", "warned", NIK_SHOWN, FEE_ASSESSED, RECOUNT, SILENCE}
    | {EXTEND, CORRECT_TIME, RECEIPT_REPRINTED, SCAN_ADDED, FILE_REFUSED, FILE_INFECTED}
)
"""Lines that record who holds or opened a file, who was told, what was set; they move nothing.

Two of them change the clock all the same: an extension, and the correction of a recorded time.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of history, as it is hashed."""

    application_id: UUID
    seq: int
    action: str
    ask: str | None
    from_step: str | None
    to_step: str
    lane: str
    actor_id: UUID | None
    reason: str | None
    detail: Mapping[str, Any]
    recorded_at: datetime
    effective_at: datetime
    previous: bytes

    def hash(self) -> bytes:
        """Return SHA-256 over every field and the hash of the line before."""
        return hashlib.sha256(
            json.dumps(
                [
                    str(self.application_id),
                    self.seq,
                    self.action,
                    self.ask,
                    self.from_step,
                    self.to_step,
                    self.lane,
                    None if self.actor_id is None else str(self.actor_id),
                    self.reason,
                    self.detail,
                    utc_text(self.recorded_at),
                    utc_text(self.effective_at),
                    self.previous.hex(),
                ],
                ensure_ascii=False,
                sort_keys=True,
                separators=(",", ":"),
            ).encode()
        ).digest()


def utc_text(instant: datetime) -> str:
    """Return an instant to the microsecond in UTC, the same text however it was written."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
