"""The queue as the public sees it: what there is to queue for, one's own place, who is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from licensing.errors import NotFound
from licensing.runtime import Runtime
from licensing.services.queue import label_of, secret_hash
from licensing.services.queue_day import opens_at
from licensing.services.queue_sql import SETTING

FEWEST_MEASURED: Final = 3
"""Below so many people served today nothing is estimated."""
SHOWN_CALLS: Final = 6
_LOOKED_AT: Final = 40


@dataclass(frozen=True, slots=True)
class GroupLine:
    """Something to queue for."""

    id: UUID
    letter: str
    title: Mapping[str, str]
    services: Sequence[str]
    waiting: int


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What a visitor may draw a number for, and whether numbers are given now."""

    groups: Sequence[GroupLine]
    opens_at: datetime | None
    """When numbers are given next; None: now, or nobody knows."""
    closed_note: str
    """Not empty: the office gives none, and why."""
    now: datetime

    @property
    def open(self) -> bool:
        """Return whether numbers are given now."""
        return self.opens_at is None and not self.closed_note


@dataclass(frozen=True, slots=True)
class TicketView:
    """One's own place in line."""

    office_id: UUID
    office_name: str
    zone: str
    label: str
    status: str
    title: Mapping[str, str]
    priority: str
    day: date
    today: bool
    taken_at: datetime
    now: datetime
    ahead: int
    """How many are before it."""
    windows: Sequence[int]
    """The counters that may call it, or the one that has."""
    calls: int
    estimate: timedelta | None
    """How long it is likely to wait; None where too little was measured today."""


@dataclass(frozen=True, slots=True)
class Call:
    """One number called to a counter."""

    seq: int
    label: str
    letter: str
    number: int
    window: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Display:
    """What the public screen shows, the newest call first; nothing on it is a name."""

    calls: Sequence[Call]
    groups: Sequence[GroupLine]


def kiosk(runtime: Runtime, office_id: UUID) -> Kiosk:
    """Return what can be drawn at an office now, in two statements.

    Raises:
        NotFound: there is no such office.
    """
    with runtime.transaction(office_id) as connection:
        setting = connection.exec_driver_sql(SETTING, (office_id,)).fetchone()
        if setting is None:
            raise NotFound("office", office_id)
        later = None
        if not setting.always_open and setting.calendar_version_id is not None:
            calendar = runtime.calendar(
                connection, setting.calendar_version_id, setting.late_receipt
            )
            later = opens_at(calendar, setting.now)
        rows = connection.exec_driver_sql(_GROUPS, {"office": office_id}).fetchall()
    return Kiosk([_group(row) for row in rows], later, setting.closed_note, setting.now)


def ticket_of(runtime: Runtime, secret: str) -> TicketView:
    """Return the ticket whose secret this is.

    Raises:
        NotFound: there is none.
    """
    with runtime.db.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT ticket_id, office_id FROM find_ticket(%s)", (secret_hash(secret),)
        ).fetchone()
    if found is None:
        raise NotFound("ticket", "of this address")
    with runtime.transaction(found.office_id) as connection:
        row = connection.exec_driver_sql(_TICKET, {"ticket": found.ticket_id}).one()
    estimate = None
    if row.measured >= FEWEST_MEASURED and row.status == "waiting":
        seconds = float(row.middle_seconds) * (row.ahead + 1) / max(row.staffed, 1)
        estimate = timedelta(seconds=seconds)
    return TicketView(
        office_id=found.office_id,
        office_name=row.office_name,
        zone=row.zone,
        label=label_of(row.letter, row.number),
        status=row.status,
        title={"id": row.title_id, "en": row.title_en},
        priority=row.priority,
        day=row.day,
        today=row.today,
        taken_at=row.taken_at,
        now=row.now,
        ahead=row.ahead,
        windows=row.windows or (),
        calls=row.calls,
        estimate=estimate,
    )


def display(runtime: Runtime, office_id: UUID) -> Display:
    """Return the newest calls of today and how many wait, in two statements."""
    with runtime.transaction(office_id) as connection:
        rows = connection.exec_driver_sql(
            _CALLS, {"office": office_id, "most": _LOOKED_AT}
        ).fetchall()
        groups = connection.exec_driver_sql(_GROUPS, {"office": office_id}).fetchall()
    newest: dict[tuple[str, int], Call] = {}
    for row in rows:
        newest.setdefault(
            (row.letter, row.number),
            Call(
                row.seq,
                label_of(row.letter, row.number),
                row.letter,
                row.number,
                row.window,
                row.at,
            ),
        )
    return Display(list(newest.values())[:SHOWN_CALLS], [_group(row) for row in groups])


def _group(row: object) -> GroupLine:
    values = row._mapping  # type: ignore[attr-defined]
    return GroupLine(
        values["id"],
        values["letter"],
        {"id": values["title_id"], "en": values["title_en"]},
        values["services"],
        values["waiting"],
    )


# A group that no counter serves would leave people waiting for nobody.
_GROUPS = """
SELECT g.id, g.letter, g.title_id, g.title_en, g.services,
       (SELECT count(*) FROM ticket t JOIN office o ON o.id = t.office_id
         WHERE t.office_id = g.office_id AND t.group_id = g.id AND t.status = 'waiting'
           AND t.day = (clock_timestamp() AT TIME ZONE o.zone)::date) AS waiting
  FROM queue_group g
 WHERE g.office_id = %(office)s AND g.active
   AND EXISTS (SELECT FROM window_group wg JOIN counter_window w ON w.id = wg.window_id
                WHERE wg.group_id = g.id AND w.active)
 ORDER BY g.letter
"""

_CALLS = """
SELECT e.seq, t.letter, t.number, w.number AS window, e.at
  FROM ticket_event e
  JOIN ticket t ON t.id = e.ticket_id
  JOIN counter_window w ON w.id = e.window_id
  JOIN office o ON o.id = e.office_id
 WHERE e.office_id = %(office)s AND e.day = (clock_timestamp() AT TIME ZONE o.zone)::date
   AND e.kind IN ('called', 'recalled')
 ORDER BY e.seq DESC LIMIT %(most)s
"""

_TICKET = """
WITH mine AS (
  SELECT t.*, o.name AS office_name, o.zone, clock_timestamp() AS now,
         t.day = (clock_timestamp() AT TIME ZONE o.zone)::date AS today
    FROM ticket t JOIN office o ON o.id = t.office_id WHERE t.id = %(ticket)s
), lately AS (
  SELECT e.kind, e.group_id, e.at,
         lead(e.kind) OVER later AS then_kind, lead(e.at) OVER later AS then_at
    FROM ticket_event e, mine m
   WHERE e.office_id = m.office_id AND e.day = m.day AND m.status = 'waiting'
     AND e.kind IN ('called', 'absent', 'handed_over', 'done', 'closed')
  WINDOW later AS (PARTITION BY e.ticket_id ORDER BY e.seq)
), served AS (
  SELECT count(*) AS measured,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM then_at - at)) AS middle
    FROM lately l, mine m
   WHERE l.kind = 'called' AND l.then_kind IN ('done', 'handed_over')
     AND l.group_id = m.group_id
)
SELECT m.*, g.title_id, g.title_en, s.measured, s.middle AS middle_seconds,
       (SELECT count(*) FROM ticket b
         WHERE m.status = 'waiting' AND b.office_id = m.office_id AND b.day = m.day
           AND b.status = 'waiting' AND b.group_id = m.group_id
           AND (b.order_at, b.id) < (m.order_at, m.id)) AS ahead,
       (SELECT count(DISTINCT ws.window_id)
          FROM window_seat ws
          JOIN window_group wg ON wg.window_id = ws.window_id AND wg.group_id = m.group_id
         WHERE ws.day = m.day AND ws.left_at IS NULL
           AND (m.for_window_id IS NULL OR ws.window_id = m.for_window_id)) AS staffed,
       CASE WHEN m.status = 'waiting' THEN
         (SELECT array_agg(DISTINCT w.number ORDER BY w.number)
            FROM counter_window w JOIN window_group wg ON wg.window_id = w.id
           WHERE w.active AND wg.group_id = m.group_id
             AND (m.for_window_id IS NULL OR w.id = m.for_window_id))
         ELSE (SELECT array_agg(w.number) FROM counter_window w WHERE w.id = m.window_id)
       END AS windows
  FROM mine m JOIN queue_group g ON g.id = m.group_id CROSS JOIN served s
"""
