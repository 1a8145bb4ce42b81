"""The queue: a ticket is drawn, called, called again, passed over, handed on, done.

Whoever changes a queue holds its day, so what is read before a change is still true when it is
written, and nobody is called twice. What is pressed names whom the page showed as being served:
a second press of the same button changes nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound, QueueClosed, QueueMoved
from licensing.forms import one_line
from licensing.models.queue import PRIORITIES
from licensing.people import Officer
from licensing.retry import retried
from licensing.runtime import Runtime
from licensing.services import queue_sql
from licensing.services.queue_day import hold_day, opens_at
from licensing.services.queue_seats import Seat, seat_of

MAX_REASON: Final = 200
_SECRET_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """A ticket just drawn, and the secret under which its holder sees it."""

    id: UUID
    label: str
    secret: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is."""

    id: UUID
    label: str
    window: int


def label_of(letter: str, number: int) -> str:
    """Return what stands on a ticket and is called out: `A-012`."""
    return f"{letter}-{number:03d}"


def secret_hash(secret: str) -> bytes:
    """Return what is kept of a ticket's secret."""
    return sha256(secret.encode()).digest()


@retried
def draw(runtime: Runtime, office_id: UUID, group_id: UUID, priority: str = "") -> Drawn:
    """Give the next number of a group.

    Raises:
        QueueClosed: outside the hours, or because the office says so.
        NotFound: the office has no such group, or no counter serves it.
        InvalidInput: there is no such priority.
    """
    if priority and priority not in PRIORITIES:
        raise InvalidInput({"priority": "unknown_choice"})
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with runtime.transaction(office_id) as connection:
        setting = connection.exec_driver_sql(queue_sql.SETTING, (office_id,)).one()
        if setting.closed_note:
            raise QueueClosed(None, setting.closed_note)
        if not setting.always_open and setting.calendar_version_id is not None:
            calendar = runtime.calendar(
                connection, setting.calendar_version_id, setting.late_receipt
            )
            later = opens_at(calendar, setting.now)
            if later is not None:
                raise QueueClosed(later)
        group = connection.exec_driver_sql(queue_sql.GROUP, (group_id,)).fetchone()
        if group is None:
            raise NotFound("queue group", group_id)
        day = hold_day(connection, office_id)
        row = connection.exec_driver_sql(
            queue_sql.DRAW,
            {
                "office": office_id,
                "day": day,
                "letter": group.letter,
                "kind": group.kind,
                "group": group_id,
                "priority": priority,
                "head_start": timedelta(minutes=setting.head_start_minutes if priority else 0),
                "secret": secret_hash(secret),
            },
        ).one()
    return Drawn(row.id, label_of(group.letter, row.number), secret)


@retried
def call_next(runtime: Runtime, by: Officer, *, seen: UUID | None) -> Turn | None:
    """Call whoever is first at the counter of `by`; who was served there is done.

    `seen` is the ticket that the page showed as being served. None where nobody waits.

    Raises:
        NotSeated: `by` sits at no counter.
        QueueMoved: somebody else is served there by now.
    """
    with runtime.transaction(by.office_id) as connection:
        seat = _seat(connection, by, seen)
        values = _values(by, seat) | {"reason": "", "ahead": 0}
        row = connection.exec_driver_sql(queue_sql.CALL_NEXT, values).fetchone()
        return None if row is None else Turn(row.id, label_of(row.letter, row.number), seat.number)


@retried
def call_ticket(
    runtime: Runtime, ticket_id: UUID, by: Officer, *, seen: UUID | None, reason: str = ""
) -> Turn:
    """Call one who waits, or who did not come when he was called.

    Where that passes somebody over, it needs a reason, which is kept with the name of `by`.

    Raises:
        NotSeated: `by` sits at no counter.
        NotFound: there is no such ticket today.
        QueueMoved: the counter serves somebody else by now, or the ticket is not to be called.
        InvalidInput: the reason is missing or too long.
    """
    why = _reason(reason)
    with runtime.transaction(by.office_id) as connection:
        seat = _seat(connection, by, seen)
        values = _values(by, seat) | {"ticket": ticket_id}
        stands = connection.exec_driver_sql(queue_sql.STANDS, values).fetchone()
        if stands is None:
            raise NotFound("ticket", ticket_id)
        if not stands.callable or stands.status not in ("waiting", "absent"):
            raise QueueMoved(seat.number)
        if stands.ahead and not why:
            raise InvalidInput({"reason": "required"})
        connection.exec_driver_sql(
            queue_sql.CALL_THIS, values | {"reason": why, "ahead": stands.ahead}
        )
        return Turn(ticket_id, label_of(stands.letter, stands.number), seat.number)


@retried
def recall(runtime: Runtime, by: Officer, *, seen: UUID) -> int:
    """Call the same person again; return how often he was called by now.

    Raises:
        NotSeated: `by` sits at no counter.
        QueueMoved: the counter serves somebody else by now.
    """
    with runtime.transaction(by.office_id) as connection:
        seat = _seat(connection, by, seen)
        values = _change(by, seat, "recalled")
        return int(connection.exec_driver_sql(queue_sql.RECALL, values).one().calls)


@retried
def pass_over(runtime: Runtime, by: Officer, *, seen: UUID, reason: str = "") -> None:
    """Put aside whoever was called and did not come; he may be called again the same day.

    Before the office's number of calls it needs a reason.

    Raises:
        NotSeated: `by` sits at no counter.
        QueueMoved: the counter serves somebody else by now.
        InvalidInput: the reason is missing or too long.
    """
    why = _reason(reason)
    with runtime.transaction(by.office_id) as connection:
        seat = _seat(connection, by, seen)
        setting = connection.exec_driver_sql(queue_sql.SETTING, (by.office_id,)).one()
        calls = connection.exec_driver_sql(queue_sql.CALLS, (seen,)).one().calls
        if calls < setting.calls_before_absent and not why:
            raise InvalidInput({"reason": "required"})
        connection.exec_driver_sql(queue_sql.PASS_OVER, _change(by, seat, "absent", why))


@retried
def hand_over(
    runtime: Runtime,
    by: Officer,
    *,
    seen: UUID,
    group_id: UUID | None = None,
    window_id: UUID | None = None,
    note: str = "",
) -> None:
    """Let whoever is being served wait for another group, or for one counter, at his old place.

    Raises:
        NotSeated: `by` sits at no counter.
        QueueMoved: the counter serves somebody else by now.
        InvalidInput: nobody serves there, or the note is too long.
    """
    why = _reason(note)
    with runtime.transaction(by.office_id) as connection:
        seat = _seat(connection, by, seen)
        here = connection.exec_driver_sql(queue_sql.CALLS, (seen,)).one().group_id
        if window_id is not None and window_id != seat.window_id:
            target = connection.exec_driver_sql(
                queue_sql.TO_WINDOW, {"window": window_id, "from": here}
            ).fetchone()
        elif group_id is not None and group_id != here:
            target = connection.exec_driver_sql(queue_sql.TO_GROUP, {"group": group_id}).fetchone()
        else:
            raise InvalidInput({"target": "choose"})
        if target is None:
            raise InvalidInput({"target": "nobody_serves"})
        values = _change(by, seat, "handed_over", why) | {
            "window": window_id,
            "group": target.group_id,
            "to_kind": target.kind,
        }
        connection.exec_driver_sql(queue_sql.HAND_OVER, values)


@retried
def finish(runtime: Runtime, by: Officer, *, seen: UUID) -> None:
    """Be done with whoever is being served, without calling the next.

    Raises:
        NotSeated: `by` sits at no counter.
        QueueMoved: the counter serves somebody else by now.
    """
    with runtime.transaction(by.office_id) as connection:
        seat = _seat(connection, by, seen)
        connection.exec_driver_sql(queue_sql.FINISH, _change(by, seat, "done"))


def bind_ticket(
    connection: Connection,
    office_id: UUID,
    ticket_id: UUID,
    application_id: UUID,
    by: UUID | None = None,
) -> bool:
    """Make a ticket of today the case that it started, within a transaction of that office.

    False, and nothing changed, where it was not called today or has started a case already.
    """
    values = {
        "office": office_id,
        "ticket": ticket_id,
        "application": application_id,
        "by": by,
    }
    return connection.exec_driver_sql(queue_sql.BIND, values).fetchone() is not None


def _seat(connection: Connection, by: Officer, seen: UUID | None) -> Seat:
    """Hold the day; return the counter of `by`, which serves whom the page showed."""
    day = hold_day(connection, by.office_id)
    seat = seat_of(connection, by, day)
    if seat.current != seen:
        raise QueueMoved(seat.number)
    return seat


def _values(by: Officer, seat: Seat) -> dict[str, Any]:
    return {
        "office": by.office_id,
        "day": seat.day,
        "by": by.id,
        "window": seat.window_id,
        "roles": sorted(by.roles),
        "current": seat.current,
    }


def _change(by: Officer, seat: Seat, kind: str, reason: str = "") -> dict[str, Any]:
    return _values(by, seat) | {"ticket": seat.current, "kind": kind, "reason": reason}


def _reason(typed: str) -> str:
    why = one_line(typed)
    if len(why) > MAX_REASON:
        raise InvalidInput({"reason": "too_long"})
    return why
