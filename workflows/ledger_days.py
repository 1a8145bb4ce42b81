"""The ledger day by day: whose each working day was, why, and which limits counted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from workflows.ledger_state import ClockFault, ClockState, Happening
from workflows.sop import Lane, Party

if TYPE_CHECKING:
    from workflows.ledger import Clockwork

Cause = Literal["received", "outage", "ended", "returned", "came_back", "handed_on", "worked",
                "waiting"]  # fmt: skip
"""Why a day reads as it does; the words are the screen's.

received: the day of receipt, owned by nobody and counted by no limit. ended: the application
ended on it. returned: it began with us and the file left for the applicant or the bank.
came_back: the other way round. handed_on: it passed from one of us to another. worked, waiting:
nothing changed hands.
"""

_OURS = (Party.OFFICE, Party.AGENCY)


@dataclass(frozen=True, slots=True)
class Day:
    """One working day of an application, or the day of its receipt."""

    on: date
    party: Party | None
    """Whose day it is; None on the day of receipt."""
    lane: str | None
    letter: str
    """The letter of the lane; `-` where the day is nobody's."""
    step: str | None
    ask: str | None
    """The ask whose open work gave the day away, or None for the main line."""
    cause: Cause
    detail: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the cause: action, hold, reason of an outage, the other lane (`to`)."""
    counted: Mapping[str, int] = field(default_factory=dict)
    """The limits that counted this day, each with its ordinal k."""

    def ordinal(self, key: str) -> int | None:
        """Return which counted day of the limit `key` this is, or None where it is none."""
        return self.counted.get(key)


@dataclass(frozen=True, slots=True)
class Totals:
    """The days of an application, by whom they belong to."""

    first: date
    """The day of receipt, which belongs to nobody."""
    last: date
    days: Mapping[Party, int]
    """Working days after `first` through `last`; they add up to `gross_working_days`."""
    gross_working_days: int
    net_working_days: int | None
    """Those that the service standard counted; None where it never started or is in hours."""
    gross_seconds: float


def account(
    clockwork: Clockwork, history: Iterable[Happening], until: datetime
) -> tuple[tuple[Day, ...], Totals]:
    """Return the day of receipt and every working day after it until the end or `until`; the sums.

    Raises:
        ClockFault: nothing has happened by `until`.
    """
    told = _told(history, until)
    days, state = _days(clockwork, told, until)
    owners = dict.fromkeys(Party, 0)
    net = 0
    for day in days:
        if day.party is not None:
            owners[day.party] += 1
        net += "service" in day.counted
    ended = told[-1].step is None
    rule = clockwork.rules.get("service")
    started = rule is not None and not rule.hours and "service" in state.runs
    return tuple(days), Totals(
        first=days[0].on,
        last=_last(clockwork, told, until),
        days=owners,
        gross_working_days=sum(owners.values()),
        net_working_days=net if started else None,
        gross_seconds=((told[-1].at if ended else until) - told[0].at) / timedelta(seconds=1),
    )


def _told(history: Iterable[Happening], until: datetime) -> list[Happening]:
    told = [happening for happening in history if happening.at <= until]
    if not told:
        raise ClockFault("history", f"holds nothing up to {until}")
    return told


def _last(clockwork: Clockwork, told: list[Happening], until: datetime) -> date:
    calendar = clockwork.calendar
    if told[-1].step is None:
        return calendar.counted_on(told[-1].at)
    return max(calendar.local_date(until), calendar.counted_on(told[0].at))


def _days(
    clockwork: Clockwork, told: list[Happening], until: datetime
) -> tuple[list[Day], ClockState]:
    calendar = clockwork.calendar
    states = _states(clockwork, tuple(told))
    first = date.fromordinal(states[0].day)
    days = [Day(first, None, None, "-", None, None, "received", {"action": told[0].action})]
    last, on, place = _last(clockwork, told, until), first, 0
    while (on := calendar.nth_after(on, 1)) <= last:
        number = on.toordinal()
        while place + 1 < len(states) and states[place + 1].day < number:
            place += 1
        stop = place + 1
        while stop < len(states) and states[stop].day == number:
            stop += 1
        days.append(_day(clockwork, on, states[place], states[place + 1 : stop],
                         told[place + 1 : stop]))  # fmt: skip
    return days, states[-1]


@lru_cache(maxsize=1_024)
def _states(clockwork: Clockwork, told: tuple[Happening, ...]) -> tuple[ClockState, ...]:
    """Return where the clock stood after each happening: of one history always the same."""
    states: list[ClockState] = []
    for happening in told:
        states.append(clockwork.advance(states[-1] if states else None, happening))
    return tuple(states)


def _day(
    clockwork: Clockwork,
    on: date,
    began: ClockState,
    states: Sequence[ClockState],
    acts: list[Happening],
) -> Day:
    calendar = clockwork.calendar
    if began.owner is None or began.step is None:
        raise ClockFault(str(on), "lies after the end")
    if calendar.is_nobodys(on):
        outage = calendar.outage_on(on)
        reason = {"reason": outage.reason} if outage is not None else {}
        return Day(on, Party.NOBODY, None, "-", began.step, None, "outage", reason)
    lane, step, ask = _holder(clockwork, began)
    cause, detail = _cause(clockwork, began, states, acts)
    spent = calendar.countable_ordinals(began.day, on.toordinal())
    counted = {}
    for track in began.tracks:
        rule = clockwork.rules.of(track.key)
        if track.outcome is None and not rule.hours and began.owner in rule.counts:
            counted[track.key] = track.used + spent
    return Day(on, began.owner, lane.name, lane.letter, step, ask, cause, detail, counted)


def _holder(clockwork: Clockwork, state: ClockState) -> tuple[Lane, str, str | None]:
    """Return the lane, step and ask through which the owner of `state` has the file."""
    sop, step, owner = clockwork.sop, state.step or "", state.owner
    if clockwork.party_of(step, state.held) is owner:
        here = sop.steps[step]
        lane = here.holds[state.held].lane if state.held is not None else here.lane
        return _lane(clockwork, lane, owner), step, None
    for key, where in state.asks:
        if clockwork.party_of_ask(key, where) is owner:
            ask = sop.asks[key.partition("#")[0]]
            return _lane(clockwork, ask.steps[where].lane, owner), where, key
    raise ClockFault(step, f"nobody of {owner} has the file")


def _lane(clockwork: Clockwork, name: str, owner: Party) -> Lane:
    """Return the lane whose days these are: who may press need not be whose time it is."""
    lanes = clockwork.sop.lanes
    if lanes[name].party is owner:
        return lanes[name]
    return next((lane for lane in lanes.values() if lane.party is owner), lanes[name])


def _hold_is_over(state: ClockState) -> bool:
    """Return whether the last happening ended a hold at the moment up to which it may last."""
    return any(
        track.key.startswith("hold:") and track.outcome is not None and track.due == state.at
        for track in state.tracks
    )


def _cause(
    clockwork: Clockwork, began: ClockState, states: Sequence[ClockState], acts: list[Happening]
) -> tuple[Cause, dict[str, str]]:
    ours = began.owner in _OURS
    lane, step, ask = _holder(clockwork, began)
    if states and states[-1].step is None:
        return "ended", {"action": acts[-1].action}
    for state, act in zip(states, acts, strict=True):
        if (state.owner in _OURS) is not ours:
            to, _, _ = _holder(clockwork, state)
            detail = {"action": act.action, "to": to.name}
            if _hold_is_over(state):
                detail["over"] = str(began.held)
            return ("returned" if ours else "came_back"), detail
    for state, act in zip(states, acts, strict=True):
        now, where, _ = _holder(clockwork, state)
        if (now.name, where) != (lane.name, step):
            return "handed_on", {"action": act.action, "to": now.name}
    detail = {"hold": began.held} if began.held is not None and ask is None else {}
    return ("worked" if ours else "waiting"), detail
