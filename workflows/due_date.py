"""A due date without a case: when it falls, and why each day until then counts or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from workflows.calendar_spec import ClosedKind
from workflows.ledger import due
from workflows.sop import Within
from workflows.worktime import Calendar

DayKind = Literal["received", "after_closing", "closed_on_receipt", "counted", "weekend",
                  "holiday", "outage"]  # fmt: skip
"""Why a day counts or does not; the words are the screen's.

received: the day of receipt, which no limit in days counts. after_closing, closed_on_receipt: it
came in when the office had closed, and counts as received on the next working day. weekend: the
office does not open on that day of the week. outage: declared, it covers all hours of the day.
"""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DueDay:
    """One day between receipt and due date, both included."""

    on: date
    kind: DayKind
    ordinal: int | None = None
    """Which counted day it is; 0 for the day of receipt; None for one that does not count."""
    minutes: int | None = None
    """Office minutes that a limit in hours counted on it."""
    name: str = ""
    """Of the holiday, or the reason of the outage."""
    holiday: ClosedKind | None = None


@dataclass(frozen=True, slots=True)
class DueDate:
    """When something is due that never leaves the office, and the days until then."""

    within: Within
    received_at: datetime
    counted_on: date
    """The day on which it counts as received; for hours, on which the first of them runs."""
    due_at: datetime
    due_on: date
    days: tuple[DueDay, ...]
    past_coverage: bool
    """True where it lies after the last day whose holidays are known."""
    before_coverage: bool
    """True where it was received before the first one."""


def explain_due(calendar: Calendar, within: Within, received_at: datetime) -> DueDate:
    """Return when something received at `received_at` is due, and why, day by day.

    Raises:
        CalendarFault: the office has no working days there.
    """
    due_at = due(calendar, within, received_at)
    due_on = calendar.local_date(due_at)
    if within.unit == "working hours":
        days = tuple(_in_hours(calendar, received_at, due_at))
        counted_on = next((day.on for day in days if day.kind == "counted"), due_on)
    else:
        counted_on = calendar.counted_on(received_at)
        days = tuple(_in_days(calendar, received_at, counted_on, due_on))
    return DueDate(
        within=within,
        received_at=received_at,
        counted_on=counted_on,
        due_at=due_at,
        due_on=due_on,
        days=days,
        past_coverage=calendar.past_coverage(due_on),
        before_coverage=calendar.local_date(received_at) < calendar.spec.covers[0],
    )


def received_moment(calendar: Calendar, received: date | datetime) -> datetime:
    """Return the moment of a receipt of which perhaps only the date is known.

    A date alone is its opening, so that it counts as that day; a time without an offset is the
    office's.
    """
    if isinstance(received, datetime):
        return received.replace(tzinfo=calendar.zone) if received.tzinfo is None else received
    if calendar.is_working(received):
        return calendar.opening(received)
    return datetime.combine(received, time(), calendar.zone)


def _in_days(
    calendar: Calendar, received_at: datetime, counted_on: date, due_on: date
) -> Iterator[DueDay]:
    first = calendar.local_date(received_at)
    ordinal = 0
    for on in _through(first, due_on):
        if on == counted_on:
            yield DueDay(on, "received", 0, name=_closed_name(calendar, on))
        elif on == first:
            yield _too_late(calendar, on)
        elif on < counted_on or not calendar.net_windows(on):
            yield _idle(calendar, on)
        else:
            ordinal += 1
            yield DueDay(on, "counted", ordinal)


def _in_hours(calendar: Calendar, received_at: datetime, due_at: datetime) -> Iterator[DueDay]:
    first, before = calendar.local_date(received_at), 0
    for on in _through(first, calendar.local_date(due_at)):
        if not calendar.net_windows(on):
            closed = on == first and not calendar.windows(on)
            yield _too_late(calendar, on) if closed else _idle(calendar, on)
            continue
        end = min(due_at, calendar.closing(on))
        # Worked out from the beginning each time, so that parts of a minute are never lost.
        passed = int(calendar.office_time(received_at, end) // _MINUTE)
        if passed == before and on == first:
            yield _too_late(calendar, on)
        else:
            yield DueDay(on, "counted", minutes=passed - before)
        before = passed


def _through(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first) // _DAY + 1):
        yield first + offset * _DAY


def _too_late(calendar: Calendar, on: date) -> DueDay:
    if calendar.is_working(on):
        return DueDay(on, "after_closing")
    closed = calendar.closed_day(on)
    return DueDay(
        on,
        "closed_on_receipt",
        name=closed.name if closed else "",
        holiday=closed.kind if closed else None,
    )


def _idle(calendar: Calendar, on: date) -> DueDay:
    """Return a day of which nothing counts."""
    if calendar.is_nobodys(on):
        outage = calendar.outage_on(on)
        return DueDay(on, "outage", name=outage.reason if outage else "")
    closed = calendar.closed_day(on)
    if closed is not None:
        return DueDay(on, "holiday", name=closed.name, holiday=closed.kind)
    return DueDay(on, "weekend")


def _closed_name(calendar: Calendar, on: date) -> str:
    closed = calendar.closed_day(on)
    return closed.name if closed is not None else ""
