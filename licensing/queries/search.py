"""Finding files and people at the counter: by number, name, NIK, NIB or telephone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.forms import search_key
from licensing.identity import IdentityFault, mask_nik, parse_nib, parse_phone
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.secrecy import fingerprints, unseal
from licensing.services.file_application import NIK_PURPOSE
from workflows.sop import Text

LIMIT = 20
PEOPLE = 6
"""How many people a search shows: more are found by more letters, or by a number."""
SHORTEST = 3
"""Fewer letters than this find nothing: they would find everything."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One file that matches."""

    application_id: UUID
    number: str
    service_title: Text
    subject: str
    applicant: str
    step_title: Text
    outcome: str | None
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class KnownApplicant:
    """A person or company the office knows, to fill a form in."""

    id: UUID
    kind: str
    name: str
    nik_masked: str
    nib: str
    npwp: str
    phone: str
    email: str
    address: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A place in line, and the case that it started."""

    id: UUID
    application_id: UUID | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought."""

    hits: Sequence[Hit]
    people: Sequence[KnownApplicant]


def search(runtime: Runtime, wanted: str, by: Officer) -> Found:
    """Return files and people of the office that match what was typed, newest first.

    A registration or permit number, a business or a person by the beginning of the name, a NIK, a
    NIB, a telephone number.
    """
    if len(search_key(wanted)) < SHORTEST:
        return Found((), ())
    with runtime.transaction(by.office_id) as connection:
        return find(runtime, connection, wanted)


def find(runtime: Runtime, connection: Connection, wanted: str) -> Found:
    """Return what `search` does, within a transaction that is open already: one statement.

    Stored keys are compared by equality or range, the forms that use their index under
    row-level security.
    """
    key = search_key(wanted)
    if len(key) < SHORTEST:
        return Found((), ())
    asked = _asked(runtime, wanted, key)
    found = connection.exec_driver_sql(_FOUND, asked).one()
    hits = []
    for row in found.files:
        sop = runtime.rules(connection, UUID(row["sop_version_id"])).sop
        place = sop.ends.get(row["step"]) or sop.steps[row["step"]]
        hits.append(
            Hit(
                UUID(row["id"]),
                row["number"],
                sop.title,
                row["subject"],
                row["applicant"],
                place.title,
                row["outcome"],
                datetime.fromisoformat(row["filed_at"]),
            )
        )
    return Found(hits, [known_from(runtime, row) for row in found.people])


def file_numbered(runtime: Runtime, number: str, by: Officer) -> UUID | None:
    """Return the application that has exactly this registration number; None where none has."""
    key = search_key(number)
    if len(key) < SHORTEST:
        return None
    with runtime.transaction(by.office_id) as connection:
        found: UUID | None = connection.exec_driver_sql(
            "SELECT application_id FROM dossier WHERE number_key = %s LIMIT 1", (key,)
        ).scalar_one_or_none()
    return found


def ticket_today(runtime: Runtime, letter: str, number: int, by: Officer) -> FoundTicket | None:
    """Return a ticket of today by what stands on it; None where none was drawn."""
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_TICKET, (letter, number)).fetchone()
    return None if row is None else FoundTicket(row.id, row.application_id)


def _asked(runtime: Runtime, wanted: str, key: str) -> dict[str, object]:
    """Return what the statements look for; what the text cannot be is looked for nowhere."""
    digits = key.isdigit()
    # As the database makes the key of a name: plain letters and digits.
    name = "" if digits else key.encode("ascii", "ignore").decode()
    return {
        "key": key,
        "upto": key + "\U0010ffff",
        "hashes": list(fingerprints(runtime.keyring, key, purpose=NIK_PURPOSE)) if digits else [],
        "phone": _read(parse_phone, wanted),
        "nib": _read(parse_nib, wanted),
        "name": name if len(name) >= SHORTEST else None,
        "name_upto": name + "\U0010ffff",
        "limit": LIMIT,
        "most": PEOPLE,
    }


def _read(parse: Callable[[str], str], wanted: str) -> str | None:
    try:
        return parse(wanted)
    except IdentityFault:
        return None


def asked_for_same(runtime: Runtime, *, service: str, subject: str, nik: str) -> dict[str, Any]:
    """Return what `SAME` looks for: open files of a service for the same business or person."""
    return {
        "service": service,
        "subject_key": search_key(subject) or None,
        "nik_hashes": list(fingerprints(runtime.keyring, search_key(nik), purpose=NIK_PURPOSE)),
        "most_same": LIMIT,
    }


def same_from(
    runtime: Runtime, connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Hit]:
    """Return the files in the rows of `SAME`: maybe doubles."""
    found = []
    for row in rows:
        sop = runtime.rules(connection, UUID(row["sop_version_id"])).sop
        found.append(
            Hit(
                UUID(row["id"]),
                row["number"],
                sop.title,
                row["subject"],
                row["applicant"],
                sop.steps[row["step"]].title,
                None,
                datetime.fromisoformat(row["filed_at"]),
            )
        )
    return found


def known_from(runtime: Runtime, row: Mapping[str, Any]) -> KnownApplicant:
    """Return an applicant as a form shows him, from a row of `PERSON`."""
    cipher = row["nik_cipher"]
    masked = mask_nik(unseal(runtime.keyring, cipher, purpose=NIK_PURPOSE)) if cipher else ""
    return KnownApplicant(
        UUID(str(row["id"])),
        row["kind"],
        row["name"],
        masked,
        row["nib"],
        row["npwp"],
        row["phone"],
        row["email"],
        row["address"],
        row["region"],
    )


PERSON = "id, kind, name, nik_cipher, nib, npwp, phone, email, address, region"
"""The columns of an applicant that fill a form in."""

# Each by its own index; a parameter that is NULL finds nothing.
_KNOWN = """
  SELECT id FROM (
    (SELECT id FROM applicant WHERE nik_hash = ANY(%(hashes)s) ORDER BY id DESC LIMIT %(limit)s)
    UNION
    (SELECT id FROM applicant WHERE phone = %(phone)s ORDER BY id DESC LIMIT %(limit)s)
    UNION
    (SELECT id FROM applicant WHERE nib = %(nib)s ORDER BY id DESC LIMIT %(limit)s)
    UNION
    (SELECT id FROM applicant WHERE name_key >= %(name)s AND name_key < %(name_upto)s
      LIMIT %(limit)s)
  ) each_way
"""

_FOUND = f"""
WITH known AS ({_KNOWN}), keys AS (
  SELECT application_id FROM dossier
   WHERE number_key >= %(key)s AND number_key < %(upto)s LIMIT %(limit)s
), names AS (
  SELECT application_id FROM dossier
   WHERE subject_key >= %(key)s AND subject_key < %(upto)s
   LIMIT %(limit)s
), people AS (
  SELECT d.application_id FROM known p JOIN dossier d ON d.applicant_id = p.id
   LIMIT %(limit)s
), permits AS (
  SELECT application_id FROM permit
   WHERE number_key >= %(key)s AND number_key < %(upto)s LIMIT %(limit)s
), files AS (
  SELECT a.id, a.sop_version_id, a.step, a.outcome, d.number, d.subject, d.filed_at,
         t.name AS applicant
    FROM (SELECT * FROM keys UNION SELECT * FROM names UNION SELECT * FROM people
          UNION SELECT * FROM permits) f
    JOIN application a ON a.id = f.application_id
    JOIN dossier d ON d.application_id = a.id
    JOIN applicant t ON t.id = d.applicant_id
   ORDER BY d.filed_at DESC LIMIT %(limit)s
), persons AS (
  SELECT {PERSON} FROM applicant WHERE id IN (SELECT id FROM known)
   ORDER BY id DESC LIMIT %(most)s
)
SELECT coalesce((SELECT jsonb_agg(to_jsonb(f) ORDER BY f.filed_at DESC) FROM files f), '[]'::jsonb)
         AS files,
       coalesce((SELECT jsonb_agg(to_jsonb(p) ORDER BY p.id DESC) FROM persons p), '[]'::jsonb)
         AS people
"""  # noqa: S608 - our own text

_TICKET = """
SELECT t.id, t.application_id
  FROM office o
  JOIN ticket t ON t.office_id = o.id AND t.day = (clock_timestamp() AT TIME ZONE o.zone)::date
 WHERE o.id = current_office() AND t.letter = %s AND t.number = %s
"""

# As a list within another statement: the form asks for everything around it at once.
SAME = """
coalesce((SELECT jsonb_agg(to_jsonb(same) ORDER BY same.filed_at DESC) FROM (
  SELECT a.id, a.sop_version_id, a.step, d.number, d.subject, d.filed_at, t.name AS applicant
    FROM dossier d
    JOIN application a ON a.id = d.application_id
    JOIN applicant t ON t.id = d.applicant_id
   WHERE d.service = %(service)s AND a.ended_at IS NULL
     AND (d.subject_key = %(subject_key)s OR t.nik_hash = ANY(%(nik_hashes)s))
   ORDER BY d.filed_at DESC LIMIT %(most_same)s) same), '[]'::jsonb)
"""
