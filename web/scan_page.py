"""What the page of one scan shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import url_for

from licensing.queries.scans import KeptScan, ScanPlace
from web.i18n import gettext as _
from web.scan_words import paper_title, scan_state, size_words

WIDTHS: Final = (1000, 1600, 2400)
"""Pixels of the three sizes; the first is shown as narrow as the screen asks for."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link leads, and what it is called."""

    href: str
    words: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the paper."""

    way: Way
    at: datetime
    by: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class ScanPage:
    """The page of one scan."""

    number: str
    subject: str
    title: str
    name: str
    facts: str
    file_href: str
    original_href: str
    state: str
    state_words: str
    shown: KeptScan
    picture_href: str
    """Empty where it may not be opened."""
    alt: str
    width: int
    fits: bool
    """Whether it is made as narrow as the screen."""
    page: int
    pages: int
    previous_page: str
    next_page: str
    sizes: Sequence[Way]
    previous: Way | None
    next: Way | None
    versions: Sequence[Version]


def scan_page(place: ScanPlace, page: int, size: int) -> ScanPage | None:
    """Return page `page` (from 1) of a scan in size `size` (1 to 3); None where there is none."""
    shown = place.shown
    if not (1 <= page <= shown.pages and 1 <= size <= len(WIDTHS)):
        return None
    title = paper_title(place.sop, shown.paper)
    state, state_words = scan_state(shown.scan)

    def at(number: int, big: int) -> str:
        return _viewer(place, shown, halaman=number, besar=big)

    names = (_("Pas lebar"), _("Besar"), _("Sangat besar"))
    return ScanPage(
        number=place.number,
        subject=place.subject,
        title=title,
        name=shown.name,
        facts=f"{_KINDS.get(shown.media_type, shown.media_type)}, {size_words(shown)}",
        file_href=url_for("applications.show", application_id=place.application_id) + "#dokumen",
        original_href=url_for(
            "applications.scan", application_id=place.application_id, file_id=shown.id
        ),
        state=state,
        state_words=state_words,
        shown=shown,
        picture_href=""
        if shown.scan == "infected"
        else url_for(
            "scans.picture",
            application_id=place.application_id,
            file_id=shown.id,
            number=page,
            besar=size,
        ),
        alt=_(
            "%(paper)s, halaman %(page)s dari %(pages)s", paper=title, page=page, pages=shown.pages
        ),
        width=WIDTHS[size - 1],
        fits=size == 1,
        page=page,
        pages=shown.pages,
        previous_page=at(page - 1, size) if page > 1 else "",
        next_page=at(page + 1, size) if page < shown.pages else "",
        sizes=[
            Way(at(page, number), words, number == size) for number, words in enumerate(names, 1)
        ],
        previous=_way(place, place.previous),
        next=_way(place, place.next),
        versions=[
            Version(
                Way(_viewer(place, one), one.name, one.id == shown.id),
                one.uploaded_at,
                one.uploaded_by or _("Pemohon"),
                one.in_force,
            )
            for one in place.versions
        ],
    )


def _way(place: ScanPlace, scan: KeptScan | None) -> Way | None:
    return None if scan is None else Way(_viewer(place, scan), paper_title(place.sop, scan.paper))


def _viewer(place: ScanPlace, scan: KeptScan, *, halaman: int = 1, besar: int = 1) -> str:
    # What is as it would be anyway is not said: the address stays short.
    return url_for(
        "scans.show",
        application_id=place.application_id,
        file_id=scan.id,
        halaman=halaman if halaman != 1 else None,
        besar=besar if besar != 1 else None,
    )


_KINDS: Final = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
}
