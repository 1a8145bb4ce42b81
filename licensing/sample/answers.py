"""What an invented applicant answers to the form of a service, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

from licensing.sample.people import InventedApplicant
from workflows.sop import Field, Sop


def invent_variants(sop: Sop, person: InventedApplicant, random: Random) -> dict[str, str]:
    """Return an answer to each question of the form; a first application where there is one."""
    found = {}
    for name, variant in sop.variants.items():
        if name == "legal_form" and person.legal_form in variant.choices:
            found[name] = person.legal_form
        elif "new" in variant.choices:
            found[name] = "new"
        else:
            found[name] = random.choice(tuple(variant.choices))
    return found


def invent_fields(
    sop: Sop, person: InventedApplicant, variants: dict[str, str], today: date, random: Random
) -> dict[str, str]:
    """Return an answer to every field that these variants ask for."""
    return {
        field.name: _KNOWN[field.name](person)
        if field.name in _KNOWN
        else _invented(field, person, today, random)
        for field in sop.fields.values()
        if field.when.holds_for(variants) and field.name != "previous_permit"
    }


_KNOWN: Mapping[str, Callable[[InventedApplicant], str]] = {
    "business_name": lambda person: person.business,
    "business_address": lambda person: person.address,
    "building_address": lambda person: person.address,
    "owner_name": lambda person: person.name,
    "main_goods": lambda person: person.goods,
    "practice_place": lambda person: f"Klinik Contoh {person.business.split()[-1]}",
    "practice_address": lambda person: person.address,
    "land_address": lambda person: person.address,
    "tree_location": lambda person: person.address,
    "school_address": lambda person: person.address,
    "school_name": lambda person: f"PAUD Contoh {person.business.split()[-1]}",
    "event_name": lambda _person: "Pentas seni Hari Kota Contoh",
    "research_title": lambda _person: "Kebiasaan belanja warga di pasar Kota Contoh",
    "collection_purpose": lambda _person: "Bantuan bagi warga Kelurahan Sukacontoh yang kebanjiran",
    "net_worth": lambda person: str(person.net_worth),
    "institution": lambda _person: "pengecer",
    "responsible_name": lambda person: person.name,
    "responsible_title": lambda person: (
        "Pemilik" if person.legal_form == "perorangan" else "Direktur"
    ),
}


def _invented(field: Field, person: InventedApplicant, today: date, random: Random) -> str:
    match field.type:
        case "choice":
            return random.choice(tuple(field.choices))
        case "phone":
            return person.phone
        case "email":
            return person.email
        case "nik" | "npwp":
            return person.nik
        case "kbli":
            return person.kbli
        case "nib":
            return ""
        case "date":
            return (today + timedelta(days=random.randrange(20, 60))).isoformat()
        case "money_idr":
            return str(random.randrange(5, 90) * 1_000_000)
        case "number":
            return str(random.randrange(1, 4))
        case "decimal":
            return str(random.randrange(36, 320))
        case _:
            return f"Contoh {field.title['id'].lower()} {random.randrange(100, 999)}"
