"""Dates, times, money and masks as they are written on every page: pure words, id and en.

Source: Pedoman Umum Ejaan Bahasa Indonesia (rupiah without a space, full stop in clock times).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

from web.i18n import DEFAULT_LANGUAGE, Language

DEFAULT_ZONE: Final = "Asia/Jakarta"

_ZONE_NAMES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
_NIK_LENGTH: Final = 16


def long_date(day: date, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE) -> str:
    """Return `Jumat, 27 November 2026`, for sentences."""
    return _written(_local_day(day, zone), "EEEE, d MMMM y", lang)


def plain_date(day: date, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE) -> str:
    """Return `27 November 2026`, for papers."""
    return _written(_local_day(day, zone), "d MMMM y", lang)


def short_date(day: date, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE) -> str:
    """Return `Jum 27 Nov`, for tables."""
    return _written(_local_day(day, zone), "EEE d MMM", lang)


def short_date_year(
    day: date, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE
) -> str:
    """Return `Jum, 27 Nov 2026`, for a promise that stands alone."""
    return _written(_local_day(day, zone), "EEE, d MMM y", lang)


def day_month(day: date, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE) -> str:
    """Return `27 Nov`, for histories."""
    return _written(_local_day(day, zone), "d MMM", lang)


def bare_time(
    instant: datetime, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE
) -> str:
    """Return `16.30`, for a column whose head names the zone."""
    return _local(instant, zone).strftime("%H.%M" if lang == "id" else "%H:%M")


def clock_time(
    instant: datetime, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE
) -> str:
    """Return `16.30 WIB`."""
    return f"{bare_time(instant, lang=lang, zone=zone)} {zone_name(zone, instant)}"


def short_date_time(
    instant: datetime, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE
) -> str:
    """Return `Jum 27 Nov, 16.30`, for due dates and tables."""
    day = short_date(instant, lang=lang, zone=zone)
    return f"{day}, {bare_time(instant, lang=lang, zone=zone)}"


def long_date_time(
    instant: datetime, *, lang: Language = DEFAULT_LANGUAGE, zone: str = DEFAULT_ZONE
) -> str:
    """Return `Jumat, 27 November 2026, 16.30 WIB`."""
    day = long_date(instant, lang=lang, zone=zone)
    return f"{day}, {clock_time(instant, lang=lang, zone=zone)}"


def zone_name(zone: str, instant: datetime | None = None) -> str:
    """Return WIB, WITA or WIT; for a zone outside Indonesia its own abbreviation."""
    known = _ZONE_NAMES.get(zone)
    if known:
        return known
    moment = instant or datetime.now(ZoneInfo(zone))
    return moment.astimezone(ZoneInfo(zone)).tzname() or zone


def time_left(seconds: float, *, lang: Language = DEFAULT_LANGUAGE) -> str:
    """Return `5 j 18 m lagi` for a time in seconds; never less than nothing."""
    minutes = max(0, int(seconds // 60))
    hours, minutes = divmod(minutes, 60)
    if lang == "en":
        return f"{hours} h {minutes} m left" if hours else f"{minutes} m left"
    return f"{hours} j {minutes} m lagi" if hours else f"{minutes} m lagi"


def working_days(count: int, *, lang: Language = DEFAULT_LANGUAGE) -> str:
    """Return `3 hari kerja`."""
    if lang == "en":
        return f"{count} working day" if count == 1 else f"{count} working days"
    return f"{count} hari kerja"


def working_hours(count: int, *, lang: Language = DEFAULT_LANGUAGE) -> str:
    """Return `3 jam kerja`."""
    if lang == "en":
        return f"{count} working hour" if count == 1 else f"{count} working hours"
    return f"{count} jam kerja"


def due_words(left: int | None, *, lang: Language = DEFAULT_LANGUAGE) -> str:
    """Return `6 hari kerja lagi`, `hari ini` or `lewat 1 hari kerja` for `left` working days.

    None: nothing is owed now, because the file is away and the limit unbroken.
    """
    if left is None:
        return "waktu dijeda" if lang == "id" else "clock stopped"
    if left == 0:
        return "hari ini" if lang == "id" else "today"
    if left > 0:
        days = working_days(left, lang=lang)
        return f"{days} lagi" if lang == "id" else f"{days} left"
    days = working_days(-left, lang=lang)
    return f"lewat {days}" if lang == "id" else f"{days} late"


def number(value: int | float | Decimal, decimals: int = 0, *, lang: Language = "id") -> str:
    """Return `1.234.567` or, with decimals, `94,2`; in English `1,234,567` and `94.2`."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    written = f"{rounded:,f}"
    return written if lang == "en" else written.translate(str.maketrans(",.", ".,"))


def exact(value: Decimal, *, lang: Language = "id") -> str:
    """Return a number with the decimals it was given: `240,50`, `300`; in English `240.50`."""
    return number(value, max(0, -int(value.as_tuple().exponent)), lang=lang)


def rupiah(amount: int) -> str:
    """Return `Rp13.176.000`, in every language the way the bill says it."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{number(abs(amount))}"


def masked_nik(nik: str) -> str:
    """Return `187201******0001`: region and serial stay, the date of birth goes.

    Anything that is not a NIK (a passport number, a mistyped one) is hidden whole.
    """
    if len(nik) == _NIK_LENGTH and nik.isdigit():
        return f"{nik[:6]}******{nik[-4:]}"
    return "*" * len(nik)


def masked_name(name: str) -> str:
    """Return `R**** W****`: initials alone, so that the length gives nothing away."""
    return " ".join(f"{word[0]}****" for word in name.split())


def masked_phone(phone: str) -> str:
    """Return `*******0012`: the last four digits, enough to recognise one's own."""
    digits = [letter for letter in phone if letter.isdigit()]
    return "*" * max(0, len(digits) - 4) + "".join(digits[-4:]) if len(digits) > 4 else "****"


def initials(name: str) -> str:
    """Return up to two initials, for the round badge beside a name."""
    # Titles are written with a full stop: Ir., Dra., M.T.
    spoken = [word.rstrip(",") for word in name.split() if word[0].isalpha()]
    words = [word for word in spoken if "." not in word] or spoken
    return "".join(
        word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    )


@lru_cache(maxsize=4_096)
def _written(day: date, pattern: str, lang: Language) -> str:
    return format_date(day, pattern, locale=lang)


def _local(instant: datetime, zone: str) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone: instants are stored and passed with one")
    return instant.astimezone(ZoneInfo(zone))


def _local_day(day: date, zone: str) -> date:
    return _local(day, zone).date() if isinstance(day, datetime) else day
