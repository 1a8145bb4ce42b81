"""One history as the figures read it: when and how it was decided, whose its days were, its visits.

Pure: lines of history and a clock in, frozen values out. Every moment keeps its own date, so
whatever period is asked for is cut out afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from licensing.happenings import Line, happenings
from workflows.ledger import ClockState, Clockwork, Happening
from workflows.ledger_limits import amount
from workflows.ledger_rules import OURS
from workflows.ledger_state import Track
from workflows.sop import Party, Sop

PROMISE: Final = "service"
"""The limit that an office is judged by."""
LAST_FIFTH: Final = 80
"""Percent of a term: a return given by then or later could have come earlier."""
_TERMS: Final = (PROMISE, "filing")
"""Against which term a return is held: the first of these that is open."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision against the service standard."""

    at: datetime
    on_time: bool
    on_time_unextended: bool
    """Whether it would have been in time without any extension."""
    extended: int
    gross: int
    """Working days after the day of receipt through the day of the decision."""
    net: int | None
    """Those that the standard counted; None where it is in hours."""
    days_of: Mapping[Party, int]
    """They add up to `gross`."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay at a step."""

    step: str
    began: datetime
    ended: datetime | None
    """None while the file lies there; then the numbers below are 0."""
    days: int = 0
    ours: int = 0
    office_minutes: int = 0


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A move from us to a step at which the applicant acts."""

    at: datetime
    number: int
    """Which return of its application it is: 1 is the first; 0 where the applicant wished it."""
    in_the_last_fifth: bool
    late_faults: bool
    """Whether it names a fault that an earlier return could have named."""


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """What one history adds to the figures."""

    service: str
    decision: Decision | None
    ended_at: datetime | None
    broken_at: datetime | None
    """When the service standard passed undecided; known for what has ended without decision."""
    visits: tuple[Visit, ...]
    given_back: tuple[GivenBack, ...]
    questions: tuple[datetime, ...]
    holds: tuple[datetime, ...]


@dataclass(slots=True)
class _Stay:
    """A visit that is under way."""

    step: str
    began: ClockState
    ours: int = 0


@dataclass(slots=True)
class _Reading:
    """What is gathered while a history is walked."""

    owned: dict[Party, int] = field(default_factory=lambda: dict.fromkeys(Party, 0))
    net: int = 0
    open: dict[str, _Stay] = field(default_factory=dict)
    """Visits under way: of the main line under '', of an ask under its key."""
    visits: list[Visit] = field(default_factory=list)
    decision: Decision | None = None
    broken_at: datetime | None = None
    given_back: list[tuple[datetime, bool]] = field(default_factory=list)
    """When a file was given back, and whether in the last fifth of its term."""
    questions: list[datetime] = field(default_factory=list)
    holds: list[datetime] = field(default_factory=list)


def case_figures(clockwork: Clockwork, lines: Sequence[Line]) -> CaseFigures:
    """Return what one history, from its first line on, adds to the figures.

    Raises:
        ClockFault: the clock cannot read it.
    """
    sop = clockwork.sop
    told = list(happenings(sop, lines))
    reading = _Reading()
    state: ClockState | None = None
    for h in told:
        now = clockwork.advance(state, h)
        if state is not None:
            _pass_days(clockwork, reading, state, now)
            if _goes_back(sop, state.step, h):
                reading.given_back.append((now.at, _in_last_fifth(clockwork, now)))
        _gather(clockwork, reading, state, now, h)
        if reading.decision is None:
            _decide(clockwork, reading, told, now, h)
        state = now
    return CaseFigures(
        service=sop.name,
        decision=reading.decision,
        ended_at=state.at if state is not None and state.step is None else None,
        broken_at=reading.broken_at,
        visits=(
            *reading.visits,
            *(Visit(stay.step, stay.began.at, None) for stay in reading.open.values()),
        ),
        given_back=tuple(_given_back(sop, lines, reading.given_back)),
        questions=tuple(reading.questions),
        holds=tuple(reading.holds),
    )


def _pass_days(
    clockwork: Clockwork, reading: _Reading, before: ClockState, now: ClockState
) -> None:
    """Give the working days between two happenings to whoever held the file when they began."""
    if before.owner is None or now.day <= before.day:
        return
    calendar = clockwork.calendar
    days = calendar.countable_ordinals(before.day, now.day)
    low, high = date.fromordinal(before.day), date.fromordinal(now.day)
    reading.owned[before.owner] += days
    promise = _track(before, PROMISE)
    if promise is not None and promise.outcome is None:
        reading.net += days if before.owner in clockwork.rules.of(PROMISE).counts else 0
    reading.owned[Party.NOBODY] += calendar.working_days(low, high) - days
    if before.owner in OURS:
        for stay in reading.open.values():
            stay.ours += days


def _gather(
    clockwork: Clockwork,
    reading: _Reading,
    before: ClockState | None,
    now: ClockState,
    h: Happening,
) -> None:
    """Note the visits that a happening begins and ends, the questions and the holds."""
    was = {} if before is None else dict(before.asks)
    asks = dict(now.asks) if now.step is not None else {}
    for key, step in was.items():
        if asks.get(key) != step:
            _leave(clockwork, reading, key, now)
    if before is not None and (h.entered or now.step is None):
        _leave(clockwork, reading, "", now)
    if h.entered and now.step is not None:
        reading.open[""] = _Stay(now.step, now)
    for key, step in asks.items():
        if was.get(key) != step:
            name = key.partition("#")[0]
            reading.open[key] = _Stay(f"{name}/{step}", now)
            if key not in was and clockwork.party_of_ask(key, step) is Party.APPLICANT:
                reading.questions.append(now.at)
    begun = now.held is not None and (before is None or before.held != now.held or h.entered)
    if begun and now.step is not None and clockwork.party_of(now.step, now.held) not in OURS:
        reading.holds.append(now.at)


def _leave(clockwork: Clockwork, reading: _Reading, key: str, now: ClockState) -> None:
    stay = reading.open.pop(key)
    calendar = clockwork.calendar
    reading.visits.append(
        Visit(
            stay.step,
            stay.began.at,
            now.at,
            calendar.countable_ordinals(stay.began.day, now.day),
            stay.ours,
            calendar.minutes(stay.began.at, now.at),
        )
    )


def _decide(
    clockwork: Clockwork,
    reading: _Reading,
    told: Sequence[Happening],
    now: ClockState,
    h: Happening,
) -> None:
    """Note the decision, where this happening stopped the service standard, or that it passed."""
    track = _track(now, PROMISE)
    if track is None or track.outcome is None:
        return
    if PROMISE not in clockwork.rules.stops.get(h.action, ()):
        # It ended without a decision: withdrawn, discontinued, lapsed.
        reading.broken_at = track.due if track.broken else None
        return
    hours = clockwork.rules.of(PROMISE).hours
    on_time = track.outcome == "met"
    plain = on_time if not track.extra else _met_without_extension(clockwork, told, now)
    reading.decision = Decision(
        at=now.at,
        on_time=on_time,
        on_time_unextended=plain,
        extended=track.extra,
        gross=sum(reading.owned.values()),
        net=None if hours else reading.net,
        days_of=dict(reading.owned),
    )


def _met_without_extension(
    clockwork: Clockwork, told: Sequence[Happening], decided: ClockState
) -> bool:
    """Return whether the decision would have been in time had nothing been extended.

    Reckoned from the whole history: an extension moves what comes back with nothing left, too.
    """
    state: ClockState | None = None
    for h in told:
        state = clockwork.advance(state, h if h.extend is None else replace(h, extend=None))
        track = _track(state, PROMISE)
        if track is not None and track.outcome is not None:
            return track.outcome == "met"
        if state.at > decided.at:
            break
    return False


def _track(state: ClockState, key: str) -> Track | None:
    return next((track for track in state.tracks if track.key == key), None)


def _goes_back(sop: Sop, step: str | None, h: Happening) -> bool:
    """Return whether a happening takes a file from one of us to where the applicant acts."""
    return h.ask is None and h.entered and _leads_back(sop, step, h.step)


def _leads_back(sop: Sop, here: str | None, there: str | None) -> bool:
    if here is None or there is None or there not in sop.steps or here not in sop.steps:
        return False
    gives, takes = sop.lanes[sop.steps[here].lane], sop.lanes[sop.steps[there].lane]
    return gives.party in OURS and takes.party is Party.APPLICANT


def _in_last_fifth(clockwork: Clockwork, state: ClockState) -> bool:
    """Return whether 80 % of the term were used when the file was given back."""
    for base in _TERMS:
        for track in state.tracks:
            rule = clockwork.rules.of(track.key)
            if rule.base == base:
                return track.used * 100 >= amount(rule, track.extra) * LAST_FIFTH
    return False


def _given_back(
    sop: Sop, lines: Iterable[Line], heard: Sequence[tuple[datetime, bool]]
) -> Iterator[GivenBack]:
    """Yield the moves that gave the file back; the clock heard of each, in this order."""
    number = 0
    moves = (
        line
        for line in lines
        if line.ask is None
        and line.from_step != line.to_step
        and _leads_back(sop, line.from_step, line.to_step)
    )
    for line, (at, last_fifth) in zip(moves, heard, strict=True):
        ours = _is_ours(sop, line)
        number += ours
        late_faults = bool(line.detail.get("late_faults"))
        yield GivenBack(at, number if ours else 0, last_fifth, late_faults)


def _is_ours(sop: Sop, line: Line) -> bool:
    """Return whether we gave the file back; a visit is put off because the applicant wishes it."""
    pressed = sop.steps[line.from_step or ""].actions.get(line.action)
    return pressed is None or sop.lanes[pressed.lane].party in OURS
