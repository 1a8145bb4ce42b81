"""What administrators see: how the office is set up, its accounts, deputies, and the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.account_rules import TARGET_COLUMNS as COLUMNS
from licensing.services.account_rules import (
    Target,
    kinds_of,
    must_look_after,
    target_of_row,
)

PAGE: Final = 50
ADMINISTRATORS: Final = ("admin", "head", "bank_admin")
ACCOUNT_KEEPERS: Final = ("admin", "bank_admin")
RECORD_READERS: Final = ("admin", "head", "bank_admin", "inspectorate")

DeputyState = Literal["now", "later", "over"]


@dataclass(frozen=True, slots=True)
class Overview:
    """How the office is set up, in a few figures."""

    services: int
    closed: int
    drafts: int
    calendar_number: int | None
    known_until: date | None
    """Last date whose holidays are known."""
    today: date
    accounts: int
    """Active ones that the reader looks after."""
    disabled: int
    deputies: int
    """In force today, among those the reader looks after."""
    prices: int
    """Unit prices that have been set."""
    newest: datetime | None
    """When something was last changed."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in the list."""

    account: Target
    organisation: str
    acting: tuple[str, ...]
    """Roles that it has today as a deputy."""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of accounts, by user name."""

    rows: Sequence[AccountRow]
    total: int
    """How many there are under the same search."""
    next_after: str | None


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account, with what a change to it touches."""

    account: Target
    organisation: str
    acting: tuple[str, ...]
    held: int
    """Open files that it holds."""
    sessions: int
    """Browsers in which it is signed in, or was and did not sign out."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """One deputy, with names."""

    id: UUID
    username: str
    name: str
    role: str
    from_on: date
    until_on: date
    decree: str
    reason: str
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None
    state: DeputyState


@dataclass(frozen=True, slots=True)
class DeputyDesk:
    """The newest 200 deputies, in force first, and everybody who could be made one."""

    rows: Sequence[DeputyRow]
    people: Sequence[tuple[str, str, str]]
    """Who could be one: user name, name and title, by name."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One line of the record."""

    id: UUID
    at: datetime
    actor: str | None
    """None: the command line."""
    action: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of the record, newest first."""

    rows: Sequence[RecordRow]
    actions: Sequence[str]
    """Every kind of change that is in the record, to choose from."""
    next_after: UUID | None


def overview(runtime: Runtime, by: Officer) -> Overview:
    """Return how the office is set up, as far as `by` administers it.

    Raises:
        NotAllowed: `by` administers nothing.
    """
    by.must_have("administer", *ADMINISTRATORS)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(
            _OVERVIEW, {"kinds": sorted(kinds_of(by)), "readable": _readable(by)}
        ).one()
    return Overview(*row)


def accounts_page(
    runtime: Runtime,
    by: Officer,
    *,
    search: str = "",
    role: str | None = None,
    active: bool | None = None,
    after: str | None = None,
) -> AccountPage:
    """Return a page of the accounts that `by` looks after; of no others anything is said.

    Raises:
        NotAllowed: `by` looks after no accounts.
    """
    by.must_have("look after accounts", *ACCOUNT_KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(
            _ACCOUNTS,
            {
                "kinds": sorted(kinds_of(by)),
                "search": f"%{_literal(search.strip().casefold())}%",
                "role": role,
                "active": active,
                "after": after or "",
                "limit": PAGE + 1,
            },
        ).fetchall()
    shown = [_account_row(row) for row in rows[:PAGE] if row.id is not None]
    more = len(rows) > PAGE
    return AccountPage(shown, rows[0].total, shown[-1].account.username if more else None)


def account_view(runtime: Runtime, by: Officer, username: str) -> AccountView:
    """Return one account.

    Raises:
        NotFound: the office has no such account.
        NotAllowed: `by` does not look after accounts of its organisation.
    """
    by.must_have("look after accounts", *ACCOUNT_KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_ACCOUNT, (username,)).fetchone()
    if row is None:
        raise NotFound("account", username)
    must_look_after(row.organisation_kind, "see", by)
    shown = _account_row(row)
    return AccountView(
        shown.account, shown.organisation, shown.acting, row.held, row.sessions, row.created_at
    )


def organisations(runtime: Runtime, by: Officer) -> Sequence[tuple[str, str]]:
    """Return kind and name of the organisations whose accounts `by` looks after."""
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind, name FROM organisation WHERE kind = ANY (%s) ORDER BY kind, name",
            (sorted(kinds_of(by)),),
        ).fetchall()
    return [(row.kind, row.name) for row in rows]


def deputy_desk(runtime: Runtime, by: Officer) -> DeputyDesk:
    """Return the deputies among the accounts that `by` looks after, and who could be one.

    Raises:
        NotAllowed: `by` looks after no accounts.
    """
    by.must_have("look after accounts", *ACCOUNT_KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(_DEPUTIES, (sorted(kinds_of(by)),)).fetchall()
        people = connection.exec_driver_sql(_CANDIDATES, (sorted(kinds_of(by)), by.id)).fetchall()
    return DeputyDesk([DeputyRow(*row) for row in rows], [(*row,) for row in people])


_CANDIDATES = """
SELECT username, name, title FROM officer
 WHERE active AND organisation_kind = ANY (%s) AND id <> %s
 ORDER BY name, username
"""


def office_record(
    runtime: Runtime,
    by: Officer,
    *,
    action: str | None = None,
    search: str = "",
    after: UUID | None = None,
) -> RecordPage:
    """Return a page of the record, as far as it is the matter of `by`.

    Raises:
        NotAllowed: `by` does not read the record.
    """
    by.must_have("read the record", *RECORD_READERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(
            _RECORD,
            {
                "kinds": _readable(by),
                "action": action,
                "search": f"%{_literal(search.strip().casefold())}%",
                "after": after,
                "limit": PAGE + 1,
            },
        ).fetchall()
        actions = connection.exec_driver_sql(_ACTIONS, (_readable(by),)).scalars().all()
    shown = [RecordRow(*row) for row in rows[:PAGE]]
    return RecordPage(shown, actions, shown[-1].id if len(rows) > PAGE else None)


def _readable(by: Officer) -> list[str]:
    """Return the kinds of organisations whose matters in the record are for `by`."""
    if by.has("inspectorate", "head"):
        return ["office", "agency", "public", "bank", "inspectorate", "ombudsman"]
    of_office = ["office", "agency", "public", "inspectorate", "ombudsman"]
    return (of_office if by.has("admin") else []) + (["bank"] if by.has("bank_admin") else [])


def _account_row(row: Any) -> AccountRow:
    acting = tuple(role for role in row.acting if role not in row.roles)
    return AccountRow(target_of_row(row), row.organisation, acting)


def _literal(text: str) -> str:
    """Return a text in which nothing stands for something else in a LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_OVERVIEW = """
SELECT (SELECT count(DISTINCT service) FROM sop_version),
       (SELECT count(*) FROM service_state WHERE NOT open),
       (SELECT count(*) FROM sop_draft WHERE ended_at IS NULL),
       c.number, (c.spec -> 'covers' ->> 1)::date,
       (clock_timestamp() AT TIME ZONE o.zone)::date,
       (SELECT count(*) FROM officer WHERE active AND organisation_kind = ANY (%(kinds)s)),
       (SELECT count(*) FROM officer WHERE NOT active AND organisation_kind = ANY (%(kinds)s)),
       (SELECT count(*) FROM deputy d WHERE d.ended_at IS NULL
           AND d.organisation_kind = ANY (%(kinds)s)
           AND (clock_timestamp() AT TIME ZONE o.zone)::date BETWEEN d.from_on AND d.until_on),
       (SELECT count(DISTINCT (tariff, name)) FROM tariff_price),
       (SELECT max(at) FROM office_event WHERE kind = ANY (%(readable)s))
  FROM office o LEFT JOIN calendar_version c ON c.id = o.calendar_version_id
 WHERE o.id = current_office()
"""

_ACTING = """
ARRAY(SELECT r.role FROM acting_role r WHERE r.officer_id = o.id ORDER BY r.role) AS acting
"""

_ACCOUNTS = f"""
WITH wanted AS MATERIALIZED (
  SELECT o.id FROM officer o
   WHERE o.organisation_kind = ANY (%(kinds)s)
     AND (lower(o.username) LIKE %(search)s OR lower(o.name) LIKE %(search)s
          OR lower(o.title) LIKE %(search)s OR lower(o.email) LIKE %(search)s)
     AND (%(active)s::boolean IS NULL OR o.active = %(active)s)
     AND (%(role)s::text IS NULL
          OR EXISTS (SELECT FROM acting_role r WHERE r.officer_id = o.id AND r.role = %(role)s))
), counted AS (SELECT count(*) AS total FROM wanted)
SELECT counted.total, page.*
  FROM counted LEFT JOIN LATERAL (
    SELECT {COLUMNS}, g.name AS organisation, {_ACTING}
      FROM wanted JOIN officer o ON o.id = wanted.id
      JOIN organisation g ON g.id = o.organisation_id
     WHERE o.username > %(after)s
     ORDER BY o.username LIMIT %(limit)s) page ON true
 ORDER BY page.username
"""  # noqa: S608 - fixed text

_ACCOUNT = f"""
SELECT {COLUMNS}, g.name AS organisation, {_ACTING}, o.created_at,
       (SELECT count(*) FROM application a WHERE a.holder_id = o.id AND a.ended_at IS NULL)
       + (SELECT count(*) FROM ask k WHERE k.holder_id = o.id AND k.closed_at IS NULL) AS held,
       (SELECT count(*) FROM login_session s
         WHERE s.officer_id = o.id AND s.ended_at IS NULL
           AND s.created_at > clock_timestamp() - interval '12 hours') AS sessions
  FROM officer o JOIN organisation g ON g.id = o.organisation_id
 WHERE o.username = %s
"""  # noqa: S608 - fixed text

_DEPUTIES = """
SELECT d.id, p.username, p.name, d.role, d.from_on, d.until_on, d.decree, d.reason, g.name,
       d.granted_at, d.ended_at,
       CASE WHEN d.ended_at IS NOT NULL OR d.until_on < today.day THEN 'over'
            WHEN d.from_on > today.day THEN 'later' ELSE 'now' END AS state
  FROM deputy d JOIN officer p ON p.id = d.officer_id JOIN officer g ON g.id = d.granted_by
  JOIN office o ON o.id = d.office_id
 CROSS JOIN LATERAL (SELECT (clock_timestamp() AT TIME ZONE o.zone)::date AS day) today
 WHERE d.organisation_kind = ANY (%s)
 ORDER BY CASE WHEN d.ended_at IS NOT NULL OR d.until_on < today.day THEN 2
               WHEN d.from_on > today.day THEN 1 ELSE 0 END, d.from_on DESC, d.id DESC
 LIMIT 200
"""

_RECORD = """
SELECT e.id, e.at, o.name AS actor, e.action, e.subject, e.detail
  FROM office_event e LEFT JOIN officer o ON o.id = e.actor_id
 WHERE e.office_id = current_office() AND e.kind = ANY (%(kinds)s)
   AND (%(action)s::text IS NULL OR e.action = %(action)s)
   AND (lower(e.subject) LIKE %(search)s OR lower(coalesce(o.name, '')) LIKE %(search)s)
   AND (%(after)s::uuid IS NULL OR e.id < %(after)s)
 ORDER BY e.id DESC
 LIMIT %(limit)s
"""

_ACTIONS = "SELECT DISTINCT action FROM office_event WHERE kind = ANY (%s) ORDER BY action"
