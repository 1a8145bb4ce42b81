"""Numbers that name a person or a business: typed text in, one canonical form or one fault out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Literal

import phonenumbers

from licensing.errors import LicensingError

Kind = Literal["nik", "npwp", "nib", "phone", "email", "postcode", "region"]

FICTITIOUS_REGION = "9999"
"""Province 99, regency 99: no such place, so a number made of it can belong to nobody."""

_FILLERS = re.compile(r"[ .\-]")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)

_REGION = re.compile(r"(\d{2})(?:\.?(\d{2})(?:\.?(\d{2})(?:\.?(\d{4}))?)?)?(?![\d.])", re.ASCII)


class Sex(StrEnum):
    """Sex as the NIK carries it."""

    MALE = "male"
    FEMALE = "female"


class IdentityFault(LicensingError, ValueError):
    """A number or address that cannot be what it is said to be; never carries the number itself.

    `code` is stable for logs and translations; `facts` are what the sentence needs.
    """

    def __init__(self, kind: Kind, code: str, **facts: int | str) -> None:
        self.kind: Kind = kind
        self.reason = code
        self.code = f"identity.{kind}.{code}"
        self.facts = facts
        told = "".join(f", {name} {value}" for name, value in facts.items())
        super().__init__(f"{kind}: {code}{told}")


@dataclass(frozen=True, slots=True)
class Nik:
    """A population number with what it tells; `digits` stay out of logs."""

    digits: str = field(repr=False)
    region: str
    """Kecamatan of the first registration, six digits: not today's address."""
    born_on: date
    sex: Sex

    @property
    def fictitious(self) -> bool:
        """Return whether no living person can have this number."""
        return self.digits.startswith(FICTITIOUS_REGION)

    def disagreements(
        self, *, born_on: date | None = None, sex: Sex | None = None
    ) -> tuple[str, ...]:
        """Return which of the entered data differ from the number: warnings, not faults."""
        found = []
        if born_on is not None and born_on != self.born_on:
            found.append("born_on")
        if sex is not None and sex is not self.sex:
            found.append("sex")
        return tuple(found)


def parse_nik(text: str, *, today: date, allow_fictitious: bool = False) -> Nik:
    """Return the NIK in `text`; its century is the latest that does not lie after `today`.

    Raises:
        IdentityFault: characters, length, all_equal, fictitious, day, month, date, running_number.
    Source: PP 40/2019 Art 30-31.
    """
    return _nik(text, "nik", today, allow_fictitious)


def parse_npwp(text: str, *, today: date, allow_fictitious: bool = False) -> str:
    """Return the tax number in 16 digits: 15 get a leading 0; not beginning with 0 it is a NIK.

    Raises:
        IdentityFault: characters, length, all_equal, branch (22 digits), and those of a NIK.
    Source: PMK 112/PMK.03/2022.
    """
    digits = _digits(text, "npwp")
    if len(digits) == 22:
        raise IdentityFault("npwp", "branch", needed=16)
    if len(digits) not in (15, 16):
        raise IdentityFault("npwp", "length", needed=16, typed=len(digits))
    _not_all_equal(digits, "npwp")
    if len(digits) == 15:
        return f"0{digits}"
    if digits.startswith("0"):
        _not_all_equal(digits[1:], "npwp")
        return digits
    return _nik(digits, "npwp", today, allow_fictitious).digits


def parse_nib(text: str) -> str:
    """Return the business number in 13 digits, which may begin with 0.

    Raises:
        IdentityFault: characters, length, all_equal.
    Source: PP 24/2018 Art 24(2).
    """
    digits = _digits(text, "nib")
    if len(digits) != 13:
        raise IdentityFault("nib", "length", needed=13, typed=len(digits))
    _not_all_equal(digits, "nib")
    return digits


def parse_phone(text: str) -> str:
    """Return the telephone number as `+62…`; a foreign one must be typed with its `+`.

    Raises:
        IdentityFault: characters, length, shape, extension.
    """
    typed = text.strip()
    if not typed or not typed.isascii() or re.search(r"[^0-9+()/. \-]", typed):
        raise IdentityFault("phone", "characters")
    try:
        number = phonenumbers.parse(typed, "ID")
    except phonenumbers.NumberParseException as refusal:
        too_long = refusal.error_type == phonenumbers.NumberParseException.TOO_LONG
        raise IdentityFault("phone", "length" if too_long else "shape") from refusal
    if number.extension:
        raise IdentityFault("phone", "extension")
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible in (
        phonenumbers.ValidationResult.TOO_SHORT,
        phonenumbers.ValidationResult.TOO_LONG,
    ):
        raise IdentityFault("phone", "length")
    if not phonenumbers.is_valid_number(number):
        raise IdentityFault("phone", "shape")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_email(text: str) -> str:
    """Return the address with its domain in small letters, the part before `@` as typed.

    Raises:
        IdentityFault: length, shape.
    """
    typed = text.strip()
    if len(typed) > 254 or len(typed.partition("@")[0]) > 64:
        raise IdentityFault("email", "length", at_most=254, typed=len(typed))
    if not _EMAIL.fullmatch(typed):
        raise IdentityFault("email", "shape")
    local, _, domain = typed.rpartition("@")
    return f"{local}@{domain.lower()}"


def parse_postcode(text: str) -> str:
    """Return the five digits of a postcode; none begins with 0.

    Raises:
        IdentityFault: characters, length, shape.
    """
    digits = _digits(text, "postcode")
    if len(digits) != 5:
        raise IdentityFault("postcode", "length", needed=5, typed=len(digits))
    if digits.startswith("0"):
        raise IdentityFault("postcode", "shape")
    return digits


def parse_region(text: str) -> str:
    """Return the dotted code that a text begins with; the names of the region may follow it.

    Ten digits without their dots are the same code: 1872011001 is 18.72.01.1001.

    Raises:
        IdentityFault: shape.
    Source: Kepmendagri on codes and names of regions; the codes of the statistics office differ.
    """
    match = _REGION.match(text.strip())
    if match is None:
        raise IdentityFault("region", "shape")
    parts = [part for part in match.groups() if part]
    return ".".join(parts)


def mask_nik(digits: str) -> str:
    """Return a canonical NIK with its birth date hidden: `187201******0001`."""
    return f"{digits[:6]}******{digits[12:]}"


def mask_npwp(digits: str) -> str:
    """Return a canonical NPWP with its middle hidden, as narrow as a NIK, since it may be one."""
    return mask_nik(digits)


def mask_phone(number: str) -> str:
    """Return a canonical number with all but its first five characters and last two hidden."""
    hidden = max(len(number) - 7, 0)
    return f"{number[:5]}{'*' * hidden}{number[5 + hidden :]}"


def mask_email(address: str) -> str:
    """Return an address of which only the first letter and the domain are seen."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def mask_name(name: str) -> str:
    """Return a name of which each word keeps its first letter: `R***** W********`."""
    return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())


def show_npwp(digits: str) -> str:
    """Return a canonical NPWP as people write it: the old grouping where it has an old number."""
    if not digits.startswith("0"):
        return digits
    d = digits[1:]
    return f"{d[:2]}.{d[2:5]}.{d[5:8]}.{d[8]}-{d[9:12]}.{d[12:]}"


@lru_cache(maxsize=1_024)
def show_phone(number: str) -> str:
    """Return a canonical number as people dial it here: `0812-3456-789`; foreign with its `+`."""
    parsed = phonenumbers.parse(number)
    national = parsed.country_code == 62
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if national else form.INTERNATIONAL)


def _nik(text: str, kind: Kind, today: date, allow_fictitious: bool) -> Nik:
    digits = _digits(text, kind)
    if len(digits) != 16:
        raise IdentityFault(kind, "length", needed=16, typed=len(digits))
    _not_all_equal(digits, kind)
    if digits.startswith(FICTITIOUS_REGION) and not allow_fictitious:
        raise IdentityFault(kind, "fictitious")
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    sex = Sex.MALE if day <= 40 else Sex.FEMALE
    day -= 40 if sex is Sex.FEMALE else 0
    if not 1 <= day <= 31:
        raise IdentityFault(kind, "day", typed=digits[6:8])
    if not 1 <= month <= 12:
        raise IdentityFault(kind, "month", typed=digits[8:10])
    if digits[12:] == "0000":
        raise IdentityFault(kind, "running_number")
    return Nik(digits, digits[:6], _birth_date(kind, day, month, year, today), sex)


def _birth_date(kind: Kind, day: int, month: int, year: int, today: date) -> date:
    for century in range(today.year // 100 * 100, 1799, -100):
        try:
            born_on = date(century + year, month, day)
        except ValueError:
            continue  # 29 February: another century may have it
        if born_on <= today:
            # Nobody registered today was born three centuries ago.
            if today.year - born_on.year < 150:
                return born_on
            break
    raise IdentityFault(kind, "date", typed=f"{day:02}{month:02}{year:02}")


def _digits(text: str, kind: Kind) -> str:
    digits = _FILLERS.sub("", text.strip())
    # `isdigit` alone would let digits of other scripts through.
    if not digits.isascii() or not digits.isdigit():
        raise IdentityFault(kind, "characters")
    return digits


def _not_all_equal(digits: str, kind: Kind) -> None:
    if len(set(digits)) == 1:
        raise IdentityFault(kind, "all_equal")
