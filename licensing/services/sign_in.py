"""Signing in and out: one answer for every refusal, a random key for every session."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from licensing.database import enter_office, read_one
from licensing.errors import SignInRefused, TooManyTries
from licensing.passwords import hash_password, is_outdated, matches
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.secrecy import fingerprint
from licensing.services.accounts import officer_of_row, officer_with_id

LONGEST = timedelta(hours=12)
"""A session ends so long after it began: a working day. Source: OWASP ASVS 5.0, 7.3.2."""
LONGEST_IDLE = timedelta(minutes=60)
SEEN_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=15)
TRIES_OF_ACCOUNT = 10
TRIES_OF_ADDRESS = 50
"""More than of an account: a whole office often reaches us from one address."""

_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its key goes into the cookie and is stored nowhere."""

    session_key: str
    officer: Officer


class _Session(NamedTuple):
    """A session as `_FIND` reads it, with whose it is."""

    id: UUID
    office_id: UUID
    name: str
    username: str
    roles: Sequence[str]
    locale: str
    title: str
    organisation: str
    created_at: datetime
    seen_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class _Account:
    officer_id: UUID
    office_id: UUID
    password_hash: str
    active: bool


def sign_in(runtime: Runtime, username: str, password: str, *, address: str = "") -> SignedIn:
    """Open a session. `address` is the caller's, kept as a keyed hash while tries are counted.

    Every refusal takes as long and says the same, whether or not there is such an account.

    Raises:
        TooManyTries: this account, or this address, has failed too often.
        SignInRefused: name and password do not belong together, or the account is closed.
    """
    username = username.strip().lower()[:_LONGEST_KEY]
    keys = _keys(runtime, username, address)
    with runtime.db.begin() as connection:
        # Counted before the password is looked at: a hundred tries at once are a hundred tries.
        tries = connection.exec_driver_sql(
            _COUNT, {"keys": list(keys), "window": WINDOW}
        ).fetchall()
        row = connection.exec_driver_sql(
            "SELECT officer_id, office_id, password_hash, active FROM find_account(%s)",
            (username,),
        ).fetchone()
    waits = [left for key, count, left in tries if count > keys[key]]
    if waits:
        raise TooManyTries(max(waits))
    account = None if row is None else _Account(*row)
    right = matches(None if account is None else account.password_hash, password)
    if account is None or not right or not account.active:
        raise SignInRefused
    return _open_session(runtime, account, password, keys)


def officer_of_session(runtime: Runtime, session_key: str) -> Officer | None:
    """Return whose session this is; None where it has ended, or been idle or open too long."""
    hashed = _hashed(session_key)
    found = read_one(runtime.db, _FIND, (hashed,))
    if found is None:
        return None
    row = _Session(*found)
    if not _is_alive(row.created_at, row.seen_at, row.now):
        return None
    if row.now - row.seen_at >= SEEN_EVERY:
        with runtime.transaction(row.office_id) as connection:
            connection.exec_driver_sql(
                "UPDATE login_session SET seen_at = %s WHERE key_hash = %s AND seen_at < %s",
                (row.now, hashed, row.now),
            )
    return officer_of_row(row)


def sign_out(runtime: Runtime, session_key: str) -> None:
    """End a session; one that is unknown or has ended stays so."""
    hashed = _hashed(session_key)
    with runtime.db.begin() as connection:
        row = connection.exec_driver_sql(_FIND, (hashed,)).fetchone()
        if row is not None:
            enter_office(connection, row.office_id)
            connection.exec_driver_sql(
                "UPDATE login_session SET ended_at = clock_timestamp() WHERE key_hash = %s",
                (hashed,),
            )


def end_sessions_of(runtime: Runtime, officer: Officer) -> int:
    """End all sessions of an account; return how many there were."""
    with runtime.transaction(officer.office_id) as connection:
        return connection.exec_driver_sql(
            "UPDATE login_session SET ended_at = clock_timestamp()"
            " WHERE officer_id = %s AND ended_at IS NULL",
            (officer.id,),
        ).rowcount


def _open_session(
    runtime: Runtime, account: _Account, password: str, keys: Mapping[str, int]
) -> SignedIn:
    fresh = hash_password(password) if is_outdated(account.password_hash) else None
    session_key = secrets.token_urlsafe(32)
    with runtime.transaction(account.office_id) as connection:
        officer = officer_with_id(connection, account.officer_id)
        connection.exec_driver_sql(
            "INSERT INTO login_session (key_hash, office_id, officer_id) VALUES (%s, %s, %s)",
            (_hashed(session_key), account.office_id, account.officer_id),
        )
        if fresh is not None:
            connection.exec_driver_sql(
                "UPDATE officer SET password_hash = %s WHERE id = %s", (fresh, account.officer_id)
            )
        connection.exec_driver_sql(_UNCOUNT, (list(keys),))
    return SignedIn(session_key, officer)


def _keys(runtime: Runtime, username: str, address: str) -> dict[str, int]:
    """Return the counters of a try with the number of failures that each allows."""
    keys = {fingerprint(runtime.keyring, username, purpose="rate.account"): TRIES_OF_ACCOUNT}
    if address:
        keys[fingerprint(runtime.keyring, address, purpose="rate.address")] = TRIES_OF_ADDRESS
    return keys


def _hashed(session_key: str) -> bytes:
    return sha256(session_key[:_LONGEST_KEY].encode()).digest()


def _is_alive(created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    return now - created_at < LONGEST and now - seen_at < LONGEST_IDLE


# In the order of the keys: two callers with the same two keys never wait for each other crosswise.
_COUNT = """
INSERT INTO rate_count AS r (key, count, expires_at)
SELECT key, 1, clock_timestamp() + %(window)s FROM unnest(%(keys)s::text[]) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE
   SET count = CASE WHEN r.expires_at <= clock_timestamp() THEN 1 ELSE r.count + 1 END,
       expires_at = CASE WHEN r.expires_at <= clock_timestamp() THEN excluded.expires_at
                         ELSE r.expires_at END
RETURNING key, count, expires_at - clock_timestamp()
"""

# Who signs in takes back this try alone: the failures of others at the same address stay.
_UNCOUNT = """
UPDATE rate_count SET count = greatest(count - 1, 0)
 WHERE key IN (SELECT key FROM rate_count WHERE key = ANY(%s::text[]) ORDER BY key FOR UPDATE)
"""

_FIND = """
SELECT officer_id AS id, office_id, name, username, roles, locale, title, organisation,
       created_at, seen_at, now
  FROM find_session(%s)
"""
