"""Into an applicant's account: by a one-time code to an address, or by a resume code without one.

Whoever asks for a code is told the same whether or not anybody is known by that address, and an
account begins only once its address has been proved.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import Final, Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection

from licensing import identity
from licensing.errors import InvalidInput, SignInRefused, TooManyTries
from licensing.people import Applicant
from licensing.runtime import Runtime
from licensing.secrecy import fingerprint, fingerprints, seal
from licensing.services.applicant_sessions import Entered, open_session
from licensing.services.door_sql import dump
from licensing.services.rate_counts import count_up

CODE_EVENT: Final = "online_code"
RESUME_EVENT: Final = "online_resume"
SEALED_PURPOSE: Final = "notice.sealed"
"""What a letter says that must not lie open in the outbox, sealed in the param `sealed`."""

CODE_DIGITS: Final = 6
CODE_LASTS: Final = timedelta(minutes=15)
MOST_TRIES: Final = 5
"""Wrong guesses that one code bears: a guess finds it with 5 in a million."""
MOST_SENT: Final = ((timedelta(hours=1), 5), (timedelta(days=1), 12))
"""Letters with a code that one address is sent: what bounds the guesses at it, too."""

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
RESUME_LENGTH: Final = 12
"""Twelve of 31 letters that cannot be mistaken for each other: 59 bits."""

_CODE_PURPOSE: Final = "online.code"
_RESUME_PURPOSE: Final = "online.resume"

Kind = Literal["email", "phone"]


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code on its way: what the form that asks for it has to hand back."""

    id: UUID
    kind: Kind
    address: str
    """As it is shown: masked."""


def read_address(text: str) -> tuple[Kind, str]:
    """Return the kind of an address and the address in its one form.

    Raises:
        InvalidInput: it is neither an e-mail address nor a phone number.
    """
    typed = text.strip()
    if not typed:
        raise InvalidInput({"address": "required"})
    try:
        if "@" in typed:
            return "email", identity.parse_email(typed).lower()
        return "phone", identity.parse_phone(typed)
    except identity.IdentityFault as fault:
        raise InvalidInput({"address": fault.code}) from fault


def phones_reached(runtime: Runtime, office_id: UUID) -> bool:
    """Return whether the office has a way to phones, so that a code can be sent to one."""
    with runtime.transaction(office_id) as connection:
        return connection.exec_driver_sql(_GATEWAY).fetchone() is not None


def send_code(runtime: Runtime, office_id: UUID, address: str, *, locale: str) -> CodeSent:
    """Send a one-time code to an address; return what the form needs that asks for it.

    Raises:
        InvalidInput: no address, or a phone that this office has no way to.
        TooManyTries: this address was sent too many codes within the hour.
    """
    kind, known = read_address(address)
    _must_be_seldom(runtime, office_id, known)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with runtime.transaction(office_id) as connection:
        code_id: UUID = connection.exec_driver_sql(
            "INSERT INTO online_code (office_id, kind, address, code_hash, expires_at)"
            " VALUES (%s, %s, %s, %s, clock_timestamp() + %s) RETURNING id",
            (
                office_id,
                kind,
                known,
                fingerprint(runtime.keyring, f"{known}:{code}", purpose=_CODE_PURPOSE),
                CODE_LASTS,
            ),
        ).scalar_one()
        _send(runtime, connection, office_id, kind, known, locale, CODE_EVENT, code)
    return CodeSent(code_id, kind, masked(kind, known))


def enter_by_code(
    runtime: Runtime,
    office_id: UUID,
    code_id: UUID,
    code: str,
    *,
    locale: str,
    guest: Applicant | None = None,
) -> Entered:
    """Open a session for who knows the code; what `guest` has begun becomes his.

    Raises:
        SignInRefused: the code is wrong, spent or too old; which of these is not said.
    """
    typed = "".join(letter for letter in code if letter.isdigit())
    with runtime.transaction(office_id) as connection:
        # Counted before it is compared: a hundred guesses at once are a hundred guesses.
        row = connection.exec_driver_sql(_TRY, (code_id, MOST_TRIES)).fetchone()
    if row is None:
        raise SignInRefused
    wanted = fingerprints(runtime.keyring, f"{row.address}:{typed}", purpose=_CODE_PURPOSE)
    if not any(compare_digest(row.code_hash, one) for one in wanted):
        raise SignInRefused
    with runtime.transaction(office_id) as connection:
        spent = connection.exec_driver_sql(
            "UPDATE online_code SET used_at = clock_timestamp() WHERE id = %s AND used_at IS NULL",
            (code_id,),
        ).rowcount
        if spent != 1:
            raise SignInRefused
        account = connection.exec_driver_sql(
            _KEEP, {"office": office_id, "kind": row.kind, "address": row.address, "lang": locale}
        ).scalar_one()
        if guest is not None and guest.kind == "code":
            _take_over(connection, guest, account)
        key = open_session(connection, office_id, account)
    return Entered(key, Applicant(account, office_id, row.kind, row.address, locale))


def begin_without_address(runtime: Runtime, office_id: UUID, *, locale: str) -> tuple[Entered, str]:
    """Open a session for somebody without an address; return it and his resume code."""
    code = new_resume_code()
    with runtime.transaction(office_id) as connection:
        account: UUID = connection.exec_driver_sql(
            "INSERT INTO online_account (office_id, kind, resume_hash, locale)"
            " VALUES (%s, 'code', %s, %s) RETURNING id",
            (office_id, _resume_hash(runtime, code), locale),
        ).scalar_one()
        key = open_session(connection, office_id, account)
    return Entered(key, Applicant(account, office_id, "code", "", locale)), code


def enter_by_resume_code(runtime: Runtime, office_id: UUID, code: str) -> Entered:
    """Open a session for who holds a resume code.

    Raises:
        SignInRefused: nobody has this code.
    """
    wanted = fingerprints(runtime.keyring, plain_code(code), purpose=_RESUME_PURPOSE)
    with runtime.transaction(office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT id, kind, address, locale FROM online_account WHERE resume_hash = ANY(%s)",
            (list(wanted),),
        ).fetchone()
        if row is None:
            raise SignInRefused
        key = open_session(connection, office_id, row.id)
    return Entered(key, Applicant(row.id, office_id, row.kind, row.address, row.locale))


def renew_resume_code(runtime: Runtime, by: Applicant, *, send_to: str = "") -> str:
    """Give `by` a new resume code, which ends the old one; also send it where an address is given.

    Raises:
        InvalidInput: `send_to` is no address that the office reaches.
        TooManyTries: this address was sent too many letters within the hour.
    """
    target = read_address(send_to) if send_to.strip() else None
    if target is not None:
        _must_be_seldom(runtime, by.office_id, target[1])
    code = new_resume_code()
    with runtime.transaction(by.office_id) as connection:
        connection.exec_driver_sql(
            "UPDATE online_account SET resume_hash = %s WHERE id = %s",
            (_resume_hash(runtime, code), by.id),
        )
        if target is not None:
            _send(
                runtime, connection, by.office_id, *target, by.locale, RESUME_EVENT,
                shown_code(code),
            )  # fmt: skip
    return code


def new_resume_code() -> str:
    """Return a code that nobody can guess."""
    return "".join(secrets.choice(_LETTERS) for _ in range(RESUME_LENGTH))


def shown_code(code: str) -> str:
    """Return a resume code as people copy it: `ABCD-EFGH-JKLM`."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def plain_code(text: str) -> str:
    """Return a typed resume code without what people put between its letters."""
    return "".join(letter for letter in text.upper() if letter.isalnum())[:64]


def masked(kind: str, address: str) -> str:
    """Return an address of which a stranger learns nothing."""
    return identity.mask_email(address) if kind == "email" else identity.mask_phone(address)


def _resume_hash(runtime: Runtime, code: str) -> str:
    return fingerprint(runtime.keyring, code, purpose=_RESUME_PURPOSE)


def _must_be_seldom(runtime: Runtime, office_id: UUID, address: str) -> None:
    for window, most in MOST_SENT:
        what = f"{office_id}:{address}:{window.total_seconds():.0f}"
        if count_up(runtime, fingerprint(runtime.keyring, what, purpose="rate.online"), window) > (
            most
        ):
            raise TooManyTries(window)


def _send(
    runtime: Runtime,
    connection: Connection,
    office_id: UUID,
    kind: Kind,
    address: str,
    locale: str,
    event: str,
    code: str,
) -> None:
    """Owe a letter whose code lies sealed in the outbox until it leaves."""
    channel_id = None
    if kind == "phone":
        found = connection.exec_driver_sql(_GATEWAY).fetchone()
        if found is None:
            raise InvalidInput({"address": "no_way_to_phones"})
        channel_id = found.id
    sealed = seal(runtime.keyring, dump({"code": code}), purpose=SEALED_PURPOSE)
    connection.exec_driver_sql(
        _OWE,
        {
            "id": uuid4(),
            "office": office_id,
            "event": event,
            "address": address,
            "channel": "email" if channel_id is None else "gateway",
            "channel_id": channel_id,
            "locale": locale if locale in ("id", "en") else "id",
            "params": dump({"sealed": sealed}),
        },
    )


def _take_over(connection: Connection, guest: Applicant, account_id: UUID) -> None:
    """Give what somebody has begun without an address to the account he proved to be his."""
    parameters = (account_id, guest.id)
    connection.exec_driver_sql(
        "UPDATE online_draft SET account_id = %s WHERE account_id = %s", parameters
    )
    connection.exec_driver_sql(
        "UPDATE dossier SET online_account_id = %s WHERE online_account_id = %s", parameters
    )
    connection.exec_driver_sql(
        "UPDATE online_account SET resume_hash = NULL WHERE id = %s", (guest.id,)
    )
    connection.exec_driver_sql(
        "UPDATE online_session SET ended_at = clock_timestamp()"
        " WHERE account_id = %s AND ended_at IS NULL",
        (guest.id,),
    )


_GATEWAY = "SELECT id FROM office_channel WHERE active AND personal"

_TRY = """
UPDATE online_code SET tries = tries + 1
 WHERE id = %s AND used_at IS NULL AND tries < %s AND expires_at > clock_timestamp()
RETURNING kind, address, code_hash
"""

_KEEP = """
INSERT INTO online_account (office_id, kind, address, locale)
VALUES (%(office)s, %(kind)s, %(address)s, %(lang)s)
ON CONFLICT (office_id, address) WHERE address <> '' DO UPDATE SET locale = excluded.locale
RETURNING id
"""

_OWE = """
INSERT INTO notice (id, office_id, event, audience, address, channel, channel_id, locale, params,
       created_at, next_try_at)
SELECT %(id)s, %(office)s, %(event)s, 'applicant', %(address)s, %(channel)s, %(channel_id)s,
       %(locale)s, %(params)s, clock_timestamp(),
       CASE WHEN NOT o.simulated THEN clock_timestamp() END
  FROM office o WHERE o.id = %(office)s
"""
