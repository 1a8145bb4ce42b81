"""What the certificate of a decision that the law has made is printed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from licensing.documents import indonesian as id_
from licensing.documents.values import Letterhead, Signatory, Tracking


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One working day that the limit counted."""

    ordinal: int
    on: date
    whose: str
    """The lane to which the day belonged: Verifikator."""


@dataclass(frozen=True, slots=True)
class LapsePaper:
    """Surat keterangan keputusan yang dianggap dikabulkan secara hukum, A4.

    Source: UU 30/2014 Art 53, as changed by UU 6/2023; its form is the office's own.
    """

    office: Letterhead
    tracking: Tracking
    title: str
    number: str
    applicant: str
    """Masked where whoever prints it has shown a code and no account."""
    service: str
    subject: str
    received_at: datetime
    """When the file was complete and the limit began."""
    allowed: str
    """5 hari kerja."""
    source: str
    ended_at: datetime
    """The end of the limit."""
    deemed_on: date
    recorded_at: datetime
    days: tuple[CountedDay, ...]
    closing: str
    signatory: Signatory | None
    """None: printed by the applicant himself, without a signature."""


def lapse_data(paper: LapsePaper) -> dict[str, Any]:
    """Return what the template shows, in words."""
    zone = paper.office.zone
    return {
        "title": paper.title,
        "number": paper.number,
        "facts": (
            ("Nomor pendaftaran", paper.tracking.number),
            ("Pemohon", paper.applicant),
            ("Layanan", paper.service),
            ("Perihal", paper.subject),
            ("Berkas lengkap diterima", id_.moment_words(paper.received_at, zone)),
            ("Batas waktu", paper.allowed),
            ("Dasar batas waktu", paper.source),
            ("Batas waktu berakhir", id_.moment_words(paper.ended_at, zone)),
            ("Dianggap dikabulkan sejak", id_.day_words(paper.deemed_on)),
            ("Dicatat oleh sistem", id_.moment_words(paper.recorded_at, zone)),
        ),
        "days": [(str(day.ordinal), id_.day_words(day.on), day.whose) for day in paper.days],
        "closing": paper.closing,
        "dated": id_.date_words(id_.local_date(paper.recorded_at, zone)),
    }
