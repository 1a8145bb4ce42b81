"""Dates and hours as Indonesian papers write them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


def date_words(day: date) -> str:
    """Return `27 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_words(day: date) -> str:
    """Return `Jumat, 27 November 2026`."""
    return f"{DAYS[day.weekday()]}, {date_words(day)}"


def time_words(instant: datetime, zone: str) -> str:
    """Return `16.30 WIB`: the hour in `zone`, which gives its own name where it is none of ours."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%H.%M} {_ZONES.get(zone) or local.tzname()}"


def moment_words(instant: datetime, zone: str) -> str:
    """Return `Jumat, 27 November 2026, 16.30 WIB`."""
    return f"{day_words(local_date(instant, zone))}, {time_words(instant, zone)}"


def local_date(instant: datetime, zone: str) -> date:
    """Return the date on which `instant` falls in `zone`."""
    return instant.astimezone(ZoneInfo(zone)).date()


def roman_month(day: date) -> str:
    """Return the month as letter numbers carry it: `XI`."""
    return _ROMAN[day.month - 1]


def count_words(amount: int) -> str:
    """Return how a sentence begins with a count: `Delapan`; figures from eleven on."""
    words = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
             "sepuluh")  # fmt: skip
    return words[amount].capitalize() if 0 <= amount < len(words) else str(amount)
