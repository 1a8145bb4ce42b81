"""What the report of a site visit (BAP) is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from licensing.documents.values import Letterhead, Signatory


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One thing that was looked at."""

    aspect: str
    finding: str
    fits: bool


@dataclass(frozen=True, slots=True)
class VisitPaper:
    """Berita acara peninjauan lapangan, A4, with photographs."""

    office: Letterhead
    number: str
    registration_number: str
    applicant: str
    service: str
    subject: str
    place: str
    planned_on: date
    held_on: date
    visit: int
    """Which visit of this file it was."""
    present: tuple[str, ...]
    measured: tuple[tuple[str, str], ...]
    findings: tuple[FindingLine, ...]
    fits: bool
    summary: str
    photos: tuple[bytes, ...]
    """JPEG, as small as they are printed."""
    photos_kept: int
    """How many there are altogether."""
    reported_at: datetime
    inspector: Signatory
