"""What the queue of a day was like: how long people waited and were served, and who overtook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.queue import label_of

READERS: Final = ("supervisor", "head", "inspectorate")
MOST_LINES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Times of one group or one counter on a day."""

    name: str
    people: int
    """How many were called."""
    waiting: int
    """How many wait now; of a counter: none."""
    wait_middle: timedelta | None
    wait_longest: timedelta | None
    service_middle: timedelta | None


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Something that was not the usual course, with who did it and why."""

    at: datetime
    label: str
    kind: str
    ahead: int
    window: int | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueueDayView:
    """One day of the queue."""

    day: date
    today: date
    groups: Sequence[Measured]
    windows: Sequence[Measured]
    exceptions: Sequence[OutOfOrder]
    drawn: int
    absent: int
    closed: int
    """How many were still waiting when the day had ended."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call of one ticket, for a spreadsheet."""

    label: str
    group: str
    priority: str
    taken_at: datetime
    window: int
    officer: str
    called_at: datetime
    wait: timedelta | None
    service: timedelta | None
    ended: str
    ahead: int
    reason: str
    case_number: str


def queue_figures(runtime: Runtime, by: Officer, day: date | None = None) -> QueueDayView:
    """Return a day of the queue, today where none is named; in five statements.

    Raises:
        NotAllowed: `by` does not watch over the queue.
    """
    by.must_have("watch over the queue", *READERS)
    with runtime.transaction(by.office_id) as connection:
        today: date = connection.exec_driver_sql(
            "SELECT (clock_timestamp() AT TIME ZONE zone)::date FROM office WHERE id = %s",
            (by.office_id,),
        ).scalar_one()
        values = {"office": by.office_id, "day": day or today}
        groups = connection.exec_driver_sql(_BY_GROUP, values).fetchall()
        windows = connection.exec_driver_sql(_BY_WINDOW, values).fetchall()
        exceptions = connection.exec_driver_sql(_EXCEPTIONS, values).fetchall()
        totals = connection.exec_driver_sql(_TOTALS, values).one()
    return QueueDayView(
        day=day or today,
        today=today,
        groups=[_measured(row) for row in groups],
        windows=[_measured(row) for row in windows],
        exceptions=[
            OutOfOrder(
                row.at,
                label_of(row.letter, row.number),
                row.kind,
                row.ahead,
                row.window,
                row.by or "",
                row.reason,
            )
            for row in exceptions
        ],
        drawn=totals.drawn,
        absent=totals.absent,
        closed=totals.closed,
    )


def queue_calls(runtime: Runtime, by: Officer, day: date) -> Sequence[CallLine]:
    """Return every call of a day, in its order.

    Raises:
        NotAllowed: `by` does not watch over the queue.
    """
    by.must_have("watch over the queue", *READERS)
    with runtime.transaction(by.office_id) as connection:
        rows = connection.exec_driver_sql(
            _CALL_LINES, {"office": by.office_id, "day": day, "most": MOST_LINES}
        ).fetchall()
    return [
        CallLine(
            label_of(row.letter, row.number),
            row.group,
            row.priority,
            row.taken_at,
            row.window,
            row.officer,
            row.called_at,
            row.wait,
            row.service,
            row.ended or "",
            row.ahead,
            row.reason,
            row.case_number or "",
        )
        for row in rows
    ]


def _measured(row: Any) -> Measured:
    return Measured(
        row.name, row.people, row.waiting, row.wait_middle, row.wait_longest, row.service_middle
    )


# A wait begins when a number is drawn or handed on, and ends with the first call; whoever did not
# come at first was not kept waiting by the office. A service ends when he is done or handed on.
_TIMES = """
WITH moves AS (
  SELECT e.ticket_id, e.seq, e.kind, e.group_id, e.window_id, e.by_id, e.at, e.ahead, e.reason,
         lag(e.kind) OVER w AS before_kind, lag(e.at) OVER w AS before_at,
         lead(e.kind) OVER w AS then_kind, lead(e.at) OVER w AS then_at
    FROM ticket_event e
   WHERE e.office_id = %(office)s AND e.day = %(day)s AND e.kind NOT IN ('recalled', 'bound')
  WINDOW w AS (PARTITION BY e.ticket_id ORDER BY e.seq)
), calls AS (
  SELECT *, CASE WHEN before_kind IN ('taken', 'handed_over') THEN at - before_at END AS wait,
         CASE WHEN then_kind IN ('done', 'handed_over') THEN then_at - at END AS service
    FROM moves WHERE kind = 'called'
)
"""

_FIGURES = """
       count(c.seq) AS people,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY c.wait) AS wait_middle,
       max(c.wait) AS wait_longest,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY c.service) AS service_middle
"""

_BY_GROUP = f"""{_TIMES}
SELECT g.letter || ' ' || g.title_id AS name, {_FIGURES},
       (SELECT count(*) FROM ticket t WHERE t.office_id = g.office_id AND t.day = %(day)s
           AND t.group_id = g.id AND t.status = 'waiting') AS waiting
  FROM queue_group g LEFT JOIN calls c ON c.group_id = g.id
 GROUP BY g.id HAVING g.active OR count(c.seq) > 0 ORDER BY g.letter
"""  # noqa: S608 - our own text

_BY_WINDOW = f"""{_TIMES}
SELECT w.number || ' ' || w.name AS name, {_FIGURES}, 0 AS waiting
  FROM counter_window w LEFT JOIN calls c ON c.window_id = w.id
 GROUP BY w.id HAVING w.active OR count(c.seq) > 0 ORDER BY w.number
"""  # noqa: S608 - our own text

_EXCEPTIONS = """
SELECT e.at, t.letter, t.number, e.kind, e.ahead, w.number AS window, o.name AS by, e.reason
  FROM ticket_event e
  JOIN ticket t ON t.id = e.ticket_id
  LEFT JOIN counter_window w ON w.id = e.window_id
  LEFT JOIN officer o ON o.id = e.by_id
 WHERE e.office_id = %(office)s AND e.day = %(day)s AND e.reason <> ''
   AND e.kind IN ('called', 'absent', 'handed_over')
 ORDER BY e.seq DESC LIMIT 200
"""

_TOTALS = """
SELECT count(*) AS drawn, count(*) FILTER (WHERE status = 'absent') AS absent,
       count(*) FILTER (WHERE status = 'closed') AS closed
  FROM ticket WHERE office_id = %(office)s AND day = %(day)s
"""

_CALL_LINES = f"""{_TIMES}
SELECT t.letter, t.number, g.letter || ' ' || g.title_id AS group, t.priority, t.taken_at,
       w.number AS window, o.name AS officer, c.at AS called_at, c.wait, c.service,
       c.then_kind AS ended, c.ahead, c.reason, d.number AS case_number
  FROM calls c
  JOIN ticket t ON t.id = c.ticket_id
  JOIN queue_group g ON g.id = c.group_id
  JOIN counter_window w ON w.id = c.window_id
  JOIN officer o ON o.id = c.by_id
  LEFT JOIN dossier d ON d.application_id = t.application_id
 ORDER BY c.seq LIMIT %(most)s
"""  # noqa: S608 - our own text
