"""How the queue is said: on paper, on a screen, and aloud."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any, Final

from num2words import num2words

from licensing.queries.queue import Call
from web.i18n import gettext, lazy_gettext, ngettext

PRIORITY_WORDS: Final[Mapping[str, Any]] = {
    "": lazy_gettext("biasa"),
    "elderly": lazy_gettext("lansia"),
    "disabled": lazy_gettext("penyandang disabilitas"),
    "pregnant": lazy_gettext("ibu hamil"),
}

STATUS_WORDS: Final[Mapping[str, Any]] = {
    "waiting": lazy_gettext("menunggu"),
    "called": lazy_gettext("dipanggil"),
    "absent": lazy_gettext("tidak hadir saat dipanggil"),
    "done": lazy_gettext("selesai dilayani"),
    "closed": lazy_gettext("berakhir bersama harinya"),
    "handed_over": lazy_gettext("dialihkan"),
}

EXCEPTION_WORDS: Final[Mapping[str, Any]] = {
    "called": lazy_gettext("Dipanggil di luar urutan"),
    "absent": lazy_gettext("Dilewati"),
    "handed_over": lazy_gettext("Dialihkan"),
}

_STEP_MINUTES: Final = 5
_HOUR: Final = 60


def spoken(call: Call) -> str:
    """Return how a number is called out in Indonesian, zero by zero: `A nol dua belas`."""
    digits = f"{call.number:03d}"
    zeros = len(digits) - len(digits.lstrip("0"))
    number = " ".join(["nol"] * zeros + [num2words(call.number, lang="id")])
    window = num2words(call.window, lang="id")
    return f"Nomor antrean {call.letter} {number}, silakan ke loket {window}"


def estimate_words(wait: timedelta) -> str:
    """Return a wait as nobody could promise it more exactly: `sekitar 20 menit`."""
    minutes = _STEP_MINUTES * ceil(wait.total_seconds() / 60 / _STEP_MINUTES)
    if minutes <= _STEP_MINUTES:
        return gettext("kurang dari 5 menit")
    hours, left = divmod(minutes, _HOUR)
    if not hours:
        return gettext("sekitar %(minutes)s menit", minutes=left)
    if not left:
        return gettext("sekitar %(hours)s jam", hours=hours)
    return gettext("sekitar %(hours)s jam %(minutes)s menit", hours=hours, minutes=left)


def span_words(span: timedelta | None) -> str:
    """Return a measured time in minutes and seconds, `4.05`; a dash where none was measured."""
    if span is None:
        return "–"
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes}.{seconds:02d}"


def ahead_words(ahead: int) -> str:
    """Return how many are before somebody."""
    if not ahead:
        return gettext("Anda berikutnya.")
    return ngettext("%(num)s orang di depan Anda.", "%(num)s orang di depan Anda.", ahead)


def windows_words(numbers: object) -> str:
    """Return counters by number: `1, 2, atau 3`."""
    named = [str(number) for number in numbers]  # type: ignore[attr-defined]
    if len(named) < 2:
        return "".join(named)
    first, last = ", ".join(named[:-1]), named[-1]
    if len(named) == 2:
        return gettext("%(first)s atau %(last)s", first=first, last=last)
    return gettext("%(first)s, atau %(last)s", first=first, last=last)
