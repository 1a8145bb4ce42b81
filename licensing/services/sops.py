"""SOPs: checked, published by a second person, never changed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection

from licensing.cashier import ways_past_the_bank
from licensing.errors import NotFound, SopNotPublishable
from licensing.models.people import ROLES_OF
from licensing.runtime import Runtime
from licensing.services.accounts import officer_with_id
from licensing.services.administration import record
from workflows.calendar_spec import CalendarSpec
from workflows.definitions import shipped
from workflows.paths import SHORTEST_DAY
from workflows.reading import expand, read_sop
from workflows.sop import Sop

DRAFTERS = ROLES_OF["office"]
PUBLISHERS = ("head", "admin")


@dataclass(frozen=True, slots=True)
class Published:
    """A version of an SOP; `again` where this very text was in force already."""

    sop_version_id: UUID
    service: str
    number: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class SopLine:
    """One published version in a list."""

    service: str
    number: int
    sha256: str
    drafted_by: str
    published_by: str
    published_at: datetime
    in_force: bool


class SameDrafter(SopNotPublishable):
    """Whoever drafted an SOP may not publish it."""

    code = "sop.same_drafter"

    def __init__(self, username: str) -> None:
        self.username = username
        super().__init__(f"{username} drafted this SOP: somebody else must publish it")


class BaseSop(SopNotPublishable):
    """A text that others follow is no service itself."""

    code = "sop.base"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is a base for other SOPs: publish one that follows it")


class UnpaidPermit(SopNotPublishable):
    """An SOP that charges would grant what nobody has paid for."""

    code = "sop.unpaid_permit"

    def __init__(self, name: str, places: tuple[str, ...]) -> None:
        self.name, self.places = name, places
        super().__init__(f"{name} charges, but past the bank lead: {', '.join(places)}")


def must_charge(sop: Sop) -> None:
    """Pass for an SOP that is free, or lets nobody past the bank.

    Raises:
        UnpaidPermit: some of its actions do.
    """
    places = ways_past_the_bank(sop)
    if places:
        raise UnpaidPermit(sop.name, places)


def publish_sop(
    runtime: Runtime, office_id: UUID, text: str, *, drafted_by: UUID, published_by: UUID
) -> Published:
    """Publish an SOP for applications filed from now on; open ones keep the version they have.

    Raises:
        SopFaults: the text has faults; nothing is written.
        BaseSop: the text is a base for others.
        UnpaidPermit: it charges, and leads past the bank.
        SameDrafter: the two persons are one.
        NotFound: one of them has no active account in this office.
        NotAllowed: one of them has no role for it.
    """
    with runtime.transaction(office_id) as connection:
        return publish_in(
            connection,
            runtime,
            office_id,
            text,
            drafted_by=drafted_by,
            published_by=published_by,
        )


def publish_in(
    connection: Connection,
    runtime: Runtime,
    office_id: UUID,
    text: str,
    *,
    drafted_by: UUID,
    published_by: UUID,
) -> Published:
    """Publish an SOP within a unit of work that does something else besides.

    Raises:
        SopFaults, BaseSop, UnpaidPermit, SameDrafter, NotFound, NotAllowed: as `publish_sop`.
    """
    drafter = officer_with_id(connection, drafted_by)
    publisher = officer_with_id(connection, published_by)
    if drafter.id == publisher.id:
        raise SameDrafter(drafter.username)
    drafter.must_have("draft an SOP", *DRAFTERS)
    publisher.must_have("publish an SOP", *PUBLISHERS)
    base = bases(connection)
    sop = read_sop(
        text,
        vocabulary=runtime.vocabulary,
        base=base,
        shortest_day=shortest_day(connection, office_id),
    )
    if sop.base:
        raise BaseSop(sop.name)
    must_charge(sop)
    whole = expand(text, base)
    # One at a time for each service: the second sees the first.
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (f"{office_id}/{sop.name}",)
    )
    newest = connection.exec_driver_sql(_NEWEST, (sop.name,)).fetchone()
    if newest is not None and (newest.text, newest.expanded) == (text, whole):
        return Published(newest.id, sop.name, newest.number, again=True)
    row = connection.exec_driver_sql(
        _PUBLISH,
        {
            "office": office_id,
            "service": sop.name,
            "number": 1 if newest is None else newest.number + 1,
            "text": text,
            "expanded": whole,
            "sha256": sha256(whole.encode()).hexdigest(),
            "drafter": drafter.id,
            "publisher": publisher.id,
        },
    ).one()
    record(
        connection,
        office_id,
        "sop_published",
        sop.name,
        by=publisher.id,
        detail={
            "before": {"number": None if newest is None else newest.number},
            "after": {"number": row.number, "drafted_by": drafter.username},
        },
    )
    return Published(row.id, sop.name, row.number)


def list_sops(runtime: Runtime, office_id: UUID) -> tuple[SopLine, ...]:
    """Return all published versions of an office, the newest of each service first."""
    with runtime.transaction(office_id) as connection:
        rows = connection.exec_driver_sql(_LIST).fetchall()
    newest: dict[str, int] = {}
    for row in rows:
        newest.setdefault(row.service, row.number)
    return tuple(
        SopLine(
            row.service,
            row.number,
            row.sha256,
            row.drafter,
            row.publisher,
            row.published_at,
            newest[row.service] == row.number,
        )
        for row in rows
    )


def bases(connection: Connection) -> Callable[[str], str | None]:
    """Return how `follows` finds a text: this office's newest version, else one shipped along."""

    def find(name: str) -> str | None:
        row = connection.exec_driver_sql(_NEWEST, (name,)).fetchone()
        return shipped(name) if row is None else str(row.text)

    return find


def shortest_day(connection: Connection, office_id: UUID) -> int:
    """Return the office minutes of the shortest working day by which an SOP's time is judged.

    Never more than the usual: what was published must still pass when it is read again.

    Raises:
        NotFound: the office has no calendar.
    """
    row = connection.exec_driver_sql(
        "SELECT c.spec, (clock_timestamp() AT TIME ZONE o.zone)::date"
        " FROM office o JOIN calendar_version c ON c.id = o.calendar_version_id WHERE o.id = %s",
        (office_id,),
    ).fetchone()
    if row is None:
        raise NotFound("calendar of office", office_id)
    spec, today = row
    days = [
        sum(window.end - window.start for window in windows)
        for rule in CalendarSpec.from_json(spec).weekly
        if rule.until is None or rule.until >= today
        for windows in rule.windows.values()
        if windows
    ]
    return min([SHORTEST_DAY, *days])


_NEWEST = """
SELECT id, number, text, expanded FROM sop_version WHERE service = %s
 ORDER BY number DESC LIMIT 1
"""

_PUBLISH = """
INSERT INTO sop_version (office_id, service, number, text, expanded, sha256, drafted_by,
       published_by)
VALUES (%(office)s, %(service)s, %(number)s, %(text)s, %(expanded)s, %(sha256)s, %(drafter)s,
        %(publisher)s)
RETURNING id, number
"""

_LIST = """
SELECT v.service, v.number, v.sha256, d.username AS drafter, p.username AS publisher,
       v.published_at
  FROM sop_version v JOIN officer d ON d.id = v.drafted_by JOIN officer p ON p.id = v.published_by
 ORDER BY v.service, v.number DESC
"""
