"""Scans in words: of which paper, looked at for malware or not, in force or an older version."""

from __future__ import annotations

from licensing.history import FILE_INFECTED, FILE_REFUSED, SCAN_ADDED
from licensing.queries.application import EventView
from licensing.queries.scans import KeptScan
from web import formats
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from workflows.sop import Sop


def paper_title(sop: Sop, name: str) -> str:
    """Return what a paper is called; photographs of a visit are called by its number."""
    paper = sop.papers.get(name)
    if paper is not None:
        return in_language(paper.title)
    kind, _line, number = name.partition("_")
    if kind == "visit" and number.isdecimal():
        return _("Foto kunjungan %(number)s", number=number)
    return name


def scan_state(scan: str) -> tuple[str, str]:
    """Return the colour and the words of what the malware scan said."""
    match scan:
        case "clean":
            return "aman", _("lolos pemindai perangkat perusak")
        case "infected":
            return "lewat", _("berisi perangkat perusak, tidak dapat dibuka")
        case _:
            return "segera", _("belum dipindai perangkat perusak")


def size_words(scan: KeptScan) -> str:
    """Return how large a scan is: `1,2 MB`, `340 kB`."""
    if scan.size < 1_000_000:
        return f"{max(scan.size // 1_000, 1)} kB"
    return f"{formats.number(scan.size / 1_000_000, 1, lang=current_language())} MB"


def scan_details(sop: Sop, event: EventView) -> list[str]:
    """Return what a line of history says of a scan; the content is named by its hash."""
    detail = event.detail
    if event.action == SCAN_ADDED:
        words = {
            "paper": paper_title(sop, detail["paper"]),
            "name": detail["name"],
            "hash": detail["sha256"][:12],
        }
        if "before" not in detail:
            return [_("%(paper)s: %(name)s (%(hash)s)", **words)]
        return [
            _(
                "%(paper)s: %(name)s (%(hash)s) menggantikan pindaian %(before)s, yang tetap"
                " disimpan",
                before=detail["before"][:12],
                **words,
            )
        ]
    if event.action == FILE_REFUSED:
        title = paper_title(sop, detail["paper"])
        return [_("%(paper)s: %(finding)s", paper=title, finding=detail["finding"])]
    if event.action == FILE_INFECTED:
        titles = "; ".join(paper_title(sop, name) for name in detail["papers"])
        return [_("%(paper)s: %(finding)s", paper=titles, finding=detail["finding"])]
    return []
