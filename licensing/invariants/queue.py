"""The invariant of the queue: its order was kept, or a reason and a name stand where it was not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from licensing.invariants.walks import World

_ENDS = {
    "taken": "waiting",
    "handed_over": "waiting",
    "called": "called",
    "recalled": "called",
    "absent": "absent",
    "done": "done",
    "closed": "closed",
}


@dataclass(frozen=True, slots=True)
class _Place:
    order: tuple[datetime, UUID]
    group: UUID
    only: UUID | None
    """The counter that alone may call it."""


@dataclass(slots=True)
class _Day:
    """One day of one office as its history tells it."""

    waiting: dict[UUID, _Place] = field(default_factory=dict)
    status: dict[UUID, str] = field(default_factory=dict)

    def passed_over(self, row: Any) -> int:
        """Return how many of the same group stood before the one that is called now.

        Whoever was handed to this very counter is measured against those who were handed to it too.
        """
        mine = self.waiting.get(row.ticket_id)
        handed = mine is not None and mine.only is not None
        before = (row.order_at, row.ticket_id)
        return sum(
            place.order < before
            and place.group == row.group_id
            and (place.only == row.window or (place.only is None and not handed))
            for key, place in self.waiting.items()
            if key != row.ticket_id
        )

    def take(self, row: Any) -> None:
        """Go on by one line of history."""
        self.waiting.pop(row.ticket_id, None)
        if row.kind in ("taken", "handed_over"):
            only = row.window if row.kind == "handed_over" else None
            order = (row.order_at, row.ticket_id)
            self.waiting[row.ticket_id] = _Place(order, row.group_id, only)
        self.status[row.ticket_id] = _ENDS[row.kind]


def order_kept(world: World) -> Iterator[str]:
    """Yield every call that passed somebody over without saying so, and false tickets (I27)."""
    for (office, day), lines in groupby(world.rows(_HISTORY), key=attrgetter("office_id", "day")):
        known = _Day()
        stands: dict[UUID, str] = {}
        for row in lines:
            stands[row.ticket_id] = row.status
            if row.kind == "called":
                over = known.passed_over(row)
                if over > row.ahead or (over and not (row.reason and row.by_id)):
                    yield (
                        f"office {office}, {day}: {row.letter}-{row.number:03d} was called before "
                        f"{over} others of its group; recorded are {row.ahead}, reason "
                        f"{row.reason or 'none'} (seq {row.seq})"
                    )
            known.take(row)
        for ticket, status in stands.items():
            if known.status[ticket] != status:
                yield (
                    f"office {office}, {day}: ticket {ticket} is {status}, "
                    f"its history says {known.status[ticket]}"
                )
    for row in world.rows(_WITHOUT_HISTORY):
        yield f"office {row.office_id}, {row.day}: ticket {row.id} has no history"


_HISTORY = """
SELECT e.office_id, e.day, e.seq, e.ticket_id, e.kind, e.group_id, e.window_id AS window, e.by_id,
       e.reason, e.ahead, t.order_at, t.status, t.letter, t.number
  FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id
 WHERE e.kind <> 'bound'
 ORDER BY e.office_id, e.day, e.seq
"""

_WITHOUT_HISTORY = """
SELECT t.id, t.office_id, t.day FROM ticket t
 WHERE NOT EXISTS (SELECT FROM ticket_event e WHERE e.ticket_id = t.id AND e.kind = 'taken')
"""
