"""The queue as who calls people sees it: his counter, whom he serves, who waits for him."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.queue import label_of
from licensing.services.queue_seats import SEATED, kind_of

MOST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """A counter, and who sits there today."""

    id: UUID
    number: int
    name: str
    kind: str
    taken_by: str
    """Empty: nobody."""


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A group to hand somebody over to."""

    id: UUID
    letter: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Serving:
    """Whoever was called to the counter."""

    id: UUID
    label: str
    title: Mapping[str, str]
    priority: str
    calls: int
    called_at: datetime
    application_id: UUID | None
    services: Sequence[str]


@dataclass(frozen=True, slots=True)
class QueueBar:
    """The counter of one officer today."""

    windows: Sequence[WindowPlace]
    """Every counter in use; none: the office has no queue."""
    groups: Sequence[GroupPlace]
    kind: str
    window: WindowPlace | None
    """Where he sits; None: nowhere yet."""
    current: Serving | None
    waiting: int
    """How many this counter may call."""
    calls_before_absent: int
    now: datetime

    @property
    def choices(self) -> Sequence[WindowPlace]:
        """Return the counters at which this officer may sit."""
        return [window for window in self.windows if window.kind == self.kind]


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Somebody who waits, or did not come when he was called."""

    id: UUID
    label: str
    title: Mapping[str, str]
    priority: str
    status: str
    taken_at: datetime
    ahead: int
    """How many would be passed over if he were called now."""


def queue_bar(runtime: Runtime, by: Officer) -> QueueBar | None:
    """Return the counter of an officer; None for who sits at none, or where there is no queue."""
    if not by.has(*SEATED):
        return None
    with runtime.transaction(by.office_id) as connection:
        return queue_bar_in(connection, by)


def queue_bar_in(connection: Connection, by: Officer) -> QueueBar | None:
    """Return what `queue_bar` does, within a transaction that is open already: one statement."""
    if not by.has(*SEATED):
        return None
    values = {"office": by.office_id, "by": by.id, "roles": sorted(by.roles)}
    row = connection.exec_driver_sql(_BAR, values).one()
    windows = [
        WindowPlace(UUID(one["id"]), one["number"], one["name"], one["kind"], one["by"] or "")
        for one in row.windows or ()
    ]
    if not windows:
        return None
    here = next((window for window in windows if window.id == row.window_id), None)
    return QueueBar(
        windows=windows,
        groups=[
            GroupPlace(UUID(one["id"]), one["letter"], {"id": one["id_"], "en": one["en"]})
            for one in row.groups or ()
        ],
        kind=kind_of(by),
        window=here,
        current=None if row.ticket_id is None or here is None else _serving(row),
        waiting=row.waiting,
        calls_before_absent=row.calls_before_absent,
        now=row.now,
    )


def waiting_lines(runtime: Runtime, by: Officer) -> Sequence[WaitingLine]:
    """Return who waits for the counter of an officer in their order, then who did not come."""
    with runtime.transaction(by.office_id) as connection:
        values = {
            "office": by.office_id,
            "by": by.id,
            "roles": sorted(by.roles),
            "most": MOST_SHOWN,
        }
        rows = connection.exec_driver_sql(_LINES, values).fetchall()
    return [
        WaitingLine(
            row.id,
            label_of(row.letter, row.number),
            {"id": row.title_id, "en": row.title_en},
            row.priority,
            row.status,
            row.taken_at,
            row.ahead,
        )
        for row in rows
    ]


def _serving(row: Any) -> Serving:
    return Serving(
        row.ticket_id,
        label_of(row.letter, row.ticket_number),
        {"id": row.title_id, "en": row.title_en},
        row.priority,
        row.calls,
        row.called_at,
        row.application_id,
        row.services,
    )


_BAR = """
WITH today AS (
  SELECT id AS office_id, (clock_timestamp() AT TIME ZONE zone)::date AS day
    FROM office WHERE id = %(office)s
), seat AS (
  SELECT s.window_id, s.day FROM window_seat s JOIN today d ON d.day = s.day
   WHERE s.officer_id = %(by)s AND s.left_at IS NULL
)
SELECT s.window_id, t.id AS ticket_id, t.letter, t.number AS ticket_number, t.priority, t.calls,
       t.called_at, t.application_id, g.title_id, g.title_en, g.services,
       clock_timestamp() AS now, coalesce(q.calls_before_absent, 3) AS calls_before_absent,
       (SELECT json_agg(json_build_object('id', w.id, 'number', w.number, 'name', w.name,
                                          'kind', w.kind, 'by', o.name) ORDER BY w.number)
          FROM counter_window w
          LEFT JOIN window_seat ws
            ON ws.window_id = w.id AND ws.day = d.day AND ws.left_at IS NULL
          LEFT JOIN officer o ON o.id = ws.officer_id
         WHERE w.active) AS windows,
       (SELECT json_agg(json_build_object('id', x.id, 'letter', x.letter, 'id_', x.title_id,
                                          'en', x.title_en) ORDER BY x.letter)
          FROM queue_group x WHERE x.active) AS groups,
       (SELECT count(*) FROM ticket w
         WHERE w.office_id = d.office_id AND w.day = d.day AND w.status = 'waiting'
           AND (w.for_window_id = s.window_id OR w.for_window_id IS NULL AND w.group_id IN (
             SELECT wg.group_id FROM window_group wg JOIN queue_group x ON x.id = wg.group_id
              WHERE wg.window_id = s.window_id AND x.roles && %(roles)s))) AS waiting
  FROM today d
  LEFT JOIN seat s ON true
  LEFT JOIN queue_setting q ON q.office_id = d.office_id
  LEFT JOIN ticket t ON t.window_id = s.window_id AND t.status = 'called' AND t.day = s.day
  LEFT JOIN queue_group g ON g.id = t.group_id
"""

_LINES = """
WITH seat AS (
  SELECT s.window_id, s.day
    FROM window_seat s JOIN office o ON o.id = %(office)s
   WHERE s.officer_id = %(by)s AND s.left_at IS NULL
     AND s.day = (clock_timestamp() AT TIME ZONE o.zone)::date
), mine AS (
  SELECT t.id, t.letter, t.number, t.priority, t.status, t.taken_at, t.order_at, t.group_id
    FROM ticket t JOIN seat s ON s.day = t.day
   WHERE t.office_id = %(office)s AND t.status IN ('waiting', 'absent')
     AND (t.for_window_id = s.window_id OR t.for_window_id IS NULL AND t.group_id IN (
       SELECT wg.group_id FROM window_group wg JOIN queue_group x ON x.id = wg.group_id
        WHERE wg.window_id = s.window_id AND x.roles && %(roles)s))
)
SELECT m.*, g.title_id, g.title_en,
       count(*) FILTER (WHERE m.status = 'waiting') OVER before AS ahead
  FROM mine m JOIN queue_group g ON g.id = m.group_id
WINDOW before AS (ORDER BY m.order_at, m.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
 ORDER BY m.status DESC, m.order_at, m.id
 LIMIT %(most)s
"""
