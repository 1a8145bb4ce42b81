"""The lines of a history by which papers came in: those whose time may be corrected, and how far.

A time may be corrected that somebody wrote down for a person at the counter: the filing, the
receipt of the complete file, what was handed in again, what ended a wait. What the clock, the
bank or an officer's own work recorded is what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from licensing.happenings import Line, corrected_times
from licensing.history import FILED, NOTES
from workflows.check import EXTEND
from workflows.sop import Party, Sop, Step

RECEIPT: str = "issue_receipt"
"""The effect by which an action acknowledges the complete file."""


class RecordedLine(Line, Protocol):
    """A line of history with who wrote it and in which lane."""

    @property
    def lane(self) -> str:
        """The lane of whoever pressed."""

    @property
    def actor_id(self) -> UUID | None:
        """Who pressed; None for the clock."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One line by which papers came in."""

    seq: int
    action: str
    ask: str | None
    from_step: str | None
    recorded_by: UUID | None
    at: datetime
    """When it counts as done now."""
    at_first: datetime
    """When it counted as done before any correction."""
    not_before: datetime | None
    """The time of what happened before it; None for the filing."""
    not_after: datetime | None
    """The time of what happened next; None where it was the last."""


def arrivals(sop: Sop, history: Iterable[RecordedLine]) -> tuple[Arrival, ...]:
    """Return the lines of a history whose time may be corrected, in its order."""
    lines = list(history)
    corrected = corrected_times(lines)
    told = [line for line in lines if line.action not in NOTES or line.action == EXTEND]
    times = [corrected.get(line.seq, line.effective_at) for line in told]
    return tuple(
        Arrival(
            seq=line.seq,
            action=line.action,
            ask=line.ask,
            from_step=line.from_step,
            recorded_by=line.actor_id,
            at=times[place],
            at_first=line.effective_at,
            not_before=times[place - 1] if place else None,
            not_after=times[place + 1] if place + 1 < len(times) else None,
        )
        for place, line in enumerate(told)
        if came_in(sop, line)
    )


def find_arrival(found: Sequence[Arrival], seq: int) -> Arrival | None:
    """Return the one at this place of the history."""
    return next((one for one in found if one.seq == seq), None)


def came_in(sop: Sop, line: RecordedLine) -> bool:
    """Return whether papers came in by a line, written down by somebody of the office."""
    if line.action == FILED:
        return True
    step = _step(sop, line)
    if step is None or line.action in NOTES or line.to_step in sop.ends:
        return False
    if line.detail.get("hold") == "ends":
        # The clock ended it at its length: nobody came, and no time was written down.
        return not line.detail.get("over") and any(
            hold.resume == line.action and hold.party is Party.APPLICANT
            for hold in step.holds.values()
        )
    pressed = step.actions.get(line.action)
    if pressed is None:
        return False
    if RECEIPT in pressed.then:
        return True
    lane = sop.lanes.get(line.lane)
    handed_in = lane is not None and lane.party is Party.APPLICANT
    return handed_in and step.party is Party.APPLICANT and line.to_step != line.from_step


def _step(sop: Sop, line: RecordedLine) -> Step | None:
    if line.ask is None:
        return sop.steps.get(line.from_step or "")
    ask = sop.asks.get(line.ask.partition("#")[0])
    return None if ask is None else ask.steps.get(line.from_step or "")
