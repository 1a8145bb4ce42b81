"""Finding files and people at the counter: by number, name, or NIK."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from licensing.forms import search_key
from licensing.identity import mask_nik
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.secrecy import fingerprints, unseal
from licensing.services.file_application import NIK_PURPOSE
from workflows.sop import Text

LIMIT = 20
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


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought."""

    hits: Sequence[Hit]
    people: Sequence[KnownApplicant]


def search(runtime: Runtime, wanted: str, by: Officer) -> Found:
    """Return files and people of the office that match a number, name or NIK, newest first."""
    if len(search_key(wanted)) < SHORTEST:
        return Found((), ())
    with runtime.transaction(by.office_id) as connection:
        return find(runtime, connection, wanted)


def find(runtime: Runtime, connection: Connection, wanted: str) -> Found:
    """Return what `search` does, within a transaction that is open already: two statements.

    Stored keys are compared by equality or range, the forms that use their index under
    row-level security.
    """
    key = search_key(wanted)
    if len(key) < SHORTEST:
        return Found((), ())
    digits = key.isdigit()
    hashes = list(fingerprints(runtime.keyring, key, purpose=NIK_PURPOSE)) if digits else []
    rows = connection.exec_driver_sql(
        _FILES, {"key": key, "upto": key + "\U0010ffff", "hashes": hashes, "limit": LIMIT}
    ).fetchall()
    hits = []
    for row in rows:
        sop = runtime.rules(connection, row.sop_version_id).sop
        place = sop.ends.get(row.step) or sop.steps[row.step]
        hits.append(
            Hit(
                row.id,
                row.number,
                sop.title,
                row.subject,
                row.applicant,
                place.title,
                row.outcome,
                row.filed_at,
            )
        )
    people = connection.exec_driver_sql(_PEOPLE, {"hashes": hashes, "limit": LIMIT}).fetchall()
    return Found(hits, [_known(runtime, row) for row in people])


def same_business(
    runtime: Runtime, by: Officer, *, service: str, subject: str, nik: str
) -> Sequence[Hit]:
    """Return open files of the same service for the same business or person: maybe a double."""
    with runtime.transaction(by.office_id) as connection:
        return find_same(runtime, connection, service=service, subject=subject, nik=nik)


def find_same(
    runtime: Runtime, connection: Connection, *, service: str, subject: str, nik: str
) -> Sequence[Hit]:
    """Return what `same_business` does, within a transaction that is open: one statement."""
    hashes = list(fingerprints(runtime.keyring, search_key(nik), purpose=NIK_PURPOSE))
    rows = connection.exec_driver_sql(
        _DOUBLES,
        {"service": service, "key": search_key(subject), "hashes": hashes, "limit": LIMIT},
    ).fetchall()
    found = []
    for row in rows:
        sop = runtime.rules(connection, row.sop_version_id).sop
        found.append(
            Hit(
                row.id,
                row.number,
                sop.title,
                row.subject,
                row.applicant,
                sop.steps[row.step].title,
                None,
                row.filed_at,
            )
        )
    return found


def _known(runtime: Runtime, row: tuple[object, ...]) -> KnownApplicant:
    person_id, kind, name, cipher, nib, npwp, phone, email, address = row
    masked = mask_nik(unseal(runtime.keyring, str(cipher), purpose=NIK_PURPOSE)) if cipher else ""
    return KnownApplicant(
        UUID(str(person_id)),
        str(kind),
        str(name),
        masked,
        str(nib),
        str(npwp),
        str(phone),
        str(email),
        str(address),
    )


_FILES = """
WITH keys AS (
  SELECT application_id FROM dossier
   WHERE number_key >= %(key)s AND number_key < %(upto)s LIMIT %(limit)s
), names AS (
  SELECT application_id FROM dossier
   WHERE subject_key >= %(key)s AND subject_key < %(upto)s
   LIMIT %(limit)s
), people AS (
  SELECT d.application_id FROM applicant p JOIN dossier d ON d.applicant_id = p.id
   WHERE p.nik_hash = ANY(%(hashes)s) LIMIT %(limit)s
), permits AS (
  SELECT application_id FROM permit
   WHERE number_key >= %(key)s AND number_key < %(upto)s LIMIT %(limit)s
)
SELECT a.id, a.sop_version_id, a.step, a.outcome, d.number, d.subject, d.filed_at,
       t.name AS applicant
  FROM (SELECT * FROM keys UNION SELECT * FROM names UNION SELECT * FROM people
        UNION SELECT * FROM permits) f
  JOIN application a ON a.id = f.application_id
  JOIN dossier d ON d.application_id = a.id
  JOIN applicant t ON t.id = d.applicant_id
 ORDER BY d.filed_at DESC LIMIT %(limit)s
"""

_PEOPLE = """
SELECT id, kind, name, nik_cipher, nib, npwp, phone, email, address
  FROM applicant WHERE nik_hash = ANY(%(hashes)s) ORDER BY id DESC LIMIT %(limit)s
"""

_DOUBLES = """
SELECT a.id, a.sop_version_id, a.step, d.number, d.subject, d.filed_at, t.name AS applicant
  FROM dossier d
  JOIN application a ON a.id = d.application_id
  JOIN applicant t ON t.id = d.applicant_id
 WHERE d.service = %(service)s AND a.ended_at IS NULL
   AND (d.subject_key = %(key)s OR t.nik_hash = ANY(%(hashes)s))
 ORDER BY d.filed_at DESC LIMIT %(limit)s
"""
