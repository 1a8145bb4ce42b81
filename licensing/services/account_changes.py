"""Changes to accounts: names and roles, open or closed, passwords, sessions; each recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import BanksOwnAccount, InvalidInput
from licensing.forms import clean
from licensing.identity import IdentityFault, parse_email
from licensing.passwords import check_new, hash_password
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.account_rules import (
    BANK,
    BANK_ADMIN,
    Target,
    faults_of,
    has_deputy,
    must_be_the_only_bank_admin,
    must_leave_an_admin,
    must_reach,
    target_named,
)
from licensing.services.administration import record
from licensing.services.tell_inspectorate import tell_inspectorate


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an account is to be from now on."""

    name: str
    roles: tuple[str, ...]
    title: str = ""
    employee_number: str = ""
    email: str = ""


def set_active(
    runtime: Runtime,
    office_id: UUID,
    username: str,
    *,
    active: bool,
    by: Officer | None = None,
) -> None:
    """Let an account sign in, or end its sessions and keep it out; `by` None: the command line.

    Files that it holds stay its own until a supervisor reassigns them: each hand-over is a line
    of that file's history.

    Raises:
        NotFound: the office has no such account.
        NotAllowed, OwnAccount, BanksOwnAccount, LastAdmin: it is refused.
    """
    with runtime.transaction(office_id) as connection:
        target = target_named(connection, username)
        must_reach(target, "open" if active else "close", by)
        if active and by is None:
            _must_not_book(connection, target, "open")
        if not active:
            must_leave_an_admin(connection, target)
        elif by is None and target.kind == BANK:
            must_be_the_only_bank_admin(connection, username)
        if target.active == active:
            return
        connection.exec_driver_sql(
            "UPDATE officer SET active = %s WHERE id = %s", (active, target.id)
        )
        ended = 0 if active else _end_sessions(connection, target.id)
        action = "account_opened" if active else "account_closed"
        record(
            connection,
            office_id,
            action,
            username,
            by=_id(by),
            kind=target.kind,
            detail={
                "before": {"active": target.active},
                "after": {"active": active},
                "sessions_ended": ended,
            },
        )
        if by is None and target.kind == BANK:
            _tell(connection, office_id, f"bank_{action}", username, target.name)


def set_password(
    runtime: Runtime,
    office_id: UUID,
    username: str,
    password: str,
    *,
    by: Officer | None = None,
) -> None:
    """Give an account a new password; whoever was signed in with the old one is signed out.

    Raises:
        NotFound: the office has no such account.
        NotAllowed, OwnAccount, BanksOwnAccount: it is refused.
        InvalidInput: the password is too weak.
    """
    check_new(password, username=username)
    hashed = hash_password(password)
    with runtime.transaction(office_id) as connection:
        target = target_named(connection, username)
        must_reach(target, "set the password of", by)
        if by is None:
            _must_not_book(connection, target, "set the password of")
        connection.exec_driver_sql(
            "UPDATE officer SET password_hash = %s WHERE id = %s", (hashed, target.id)
        )
        ended = _end_sessions(connection, target.id)
        record(
            connection,
            office_id,
            "password_set",
            username,
            by=_id(by),
            kind=target.kind,
            detail={"sessions_ended": ended},
        )
        if by is None and target.kind == BANK:
            _tell(connection, office_id, "bank_admin_password_set", username, target.name)


def sign_out_everywhere(
    runtime: Runtime, office_id: UUID, username: str, *, by: Officer | None = None
) -> int:
    """End every session of an account; return how many there were.

    Raises:
        NotFound: the office has no such account.
        NotAllowed: `by` does not look after this account.
    """
    with runtime.transaction(office_id) as connection:
        target = target_named(connection, username)
        must_reach(target, "sign out", by)
        ended = _end_sessions(connection, target.id)
        record(
            connection,
            office_id,
            "signed_out",
            username,
            by=_id(by),
            kind=target.kind,
            detail={"sessions_ended": ended},
        )
    return ended


def change_account(
    runtime: Runtime,
    office_id: UUID,
    username: str,
    change: AccountChange,
    *,
    by: Officer | None = None,
) -> None:
    """Give an account another name, title, address or other roles; it keeps its organisation.

    Raises:
        NotFound: the office has no such account.
        NotAllowed, OwnAccount, BanksOwnAccount, LastAdmin: it is refused.
        InvalidInput: every fault at once, by field.
    """
    with runtime.transaction(office_id) as connection:
        target = target_named(connection, username)
        wanted = check_change(connection, target, change, by)
        before, after = _shown(target), _shown(wanted)
        if before == after:
            return
        connection.exec_driver_sql(
            _CHANGE,
            {
                "id": target.id,
                "office": office_id,
                "kind": target.kind,
                "name": wanted.name,
                "title": wanted.title,
                "number": wanted.employee_number,
                "email": wanted.email,
                "roles": list(wanted.roles),
            },
        )
        differs = sorted(key for key in before if before[key] != after[key])
        record(
            connection,
            office_id,
            "account_changed",
            username,
            by=_id(by),
            kind=target.kind,
            detail={
                "before": {key: before[key] for key in differs},
                "after": {key: after[key] for key in differs},
            },
        )


def preview_change(
    runtime: Runtime, office_id: UUID, username: str, change: AccountChange, *, by: Officer
) -> Target:
    """Return the account as it would be; nothing is written.

    Raises:
        NotFound, NotAllowed, OwnAccount, LastAdmin, InvalidInput: as `change_account`.
    """
    with runtime.transaction(office_id) as connection:
        return check_change(connection, target_named(connection, username), change, by)


def check_change(
    connection: Connection, target: Target, change: AccountChange, by: Officer | None
) -> Target:
    """Return the account as it would be.

    Raises:
        NotAllowed, OwnAccount, BanksOwnAccount, LastAdmin, InvalidInput: as `change_account`.
    """
    must_reach(target, "change", by)
    wanted = replace(
        target,
        name=clean(change.name),
        title=clean(change.title),
        employee_number=clean(change.employee_number),
        email=clean(change.email),
        roles=tuple(sorted(set(change.roles))),
    )
    faults = faults_of(wanted.name, target.kind, wanted.roles)
    if frozenset(wanted.roles) == BANK_ADMIN and has_deputy(connection, target):
        faults["roles"] = "bank_admin_alone"
    if wanted.email:
        try:
            wanted = replace(wanted, email=parse_email(wanted.email))
        except IdentityFault as fault:
            faults["email"] = fault.code
    if faults:
        raise InvalidInput(faults)
    if set(wanted.roles) != set(target.roles):
        must_reach(target, "change the roles of", by)
        if "admin" not in wanted.roles:
            must_leave_an_admin(connection, target)
    return wanted


def _must_not_book(connection: Connection, target: Target, what: str) -> None:
    """Pass where the command line gives nobody the power to book, not even as a deputy.

    Raises:
        BanksOwnAccount: the account of the bank is a deputy, now or later.
    """
    if target.kind == BANK and has_deputy(connection, target):
        raise BanksOwnAccount(what, target.username)


def _shown(account: Target) -> dict[str, Any]:
    return {
        "name": account.name,
        "title": account.title,
        "employee_number": account.employee_number,
        "email": account.email,
        "roles": sorted(account.roles),
    }


def _tell(connection: Connection, office_id: UUID, event: str, username: str, name: str) -> None:
    tell_inspectorate(connection, office_id, event, {"username": username, "name": name})


def _id(by: Officer | None) -> UUID | None:
    return None if by is None else by.id


def _end_sessions(connection: Connection, officer_id: UUID) -> int:
    return connection.exec_driver_sql(
        "UPDATE login_session SET ended_at = clock_timestamp()"
        " WHERE officer_id = %s AND ended_at IS NULL",
        (officer_id,),
    ).rowcount


_CHANGE = """
WITH changed AS (
  UPDATE officer SET name = %(name)s, title = %(title)s, employee_number = %(number)s,
         email = %(email)s
   WHERE id = %(id)s
), taken AS (
  DELETE FROM officer_role
   WHERE officer_id = %(id)s AND NOT role = ANY (%(roles)s::text[])
)
INSERT INTO officer_role (officer_id, role, office_id, organisation_kind)
SELECT %(id)s, role, %(office)s, %(kind)s FROM unnest(%(roles)s::text[]) AS role
ON CONFLICT DO NOTHING
"""
