"""Counters, groups and rules of an office's queue, as administrators see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.queue_setup import KEEPERS, QueueRules


@dataclass(frozen=True, slots=True)
class CounterView:
    """One counter."""

    id: UUID
    number: int
    name: str
    kind: str
    active: bool
    groups: Sequence[UUID]
    letters: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group."""

    id: UUID
    letter: str
    kind: str
    title_id: str
    title_en: str
    services: Sequence[str]
    roles: Sequence[str]
    active: bool
    windows: str
    """The numbers of the counters that serve it now; empty: it is not offered."""


@dataclass(frozen=True, slots=True)
class QueueSetup:
    """Everything that is set about a queue."""

    windows: Sequence[CounterView]
    groups: Sequence[GroupView]
    rules: QueueRules

    def window(self, window_id: UUID) -> CounterView:
        """Return one counter.

        Raises:
            NotFound: there is none of this id.
        """
        for window in self.windows:
            if window.id == window_id:
                return window
        raise NotFound("counter", window_id)

    def group(self, group_id: UUID) -> GroupView:
        """Return one group.

        Raises:
            NotFound: there is none of this id.
        """
        for group in self.groups:
            if group.id == group_id:
                return group
        raise NotFound("queue group", group_id)


def queue_setup(runtime: Runtime, by: Officer) -> QueueSetup:
    """Return the counters, groups and rules of the reader's office, in three statements.

    Raises:
        NotAllowed: `by` does not keep the counters.
    """
    by.must_have("see the counters", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        windows = connection.exec_driver_sql(_WINDOWS).fetchall()
        groups = connection.exec_driver_sql(_GROUPS).fetchall()
        rules = connection.exec_driver_sql(_RULES, (by.office_id,)).fetchone()
    return QueueSetup(
        [CounterView(*row) for row in windows],
        [GroupView(*row) for row in groups],
        QueueRules() if rules is None else QueueRules(*rules),
    )


_WINDOWS = """
SELECT w.id, w.number, w.name, w.kind, w.active,
       coalesce(array_agg(g.id ORDER BY g.letter) FILTER (WHERE g.id IS NOT NULL), '{}') AS groups,
       coalesce(string_agg(g.letter, ' ' ORDER BY g.letter), '') AS letters
  FROM counter_window w
  LEFT JOIN window_group wg ON wg.window_id = w.id
  LEFT JOIN queue_group g ON g.id = wg.group_id
 WHERE w.office_id = (SELECT current_office())
 GROUP BY w.id ORDER BY w.number
"""

_GROUPS = """
SELECT g.id, g.letter, g.kind, g.title_id, g.title_en, g.services, g.roles, g.active,
       coalesce(string_agg(w.number::text, ', ' ORDER BY w.number), '') AS windows
  FROM queue_group g
  LEFT JOIN window_group wg ON wg.group_id = g.id
  LEFT JOIN counter_window w ON w.id = wg.window_id AND w.active
 WHERE g.office_id = (SELECT current_office())
 GROUP BY g.id ORDER BY g.letter
"""

_RULES = """
SELECT head_start_minutes, calls_before_absent, always_open, closed_note
  FROM queue_setting WHERE office_id = %s
"""
