"""How one limit stands: used, left, due, broken, and the moments at which somebody is told."""

from __future__ import annotations

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


def read(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, until: datetime | None
) -> LimitState:
    """Return how the limit of `track` stands at `until`, or at the last happening."""
    total = amount(rule, track.extra)
    used, broken = standing(calendar, rule, track, state, until)
    left = total - used
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
    )


def standing(
    calendar: Calendar, rule: Rule, track: Track, state: ClockState, until: datetime | None
) -> tuple[int, bool]:
    """Return what of a limit is used at `until`, in days or microseconds, and whether it broke."""
    used, broken = track.used, track.broken
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
        if track.broken or track.outcome is None:
            missed = calendar.local_date(track.due)
            rungs += [
                (name, calendar.closing(calendar.nth_after(missed, days)) if days else track.due)
                for name, days in rule.breach
            ]
    last = state.at if track.outcome is not None else track.since
    if last is not None:
        rungs = [(name, at) for name, at in rungs if at <= last]
    return tuple(rungs)
