"""What an alert says in a list: which limit, how near, to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from licensing.letters import silence_words, watched_words
from licensing.letters.officers import ESCALATED
from web.filters import in_language
from web.formats import working_days
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.role_words import ROLE_WORDS

_LENGTH: Final = re.compile(r"(\d+) working (day|hour)s?")


def rung_words(rung: str, key: str = "") -> str:
    """Return how near a limit is, by the name of its rung: `50%`, `breach`, `breach+1`.

    `key` is that of the limit: a hold is not broken, it ends.
    """
    if rung == "breach" and key.startswith("hold:"):
        return _("mencapai batasnya; waktu kantor berjalan lagi")
    if rung == "breach":
        return _("lewat batas")
    if rung == ESCALATED:
        return _("belum ditanggapi")
    if rung.startswith("breach+"):
        return _("lewat %(days)s", days=_working_time(rung.partition("+")[2]))
    if rung.startswith("-"):
        return _("sisa %(time)s", time=_working_time(rung[1:]))
    return _("%(share)s batas terpakai", share=rung)


def _working_time(text: str) -> str:
    """Return `3 hari kerja` of `3` or `3d`, `4 jam kerja` of `4h`."""
    amount = int(text.rstrip("dh"))
    if text.endswith("h"):
        return ngettext("%(num)s jam kerja", "%(num)s jam kerja", amount)
    return working_days(amount, lang=current_language())


def rung_level(rung: str) -> int:
    """Return how high a rung stands: 1 a warning, 2 a late warning, 3 the breach, 4 beyond it."""
    if rung.startswith(("breach+", "silence_")) or rung == ESCALATED:
        return 4
    if rung == "breach":
        return 3
    late = rung.startswith("-") or (rung.rstrip("%").isdigit() and int(rung.rstrip("%")) >= 80)
    return 2 if late else 1


def limit_words(key: str) -> str:
    """Return what a limit is called, by its key: `service`, `step:verification#2`."""
    kind = key.partition(":")[0].partition("#")[0]
    return {
        "filing": _("Pemeriksaan kelengkapan"),
        "service": _("Standar pelayanan"),
        "law": _("Batas hukum"),
        "delivery": _("Penyerahan"),
        "step": _("Batas tahap"),
        "answer": _("Jawaban pemohon"),
        "ask": _("Permintaan"),
        "hold": _("Penundaan"),
    }.get(kind, key)


def notice_words(event: str, params: Mapping[str, Any]) -> str:
    """Return one line on a notice: `Standar pelayanan: 80% batas terpakai`.

    Not the number of its file, which stands beside it.
    """
    if event == "correction_proposed":
        return _("Usul pembetulan waktu dari %(name)s menunggu keputusan", name=params.get("by"))
    silence = silence_words(event, current_language())
    if silence is not None:
        return f"{silence[:1].upper()}{silence[1:]}"
    if not event.startswith("alert."):
        watched = watched_words(event, current_language())
        about = params.get("username") or ("" if "number" in params else params.get("by"))
        return event if watched is None else f"{watched}: {about}" if about else watched
    title, key = params.get("limit"), str(params.get("key", ""))
    rung = event.removeprefix("alert.")
    length = _LENGTH.fullmatch(str(params.get("within", "")))
    if key.startswith("hold:") and rung == "breach" and length is not None:
        time = _working_time(f"{length[1]}{length[2][0]}")
        return _(
            "Penundaan mencapai batasnya (%(length)s); waktu kantor berjalan lagi.", length=time
        )
    named = limit_words(key)
    if isinstance(title, Mapping) and title.get("id"):
        named = f"{named}, {in_language(title)}"
    return f"{named}: {rung_words(rung, key)}"


def audience_words(audience: str) -> str:
    """Return who is told, by audience."""
    if audience == "holder":
        return _("Pemegang")
    if audience == "applicant":
        return _("Pemohon")
    if audience == "office":
        return _("Kanal kantor")
    return str(ROLE_WORDS.get(audience, audience))
