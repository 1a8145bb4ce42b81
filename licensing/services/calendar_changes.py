"""One change to an office's calendar, as a value: applied to a calendar it gives the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, cast

from licensing.errors import InvalidInput
from licensing.forms import MAX_TEXT, one_line
from workflows.calendar_spec import (
    CalendarSpec,
    ClosedDay,
    ClosedKind,
    WeeklyRule,
    Windows,
    default_spec,
)

Deed = Literal["close", "reopen", "makeup", "unmakeup", "week", "unweek", "year"]
DEEDS: Final[tuple[Deed, ...]] = (
    "close", "reopen", "makeup", "unmakeup", "week", "unweek", "year",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What is to be different."""

    deed: Deed
    day: date
    """The day meant; of a week of hours its first day; of a year any day of it."""
    name: str = ""
    kind: str = "local"
    windows: Windows = ()
    """Office hours of a make-up day."""
    week: Mapping[int, Windows] = field(default_factory=dict)
    """Office hours of each weekday, 0 is Monday; a weekday without is closed."""
    until: date | None = None
    """Last day of hours that end again, as those of Ramadan do."""


def changed(spec: CalendarSpec, change: CalendarChange, *, today: date) -> CalendarSpec:
    """Return the calendar after the change. What lies before `today` is never changed.

    Raises:
        InvalidInput: every fault at once, by field.
        CalendarFault: the hours contradict each other.
    """
    faults = _faults(spec, change, today)
    if faults:
        raise InvalidInput(faults)
    day, closed, makeup = change.day, dict(spec.closed), dict(spec.makeup)
    match change.deed:
        case "close":
            closed[day] = ClosedDay(one_line(change.name), cast("ClosedKind", change.kind))
            makeup.pop(day, None)
        case "reopen":
            del closed[day]
        case "makeup":
            makeup[day] = change.windows
        case "unmakeup":
            del makeup[day]
        case "week":
            kept = tuple(rule for rule in spec.weekly if not _same(rule, change))
            rule = WeeklyRule(day, {k: v for k, v in change.week.items() if v}, change.until)
            return replace(spec, weekly=(*kept, rule))
        case "unweek":
            kept = tuple(rule for rule in spec.weekly if not _same(rule, change))
            return replace(spec, weekly=kept)
        case "year":
            usual = default_spec(spec.zone, day.year, day.year).closed
            return replace(
                spec,
                closed=dict(sorted({**usual, **closed}.items())),
                covers=(spec.covers[0], date(day.year, 12, 31)),
            )
    return replace(spec, closed=dict(sorted(closed.items())), makeup=dict(sorted(makeup.items())))


def first_day(spec: CalendarSpec, change: CalendarChange) -> date:
    """Return the first date that the change can touch."""
    if change.deed == "year":
        return min(change.day.replace(month=1, day=1), spec.covers[1])
    return change.day


def _faults(spec: CalendarSpec, change: CalendarChange, today: date) -> dict[str, str]:
    day, faults = change.day, dict[str, str]()
    if day < today and change.deed != "year":
        faults["day"] = "in_past"
    if change.deed == "close":
        if not one_line(change.name):
            faults["name"] = "required"
        elif len(change.name) > MAX_TEXT:
            faults["name"] = "too_long"
        if change.kind not in ("national", "joint", "local"):
            faults["kind"] = "unknown_choice"
        if day in spec.closed:
            faults["day"] = "closed_already"
        elif not spec.covers[0] <= day <= spec.covers[1]:
            faults["day"] = "year_not_known"
    elif change.deed == "reopen" and day not in spec.closed:
        faults["day"] = "not_closed"
    elif change.deed == "makeup":
        if not change.windows:
            faults["windows"] = "required"
    elif change.deed == "unmakeup" and day not in spec.makeup:
        faults["day"] = "no_makeup_day"
    elif change.deed == "week":
        if not any(change.week.values()):
            faults["week"] = "week_without_hours"
        if change.until is not None and change.until < day:
            faults["until"] = "ends_before_it_begins"
    elif change.deed == "unweek" and not any(_same(rule, change) for rule in spec.weekly):
        faults["day"] = "no_such_hours"
    elif change.deed == "year" and day.year != spec.covers[1].year + 1:
        faults["day"] = "not_the_next_year"
    return faults


def _same(rule: WeeklyRule, change: CalendarChange) -> bool:
    return (rule.since, rule.until) == (change.day, change.until)
