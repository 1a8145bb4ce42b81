"""What an alert says in a list: which limit, how near, to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licensing.letters import watched_words
from web.filters import in_language
from web.formats import working_days
from web.i18n import current_language
from web.i18n import gettext as _
from web.role_words import ROLE_WORDS


def rung_words(rung: str) -> str:
    """Return how near a limit is, by the name of its rung: `50%`, `breach`, `breach+1`."""
    if rung == "breach":
        return _("lewat batas")
    if rung.startswith("breach+"):
        days = working_days(int(rung.partition("+")[2]), lang=current_language())
        return _("lewat %(days)s", days=days)
    return _("%(share)s batas terpakai", share=rung)


def rung_level(rung: str) -> int:
    """Return how high a rung stands: 1 a warning, 2 a late warning, 3 the breach, 4 beyond it."""
    if rung.startswith("breach+"):
        return 4
    if rung == "breach":
        return 3
    return 2 if rung.rstrip("%").isdigit() and int(rung.rstrip("%")) >= 80 else 1


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
    }.get(kind, key)


def notice_words(event: str, params: Mapping[str, Any]) -> str:
    """Return one line on a notice: `Standar pelayanan: 80% batas terpakai`."""
    if not event.startswith("alert."):
        watched = watched_words(event, current_language())
        return event if watched is None else f"{watched}: {params.get('username', '')}"
    title = params.get("limit")
    named = limit_words(str(params.get("key", "")))
    if isinstance(title, Mapping) and title.get("id"):
        named = f"{named}, {in_language(title)}"
    return f"{named}: {rung_words(event.removeprefix('alert.'))}"


def audience_words(audience: str) -> str:
    """Return who is told, by audience."""
    if audience == "holder":
        return _("Pemegang")
    if audience == "applicant":
        return _("Pemohon")
    return str(ROLE_WORDS.get(audience, audience))
