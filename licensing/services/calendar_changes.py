"""One change to an office's calendar, as a value: applied to a calendar it gives the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, Protocol, cast

from licensing.errors import InvalidInput
from licensing.forms import MAX_TEXT, one_line
from workflows.calendar_diff import calendar_diff
from workflows.calendar_spec import (
    CalendarSpec,
    ClosedDay,
    ClosedKind,
    WeeklyRule,
    Windows,
    decreed,
    default_spec,
)

Deed = Literal["close", "reopen", "makeup", "unmakeup", "week", "unweek", "year", "cover"]
DEEDS: Final[tuple[Deed, ...]] = (
    "close", "reopen", "makeup", "unmakeup", "week", "unweek", "year", "cover",
)  # fmt: skip
KEEPERS: Final = ("admin", "head")
YEARS_AHEAD: Final = 2
"""How many years after what is known a day may be entered: further is a slip of the keyboard."""


class AnyChange(Protocol):
    """What is to be different in a calendar: one day, a whole file, an outage, an old version."""

    @property
    def deed(self) -> str:
        """What is done, for the record."""

    @property
    def day(self) -> date:
        """The day meant, for the record; the first of several."""

    @property
    def past(self) -> bool:
        """Whether whoever asks knows that days which have passed are touched."""

    @property
    def keepers(self) -> tuple[str, ...]:
        """The roles that may ask for it."""

    def applied(self, spec: CalendarSpec, today: date, /) -> CalendarSpec:
        """Return the calendar after it.

        Raises:
            InvalidInput: every fault at once, by field.
            CalendarFault: the hours contradict each other.
        """

    def first_day(self, spec: CalendarSpec, /) -> date:
        """Return the first date that it can touch in a calendar."""


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What is to be different."""

    deed: Deed
    day: date
    """The day meant; of a week of hours its first day; of a year any day of it; of a coverage the
    last day whose holidays are known."""
    name: str = ""
    kind: str = "local"
    windows: Windows = ()
    """Office hours of a make-up day."""
    week: Mapping[int, Windows] = field(default_factory=dict)
    """Office hours of each weekday, 0 is Monday; a weekday without is closed."""
    until: date | None = None
    """Last day of hours that end again, as those of Ramadan do."""
    past: bool = False
    """Whether whoever asks knows that days which have passed are touched."""

    @property
    def keepers(self) -> tuple[str, ...]:
        """The roles that may ask for it."""
        return KEEPERS

    def applied(self, spec: CalendarSpec, today: date) -> CalendarSpec:
        """Return the calendar after it."""
        return _changed(spec, self, today)

    def first_day(self, spec: CalendarSpec, /) -> date:
        """Return the first date that it can touch."""
        if self.deed == "year":
            return min(self.day.replace(month=1, day=1), spec.covers[1])
        if self.deed == "cover":
            return max(self.day, spec.covers[1])
        return self.day


@dataclass(frozen=True, slots=True)
class Restored:
    """An earlier version, to be put in force again as a new one."""

    number: int
    spec: CalendarSpec
    day: date
    """The first date on which it differs."""
    past: bool = False
    deed: str = "restore"

    @property
    def keepers(self) -> tuple[str, ...]:
        """The roles that may ask for it."""
        return KEEPERS

    def applied(self, spec: CalendarSpec, _today: date, /) -> CalendarSpec:
        """Return the earlier calendar. What an outage took from the office stays declared."""
        after = replace(self.spec, outages=spec.outages)
        if after == spec:
            raise InvalidInput({"version": "nothing_changed"})
        return after

    def first_day(self, _spec: CalendarSpec, /) -> date:
        """Return the first date that it can touch."""
        return self.day


def changed(spec: CalendarSpec, change: AnyChange, *, today: date) -> CalendarSpec:
    """Return the calendar after the change.

    What lies before `today` is changed only where that was asked for in so many words.

    Raises:
        InvalidInput: every fault at once, by field.
        CalendarFault: the hours contradict each other.
    """
    after = change.applied(spec, today)
    if not change.past and touches_past(spec, after, today):
        raise InvalidInput({"past": "past_unconfirmed"})
    return after


def touches_past(before: CalendarSpec, after: CalendarSpec, today: date) -> bool:
    """Return whether a day before `today` has other hours in one calendar than in the other."""
    first = calendar_diff(before, after).first
    return first is not None and first < today


def first_day(spec: CalendarSpec, change: AnyChange) -> date:
    """Return the first date that the change can touch."""
    return change.first_day(spec)


def _changed(spec: CalendarSpec, change: CalendarChange, today: date) -> CalendarSpec:
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
        case "cover":
            return replace(spec, covers=(spec.covers[0], day))
    return replace(spec, closed=dict(sorted(closed.items())), makeup=dict(sorted(makeup.items())))


def _faults(spec: CalendarSpec, change: CalendarChange, today: date) -> dict[str, str]:
    day, faults = change.day, dict[str, str]()
    if change.deed == "close":
        if not one_line(change.name):
            faults["name"] = "required"
        elif len(change.name) > MAX_TEXT:
            faults["name"] = "too_long"
        if change.kind not in ("national", "joint", "local"):
            faults["kind"] = "unknown_choice"
        if day in spec.closed:
            faults["day"] = "closed_already"
        elif day < spec.covers[0] or day.year > spec.covers[1].year + YEARS_AHEAD:
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
    elif change.deed == "year":
        if day.year != next_year(spec):
            faults["day"] = "not_the_next_year"
        elif not decreed(day.year):
            faults["day"] = "year_not_decreed"
    elif change.deed == "cover":
        if day <= today:
            faults = {"day": "in_past"}
        elif day == spec.covers[1]:
            faults["day"] = "nothing_changed"
        elif day.year > spec.covers[1].year + YEARS_AHEAD:
            faults["day"] = "year_not_known"
    return faults


def next_year(spec: CalendarSpec) -> int:
    """Return the first year of which not every closed day is known."""
    last = spec.covers[1]
    return last.year + 1 if (last.month, last.day) == (12, 31) else last.year


def _same(rule: WeeklyRule, change: CalendarChange) -> bool:
    return (rule.since, rule.until) == (change.day, change.until)
