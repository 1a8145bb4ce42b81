"""What has changed in a calendar, in words: for the record, for letters, for the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from babel.dates import format_date

from workflows.calendar_diff import Difference, What
from workflows.sop import Text

MOST = 3
"""Differences that are named one by one; more are counted."""

_WORDS: Mapping[What, tuple[str, str]] = {
    "closed": ("Libur ditambahkan", "Holiday added"),
    "reopened": ("Libur dihapus", "Holiday removed"),
    "renamed": ("Nama libur diubah", "Holiday renamed"),
    "makeup": ("Hari kerja pengganti ditambahkan", "Make-up working day added"),
    "unmakeup": ("Hari kerja pengganti dihapus", "Make-up working day removed"),
    "makeup_hours": ("Jam hari kerja pengganti diubah", "Hours of a make-up working day changed"),
    "week": ("Jam kerja diubah", "Office hours changed"),
    "unweek": ("Jam kerja khusus dihapus", "Special office hours removed"),
    "outage": ("Gangguan layanan dinyatakan", "Service outage declared"),
    "unoutage": ("Gangguan layanan dicabut", "Service outage withdrawn"),
    "covers": ("Hari libur diketahui sampai", "Holidays known until"),
    "uncovers": ("Hari libur diketahui hanya sampai", "Holidays known only until"),
    "zone": ("Zona waktu diubah", "Time zone changed"),
}


def cause_words(differences: Sequence[Difference]) -> Text:
    """Return in one line and both languages what has changed in a calendar."""
    if not differences:
        return {"id": "Kalender kantor diperbarui", "en": "The office calendar was renewed"}
    return {lang: _line(differences, lang) for lang in ("id", "en")}


def difference_words(one: Difference, lang: str) -> str:
    """Return one difference: `Libur ditambahkan: Jumat, 7 Agustus 2026 – Hari Jadi`."""
    words = _WORDS[one.what][1 if lang == "en" else 0]
    if one.what == "zone":
        return f"{words}: {one.name}"
    return f"{words}: {_days(one, lang)}" + (f" – {one.name}" if one.name else "")


def touching(differences: Iterable[Difference], first: date, last: date) -> tuple[Difference, ...]:
    """Return the differences with a day from `first` through `last`."""
    return tuple(
        one for one in differences if one.day <= last and (_end(one) is None or _ends(one) >= first)
    )


def _end(one: Difference) -> date | None:
    return one.until if one.what in ("week", "unweek") else one.until or one.day


def _ends(one: Difference) -> date:
    return _end(one) or date.max


def _line(differences: Sequence[Difference], lang: str) -> str:
    named = [difference_words(one, lang) for one in differences[:MOST]]
    more = len(differences) - MOST
    if more > 0:
        named.append(f"dan {more} perubahan lain" if lang == "id" else _more(more))
    return "; ".join(named)


def _more(more: int) -> str:
    return f"and {more} other change" + ("s" if more > 1 else "")


def _days(one: Difference, lang: str) -> str:
    def said(day: date) -> str:
        return str(format_date(day, "EEEE, d MMMM y", locale=lang))

    if one.what in ("week", "unweek"):
        start = "mulai" if lang == "id" else "from"
        if one.until is None:
            return f"{start} {said(one.day)}"
        until = "sampai dengan" if lang == "id" else "through"
        return f"{start} {said(one.day)} {until} {said(one.until)}"
    if one.until is None:
        return said(one.day)
    until = "sampai dengan" if lang == "id" else "through"
    return f"{said(one.day)} {until} {said(one.until)}"
