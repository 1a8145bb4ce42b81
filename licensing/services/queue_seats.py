"""Who sits at which counter today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotAllowed, NotFound, NotSeated, SeatTaken
from licensing.models.queue import SEATED_ROLES
from licensing.people import Officer
from licensing.retry import retried
from licensing.runtime import Runtime
from licensing.services.queue_day import hold_day

SEATED: Final = tuple(role for roles in SEATED_ROLES.values() for role in roles)
"""Every role that may sit at some counter."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A counter, its officer's roles there, and whom it is serving."""

    window_id: UUID
    number: int
    kind: str
    day: date
    current: UUID | None
    """The ticket that stands called at it."""


@retried
def take_seat(runtime: Runtime, window_id: UUID, by: Officer, *, take_over: bool = False) -> int:
    """Seat `by` at a counter for today, away from where he sat; return the counter's number.

    With `take_over` a colleague who sits there is recorded as having left: whoever is being
    served at the counter stays with it.

    Raises:
        NotAllowed: `by` has no role that sits at counters, or the counter is another house's.
        NotFound: the office has no such counter in use.
        SeatTaken: a colleague sits there, and is not to be taken over.
        InvalidInput: somebody is still being served where `by` sits.
    """
    kind = kind_of(by)
    with runtime.transaction(by.office_id) as connection:
        day = hold_day(connection, by.office_id)
        window = connection.exec_driver_sql(_WINDOW, {"window": window_id, "day": day}).fetchone()
        if window is None:
            raise NotFound("counter", window_id)
        if window.kind != kind:
            raise NotAllowed(f"sit at counter {window.number}", SEATED_ROLES[window.kind])
        if window.officer_id == by.id:
            return int(window.number)
        if window.officer_id is not None and not take_over:
            raise SeatTaken(window.number, window.name)
        _leave(connection, by, day)
        connection.exec_driver_sql(_END, {"by": by.id, "seat": window.seat_id})
        connection.exec_driver_sql(
            "INSERT INTO window_seat (office_id, day, window_id, officer_id, kind)"
            " VALUES (%s, %s, %s, %s, %s)",
            (by.office_id, day, window_id, by.id, kind),
        )
        return int(window.number)


@retried
def leave_seat(runtime: Runtime, by: Officer) -> None:
    """Leave the counter; who sits at none stays so.

    Raises:
        InvalidInput: somebody is still being served there.
    """
    with runtime.transaction(by.office_id) as connection:
        _leave(connection, by, hold_day(connection, by.office_id))


def seat_of(connection: Connection, by: Officer, day: date) -> Seat:
    """Return the counter at which `by` sits.

    Raises:
        NotSeated: he sits at none today.
    """
    found = connection.exec_driver_sql(_SEAT, {"by": by.id, "day": day}).fetchone()
    if found is None:
        raise NotSeated(by.username)
    return Seat(found.window_id, found.number, found.kind, day, found.current)


def kind_of(by: Officer) -> str:
    """Return whose counters `by` may sit at: the office's, or the bank's.

    Raises:
        NotAllowed: at none.
    """
    for kind, roles in SEATED_ROLES.items():
        if by.has(*roles):
            return kind
    raise NotAllowed("sit at a counter", SEATED)


def _leave(connection: Connection, by: Officer, day: date) -> None:
    found = connection.exec_driver_sql(_SEAT, {"by": by.id, "day": day}).fetchone()
    if found is None:
        return
    if found.current is not None:
        raise InvalidInput({"window": "still_serving"})
    connection.exec_driver_sql(_END, {"by": by.id, "seat": found.seat_id})


_WINDOW = """
SELECT w.number, w.kind, s.id AS seat_id, s.officer_id, o.name
  FROM counter_window w
  LEFT JOIN window_seat s ON s.window_id = w.id AND s.day = %(day)s AND s.left_at IS NULL
  LEFT JOIN officer o ON o.id = s.officer_id
 WHERE w.id = %(window)s AND w.active
"""

_SEAT = """
SELECT s.id AS seat_id, w.id AS window_id, w.number, w.kind, t.id AS current
  FROM window_seat s
  JOIN counter_window w ON w.id = s.window_id
  LEFT JOIN ticket t ON t.window_id = w.id AND t.status = 'called' AND t.day = s.day
 WHERE s.officer_id = %(by)s AND s.day = %(day)s AND s.left_at IS NULL
"""

_END = """
UPDATE window_seat SET left_at = clock_timestamp(), left_by = %(by)s
 WHERE id = %(seat)s AND left_at IS NULL
"""
