"""What differs between two versions of an office's calendar, and from which date on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

from workflows.calendar_spec import CalendarSpec, Outage, WeeklyRule, zone_named
from workflows.worktime import Calendar

What = Literal[
    "closed", "reopened", "renamed", "makeup", "unmakeup", "makeup_hours", "week", "unweek",
    "outage", "unoutage", "covers", "uncovers", "zone",
]  # fmt: skip

_DAY = timedelta(days=1)
_LOOK_DAYS = 400
"""How far the first day is looked for on which other weekly hours make a difference."""
_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: what, on which days, by which name."""

    what: What
    day: date
    until: date | None = None
    """The last day of several; None: that one day, or without an end."""
    name: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it in plain JSON types, without what is empty."""
        data: dict[str, Any] = {"what": self.what, "day": self.day.isoformat()}
        if self.until is not None:
            data["until"] = self.until.isoformat()
        return {**data, "name": self.name} if self.name else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Difference:
        """Return what `to_json` wrote."""
        until = data.get("until")
        return cls(
            data["what"],
            date.fromisoformat(data["day"]),
            None if until is None else date.fromisoformat(until),
            data.get("name", ""),
        )


@dataclass(frozen=True, slots=True)
class CalendarDiff:
    """How one calendar differs from another."""

    first: date | None
    """The first date that is counted otherwise, or an earlier one; None: none is."""
    differences: tuple[Difference, ...]
    """In the order of their days."""


def calendar_diff(before: CalendarSpec, after: CalendarSpec) -> CalendarDiff:
    """Return how `after` differs from `before`."""
    if before.zone != after.zone:
        return CalendarDiff(date.min, (Difference("zone", date.min, name=after.zone),))
    found = [
        *_joined(_closed(before, after)),
        *_joined(_makeup(before, after)),
        *_weeks(before.weekly, after.weekly),
        *_outages(before, after),
        *_covers(before, after),
    ]
    found.sort(key=lambda one: (one.day, one.what, one.name))
    return CalendarDiff(_first(before, after, found), tuple(found))


def _closed(before: CalendarSpec, after: CalendarSpec) -> Iterator[Difference]:
    for day in sorted(before.closed.keys() | after.closed.keys()):
        old, new = before.closed.get(day), after.closed.get(day)
        if old is None and new is not None:
            yield Difference("closed", day, name=new.name)
        elif old is not None and new is None:
            yield Difference("reopened", day, name=old.name)
        elif old is not None and new is not None and old != new:
            yield Difference("renamed", day, name=new.name)


def _makeup(before: CalendarSpec, after: CalendarSpec) -> Iterator[Difference]:
    for day in sorted(before.makeup.keys() | after.makeup.keys()):
        old, new = before.makeup.get(day), after.makeup.get(day)
        if old != new:
            what: What = "makeup" if old is None else "unmakeup" if new is None else "makeup_hours"
            yield Difference(what, day)


def _joined(found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield the differences with days that follow each other taken together."""
    last: Difference | None = None
    for one in found:
        if (
            last is not None
            and (last.what, last.name) == (one.what, one.name)
            and (last.until or last.day) + _DAY == one.day
        ):
            last = Difference(last.what, last.day, one.day, last.name)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _weeks(before: tuple[WeeklyRule, ...], after: tuple[WeeklyRule, ...]) -> Iterator[Difference]:
    gone = _without(before, after)
    come = _without(after, before)
    renewed = {(rule.since, rule.until) for rule in come}
    for rule in gone:
        if (rule.since, rule.until) not in renewed:
            yield Difference("unweek", rule.since, rule.until)
    for rule in come:
        yield Difference("week", rule.since, rule.until)
    if not gone and not come and before != after:
        # The same rules in another order: the last of two that begin together holds.
        yield Difference("week", min(rule.since for rule in after))


def _outages(before: CalendarSpec, after: CalendarSpec) -> Iterator[Difference]:
    zone = zone_named(after.zone)

    def day(instant: datetime) -> date:
        return instant.astimezone(zone).date()

    def told(what: What, outage: Outage) -> Difference:
        first, last = day(outage.start), day(outage.end - timedelta(microseconds=1))
        return Difference(what, first, last if last != first else None, outage.reason)

    for outage in _without(before.outages, after.outages):
        yield told("unoutage", outage)
    for outage in _without(after.outages, before.outages):
        yield told("outage", outage)


def _covers(before: CalendarSpec, after: CalendarSpec) -> Iterator[Difference]:
    if before.covers[1] != after.covers[1]:
        further = after.covers[1] > before.covers[1]
        yield Difference("covers" if further else "uncovers", after.covers[1])


def _without(some: Iterable[_Entry], others: Iterable[_Entry]) -> list[_Entry]:
    left = list(others)
    found = []
    for one in some:
        if one in left:
            left.remove(one)
        else:
            found.append(one)
    return found


def _first(before: CalendarSpec, after: CalendarSpec, found: Iterable[Difference]) -> date | None:
    """Return the first date on which the hours of the two are not the same."""
    old, new = Calendar(before), Calendar(after)
    first: date | None = None
    for one in found:
        if first is not None and one.day >= first:
            break
        if one.what in ("covers", "uncovers", "renamed"):
            continue
        day = _first_of(old, new, one)
        if day is not None and (first is None or day < first):
            first = day
    return first


def _first_of(old: Calendar, new: Calendar, one: Difference) -> date | None:
    last = one.until
    if last is None:
        endless = one.what in ("week", "unweek")
        last = one.day + timedelta(days=_LOOK_DAYS) if endless else one.day
    day = one.day
    for _ in range(_LOOK_DAYS):
        if day > last:
            return None
        if _hours(old, day) != _hours(new, day):
            return day
        day += _DAY
    # Looked for long enough: nothing before its first day differs.
    return one.day


def _hours(calendar: Calendar, day: date) -> tuple[object, object]:
    return calendar.windows(day), calendar.net_windows(day)
