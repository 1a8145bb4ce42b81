"""Rungs by working time: so much before a limit ends, so much after it was broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.workflows.clock_sops import (
    filed,
    hold,
    move,
    plain_calendar,
    resume,
    simple_sop,
    stand,
    wib,
)
from workflows.ledger import Clockwork
from workflows.ledger_state import ClockState
from workflows.sop import Rung, Within

DAYS, HOURS = "working days", "working hours"
BREACH = Rung("breach", None, 0, ("holder",))


def left(amount: int, unit: str) -> Rung:
    """Return the rung at which so much is left."""
    within = Within(amount, unit)  # type: ignore[arg-type]
    return Rung(f"-{amount}{unit[8]}", None, None, ("holder",), within)


def clock(within: Within, *ladder: Rung) -> Clockwork:
    sop = replace(simple_sop(within), ladder=(*ladder, BREACH))
    return Clockwork(sop, plain_calendar())


class TestSoMuchBefore:
    """Filed on Monday 6 July 2026 at 10:00; the office is open from 07:30 to 16:00."""

    @pytest.mark.parametrize(
        ("within", "before", "reached"),
        [
            # Due on Thursday 9 at closing: the opening of the counted day before it.
            (Within(3), left(1, DAYS), "8 07:30"),
            (Within(3), left(2, DAYS), "7 07:30"),
            # Four office hours before 16:00.
            (Within(3), left(4, HOURS), "9 12:00"),
            (Within(3), left(10, HOURS), "8 14:30"),
            # Due on Tuesday at 11:30, ten office hours after filing.
            (Within(10, HOURS), left(4, HOURS), "6 16:00"),
            (Within(10, HOURS), left(2, HOURS), "7 09:30"),
            # Due on Wednesday at 15:00: the opening of the working day before.
            (Within(22, HOURS), left(1, DAYS), "7 07:30"),
        ],
    )
    def test_is_told(self, within: Within, before: Rung, reached: str) -> None:
        running = stand(clock(within, before), filed("6 10:00"))

        assert running.rungs[0] == (before.name, wib(reached))

    @pytest.mark.parametrize(
        ("within", "before"),
        [
            (Within(3), left(3, DAYS)),  # the day of filing itself, which is not counted
            (Within(3), left(4, DAYS)),
            (Within(1), left(1, DAYS)),
            (Within(1), left(15, HOURS)),  # Monday 09:30, before it was filed
            (Within(4, HOURS), left(4, HOURS)),
            (Within(4, HOURS), left(1, DAYS)),
        ],
    )
    def test_is_left_out_where_it_would_come_before_the_limit_begins(
        self, within: Within, before: Rung
    ) -> None:
        running = stand(clock(within, before), filed("6 10:00"))

        assert [name for name, _ in running.rungs] == ["breach"]

    def test_stays_once_reached_and_waits_while_the_file_is_away(self) -> None:
        here = clock(Within(3), left(1, DAYS), left(4, HOURS))

        away = stand(here, filed("6 10:00"), hold("8 10:00"))
        back = stand(here, filed("6 10:00"), hold("8 10:00"), resume("13 09:00"))

        assert away.rungs == (("-1d", wib("8 07:30")),)
        # Wednesday was used up; Tuesday 14 is the third day.
        assert back.rungs == (
            ("-1d", wib("8 07:30")), ("-4h", wib("14 12:00")), ("breach", wib("14 16:00")),
        )  # fmt: skip

    def test_is_owed_at_once_where_the_file_comes_back_with_less_left(self) -> None:
        # Gone on its last day before noon, back on Monday at 14:00: two hours are left.
        here = clock(Within(3), left(4, HOURS))
        back = stand(here, filed("6 10:00"), hold("9 10:00"), resume("13 14:00"))
        later = stand(here, filed("6 10:00"), hold("9 10:00"), resume("13 14:00"), hold("13 15:00"))

        assert back.rungs[0] == ("-4h", wib("13 14:00"))
        assert later.rungs == (("-4h", wib("13 14:00")),)

    def test_a_limit_ended_in_time_keeps_what_was_reached(self) -> None:
        here = clock(Within(3), left(1, DAYS), left(4, HOURS))

        assert stand(here, filed("6 10:00"), move("8 12:00", "finish", None)).rungs == (
            ("-1d", wib("8 07:30")),
        )

    def test_a_broken_limit_keeps_all(self) -> None:
        here = clock(Within(3), left(1, DAYS), left(4, HOURS))
        away = stand(here, filed("6 10:00"), hold("10 10:00"))

        assert [name for name, _ in away.rungs] == ["-1d", "-4h", "breach"]

    def test_moves_with_an_extension(self) -> None:
        here = clock(Within(3), left(1, DAYS))
        state = here.fold([filed("6 10:00")])
        more = replace(filed("7 10:00"), action="extend", entered=False, extend=("service", 2))

        assert here.limits(here.advance(state, more))[0].rungs[0] == ("-1d", wib("10 07:30"))

    def test_rungs_stand_in_the_order_of_their_moments(self) -> None:
        half = Rung("50%", 50, None, ("holder",))
        here = clock(Within(5), half, left(1, DAYS), left(4, DAYS))

        rungs = stand(here, filed("6 10:00")).rungs

        assert [name for name, _ in rungs] == ["-4d", "50%", "-1d", "breach"]


class TestSoMuchAfter:
    def test_the_breach_office_hours_are_counted(self) -> None:
        after = Rung("breach+4h", None, None, ("head",), after_hours=4)
        running = stand(clock(Within(3), after), filed("6 10:00"))

        assert running.rungs == (("breach", wib("9 16:00")), ("breach+4h", wib("10 11:30")))


class TestTheStoredClock:
    def test_keeps_what_was_reached(self) -> None:
        here = clock(Within(3), left(4, HOURS), left(1, DAYS))
        state = here.fold([filed("6 10:00"), hold("8 10:00")])
        again = ClockState.from_json(state.to_json())

        assert again == state
        assert [track.warned for track in again.tracks if track.key == "service"] == [
            (None, wib("8 07:30"))
        ]

    def test_is_written_as_before_where_no_rung_counts_what_is_left(self) -> None:
        here = clock(Within(3), Rung("50%", 50, None, ("holder",)))
        state = here.fold([filed("6 10:00"), hold("8 10:00")])

        assert all(len(row) < 10 for row in state.to_json()["l"])


@pytest.mark.parametrize(
    ("instant", "hours", "moment"),
    [
        ("9 16:00", 4, "9 12:00"),
        ("9 09:30", 4, "8 14:00"),
        ("11 12:00", 1, "10 15:00"),  # a Saturday
        ("6 07:30", 1, "3 15:00"),
        ("6 16:00", 0, "6 16:00"),
    ],
)
def test_office_time_is_counted_backwards(instant: str, hours: int, moment: str) -> None:
    from datetime import timedelta

    calendar = plain_calendar()
    found: datetime = calendar.before(wib(instant), timedelta(hours=hours))

    assert found == wib(moment)
    assert calendar.office_time(found, wib(instant)) == timedelta(hours=hours)


def test_days_are_counted_backwards_beyond_what_was_computed() -> None:
    calendar = plain_calendar()
    day = calendar.local_date(wib("6 10:00"))

    for n in (0, 1, 5, 900):
        first = calendar.nth_countable_before(day, n)
        assert calendar.countable(first, day) == n
