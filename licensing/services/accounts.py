"""Accounts: each belongs to one organisation and gets roles of its kind only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import BanksOwnAccount, InvalidInput, NotFound
from licensing.forms import clean
from licensing.identity import IdentityFault, parse_email
from licensing.passwords import check_new, hash_password
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.account_rules import (
    BANK,
    BANK_ADMIN,
    faults_of,
    in_line,
    must_be_the_only_bank_admin,
    must_look_after,
)
from licensing.services.administration import record
from licensing.services.tell_inspectorate import tell_inspectorate

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,40}")
_ORGANISATION_NAMES = {
    "office": "Kantor",
    "bank": "Bank persepsi",
    "agency": "Dinas teknis",
    "inspectorate": "Inspektorat",
    "ombudsman": "Ombudsman Republik Indonesia",
    "public": "Pemohon",
}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account as it is asked for."""

    username: str
    name: str
    roles: tuple[str, ...]
    password: str
    organisation_kind: str = "office"
    organisation_name: str = ""
    """Empty: the organisation of that kind that the office knows, or one with a usual name."""
    title: str = ""
    employee_number: str = ""
    email: str = ""
    locale: str = "id"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a list."""

    id: UUID
    username: str
    name: str
    title: str
    organisation: str
    kind: str
    roles: tuple[str, ...]
    email: str
    active: bool


def create_account(
    runtime: Runtime, office_id: UUID, new: NewAccount, by: Officer | None = None
) -> Officer:
    """Create an account; `by` None is the command line.

    The command line makes no account of the bank but its first administrator, of whom the
    inspectorate hears.

    Raises:
        NotAllowed: `by` may not make accounts of this organisation.
        BanksOwnAccount: the bank has its administrator, or the account would be a teller.
        InvalidInput: every fault at once, by field; `username: taken` where it exists anywhere.
    """
    account = check_account(new, by)
    password_hash = hash_password(account.password)
    with runtime.transaction(office_id) as connection:
        told = account.organisation_kind == BANK and by is None
        if told:
            in_line(connection)
            must_be_the_only_bank_admin(connection, account.username)
        made = write_account(connection, office_id, account, password_hash)
        record(
            connection,
            office_id,
            "bank_admin_created" if told else "account_created",
            account.username,
            by=_id(by),
            kind=account.organisation_kind,
            detail={
                "after": {
                    "name": account.name,
                    "roles": sorted(account.roles),
                    "title": account.title,
                    "employee_number": account.employee_number,
                    "email": account.email,
                    "organisation": made.organisation,
                }
            },
        )
        if told:
            params = {"username": account.username, "name": account.name}
            tell_inspectorate(connection, office_id, "bank_admin_created", params)
        return made


def check_account(new: NewAccount, by: Officer | None = None) -> NewAccount:
    """Return an account as it would be written.

    Raises:
        NotAllowed, BanksOwnAccount, InvalidInput: as `create_account`.
    """
    if by is not None:
        must_look_after(new.organisation_kind, "create", by)
    account = _checked(new)
    if by is None and account.organisation_kind == BANK and set(account.roles) != BANK_ADMIN:
        raise BanksOwnAccount("create", account.username)
    return account


def write_account(
    connection: Connection, office_id: UUID, account: NewAccount, password_hash: str
) -> Officer:
    """Write a checked account whose password is already hashed.

    Raises:
        InvalidInput: `username: taken`.
    """
    organisation_id, organisation = _organisation(connection, office_id, account)
    officer_id: UUID | None = connection.exec_driver_sql(
        _INSERT,
        {
            "office": office_id,
            "organisation": organisation_id,
            "kind": account.organisation_kind,
            "username": account.username,
            "name": account.name,
            "title": account.title,
            "number": account.employee_number,
            "email": account.email,
            "locale": account.locale,
            "hash": password_hash,
            "roles": list(account.roles),
        },
    ).scalar_one_or_none()
    if officer_id is None:
        raise InvalidInput({"username": "taken"})
    return Officer(
        officer_id,
        office_id,
        account.name,
        account.username,
        frozenset(account.roles),
        account.locale,
        account.title,
        organisation,
    )


def officer_named(connection: Connection, username: str) -> Officer:
    """Return an active account of the office of this transaction, with its roles.

    Raises:
        NotFound: the office has no active account of that name.
    """
    row = connection.exec_driver_sql(OFFICER + " AND o.username = %s", (username,)).fetchone()
    if row is None:
        raise NotFound("account", username)
    return officer_of_row(row)


def officer_with_id(connection: Connection, officer_id: UUID) -> Officer:
    """Return an active account of the office of this transaction, with its roles.

    Raises:
        NotFound: the office has no active account with this id.
    """
    row = connection.exec_driver_sql(OFFICER + " AND o.id = %s", (officer_id,)).fetchone()
    if row is None:
        raise NotFound("account", officer_id)
    return officer_of_row(row)


def officer_of_row(row: Any) -> Officer:
    """Return the person in a row of `OFFICER`."""
    return Officer(
        row.id,
        row.office_id,
        row.name,
        row.username,
        frozenset(row.roles),
        row.locale,
        row.title,
        row.organisation,
    )


def list_accounts(runtime: Runtime, office_id: UUID) -> tuple[AccountLine, ...]:
    """Return all accounts of an office, by name."""
    with runtime.transaction(office_id) as connection:
        rows = connection.exec_driver_sql(_LIST).fetchall()
    return tuple(
        AccountLine(
            row.id,
            row.username,
            row.name,
            row.title,
            row.organisation,
            row.kind,
            tuple(row.roles),
            row.email,
            row.active,
        )
        for row in rows
    )


def _id(by: Officer | None) -> UUID | None:
    return None if by is None else by.id


def _checked(new: NewAccount) -> NewAccount:
    faults: dict[str, str] = {}
    username, email = new.username.strip().lower(), clean(new.email)
    if not _USERNAME.fullmatch(username):
        faults["username"] = "username"
    faults |= faults_of(clean(new.name), new.organisation_kind, new.roles)
    if email:
        try:
            email = parse_email(email)
        except IdentityFault as fault:
            faults["email"] = fault.code
    if new.locale not in ("id", "en"):
        faults["locale"] = "unknown_choice"
    try:
        check_new(new.password, username=username)
    except InvalidInput as weak:
        faults |= weak.faults
    if faults:
        raise InvalidInput(faults)
    return NewAccount(
        username=username,
        name=clean(new.name),
        roles=tuple(dict.fromkeys(new.roles)),
        password=new.password,
        organisation_kind=new.organisation_kind,
        organisation_name=clean(new.organisation_name),
        title=clean(new.title),
        employee_number=clean(new.employee_number),
        email=email,
        locale=new.locale,
    )


def _organisation(connection: Connection, office_id: UUID, account: NewAccount) -> tuple[UUID, str]:
    """Return the organisation of an account, made where the office has none of its kind."""
    kind, name = account.organisation_kind, account.organisation_name
    row = connection.exec_driver_sql(
        "SELECT id, name FROM organisation WHERE office_id = %s AND kind = %s"
        " AND (%s = '' OR name = %s) ORDER BY id LIMIT 1",
        (office_id, kind, name, name),
    ).fetchone()
    if row is None:
        row = connection.exec_driver_sql(
            "INSERT INTO organisation (office_id, kind, name) VALUES (%s, %s, %s)"
            " ON CONFLICT (office_id, name) DO NOTHING RETURNING id, name",
            (office_id, kind, name or _ORGANISATION_NAMES[kind]),
        ).fetchone()
    if row is None:
        raise InvalidInput({"organisation": "name_of_another_kind"})
    return row[0], row[1]


OFFICER = """
SELECT o.id, o.office_id, o.name, o.username,
       ARRAY(SELECT r.role FROM acting_role r WHERE r.officer_id = o.id ORDER BY r.role)
       AS roles, o.locale, o.title, g.name AS organisation
  FROM officer o JOIN organisation g ON g.id = o.organisation_id
 WHERE o.active
"""

_INSERT = """
WITH made AS (
  INSERT INTO officer (office_id, organisation_id, organisation_kind, username, name, title,
         employee_number, email, locale, password_hash)
  VALUES (%(office)s, %(organisation)s, %(kind)s, %(username)s, %(name)s, %(title)s, %(number)s,
          %(email)s, %(locale)s, %(hash)s)
  ON CONFLICT (username) DO NOTHING
  RETURNING id
), with_roles AS (
  INSERT INTO officer_role (officer_id, role, office_id, organisation_kind)
  SELECT made.id, role, %(office)s, %(kind)s FROM made, unnest(%(roles)s::text[]) AS role
)
SELECT id FROM made
"""

_LIST = """
SELECT o.id, o.username, o.name, o.title, g.name AS organisation, g.kind,
       ARRAY(SELECT r.role FROM officer_role r WHERE r.officer_id = o.id ORDER BY r.role)
       AS roles, o.email, o.active
  FROM officer o JOIN organisation g ON g.id = o.organisation_id
 ORDER BY o.username
"""
