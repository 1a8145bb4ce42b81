"""Silence: what the law makes of a decision that does not come in time, and from when it is so.

Source: UU 30/2014 Art 53, as changed by UU 6/2023.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from workflows.check import LAPSE
from workflows.ledger import ClockState, Clockwork
from workflows.machine import Move
from workflows.sop import Outcome, Silence, Sop, Within

CLOCK_LANE = "clock"
"""In whose name the built-in move is recorded, whether or not the SOP has a lane for it."""


@dataclass(frozen=True, slots=True)
class SilentLimit:
    """A limit that has passed without a decision, and what the law makes of that."""

    key: str
    name: str
    silence: Silence
    within: Within
    source: str
    started_at: datetime
    since: datetime
    """Its due moment: whatever happens later than this comes too late."""
    deemed_on: date
    """The first working day after the limit."""

    @property
    def grants(self) -> bool:
        """Return whether the application counts as granted from here on."""
        return self.silence is Silence.DEEMED_GRANTED


def silent_limits(sop: Sop) -> frozenset[str]:
    """Return the names of the limits whose passing the law, or the office, takes for something."""
    return frozenset(
        name for name, limit in sop.limits.items() if limit.silence is not Silence.NONE
    )


def grants_by_silence(sop: Sop) -> bool:
    """Return whether an application under this SOP can be granted because nobody decided."""
    return any(limit.silence is Silence.DEEMED_GRANTED for limit in sop.limits.values())


def true_silence(clockwork: Clockwork, state: ClockState, at: datetime) -> SilentLimit | None:
    """Return the limit that has passed undecided at `at`; None where there is none.

    One that grants goes before one that is only flagged, the earlier before the later. At the
    very moment of its end a limit has not passed.
    """
    if state.step is None:
        return None
    return min(
        _passed(clockwork, state, at), key=lambda one: (not one.grants, one.since), default=None
    )


def lapsed_end(sop: Sop) -> str | None:
    """Return the end to which silence leads, if this SOP has one."""
    return next((name for name, end in sop.ends.items() if end.outcome is Outcome.LAPSED), None)


def lapse_move(sop: Sop, step: str) -> Move:
    """Return the move by which the clock records at `step` that the application is granted by law.

    Raises:
        ValueError: nothing is granted by silence under this SOP.
    """
    target = lapsed_end(sop)
    if target is None:
        raise ValueError(f"SOP {sop.name} has no end for what silence grants")
    return Move(
        action=LAPSE,
        step=step,
        target=target,
        lane=CLOCK_LANE,
        effects=(),
        opens=(),
        end=sop.ends[target],
        answer=None,
        hold=None,
        stays=False,
        reason_required=False,
    )


def _passed(clockwork: Clockwork, state: ClockState, at: datetime) -> Iterable[SilentLimit]:
    calendar, limits = clockwork.calendar, clockwork.sop.limits
    for track in state.tracks:
        if track.outcome is not None or track.due is None:
            continue
        name = track.key.partition("#")[0]
        limit = limits.get(name)
        if limit is None or limit.silence is Silence.NONE:
            continue
        if track.broken or track.due < at:
            yield SilentLimit(
                key=track.key,
                name=name,
                silence=limit.silence,
                within=Within(limit.within.amount + track.extra, limit.within.unit),
                source=limit.source,
                started_at=track.started,
                since=track.due,
                deemed_on=calendar.nth_after(calendar.local_date(track.due), 1),
            )
