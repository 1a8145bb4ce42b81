"""What the numbers and codes on the counter's form say: beside what was typed, never a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from licensing.identity import IdentityFault, Nik, Sex, parse_nik, parse_region
from licensing.queries.intake import Hints
from licensing.queries.references import BusinessFieldHit, RegionHit, codes_in
from web.formats import long_date
from web.i18n import current_language
from web.i18n import gettext as _
from web.schemas.counter import FIELD
from workflows.sop import Sop

BORN_ON: Final = ("born_on", "birth_date")
SEX: Final = "sex"
"""How SOPs call the questions whose answers a NIK carries as well."""
_SEXES: Final = {
    "male": Sex.MALE, "laki_laki": Sex.MALE, "l": Sex.MALE,
    "female": Sex.FEMALE, "perempuan": Sex.FEMALE, "p": Sex.FEMALE,
}  # fmt: skip


def nik_of(text: str, today: date) -> Nik | None:
    """Return the identity number in a field; None where it is none yet."""
    try:
        return parse_nik(text, today=today, allow_fictitious=True)
    except IdentityFault:
        return None


def nik_tells(nik: Nik, region: RegionHit | None) -> str:
    """Return what a NIK says of its holder: sex, birthday, where it was given out."""
    sex = _("laki-laki") if nik.sex is Sex.MALE else _("perempuan")
    born = long_date(nik.born_on, lang=current_language())
    if region is None:
        return _("Menurut NIK: %(sex)s, lahir %(day)s.", sex=sex, day=born)
    return _(
        "Menurut NIK: %(sex)s, lahir %(day)s, terbit di %(place)s.",
        sex=sex,
        day=born,
        place=region.full_name,
    )


def differences(
    sop: Sop, values: Mapping[str, str], nik: Nik | None, hints: Hints
) -> Sequence[str]:
    """Return what was typed otherwise than the NIK and the lists say, each in a sentence."""
    found = []
    if nik is not None:
        asked = next((name for name in BORN_ON if name in sop.fields), "")
        wrong = nik.disagreements(
            born_on=_day(values.get(FIELD + asked, "")) if asked else None,
            sex=_SEXES.get(values.get(FIELD + SEX, "")) if SEX in sop.fields else None,
        )
        if "born_on" in wrong:
            found.append(_("Tanggal lahir berbeda dari yang tersimpan dalam NIK."))
        if "sex" in wrong:
            found.append(_("Jenis kelamin berbeda dari yang tersimpan dalam NIK."))
    code = region_code(values.get("applicant_region", ""))
    if code and hints.knows_regions and hints.region is None:
        found.append(_("Kode wilayah %(code)s tidak ada dalam daftar.", code=code))
    if hints.knows_fields:
        found += [
            _("Kode KBLI %(code)s tidak ada dalam daftar.", code=code)
            for code, fields in hints.business_fields.items()
            if not fields
        ]
    return found


def named_fields(typed: str, hints: Hints) -> str:
    """Return what the codes in an answer are called: in the edition that was said, else all."""
    said = [edition for edition in ("2020", "2025") if f"KBLI {edition}" in typed]
    return "; ".join(
        f"{hit.code} {hit.title}" + ("" if said else f" (KBLI {hit.edition})")
        for code in codes_in(typed)
        for hit in hints.business_fields.get(code, ())
        if not said or hit.edition in said
    )


def with_edition(typed: str, known: Mapping[str, Sequence[BusinessFieldHit]]) -> str:
    """Return an answer of bare codes with the newest edition that has all of them.

    An answer that names its edition, or codes that no edition has together, stay as typed.
    """
    codes = codes_in(typed)
    if not codes or "KBLI" in typed.upper():
        return typed
    shared = set.intersection(*({hit.edition for hit in known.get(code, ())} for code in codes))
    return f"{typed.strip()} (KBLI {max(shared)})" if shared else typed


def region_code(typed: str) -> str:
    """Return the code that an answer to the question for the region begins with; empty if none."""
    try:
        return parse_region(typed) if typed.strip() else ""
    except IdentityFault:
        return ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
