"""What roles are called on screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from web.i18n import lazy_gettext as _

ROLE_WORDS: Final[Mapping[str, Any]] = {
    "counter": _("Petugas loket"),
    "verifier": _("Verifikator"),
    "inspector": _("Peninjau lapangan"),
    "billing": _("Petugas penetapan"),
    "head": _("Kepala dinas"),
    "supervisor": _("Pengawas"),
    "admin": _("Admin"),
    "teller": _("Teller bank"),
    "bank_supervisor": _("Penyelia bank"),
    "bank_admin": _("Admin bank"),
    "agency_pu": _("Dinas Pekerjaan Umum"),
    "agency_lh": _("Dinas Lingkungan Hidup"),
    "agency_head_pu": _("Kepala Dinas Pekerjaan Umum"),
    "agency_head_lh": _("Kepala Dinas Lingkungan Hidup"),
    "inspectorate": _("Inspektorat"),
    "ombudsman": _("Ombudsman"),
    "applicant": _("Pemohon"),
}
"""In the order in which they are named; the first of a person's roles stands in the bar."""


KIND_WORDS: Final[Mapping[str, Any]] = {
    "office": _("Kantor"),
    "agency": _("Dinas teknis"),
    "bank": _("Bank"),
    "inspectorate": _("Inspektorat"),
    "ombudsman": _("Ombudsman"),
    "public": _("Pemohon"),
}
"""What kinds of organisations are called."""


def organisation_words(kind: str) -> str:
    """Return what a kind of organisation is called."""
    known = KIND_WORDS.get(kind)
    return kind if known is None else str(known)


def role_list(roles: Iterable[str]) -> str:
    """Return roles by name, in their usual order: `Petugas loket, Verifikator`."""
    held = set(roles)
    named = [str(words) for role, words in ROLE_WORDS.items() if role in held]
    return ", ".join(named + sorted(held - ROLE_WORDS.keys()))
