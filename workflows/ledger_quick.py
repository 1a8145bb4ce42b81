"""Clocks brought to another calendar in their stored form, most of what they need from memory.

Where the calendars differ only on days to come, what a limit becomes follows from few numbers:
its rule, the day of the last happening, what is used. Many applications share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from workflows import ledger_limits
from workflows.ledger import Clockwork
from workflows.ledger_limits import LimitState
from workflows.ledger_rules import Rule
from workflows.ledger_state import STATE_FORM, ClockState, Track

Row = TypeVar("Row")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Fate(Generic[Row]):
    """What becomes of one limit."""

    key: str
    before: datetime | None
    """When it was due; None while it stands still."""
    after: datetime | None
    ahead: bool
    """Whether it has a moment that the calendars may tell apart."""
    stored: list[Any]
    """The track as the state stores it; its start is that of the file that was asked for first."""
    row: Row
    """What the caller makes of the limit."""


class QuickCount(Generic[Row]):
    """The clockwork of a new calendar, for states made in one that differs from `since` on.

    `row` makes of a limit what the caller stores; it must not ask when the limit began.
    """

    def __init__(self, clockwork: Clockwork, since: date, row: Callable[[LimitState], Row]) -> None:
        self._clockwork = clockwork
        self._since = since
        self._row = row
        midnight = datetime.combine(since, time(), clockwork.calendar.zone)
        self._begins = midnight
        self._first_day = since.toordinal()
        self._first_micros = (midnight - _EPOCH) // _MICROSECOND
        self._known: dict[tuple[str, int, str], Fate[Row] | None] = {}

    def fates(self, stored: Mapping[str, Any]) -> list[Fate[Row]] | None:
        """Return what becomes of every limit of a stored state; None: read its history."""
        if stored.get("v") != STATE_FORM:
            return None
        day, micros = stored["d"], stored["a"]
        if day >= self._first_day or micros >= self._first_micros:
            return None
        found = []
        for track in stored.get("l", ()):
            key = (track[0], day, str(track[2:]))
            try:
                fate = self._known[key]
            except KeyError:
                fate = self._fate(track, day, micros)
                if _by_day_alone(self._clockwork.rules.of(track[0])):
                    self._known[key] = fate
            if fate is None:
                return None
            found.append(fate)
        return found

    def recalendared(self, stored: Mapping[str, Any], fates: list[Fate[Row]]) -> dict[str, Any]:
        """Return the stored state with the limits as they have become."""
        tracks = [
            [fate.key, track[1], *fate.stored[2:]]
            for track, fate in zip(stored.get("l", ()), fates, strict=True)
        ]
        return {**stored, "l": tracks} if tracks else dict(stored)

    def _fate(self, stored: list[Any], day: int, micros: int) -> Fate[Row] | None:
        clockwork = self._clockwork
        track = Track.from_json(stored)
        at = _EPOCH + micros * _MICROSECOND
        state = clockwork.recalendared(
            ClockState(at, day, step=None, owner=None, tracks=(track,)), self._since
        )
        if state is None:
            return None
        (moved,) = state.tracks
        rule = clockwork.rules.of(track.key)
        limit = ledger_limits.read(clockwork.calendar, rule, moved, state, None)
        return Fate(
            key=track.key,
            before=track.due,
            after=moved.due,
            ahead=moved != track or self._any_ahead(rule, limit),
            stored=moved.to_json(),
            row=self._row(limit),
        )

    def _any_ahead(self, rule: Rule, limit: LimitState) -> bool:
        """Return whether a limit has a moment that the calendars may tell apart.

        A warning that is counted back from the due moment may lie before their first difference
        in the one and behind it in the other.
        """
        due = limit.due_at if rule.before else None
        moments = [at for _, at in limit.rungs] + ([] if due is None else [due])
        return any(at >= self._begins for at in moments)


def _by_day_alone(rule: Rule) -> bool:
    """Return whether what becomes of a limit is the same for all files of a day.

    Not where it counts hours, nor where it warns in another unit than its own: such a warning is
    owed only to a file that had begun by then.
    """
    return not rule.hours and all(left.unit == rule.within.unit for _, left in rule.before)
