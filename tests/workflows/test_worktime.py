"""The calendar: what a working day is, and the arithmetic of days and office minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.clock_sops import plain_calendar, plain_spec, week, wib, window
from workflows.calendar_spec import (
    CalendarFault,
    Outage,
    WeeklyRule,
)
from workflows.ledger import due
from workflows.sop import Within
from workflows.worktime import Calendar

INSTANTS = st.integers(0, 90 * 24 * 60 * 60).map(
    lambda seconds: datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


class TestWhenAnActCounts:
    """After closing or on a closed day it counts on the next working day."""

    @pytest.mark.parametrize(
        ("at", "next_day", "same_date"),
        [
            ("6 10:00", 6, 6),
            ("6 06:00", 6, 6),
            ("6 16:00", 6, 6),
            ("6 16:01", 7, 6),
            ("6 23:59", 7, 6),
            ("10 16:01", 13, 10),
            ("4 10:00", 6, 4),
        ],
    )
    def test_counted_on(self, at: str, next_day: int, same_date: int) -> None:
        assert plain_calendar().counted_on(wib(at)) == date(2026, 7, next_day)
        assert plain_calendar("same_date").counted_on(wib(at)) == date(2026, 7, same_date)

    def test_one_instant_counts_in_each_zone_by_its_own_clock(self) -> None:
        jakarta = plain_calendar()
        makassar = plain_calendar(zone="Asia/Makassar")
        at = wib("6 15:30")  # 16:30 in Makassar

        assert jakarta.counted_on(at) == date(2026, 7, 6)
        assert makassar.counted_on(at) == date(2026, 7, 7)
        assert jakarta.closing(date(2026, 7, 6)) - makassar.closing(date(2026, 7, 6)) == timedelta(
            hours=1
        )

    def test_daylight_saving_moves_the_closing_in_utc(self) -> None:
        calendar = plain_calendar(zone="Europe/Amsterdam")

        assert calendar.closing(date(2026, 3, 27)) == datetime(2026, 3, 27, 15, tzinfo=UTC)
        assert calendar.closing(date(2026, 3, 30)) == datetime(2026, 3, 30, 14, tzinfo=UTC)


class TestDaysOfTheYear:
    """Dated rules, make-up days, outages, coverage."""

    def test_hours_of_ramadan_hide_the_usual_ones_while_they_last(self) -> None:
        ramadan = WeeklyRule(date(2026, 2, 19), week("08:00-15:00"), date(2026, 3, 20))
        calendar = plain_calendar(more=(ramadan,))

        assert calendar.closing(date(2026, 2, 18)) == wib("2-18 16:00")
        assert calendar.closing(date(2026, 2, 19)) == wib("2-19 15:00")
        assert calendar.counted_on(wib("2-19 15:30")) == date(2026, 2, 20)
        assert calendar.closing(date(2026, 3, 23)) == wib("3-23 16:00")

    def test_of_two_rules_since_the_same_day_the_last_listed_holds(self) -> None:
        since = date(2026, 1, 1)
        calendar = plain_calendar(
            more=(WeeklyRule(since, week("08:00-15:00")), WeeklyRule(since, week("09:00-14:00")))
        )

        assert calendar.opening(date(2026, 7, 6)) == wib("6 09:00")

    def test_a_make_up_day_opens_a_closed_day(self) -> None:
        saturday = date(2026, 7, 11)
        closed = plain_calendar(closed=(saturday,))
        opened = plain_calendar(closed=(saturday,), makeup={saturday: (window("08:00-12:00"),)})

        assert not closed.is_working(saturday)
        assert opened.is_working(saturday)
        assert opened.closing(saturday) == wib("11 12:00")
        assert opened.nth_after(date(2026, 7, 10), 1) == saturday
        assert opened.closed_day(saturday) is None

    def test_an_outage_of_all_windows_makes_the_day_nobodys(self) -> None:
        whole = Outage(wib("7 07:00"), wib("7 16:00"), "listrik")
        calendar = plain_calendar(outages=(whole,))

        assert calendar.is_working(date(2026, 7, 7))
        assert calendar.is_nobodys(date(2026, 7, 7))
        assert calendar.working_days(date(2026, 7, 6), date(2026, 7, 8)) == 2
        assert calendar.countable(date(2026, 7, 6), date(2026, 7, 8)) == 1
        assert calendar.nth_countable(date(2026, 7, 6), 1) == date(2026, 7, 8)
        assert calendar.outage_on(date(2026, 7, 7)) == whole

    def test_an_outage_of_a_part_leaves_the_day_but_takes_its_minutes(self) -> None:
        calendar = plain_calendar(outages=(Outage(wib("7 09:00"), wib("7 10:00"), "listrik"),))

        assert not calendar.is_nobodys(date(2026, 7, 7))
        assert calendar.minutes(wib("7 08:00"), wib("7 11:00")) == 120
        assert calendar.after_minutes(wib("7 08:30"), 60) == wib("7 10:30")

    def test_two_outages_together_may_cover_the_day(self) -> None:
        calendar = plain_calendar(
            hours=("08:00-12:00", "13:00-16:00"),
            outages=(
                Outage(wib("7 13:00"), wib("7 18:00"), "jaringan"),
                Outage(wib("7 07:00"), wib("7 12:00"), "listrik"),
            ),
        )

        assert calendar.is_nobodys(date(2026, 7, 7))

    def test_a_year_not_covered_is_computed_by_the_week_and_told(self) -> None:
        calendar = plain_calendar()

        assert calendar.nth_after(date(2026, 12, 31), 1) == date(2027, 1, 1)
        assert calendar.working_days(date(2029, 12, 31), date(2030, 12, 31)) == 261
        assert calendar.covers(date(2026, 12, 31))
        assert not calendar.covers(date(2027, 1, 1))
        assert calendar.past_coverage(date(2027, 1, 1))
        assert not calendar.past_coverage(date(2020, 1, 1))

    @pytest.mark.parametrize("day", [date(9999, 12, 31), date(1, 1, 1), date(3000, 1, 1)])
    def test_a_date_beyond_reason_is_refused(self, day: date) -> None:
        with pytest.raises(CalendarFault, match="no working day can be counted here"):
            plain_calendar().nth_after(day, 1)

    def test_a_week_without_hours_is_refused_when_it_is_asked(self) -> None:
        calendar = Calendar(replace(plain_spec(), weekly=()))

        with pytest.raises(CalendarFault, match="no working day"):
            calendar.next_working(date(2026, 7, 6))
        with pytest.raises(CalendarFault, match="2026-07-06: the office is closed"):
            calendar.closing(date(2026, 7, 6))


class TestOfficeMinutes:
    """Minutes of windows, across breaks, nights and weekends."""

    SPLIT = ("08:00-12:00", "13:00-16:00")

    @pytest.mark.parametrize(
        ("start", "end", "minutes"),
        [
            ("6 08:00", "6 16:00", 420),
            ("6 11:30", "6 13:30", 60),
            ("6 12:00", "6 13:00", 0),
            ("10 15:00", "13 09:00", 120),
            ("6 20:00", "7 06:00", 0),
            ("7 09:00", "6 09:00", 0),
        ],
    )
    def test_minutes_between(self, start: str, end: str, minutes: int) -> None:
        assert plain_calendar(hours=self.SPLIT).minutes(wib(start), wib(end)) == minutes

    @pytest.mark.parametrize(
        ("start", "minutes", "end"),
        [
            ("6 08:00", 240, "6 12:00"),
            ("6 08:00", 241, "6 13:01"),
            ("6 15:30", 60, "7 08:30"),
            ("10 15:30", 60, "13 08:30"),
            ("11 10:00", 1, "13 08:01"),
            ("6 12:30", 0, "6 13:00"),
            ("6 09:15", 0, "6 09:15"),
        ],
    )
    def test_after_minutes(self, start: str, minutes: int, end: str) -> None:
        assert plain_calendar(hours=self.SPLIT).after_minutes(wib(start), minutes) == wib(end)

    @given(INSTANTS, st.integers(1, 5000))
    @settings(max_examples=150, deadline=None)
    def test_after_and_minutes_are_each_others_inverse(self, at: datetime, n: int) -> None:
        calendar = CHEQUERED

        end = calendar.after_minutes(at, n)

        assert calendar.minutes(at, end) == n
        assert calendar.office_time(at, end - timedelta(seconds=1)) < timedelta(minutes=n)


CHEQUERED = plain_calendar(
    hours=("08:00-12:00", "13:00-16:00"),
    closed=(date(2026, 7, 8),),
    outages=(Outage(wib("7 07:00"), wib("7 12:00"), "listrik"),),
)
DAYS_OF_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


class TestProperties:
    """What holds for every calendar."""

    @given(DAYS_OF_2026, st.integers(0, 60), st.frozensets(DAYS_OF_2026, max_size=20))
    @settings(max_examples=200, deadline=None)
    def test_counting_forward_and_back_agree(
        self, day: date, n: int, closed: frozenset[date]
    ) -> None:
        calendar = plain_calendar(closed=tuple(closed))
        then = calendar.nth_after(day, n)

        assert calendar.working_days(day, then) == n
        walked = sum(
            (day + timedelta(days=i)).weekday() < 5 and day + timedelta(days=i) not in closed
            for i in range(1, (then - day).days + 1)
        )
        assert walked == n

    @given(DAYS_OF_2026, st.integers(1, 30), st.frozensets(DAYS_OF_2026, max_size=10), DAYS_OF_2026)
    @settings(max_examples=200, deadline=None)
    def test_one_more_holiday_never_makes_a_date_earlier(
        self, day: date, n: int, closed: frozenset[date], one_more: date
    ) -> None:
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        before = due(plain_calendar(closed=tuple(closed)), Within(n), at)
        after = due(plain_calendar(closed=(*closed, one_more)), Within(n), at)

        assert before <= after

    @given(
        INSTANTS,
        st.timedeltas(timedelta(), timedelta(days=9)),
        st.integers(1, 30),
        st.sampled_from(["working days", "working hours"]),
        st.sampled_from(["next_working_day", "same_date"]),
    )
    @settings(max_examples=200, deadline=None)
    def test_a_later_receipt_is_never_due_earlier(
        self, first: datetime, later: timedelta, n: int, unit: str, late: str
    ) -> None:
        calendar = Calendar(CHEQUERED.spec, late)  # type: ignore[arg-type]
        within = Within(n, unit)  # type: ignore[arg-type]

        assert due(calendar, within, first) <= due(calendar, within, first + later)
