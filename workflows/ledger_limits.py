"""How one limit stands: used, left, due, broken, and the moments at which somebody is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, cast

from workflows.ledger_rules import HOUR, Rule
from workflows.ledger_state import ClockState, Track
from workflows.sop import Party, Within
from workflows.worktime import Calendar

Status = Literal["running", "paused", "met", "broken", "late", "closed"]
"""broken: still open; late: ended after its moment; closed: ended without having been stopped."""

_MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class LimitState:
    """One limit of an application, as of a moment."""

    key: str
    """Unique in the application: `service`, `step:verification#2`, `ask:opinion_pu#1`."""
    name: str
    started_at: datetime
    within: Within
    """With what it was extended by."""
    counts: frozenset[Party]
    used: int
    """Counted working days, or office minutes where `within` is in hours."""
    left: int
    """`within` minus `used`: 0 is today; negative once broken; minutes where it is in hours."""
    running: bool
    """True while it is open and has a due moment."""
    due_at: datetime | None
    status: Status
    ended_at: datetime | None
    broken_at: datetime | None
    paused_at: datetime | None
    """Since when it stands still."""
    rungs: tuple[tuple[str, datetime], ...]
    """When somebody is to be told, by rung: moments ahead, and those reached while it was open."""
    extended: int = 0
    """By how many units `within` was extended."""
    told_on: date = date.min
    """The last date that is told of: those that are counted from now on lie after it."""


def amount(rule: Rule, extra: int) -> int:
    """Return the allowed working days, or microseconds, of a limit extended by `extra`."""
    total = rule.within.amount + extra
    return total * HOUR if rule.hours else total


def whole_minute(instant: datetime) -> datetime:
    """Return the end of the minute in which `instant` lies, in UTC."""
    whole = instant.replace(second=0, microsecond=0)
    return (whole if whole == instant else whole + timedelta(minutes=1)).astimezone(UTC)


def reached(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, spent: int
) -> tuple[datetime, ...]:
    """Return the track's marks with those that `spent` more days or microseconds have reached."""
    marks = track.marks
    for _, share in rule.shares[len(marks) :]:
        needed = _needed(rule, track, share) - track.used
        if needed > spent:
            break
        marks = (*marks, _moment(calendar, rule, state, needed))
    return marks


def warned(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, spent: int, at: datetime
) -> tuple[datetime | None, ...]:
    """Return when each warning by what is left was reached, once `spent` more has gone by."""
    if not rule.before or track.due is None:
        return track.warned
    marks = list(track.warned) or [None] * len(rule.before)
    for place, (_, left) in enumerate(rule.before):
        if marks[place] is not None:
            continue
        moment = _before(calendar, rule, track, state, left)
        if moment is None:
            continue
        if left.unit == rule.within.unit:
            passed = _until(rule, track, left) <= spent
        else:
            passed = moment <= at
        if passed:
            marks[place] = moment
    return tuple(marks) if any(marks) else track.warned


def read(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, until: datetime | None
) -> LimitState:
    """Return how the limit of `track` stands at `until`, or at the last happening."""
    total = amount(rule, track.extra)
    used, broken = standing(calendar, rule, track, state, until)
    left = total - used
    told_on = calendar.local_date(_seen_at(state, until))
    if not _counts_coming(calendar, rule, track, state):
        told_on = max(told_on, date.fromordinal(state.day))
    if rule.hours:
        used, left = used // _MINUTE, -(-left // _MINUTE)
    return LimitState(
        key=track.key,
        name=rule.name,
        started_at=track.started,
        within=Within(rule.within.amount + track.extra, rule.within.unit),
        counts=rule.counts,
        used=used,
        left=left,
        running=track.outcome is None and track.due is not None,
        due_at=track.due,
        status=status_of(track, broken=broken),
        ended_at=None if track.outcome is None else state.at,
        broken_at=track.due if broken else None,
        paused_at=track.since,
        rungs=_rungs(calendar, rule, track, state),
        extended=track.extra,
        told_on=told_on,
    )


def standing(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, until: datetime | None
) -> tuple[int, bool]:
    """Return what of a limit is used at `until`, in days or microseconds, and whether it broke."""
    used, broken = track.used - _not_begun(calendar, rule, track, state, until), track.broken
    if track.outcome is None and until is not None and until > state.at:
        broken = broken or (track.due is not None and track.due < until)
        if state.owner in rule.counts:
            used += _spent(calendar, rule, state, until)
    if not broken:
        # A file that came back with nothing left has the day of its return on top.
        used = min(used, amount(rule, track.extra))
    return used, broken


def status_of(track: Track, *, broken: bool) -> Status:
    """Return how a limit stands, once it is known whether it is broken."""
    if track.outcome is not None:
        return cast(Status, track.outcome)
    if broken:
        return "broken"
    return "paused" if track.due is None else "running"


def _not_begun(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, until: datetime | None
) -> int:
    """Return the days that an open limit has counted ahead of their beginning.

    After closing an act counts on the next working day, which is counted for who had the file;
    it is used from its beginning on, not the evening before.
    """
    if track.outcome is not None or state.coming is None or rule.hours:
        return 0
    today = calendar.local_date(_seen_at(state, until)).toordinal()
    if today >= state.day or not _counts_coming(calendar, rule, track, state):
        return 0
    return calendar.countable_ordinals(today, state.day)


def _counts_coming(calendar: Calendar, rule: Rule, track: Track, state: ClockState) -> bool:
    """Return whether the day ahead on which the last happening counts is one of the limit's."""
    begun = calendar.counted_on(track.started).toordinal()
    return state.coming in rule.counts and begun < state.day


def _seen_at(state: ClockState, until: datetime | None) -> datetime:
    return state.at if until is None else max(until, state.at)


def _spent(calendar: Calendar, rule: Rule, state: ClockState, until: datetime) -> int:
    if rule.hours:
        return calendar.office_time(state.at, until) // _MICROSECOND
    return calendar.countable_ordinals(state.day, calendar.local_date(until).toordinal())


def _needed(rule: Rule, track: Track, share: int) -> int:
    """Return how much is used when `share` percent is reached: whole days, rounded up."""
    return max(1, -(-amount(rule, track.extra) * share // 100))


def _moment(calendar: Calendar, rule: Rule, state: ClockState, needed: int) -> datetime:
    """Return when so much more will be used if nothing happens: opening of that day."""
    if rule.hours:
        return whole_minute(calendar.after(state.at, needed * _MICROSECOND))
    return calendar.opening(calendar.nth_countable(date.fromordinal(state.day), needed))


def _until(rule: Rule, track: Track, left: Within) -> int:
    """Return how much more is used up when only `left`, in the limit's own unit, remains."""
    spare = left.amount * HOUR if rule.hours else left.amount
    return amount(rule, track.extra) - spare - track.used


def _before(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, left: Within
) -> datetime | None:
    """Return when `left` of a limit remains; None where that is no later than its start.

    `n working days before` a limit in days: opening of the counted day that is n counted days
    before its last one. Else the moment from which the offices hours until the due moment are
    exactly so many, or the opening of the n-th working day before its date. Where the file came
    back after that moment, the moment of its return.
    """
    if left.unit == rule.within.unit:
        if _until(rule, track, left) + track.used < 1:
            return None
        return _moment(calendar, rule, state, max(_until(rule, track, left), 1))
    if track.due is None:
        return None
    if left.unit == "working hours":
        moment = calendar.before(track.due, left.amount * HOUR * _MICROSECOND)
    else:
        day = calendar.nth_countable_before(calendar.local_date(track.due), left.amount)
        moment = calendar.opening(day)
    return max(moment, whole_minute(state.at)) if moment > track.started else None


def _rungs(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState
) -> tuple[tuple[str, datetime], ...]:
    names = [name for name, _ in rule.shares]
    rungs = list(zip(names, track.marks, strict=False))
    if track.due is not None:
        if track.outcome is None and not track.broken:
            rungs += [
                (name, _moment(calendar, rule, state, _needed(rule, track, share) - track.used))
                for name, share in rule.shares[len(rungs) :]
            ]
            rungs += _warnings_ahead(calendar, rule, track, state)
        # A hold that the clock has ended at its length is not late, and was told of all the same.
        lasted = rule.kind == "hold" and track.due <= state.at
        if track.broken or track.outcome is None or lasted:
            missed = calendar.local_date(track.due)
            rungs += [
                (name, calendar.closing(calendar.nth_after(missed, days)) if days else track.due)
                for name, days in rule.breach
            ]
            rungs += [
                (name, whole_minute(calendar.after(track.due, hours * HOUR * _MICROSECOND)))
                for name, hours in rule.breach_hours
            ]
    rungs += [(name, at) for (name, _), at in zip(rule.before, track.warned, strict=False) if at]
    if rule.before or rule.breach_hours:
        rungs.sort(key=lambda rung: rung[1])
    last = state.at if track.outcome is not None else track.since
    if last is not None:
        rungs = [(name, at) for name, at in rungs if at <= last]
    return tuple(rungs)


def _warnings_ahead(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState
) -> Iterator[tuple[str, datetime]]:
    for place, (name, left) in enumerate(rule.before):
        if not track.warned or track.warned[place] is None:
            moment = _before(calendar, rule, track, state, left)
            if moment is not None:
                yield name, moment
