"""What the applicant's form must hold, read off the SOP: raw text in, canonical values out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from licensing import identity
from licensing.errors import InvalidInput
from workflows.sop import Field, Sop

MAX_TEXT = 200
MAX_LONG_TEXT = 4_000
MAX_AMOUNT = 10**15
_TURNS_WRITING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_THOUSANDS = re.compile(r"^\d{1,3}(\.\d{3})+$")
_DECIMAL = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]{1,2}))?")
_EDITION = re.compile(r"\(?\s*\bKBLI\s*(2020|2025)\b\s*\)?", re.IGNORECASE | re.ASCII)
"""The classification was replaced in 2025, and the same code may mean another field in each."""
_DECIMAL_POINT = re.compile(r"([0-9]+)\.([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Form:
    """The answers of one application, checked."""

    variants: Mapping[str, str]
    values: Mapping[str, Any]
    scales: Mapping[str, str]
    """Scale → band: the class that the law derives from the answers."""


def read_form(
    sop: Sop,
    variants: Mapping[str, str],
    raw: Mapping[str, str],
    *,
    today: date,
    allow_fictitious: bool,
) -> Form:
    """Return the checked answers to the questions that `variants` make apply.

    Raises:
        InvalidInput: every fault at once, by field.
    """
    faults: dict[str, str] = {}
    for name, variant in sop.variants.items():
        if variants.get(name) not in variant.choices:
            faults[name] = "choose" if not variants.get(name) else "unknown_choice"
    if faults:
        raise InvalidInput(faults)
    values: dict[str, Any] = {}
    for name, field in sop.fields.items():
        if not field.when.holds_for(variants):
            continue
        text = clean(raw.get(name, ""))
        if not text:
            if field.required:
                faults[name] = "required"
            continue
        try:
            values[name] = _READERS[field.type](
                text, field, today=today, allow_fictitious=allow_fictitious
            )
        except identity.IdentityFault as fault:
            faults[name] = fault.code
        except _Fault as fault:
            faults[name] = fault.code
    if faults:
        raise InvalidInput(faults)
    scales = {
        name: scale.band_of(int(values[scale.by])).name
        for name, scale in sop.scales.items()
        if scale.by in values
    }
    return Form({name: variants[name] for name in sop.variants}, values, scales)


def clean(text: str) -> str:
    """Return typed text in one form: composed letters, no control characters, single spaces.

    Marks that turn the direction of writing go too: with them a name reads as another.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        letter
        for letter in composed
        if letter in "\n\t"
        or (unicodedata.category(letter) != "Cc" and letter not in _TURNS_WRITING)
    )
    return "\n".join(" ".join(line.split()) for line in kept.strip().splitlines()).strip()


def one_line(text: str) -> str:
    """Return typed text as `clean` does, in one line: a name stands in the head of letters."""
    return " ".join(clean(text).split())


def search_key(text: str) -> str:
    """Return the form under which a name or number is stored to be found: letters and digits."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


class _Fault(ValueError):
    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def _text(text: str, field: Field, **_: object) -> str:
    limit = MAX_LONG_TEXT if field.type == "long_text" else MAX_TEXT
    if len(text) > limit:
        raise _Fault("too_long")
    if field.type == "text" and "\n" in text:
        raise _Fault("one_line")
    return text


def _amount(text: str, _: Field, **__: object) -> int:
    bare = text.removeprefix("Rp").removeprefix(".").strip().removesuffix(",-").removesuffix(",00")
    digits = bare.replace(".", "") if _THOUSANDS.match(bare) else bare.replace(" ", "")
    if not digits.isascii() or not digits.isdigit():
        raise _Fault("whole_number")
    if int(digits) > MAX_AMOUNT:
        raise _Fault("too_large")
    return int(digits)


def _decimal(text: str, _: Field, **__: object) -> str:
    # As Indonesians write it, 1.240,50; a point before one or two digits cannot be a thousand's.
    match = _DECIMAL.fullmatch(text) or _DECIMAL_POINT.fullmatch(text)
    if match is None:
        raise _Fault("decimal")
    whole, cents = int(match[1].replace(".", "")), (match[2] or "").ljust(2, "0")
    if whole > MAX_AMOUNT:
        raise _Fault("too_large")
    return f"{whole}.{cents}" if int(cents) else str(whole)


def _date(text: str, _: Field, **__: object) -> str:
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    if match is None:
        raise _Fault("date")
    year, month, day = (
        (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    )
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise _Fault("date") from None


def _choice(text: str, field: Field, **_: object) -> str:
    if text not in field.choices:
        raise _Fault("unknown_choice")
    return text


def _kbli(text: str, _: Field, **__: object) -> str:
    """Return five-digit codes and the edition of all of them, where it was said: (KBLI 2020)."""
    editions = set(_EDITION.findall(text))
    if len(editions) > 1:
        raise _Fault("kbli_editions")
    codes = [code for code in re.split(r"[,;\s]+", _EDITION.sub(" ", text)) if code]
    if not codes or not all(re.fullmatch(r"[0-9]{5}", code) for code in codes):
        raise _Fault("kbli")
    return ", ".join(codes) + "".join(f" (KBLI {edition})" for edition in editions)


def _nik(text: str, _: Field, *, today: date, allow_fictitious: bool) -> str:
    return identity.parse_nik(text, today=today, allow_fictitious=allow_fictitious).digits


def _npwp(text: str, _: Field, *, today: date, allow_fictitious: bool) -> str:
    return identity.parse_npwp(text, today=today, allow_fictitious=allow_fictitious)


_READERS: Mapping[str, Callable[..., Any]] = {
    "text": _text,
    "long_text": _text,
    "money_idr": _amount,
    "number": _amount,
    "decimal": _decimal,
    "date": _date,
    "choice": _choice,
    "kbli": _kbli,
    "nik": _nik,
    "npwp": _npwp,
    "nib": lambda text, *_, **__: identity.parse_nib(text),
    "phone": lambda text, *_, **__: identity.parse_phone(text),
    "email": lambda text, *_, **__: identity.parse_email(text),
}
