"""What an office says about its working time: frozen data, with a JSON round trip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflows.errors import WorkflowError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
_CLOCK_TIME = re.compile(r"([0-9]{2}):([0-5][0-9])")

_FIRST_JOINT_LEAVE = 2002
"""The first year that had joint leave days."""

ClosedKind = Literal["national", "joint", "local"]
"""A national holiday, a joint leave day (cuti bersama), or a day closed by the region."""


class CalendarFault(WorkflowError, ValueError):
    """A calendar cannot be used as it was written, or was asked for what it does not have."""

    code = "calendar.fault"

    def __init__(self, where: str, what: str) -> None:
        self.where, self.what = where, what
        super().__init__(f"{where}: {what}")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Office hours from `start` up to `end`, in minutes after local midnight."""

    start: int
    end: int

    @classmethod
    def parse(cls, start: str, end: str, where: str = "window") -> Window:
        """Return the window between two clock times, `07:30` and `16:00` (`24:00` may end it)."""
        return cls(_minutes(start, where), _minutes(end, where))

    def to_json(self) -> list[str]:
        """Return the two clock times."""
        return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in (self.start, self.end)]


Windows = tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """The hours of each weekday (0 is Monday) from `since` through `until`.

    Where several cover a date, the one with the latest `since` holds, then the one listed last:
    a rule for Ramadan hides the usual one while it lasts.
    """

    since: date
    windows: Mapping[int, Windows]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """Why a date is closed."""

    name: str
    kind: ClosedKind


@dataclass(frozen=True, slots=True)
class Outage:
    """A declared time in which nobody could work, with its reason."""

    start: datetime
    end: datetime
    reason: str
    legal: str = ""
    """The decree that declared it, with its number; none in calendars of before it was asked."""


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """One version of an office's calendar.

    Raises:
        CalendarFault: a part contradicts itself; it names the part.
    """

    zone: str
    weekly: tuple[WeeklyRule, ...]
    covers: tuple[date, date]
    """First and last date whose closed days are known."""
    closed: Mapping[date, ClosedDay] = field(default_factory=dict)
    makeup: Mapping[date, Windows] = field(default_factory=dict)
    """Days opened by exception; they win over closed days and the week."""
    outages: tuple[Outage, ...] = ()

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if self.covers[0] > self.covers[1]:
            raise CalendarFault("covers", f"ends on {self.covers[1]}, before it starts")
        for number, rule in enumerate(self.weekly):
            where = f"weekly[{number}]"
            if rule.until is not None and rule.until < rule.since:
                raise CalendarFault(where, f"ends on {rule.until}, before {rule.since}")
            for weekday, windows in rule.windows.items():
                if weekday not in range(7):
                    raise CalendarFault(where, f"{weekday} is no weekday (0 Monday … 6 Sunday)")
                _check_windows(windows, f"{where}.{WEEKDAYS[weekday]}")
        for day, closed in self.closed.items():
            if closed.kind not in get_args(ClosedKind):
                raise CalendarFault(
                    f"closed.{day}", f"kind {closed.kind!r} is not national, joint or local"
                )
        for day, windows in self.makeup.items():
            if not windows:
                raise CalendarFault(f"makeup.{day}", "has no hours; a make-up day needs a window")
            _check_windows(windows, f"makeup.{day}")
        for number, outage in enumerate(self.outages):
            where = f"outages[{number}]"
            if outage.start.tzinfo is None or outage.end.tzinfo is None:
                raise CalendarFault(where, "needs a UTC offset in both times")
            if outage.end <= outage.start:
                raise CalendarFault(where, "ends before it starts")

    def to_json(self) -> dict[str, Any]:
        """Return the calendar as plain lists and dicts."""
        return {
            "zone": self.zone,
            "weekly": [
                {
                    "since": rule.since.isoformat(),
                    "until": rule.until.isoformat() if rule.until else None,
                    "windows": {
                        WEEKDAYS[weekday]: [window.to_json() for window in windows]
                        for weekday, windows in sorted(rule.windows.items())
                    },
                }
                for rule in self.weekly
            ],
            "covers": [day.isoformat() for day in self.covers],
            "closed": {
                day.isoformat(): {"name": closed.name, "kind": closed.kind}
                for day, closed in sorted(self.closed.items())
            },
            "makeup": {
                day.isoformat(): [window.to_json() for window in windows]
                for day, windows in sorted(self.makeup.items())
            },
            "outages": [
                {
                    "start": outage.start.astimezone(UTC).isoformat(),
                    "end": outage.end.astimezone(UTC).isoformat(),
                    "reason": outage.reason,
                }
                | ({"legal": outage.legal} if outage.legal else {})
                for outage in self.outages
            ],
        }

    @classmethod
    def from_json(cls, data: object) -> CalendarSpec:
        """Return the calendar written in plain lists and dicts.

        Raises:
            CalendarFault: something is missing, unknown or malformed; it names the place.
        """
        top = _table(data, "calendar", required={"zone", "weekly", "covers"},
                     optional={"closed", "makeup", "outages"})  # fmt: skip
        covers = _list(top["covers"], "covers")
        if len(covers) != 2:
            raise CalendarFault("covers", "needs two dates: the first and the last known")
        return cls(
            zone=_text(top["zone"], "zone"),
            weekly=tuple(
                _rule(rule, f"weekly[{number}]")
                for number, rule in enumerate(_list(top["weekly"], "weekly"))
            ),
            covers=(_day(covers[0], "covers"), _day(covers[1], "covers")),
            closed={
                _day(day, "closed"): _closed(entry, f"closed.{day}")
                for day, entry in _table(top.get("closed", {}), "closed").items()
            },
            makeup={
                _day(day, "makeup"): _windows(entry, f"makeup.{day}")
                for day, entry in _table(top.get("makeup", {}), "makeup").items()
            },
            outages=tuple(
                _outage(entry, f"outages[{number}]")
                for number, entry in enumerate(_list(top.get("outages", []), "outages"))
            ),
        )


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone `name`.

    Raises:
        CalendarFault: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise CalendarFault(
            "zone", f"{name!r} is no IANA time zone; write for example Asia/Jakarta"
        ) from unknown


def decreed(year: int) -> bool:
    """Return whether the closed days of a year are known to the package `holidays`.

    National holidays and joint leave days are decreed together, in September of the year before;
    until then the package lists estimates of the former and none of the latter.
    """
    return year < _FIRST_JOINT_LEAVE or any(
        closed.kind == "joint" for closed in _known(year, year).values()
    )


def default_spec(zone: str, first_year: int, last_year: int) -> CalendarSpec:
    """Return the usual calendar of an Indonesian office for whole years.

    Hours run through the break, which counters cover by shift. Closed are the national holidays
    and joint leave days known to the package `holidays`; regional days, later revisions and the
    hours of Ramadan are the office's to add. It covers the years that have been decreed.

    Raises:
        CalendarFault: none of these years has been decreed.

    Source: Perpres 21/2023 Art 3, 4 and 6.
    """
    known = last_year
    while not decreed(known):
        known -= 1
        if known < first_year:
            raise CalendarFault("covers", f"the holidays of {first_year} have not been decreed")
    to_four, friday = Window.parse("07:30", "16:00"), Window.parse("07:30", "16:30")
    week = dict.fromkeys(range(4), (to_four,)) | {4: (friday,)}
    return CalendarSpec(
        zone=zone,
        weekly=(WeeklyRule(date(1970, 1, 1), week),),
        covers=(date(first_year, 1, 1), date(known, 12, 31)),
        closed=_known(first_year, known),
    )


def _known(first_year: int, last_year: int) -> dict[date, ClosedDay]:
    import holidays  # here, because it takes half a second that few callers need

    closed: dict[date, ClosedDay] = {}
    kinds: tuple[tuple[str, ClosedKind], ...] = (("government", "joint"), ("public", "national"))
    for category, kind in kinds:
        found = holidays.country_holidays(
            "ID", years=range(first_year, last_year + 1), categories=(category,), language="id"
        )
        # The package may keep calling an estimate what has been decreed since.
        closed |= {
            day: ClosedDay(name.removesuffix(" (perkiraan)"), kind) for day, name in found.items()
        }
    return dict(sorted(closed.items()))


def _check_windows(windows: Windows, where: str) -> None:
    previous = 0
    for window in windows:
        if not 0 <= window.start < window.end <= DAY_MINUTES:
            raise CalendarFault(where, f"{'–'.join(window.to_json())} does not end after it starts")
        if window.start < previous:
            raise CalendarFault(where, "windows overlap or are out of order")
        previous = window.end


def _minutes(text: object, where: str) -> int:
    if isinstance(text, str) and (match := _CLOCK_TIME.fullmatch(text)):
        total = int(match[1]) * 60 + int(match[2])
        if total <= DAY_MINUTES:
            return total
    raise CalendarFault(where, f"{text!r} is no clock time; write it as 07:30")


def _day(text: object, where: str) -> date:
    try:
        return date.fromisoformat(cast(str, text))
    except (TypeError, ValueError) as bad:
        raise CalendarFault(where, f"{text!r} is no date; write it as 2026-03-27") from bad


def _instant(text: object, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(cast(str, text))
    except (TypeError, ValueError) as bad:
        raise CalendarFault(
            where, f"{text!r} is no time; write it as 2026-03-27T10:00:00+07:00"
        ) from bad
    if instant.tzinfo is None:
        raise CalendarFault(where, f"{text!r} lacks its UTC offset, for example +07:00")
    return instant.astimezone(UTC)


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise CalendarFault(where, f"{value!r} is no text")
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise CalendarFault(where, f"{value!r} is no list")
    return value


def _table(
    value: object, where: str, required: Iterable[str] = (), optional: Iterable[str] = ()
) -> dict[str, object]:
    if not isinstance(value, dict):
        raise CalendarFault(where, f"{value!r} is no table of names and values")
    needed, allowed = set(required), set(required) | set(optional)
    if missing := needed - value.keys():
        raise CalendarFault(where, f"lacks {', '.join(sorted(missing))}")
    if allowed and (unknown := value.keys() - allowed):
        raise CalendarFault(where, f"does not know {', '.join(sorted(map(str, unknown)))}")
    return value


def _windows(value: object, where: str) -> Windows:
    windows = []
    for entry in _list(value, where):
        pair = _list(entry, where)
        if len(pair) != 2:
            raise CalendarFault(where, f"{entry!r} is no window; write [07:30, 16:00]")
        windows.append(Window(_minutes(pair[0], where), _minutes(pair[1], where)))
    return tuple(windows)


def _rule(value: object, where: str) -> WeeklyRule:
    rule = _table(value, where, required={"since", "windows"}, optional={"until"})
    hours = _table(rule["windows"], f"{where}.windows", optional=WEEKDAYS)
    until = rule.get("until")
    return WeeklyRule(
        since=_day(rule["since"], f"{where}.since"),
        windows={
            WEEKDAYS.index(name): _windows(entry, f"{where}.{name}")
            for name, entry in hours.items()
        },
        until=None if until is None else _day(until, f"{where}.until"),
    )


def _closed(value: object, where: str) -> ClosedDay:
    entry = _table(value, where, required={"name", "kind"})
    return ClosedDay(_text(entry["name"], where), cast(ClosedKind, _text(entry["kind"], where)))


def _outage(value: object, where: str) -> Outage:
    entry = _table(value, where, required={"start", "end", "reason"}, optional={"legal"})
    legal = entry.get("legal", "")
    return Outage(
        _instant(entry["start"], f"{where}.start"),
        _instant(entry["end"], f"{where}.end"),
        _text(entry["reason"], f"{where}.reason"),
        _text(legal, f"{where}.legal") if legal != "" else "",
    )
