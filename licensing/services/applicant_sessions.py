"""Browsers of applicants: a random key for each, its hash in the database, ended at will."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection

from licensing.people import Applicant
from licensing.runtime import Runtime

LONGEST = timedelta(days=7)
"""An unfinished application is found again in the same browser for so long."""
LONGEST_IDLE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)
_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class Entered:
    """A new session: its key goes into the cookie and is stored nowhere."""

    session_key: str
    applicant: Applicant


def applicant_of_session(runtime: Runtime, session_key: str) -> Applicant | None:
    """Return whose session this is; None where it has ended, or been idle or open too long."""
    office_id = _office_of(session_key)
    if office_id is None:
        return None
    hashed = _hashed(session_key)
    with runtime.transaction(office_id) as connection:
        row = connection.exec_driver_sql(_FIND, (LONGEST, LONGEST_IDLE, hashed)).fetchone()
        if row is None:
            return None
        if row.idle >= SEEN_EVERY:
            connection.exec_driver_sql(
                "UPDATE online_session SET seen_at = clock_timestamp() WHERE key_hash = %s",
                (hashed,),
            )
    return Applicant(row.id, office_id, row.kind, row.address, row.locale)


def open_session(connection: Connection, office_id: UUID, account_id: UUID) -> str:
    """Open a session of an account; return its key. The key says of which office it is."""
    key = f"{office_id.hex}.{secrets.token_urlsafe(32)}"
    connection.exec_driver_sql(
        "INSERT INTO online_session (key_hash, office_id, account_id) VALUES (%s, %s, %s)",
        (_hashed(key), office_id, account_id),
    )
    return key


def end_session(runtime: Runtime, session_key: str) -> None:
    """End a session; one that is unknown or has ended stays so."""
    office_id = _office_of(session_key)
    if office_id is None:
        return
    with runtime.transaction(office_id) as connection:
        connection.exec_driver_sql(
            "UPDATE online_session SET ended_at = clock_timestamp()"
            " WHERE key_hash = %s AND ended_at IS NULL",
            (_hashed(session_key),),
        )


def end_sessions_of(runtime: Runtime, by: Applicant) -> int:
    """End all sessions of an account, on every device; return how many there were."""
    with runtime.transaction(by.office_id) as connection:
        return connection.exec_driver_sql(
            "UPDATE online_session SET ended_at = clock_timestamp()"
            " WHERE account_id = %s AND ended_at IS NULL",
            (by.id,),
        ).rowcount


def _hashed(session_key: str) -> bytes:
    return sha256(session_key[:_LONGEST_KEY].encode()).digest()


def _office_of(session_key: str) -> UUID | None:
    office, dot, _rest = session_key.partition(".")
    try:
        return UUID(hex=office) if dot else None
    except ValueError:
        return None


_FIND = """
SELECT a.id, a.kind, a.address, a.locale, clock_timestamp() - s.seen_at AS idle
  FROM online_session s JOIN online_account a ON a.id = s.account_id
 WHERE s.ended_at IS NULL
   AND s.created_at > clock_timestamp() - %s::interval
   AND s.seen_at > clock_timestamp() - %s::interval
   AND s.key_hash = %s
"""
