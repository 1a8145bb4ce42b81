"""Arithmetic of working days and office hours over one version of an office's calendar."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from workflows.calendar_spec import (
    CalendarFault,
    CalendarSpec,
    ClosedDay,
    Outage,
    Windows,
    zone_named,
)

LateReceipt = Literal["next_working_day", "same_date"]
"""What becomes of an act after closing or on a closed day."""

Interval = tuple[datetime, datetime]

_REACH_YEARS = 100
"""How far beyond its coverage a calendar computes: further is a slip of the keyboard."""
_ZERO = timedelta()


class _Span(NamedTuple):
    """The working days of whole years, as ordinals: of the office, and those not nobody's."""

    first_year: int
    last_year: int
    low: int
    high: int
    working: list[int]
    countable: list[int]


class Calendar:
    """Answers about one calendar. It keeps what it has computed, and is safe among threads."""

    def __init__(self, spec: CalendarSpec, late_receipt: LateReceipt = "next_working_day") -> None:
        if late_receipt not in ("next_working_day", "same_date"):
            raise CalendarFault(
                "late_receipt", f"{late_receipt!r} is neither next_working_day nor same_date"
            )
        self.spec = spec
        self.late_receipt = late_receipt
        self.zone = zone_named(spec.zone)
        self._same_date = late_receipt == "same_date"
        # A stable sort by `since`: the last rule that covers a date is the one that holds.
        self._rules = sorted(spec.weekly, key=lambda rule: rule.since)
        self._outages = _merged(spec.outages)
        self._windows: dict[int, tuple[Interval, ...]] = {}
        self._net: dict[int, tuple[Interval, ...]] = {}
        self._openings: dict[int, datetime] = {}
        self._closings: dict[int, datetime] = {}
        self._ahead: dict[tuple[int, int], datetime] = {}
        first, last = (day.year for day in spec.covers)
        self._lowest, self._highest = max(1, first - _REACH_YEARS), min(9998, last + _REACH_YEARS)
        self._span = self._years(max(1, first - 1), min(9998, last + 1))

    # -- dates

    def covers(self, day: date) -> bool:
        """Return whether the closed days of `day` are known; if not, the week alone speaks."""
        return self.spec.covers[0] <= day <= self.spec.covers[1]

    def past_coverage(self, day: date) -> bool:
        """Return whether `day` lies after the last date whose closed days are known."""
        return day > self.spec.covers[1]

    def is_working(self, day: date) -> bool:
        """Return whether the office is open on `day`."""
        return bool(self.windows(day))

    def closed_day(self, day: date) -> ClosedDay | None:
        """Return why `day` is closed, or None where it is open or simply not a weekday."""
        return None if self.is_working(day) else self.spec.closed.get(day)

    def is_nobodys(self, day: date) -> bool:
        """Return whether declared outages cover all office hours of the working day `day`."""
        return bool(self.windows(day)) and not self.net_windows(day)

    def outage_on(self, day: date) -> Outage | None:
        """Return the first declared outage that touches the hours of `day`."""
        for outage in self.spec.outages:
            for start, end in self.windows(day):
                if outage.start < end and start < outage.end:
                    return outage
        return None

    def next_working(self, day: date) -> date:
        """Return `day` if the office is open, else the next working day."""
        return day if self.is_working(day) else self.nth_after(day, 1)

    def nth_after(self, day: date, n: int) -> date:
        """Return the `n`-th working day strictly after `day` (`day` itself for 0)."""
        return date.fromordinal(self._nth(day.toordinal(), n, countable=False)) if n else day

    def nth_countable(self, day: date, n: int) -> date:
        """Return the `n`-th working day after `day` that is not nobody's (`day` for 0)."""
        return date.fromordinal(self._nth(day.toordinal(), n, countable=True)) if n else day

    def nth_countable_before(self, day: date, n: int) -> date:
        """Return the `n`-th working day before `day` that is not nobody's (`day` for 0)."""
        if n < 1:
            return day
        ordinal = day.toordinal()
        span = self._reach(ordinal, ordinal)
        while (place := bisect_left(span.countable, ordinal) - n) < 0:
            span = self._grow(span.first_year - 2, span.last_year)
        return date.fromordinal(span.countable[place])

    def working_days(self, after: date, through: date) -> int:
        """Return the number of working days after `after`, up to and including `through`."""
        low, high = after.toordinal(), through.toordinal()
        if high <= low:
            return 0
        days = self._reach(low, high).working
        return bisect_right(days, high) - bisect_right(days, low)

    def countable(self, after: date, through: date) -> int:
        """Return the working days of (`after`, `through`] that are not nobody's."""
        return self.countable_ordinals(after.toordinal(), through.toordinal())

    def countable_ordinals(self, low: int, high: int) -> int:
        """Return `countable` for two proleptic ordinals."""
        if high <= low:
            return 0
        days = self._reach(low, high).countable
        return bisect_right(days, high) - bisect_right(days, low)

    # -- instants

    def local_date(self, instant: datetime) -> date:
        """Return the date of `instant` in the office's zone."""
        return instant.astimezone(self.zone).date()

    def counted_on(self, instant: datetime) -> date:
        """Return the date on which an act at `instant` counts as done.

        After closing, or on a closed day, that is the next working day, or its own date where
        the office says `same_date`. Exactly at closing is in time.
        """
        day = self.local_date(instant)
        if self._same_date or (self.windows(day) and instant <= self.closing(day)):
            return day
        return self.nth_after(day, 1)

    def still_on(self, ordinal: int, instant: datetime) -> bool:
        """Return True where `instant`, not before an act counted on that day, counts on it too.

        A quick answer for the next act of the same day; False may mean either.
        """
        closes = self._closings.get(ordinal)
        return closes is not None and instant <= closes and not self._same_date

    def windows(self, day: date) -> tuple[Interval, ...]:
        """Return the office hours of `day` as instants in UTC."""
        ordinal = day.toordinal()
        found = self._windows.get(ordinal)
        if found is None:
            midnight = datetime.combine(day, time())
            found = self._windows[ordinal] = tuple(
                (self._utc(midnight, window.start), self._utc(midnight, window.end))
                for window in self._hours(day)
            )
        return found

    def net_windows(self, day: date) -> tuple[Interval, ...]:
        """Return the office hours of `day` without declared outages."""
        ordinal = day.toordinal()
        found = self._net.get(ordinal)
        if found is None:
            found = self._net[ordinal] = tuple(_without(self.windows(day), self._outages))
        return found

    def opening(self, day: date) -> datetime:
        """Return the start of the first window of the working day `day`, in UTC."""
        found = self._openings.get(day.toordinal())
        if found is None:
            found = self._openings[day.toordinal()] = self._open_windows(day)[0][0]
        return found

    def closing(self, day: date) -> datetime:
        """Return the end of the last window of the working day `day`, in UTC."""
        found = self._closings.get(day.toordinal())
        if found is None:
            found = self._closings[day.toordinal()] = self._open_windows(day)[-1][1]
        return found

    def closing_of(self, ordinal: int, n: int) -> datetime:
        """Return the closing of the `n`-th working day after one that is not nobody's."""
        found = self._ahead.get((ordinal, n))
        if found is None:
            after = date.fromordinal(ordinal)
            found = self._ahead[ordinal, n] = self.closing(self.nth_countable(after, n))
        return found

    def closing_after(self, instant: datetime) -> datetime:
        """Return the first closing after `instant` of a working day that is not nobody's."""
        day = self.local_date(instant)
        if self.net_windows(day) and instant < self.closing(day):
            return self.closing(day)
        return self.closing(self.nth_countable(day, 1))

    def office_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the office hours between two instants, without declared outages."""
        total = _ZERO
        if end <= start:
            return total
        first, last = self.local_date(start).toordinal(), self.local_date(end).toordinal()
        days = self._reach(first, last).countable
        for ordinal in days[bisect_left(days, first) : bisect_right(days, last)]:
            for opens, closes in self.net_windows(date.fromordinal(ordinal)):
                if opens < end and start < closes:
                    total += min(closes, end) - max(opens, start)
        return total

    def minutes(self, start: datetime, end: datetime) -> int:
        """Return the whole office minutes between two instants, without declared outages."""
        return int(self.office_time(start, end) // timedelta(minutes=1))

    def after(self, instant: datetime, span: timedelta) -> datetime:
        """Return the first moment by which `span` of office time has passed since `instant`."""
        day = self.local_date(instant)
        if not self.net_windows(day):
            day = self.nth_countable(day, 1)
        while True:
            for opens, closes in self.net_windows(day):
                begins = max(opens, instant)
                if begins <= closes:
                    if span <= closes - begins:
                        return begins + span
                    span -= closes - begins
            day = self.nth_countable(day, 1)

    def before(self, instant: datetime, span: timedelta) -> datetime:
        """Return the last moment from which `span` of office time is left until `instant`."""
        day = self.local_date(instant)
        if not self.net_windows(day):
            day = self.nth_countable_before(day, 1)
        while True:
            for opens, closes in reversed(self.net_windows(day)):
                ends = min(closes, instant)
                if opens <= ends:
                    if span <= ends - opens:
                        return ends - span
                    span -= ends - opens
            day = self.nth_countable_before(day, 1)

    def after_minutes(self, instant: datetime, minutes: int) -> datetime:
        """Return the first moment by which so many office minutes have passed."""
        return self.after(instant, timedelta(minutes=minutes))

    # -- inside

    def _hours(self, day: date) -> Windows:
        spec = self.spec
        if (exceptional := spec.makeup.get(day)) is not None:
            return exceptional
        if day in spec.closed:
            return ()
        for rule in reversed(self._rules):
            if rule.since <= day and (rule.until is None or day <= rule.until):
                return rule.windows.get(day.weekday(), ())
        return ()

    def _utc(self, midnight: datetime, minutes: int) -> datetime:
        local = (midnight + timedelta(minutes=minutes)).replace(tzinfo=self.zone)
        return local.astimezone(UTC)

    def _open_windows(self, day: date) -> tuple[Interval, ...]:
        windows = self.windows(day)
        if not windows:
            raise CalendarFault(str(day), "the office is closed; the day has no hours")
        return windows

    def _nth(self, ordinal: int, n: int, *, countable: bool) -> int:
        if n < 1:
            raise CalendarFault("working days", f"cannot count {n} days forward")
        span = self._reach(ordinal, ordinal)
        while True:
            days = span.countable if countable else span.working
            place = bisect_right(days, ordinal) + n - 1
            if place < len(days):
                return days[place]
            span = self._grow(span.first_year, span.last_year + 2)

    def _reach(self, low: int, high: int) -> _Span:
        span = self._span
        if span.low <= low and high <= span.high:
            return span
        return self._grow(
            min(span.first_year, date.fromordinal(low).year),
            max(span.last_year, date.fromordinal(high).year),
        )

    def _grow(self, first: int, last: int) -> _Span:
        if first < self._lowest or last > self._highest:
            raise CalendarFault(
                f"{first if first < self._lowest else last}",
                f"no working day can be counted here; the calendar is known from "
                f"{self.spec.covers[0]} to {self.spec.covers[1]}",
            )
        # Assigned whole, so that another thread sees the old span or the new one.
        span = self._span = self._years(first, last)
        return span

    def _years(self, first: int, last: int) -> _Span:
        low, high = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
        working = [n for n in range(low, high + 1) if self._hours(date.fromordinal(n))]
        if not self._outages:
            return _Span(first, last, low, high, working, working)
        countable = [n for n in working if not self.is_nobodys(date.fromordinal(n))]
        return _Span(first, last, low, high, working, countable)


def _merged(outages: tuple[Outage, ...]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in sorted((outage.start, outage.end) for outage in outages):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(windows: tuple[Interval, ...], outages: list[Interval]) -> list[Interval]:
    kept = list(windows)
    for start, end in outages:
        if not windows or start >= windows[-1][1] or end <= windows[0][0]:
            continue
        pieces = [piece for a, b in kept for piece in ((a, min(b, start)), (max(a, end), b))]
        kept = [(a, b) for a, b in pieces if a < b]
    return kept
