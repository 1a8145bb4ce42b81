"""The clock's quick answers are those of the slow ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.clock_sops import plain_calendar
from workflows.calendar_spec import Outage

OUT = (Outage(datetime(2026, 7, 14, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC), "listrik"),)
CALENDARS = [
    plain_calendar(late, closed=(date(2026, 7, 8), date(2026, 7, 23)), outages=OUT)
    for late in ("next_working_day", "same_date")
]
FIRST = datetime(2026, 7, 1, tzinfo=UTC)
MINUTES = st.integers(0, 30 * 24 * 60)


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda c: c.late_receipt)
@given(one=MINUTES, other=MINUTES)
def test_an_act_that_is_still_on_a_day_counts_on_it(calendar, one, other):
    before, after = (FIRST + timedelta(minutes=number) for number in sorted((one, other)))
    day = calendar.counted_on(before)

    if calendar.still_on(day.toordinal(), after):
        assert calendar.counted_on(after) == day


def test_it_knows_the_next_act_of_a_day_once_its_closing_is_known():
    calendar = plain_calendar()
    morning, closing, later = (
        datetime(2026, 7, 6, hour, minute, tzinfo=UTC) for hour, minute in ((1, 0), (9, 0), (9, 1))
    )
    day = calendar.counted_on(morning).toordinal()

    assert calendar.still_on(day, closing)
    assert not calendar.still_on(day, later)


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda c: c.late_receipt)
@given(number=st.integers(0, 60), left=st.integers(1, 30))
def test_the_closing_of_a_counted_day_is_the_same_each_time(calendar, number, left):
    day = FIRST.date() + timedelta(days=number)
    expected = calendar.closing(calendar.nth_countable(day, left))

    assert calendar.closing_of(day.toordinal(), left) == expected
    assert calendar.closing_of(day.toordinal(), left) == expected
