"""Opening a hidden identity number: shown once, and written into the history who saw it."""

from __future__ import annotations

from uuid import UUID

from licensing.errors import NotFound
from licensing.history import NIK_SHOWN
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.secrecy import unseal
from licensing.services.door_sql import read_for_decision
from licensing.services.file_application import NIK_PURPOSE
from licensing.services.notes import write_note

ROLES = ("counter", "verifier", "head", "supervisor")
"""Who may open one."""

_READ = """
SELECT t.nik_cipher FROM dossier d JOIN applicant t ON t.id = d.applicant_id
 WHERE d.application_id = %s
"""


def show_nik(runtime: Runtime, application_id: UUID, by: Officer) -> str:
    """Return the NIK of the applicant, after recording in the history that `by` opened it.

    Source: UU 27/2022 Art 31: every processing of personal data is recorded.

    Raises:
        NotFound: no such application in the office of `by`, or it carries no NIK.
        NotAllowed: `by` has no role that works on files.
    """
    by.must_have("open the identity number", *ROLES)
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, application_id)
        cipher = connection.exec_driver_sql(_READ, (application_id,)).scalar_one()
        if cipher is None:
            raise NotFound("NIK of application", application_id)
        write_note(connection, case, NIK_SHOWN, holder=case.holder_id, by=by.id)
    return unseal(runtime.keyring, cipher, purpose=NIK_PURPOSE)
