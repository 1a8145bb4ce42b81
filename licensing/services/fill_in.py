"""A known person or company fills a form in; who opened the identity number is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.queries.search import PERSON, KnownApplicant, known_from
from licensing.runtime import Runtime
from licensing.secrecy import unseal
from licensing.services.administration import record
from licensing.services.file_application import NIK_PURPOSE

NIK_FILLED_IN = "nik_filled_in"

_READ = f"SELECT {PERSON} FROM applicant WHERE id = %s"  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What goes into the form; the number is whole, as the form needs it."""

    person: KnownApplicant
    nik: str


def fill_in(runtime: Runtime, applicant_id: UUID, by: Officer) -> FilledIn:
    """Return what the office knows of somebody, after recording that `by` opened the number.

    For whoever was found by a name or a telephone: who types the number knows it already.
    Source: UU 27/2022 Art 31: every processing of personal data is recorded.

    Raises:
        NotFound: the office knows no such person.
        NotAllowed: `by` is not at the counter.
    """
    by.must_have("fill a form in", "counter")
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_READ, (applicant_id,)).fetchone()
        if row is None:
            raise NotFound("applicant", applicant_id)
        person = known_from(runtime, row._asdict())
        record(connection, by.office_id, NIK_FILLED_IN, person.name, by=by.id)
        cipher = row.nik_cipher
    return FilledIn(person, unseal(runtime.keyring, cipher, purpose=NIK_PURPOSE) if cipher else "")
