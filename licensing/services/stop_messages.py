"""Messages stopped or begun again by who gets them: by the link of a letter, without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from typing import Final
from uuid import UUID

from licensing.errors import NotFound
from licensing.identity import mask_email, mask_phone
from licensing.runtime import Runtime
from licensing.secrecy import Keyring, fingerprint, fingerprints

_PURPOSE: Final = "letter.stop"
PAGE_ALONE: Final = "page"


@dataclass(frozen=True, slots=True)
class MessagesOf:
    """Whose messages a link is about, as a stranger may read it."""

    office_id: UUID
    application_id: UUID
    number: str
    address: str
    """Masked; empty where none is known."""
    stopped: bool


def stop_token(keyring: Keyring, office_code: str, application_id: UUID) -> str:
    """Return what the link in a letter holds: which application, and that we wrote it."""
    named = f"{office_code}.{application_id.hex}"
    return f"{named}.{fingerprint(keyring, named, purpose=_PURPOSE)}"


def messages_of(runtime: Runtime, token: str) -> MessagesOf:
    """Return what the link of a letter is about.

    Raises:
        NotFound: we did not write it, or the application is gone.
    """
    office_code, _, rest = token.partition(".")
    application, _, _mac = rest.partition(".")
    named = f"{office_code}.{application}"
    written = [f"{named}.{one}" for one in fingerprints(runtime.keyring, named, purpose=_PURPOSE)]
    if not any(compare_digest(token.encode(), one.encode()) for one in written):
        raise NotFound("letter", "stop")
    application_id = UUID(hex=application)
    with runtime.db.begin() as connection:
        office_id: UUID | None = connection.exec_driver_sql(
            "SELECT id FROM office WHERE code = %s", (office_code,)
        ).scalar_one_or_none()
    if office_id is None:
        raise NotFound("office", office_code)
    with runtime.transaction(office_id) as connection:
        row = connection.exec_driver_sql(_WHOSE, (application_id,)).fetchone()
    if row is None:
        raise NotFound("application", application_id)
    address = mask_email(row.email) if row.email else mask_phone(row.phone) if row.phone else ""
    return MessagesOf(
        office_id, application_id, row.number, address, stopped=row.tell_by == PAGE_ALONE
    )


def set_messages(runtime: Runtime, token: str, *, stop: bool) -> MessagesOf:
    """Stop the messages to the applicant that a link is about, or let them begin again.

    Raises:
        NotFound: as `messages_of`.
    """
    found = messages_of(runtime, token)
    with runtime.transaction(found.office_id) as connection:
        connection.exec_driver_sql(
            _SET, (PAGE_ALONE if stop else "email", found.application_id, PAGE_ALONE, stop)
        )
    return messages_of(runtime, token)


_WHOSE = """
SELECT d.number, t.email, t.phone, t.tell_by
  FROM dossier d JOIN applicant t ON t.id = d.applicant_id
 WHERE d.application_id = %s
"""

# Who had chosen the phone keeps it unless he stops.
_SET = """
UPDATE applicant SET tell_by = %s
 WHERE id = (SELECT applicant_id FROM dossier WHERE application_id = %s)
   AND (tell_by = %s) <> %s
"""
