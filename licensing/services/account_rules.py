"""Who may do what to whose account: by the kind of the organisation, never by the page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import BanksOwnAccount, LastAdmin, NotFound, OwnAccount
from licensing.forms import MAX_TEXT
from licensing.models.people import KINDS, ROLES_OF
from licensing.people import Officer

MAY_CREATE: Final = {
    "admin": frozenset({"office", "agency", "public"}),
    "bank_admin": frozenset({"bank"}),
}
"""Whose accounts an administrator sees, makes and changes. The first of the bank, and those who
watch over the office, are made on the command line: no account of the office can make itself one
of them."""

BANK: Final = "bank"
BANK_ADMIN: Final = frozenset({"bank_admin"})
_HARMLESS_TO_THE_BANK: Final = frozenset({"close", "sign out"})
"""What the command line may do to any account of the bank: it ends power, and gives none."""
_NOT_TO_ONESELF: Final = frozenset({"change the roles of", "open", "close", "set the password of"})


@dataclass(frozen=True, slots=True)
class Target:
    """An account as it stands, locked for the change."""

    id: UUID
    username: str
    name: str
    title: str
    employee_number: str
    email: str
    kind: str
    roles: tuple[str, ...]
    """Those it has for good; a deputy's are not its own."""
    active: bool


def kinds_of(by: Officer) -> frozenset[str]:
    """Return the kinds of organisations whose accounts `by` looks after."""
    return frozenset().union(*(kinds for role, kinds in MAY_CREATE.items() if by.has(role)))


def must_look_after(kind: str, what: str, by: Officer) -> None:
    """Pass for who looks after the accounts of organisations of this kind.

    Raises:
        NotAllowed: `by` does not.
    """
    able = tuple(sorted(role for role, kinds in MAY_CREATE.items() if kind in kinds))
    by.must_have(f"{what} an account of the {kind}", *able)


def in_line(connection: Connection) -> None:
    """Let changes to the accounts of an office come one after the other.

    Two administrators who close each other's account at the same moment: one comes second.
    """
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended(current_office()::text, 2))"
    )


def target_named(connection: Connection, username: str) -> Target:
    """Return an account of the office of this transaction; changes to accounts wait in line.

    Raises:
        NotFound: the office has no such account.
    """
    in_line(connection)
    row = connection.exec_driver_sql(_TARGET, (username,)).fetchone()
    if row is None:
        raise NotFound("account", username)
    return target_of_row(row)


def target_of_row(row: Any) -> Target:
    """Return the account in a row of the accounts' columns."""
    return Target(
        row.id,
        row.username,
        row.name,
        row.title,
        row.employee_number,
        row.email,
        row.organisation_kind,
        tuple(row.roles),
        row.active,
    )


def must_reach(target: Target, what: str, by: Officer | None) -> None:
    """Pass where `by` may do `what` to this account; None is the command line.

    The command line may close an account of the bank, and give its lone administrator a new
    password, for which the inspectorate hears of it. It never gives anybody the power to book.

    Raises:
        NotAllowed, OwnAccount, BanksOwnAccount: it is refused.
    """
    if by is None:
        if target.kind != BANK or what in _HARMLESS_TO_THE_BANK:
            return
        if what in ("set the password of", "open") and frozenset(target.roles) == BANK_ADMIN:
            return
        raise BanksOwnAccount(what, target.username)
    must_look_after(target.kind, what, by)
    if what in _NOT_TO_ONESELF:
        must_not_be_own(target, by)


def must_not_be_own(target: Target, by: Officer) -> None:
    """Pass for the account of somebody else.

    Raises:
        OwnAccount: it is that of `by`.
    """
    if target.id == by.id:
        raise OwnAccount(by.username)


def must_leave_an_admin(connection: Connection, target: Target) -> None:
    """Pass where another active account keeps the role `admin` if this one loses it.

    Raises:
        LastAdmin: nobody else could administer.
    """
    if target.active and "admin" in target.roles and _others(connection, target, "admin") == 0:
        raise LastAdmin(target.username, "admin")


def must_be_the_only_bank_admin(connection: Connection, username: str) -> None:
    """Pass where the bank has no active administrator yet besides `username`.

    Raises:
        BanksOwnAccount: it has one, who makes all other accounts of the bank.
    """
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM officer o JOIN officer_role r ON r.officer_id = o.id"
        " WHERE o.active AND r.role = 'bank_admin' AND o.username <> %s",
        (username,),
    ).scalar_one()
    if found:
        raise BanksOwnAccount("make a second administrator", username)


def has_deputy(connection: Connection, target: Target) -> bool:
    """Return whether an account is a deputy now or will be, in whatever role."""
    found: bool = connection.exec_driver_sql(_DEPUTY, (target.id,)).scalar_one()
    return found


def faults_of(name: str, kind: str, roles: Collection[str]) -> dict[str, str]:
    """Return what is wrong with the name or the roles of an account, by field.

    Whoever makes the accounts of the bank does not book: a new password for the one, set on the
    command line, must never be the power to do the other.
    """
    faults: dict[str, str] = {}
    if not name:
        faults["name"] = "required"
    elif len(name) > MAX_TEXT:
        faults["name"] = "too_long"
    if kind not in KINDS:
        faults["organisation"] = "unknown_choice"
    elif not roles:
        faults["roles"] = "required"
    elif not set(roles) <= set(ROLES_OF[kind]):
        faults["roles"] = "role_of_another_organisation"
    elif kind == BANK and set(roles) > BANK_ADMIN:
        faults["roles"] = "bank_admin_alone"
    return faults


def _others(connection: Connection, target: Target, role: str) -> int:
    return int(
        connection.exec_driver_sql(
            "SELECT count(*) FROM officer o JOIN officer_role r ON r.officer_id = o.id"
            " WHERE o.active AND r.role = %s AND o.id <> %s",
            (role, target.id),
        ).scalar_one()
    )


TARGET_COLUMNS = """
o.id, o.username, o.name, o.title, o.employee_number, o.email, o.organisation_kind, o.active,
ARRAY(SELECT r.role FROM officer_role r WHERE r.officer_id = o.id ORDER BY r.role) AS roles
"""

_DEPUTY = """
SELECT EXISTS (SELECT FROM deputy d JOIN office o ON o.id = d.office_id
                WHERE d.officer_id = %s AND d.ended_at IS NULL
                  AND d.until_on >= (clock_timestamp() AT TIME ZONE o.zone)::date)
"""

_TARGET = f"""
SELECT {TARGET_COLUMNS} FROM officer o WHERE o.username = %s FOR UPDATE OF o
"""  # noqa: S608 - fixed text
