"""Deputies: who has whose role, on which days, by which decree. Ended early, never deleted.

Source: UU 30/2014 Art 14: a mandate names its deed and its term; the deputy answers in person, so
the rules of four eyes hold for the person, whichever role was used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound, OwnAccount
from licensing.forms import MAX_LONG_TEXT, MAX_TEXT, clean, one_line
from licensing.models.people import ROLES_OF
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.account_rules import (
    BANK,
    Target,
    in_line,
    must_look_after,
    target_named,
)
from licensing.services.administration import record

LONGEST = timedelta(days=366)
"""A longer term is no deputy: the role is given for good, as a change of the account."""


@dataclass(frozen=True, slots=True)
class NewDeputy:
    """A deputy as it is asked for; the dates are those of the office's zone, both included."""

    username: str
    role: str
    from_on: date
    until_on: date
    decree: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeputyPreview:
    """What a deputy would change."""

    new: NewDeputy
    person: Target
    today: date
    holders: tuple[str, ...]
    """Who has the role for good."""
    open_files: int
    """Open files in the pool of the role, which the deputy will see."""


def preview_deputy(runtime: Runtime, new: NewDeputy, by: Officer) -> DeputyPreview:
    """Return what a deputy would change; nothing is written.

    Raises:
        NotAllowed, NotFound, OwnAccount, InvalidInput: as `grant_deputy`.
    """
    with runtime.transaction(by.office_id) as connection:
        checked, person, today = _checked(connection, new, by)
        row = connection.exec_driver_sql(_TOUCHES, {"role": checked.role}).one()
    return DeputyPreview(checked, person, today, tuple(row.holders), row.open_files)


def grant_deputy(runtime: Runtime, new: NewDeputy, by: Officer) -> UUID:
    """Let somebody have a role on the days of a period; return the id of the deputy.

    Raises:
        NotAllowed: `by` does not look after accounts of this organisation.
        NotFound: the office has no such active account.
        OwnAccount: nobody makes himself a deputy.
        InvalidInput: every fault at once, by field.
    """
    with runtime.transaction(by.office_id) as connection:
        in_line(connection)
        checked, person, _ = _checked(connection, new, by)
        deputy_id: UUID = connection.exec_driver_sql(
            _GRANT,
            {
                "office": by.office_id,
                "officer": person.id,
                "kind": person.kind,
                "role": checked.role,
                "from": checked.from_on,
                "until": checked.until_on,
                "decree": checked.decree,
                "reason": checked.reason,
                "by": by.id,
            },
        ).scalar_one()
        record(
            connection,
            by.office_id,
            "deputy_granted",
            person.username,
            by=by.id,
            kind=person.kind,
            detail={
                "after": {
                    "role": checked.role,
                    "from": checked.from_on.isoformat(),
                    "until": checked.until_on.isoformat(),
                    "decree": checked.decree,
                    "reason": checked.reason,
                }
            },
        )
    return deputy_id


def end_deputy(runtime: Runtime, deputy_id: UUID, by: Officer) -> None:
    """End a deputy now; one that has ended stays as it is.

    Raises:
        NotFound: the office has no such deputy.
        NotAllowed: `by` does not look after this account.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_ONE, (deputy_id,)).fetchone()
        if row is None:
            raise NotFound("deputy", deputy_id)
        must_look_after(row.organisation_kind, "end a deputy of", by)
        if row.ended_at is not None or row.over:
            return
        connection.exec_driver_sql(
            "UPDATE deputy SET ended_at = clock_timestamp(), ended_by = %s WHERE id = %s",
            (by.id, deputy_id),
        )
        record(
            connection,
            by.office_id,
            "deputy_ended",
            row.username,
            by=by.id,
            kind=row.organisation_kind,
            detail={
                "before": {
                    "role": row.role,
                    "until": row.until_on.isoformat(),
                    "decree": row.decree,
                }
            },
        )


def _checked(connection: Connection, new: NewDeputy, by: Officer) -> tuple[NewDeputy, Target, date]:
    person = target_named(connection, new.username)
    must_look_after(person.kind, "name a deputy of", by)
    if person.id == by.id:
        raise OwnAccount(by.username)
    row: Any = connection.exec_driver_sql(
        _DAY, {"me": person.id, "role": new.role, "from": new.from_on, "until": new.until_on}
    ).one()
    faults: dict[str, str] = {}
    decree, reason = one_line(new.decree), clean(new.reason)
    if not person.active:
        faults["username"] = "account_closed"
    if new.role not in ROLES_OF[person.kind]:
        faults["role"] = "role_of_another_organisation"
    elif new.role in person.roles:
        faults["role"] = "has_role_already"
    elif person.kind == BANK and "bank_admin" in {new.role, *person.roles}:
        faults["role"] = "bank_admin_alone"
    if new.from_on < row.today:
        faults["from_on"] = "in_past"
    if new.until_on < new.from_on:
        faults["until_on"] = "ends_before_it_begins"
    elif new.until_on - new.from_on > LONGEST:
        faults["until_on"] = "longer_than_a_year"
    elif row.overlaps:
        faults["from_on"] = "deputy_already"
    if not decree:
        faults["decree"] = "required"
    elif len(decree) > MAX_TEXT:
        faults["decree"] = "too_long"
    if len(reason) > MAX_LONG_TEXT:
        faults["reason"] = "too_long"
    if faults:
        raise InvalidInput(faults)
    checked = NewDeputy(new.username, new.role, new.from_on, new.until_on, decree, reason)
    return checked, person, row.today


_DAY = """
SELECT (clock_timestamp() AT TIME ZONE o.zone)::date AS today,
       EXISTS (SELECT FROM deputy d
                WHERE d.officer_id = %(me)s AND d.role = %(role)s AND d.ended_at IS NULL
                  AND d.from_on <= %(until)s AND d.until_on >= %(from)s) AS overlaps
  FROM office o WHERE o.id = current_office()
"""

_TOUCHES = """
SELECT ARRAY(SELECT o.name FROM officer o JOIN officer_role r ON r.officer_id = o.id
              WHERE o.active AND r.role = %(role)s ORDER BY o.name) AS holders,
       (SELECT count(*) FROM application WHERE ended_at IS NULL AND lane = %(role)s)
       + (SELECT count(*) FROM ask WHERE closed_at IS NULL AND lane = %(role)s) AS open_files
"""

_GRANT = """
INSERT INTO deputy (office_id, officer_id, organisation_kind, role, from_on, until_on, decree,
       reason, granted_by, granted_by_kind)
SELECT %(office)s, %(officer)s, %(kind)s, %(role)s, %(from)s, %(until)s, %(decree)s, %(reason)s,
       g.id, g.organisation_kind
  FROM officer g WHERE g.id = %(by)s
RETURNING id
"""

_ONE = """
SELECT d.role, d.until_on, d.decree, d.ended_at, d.organisation_kind, p.username,
       d.until_on < (clock_timestamp() AT TIME ZONE o.zone)::date AS over
  FROM deputy d JOIN officer p ON p.id = d.officer_id JOIN office o ON o.id = d.office_id
 WHERE d.id = %s FOR UPDATE OF d
"""
