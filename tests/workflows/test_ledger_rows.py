"""The rows that the rule of the clock must bring out, and its edges, one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workflows.clock_sops import (
    AGENCY,
    NOBODY,
    OFFICE,
    clock,
    filed,
    hold,
    make_sop,
    move,
    plain_calendar,
    resume,
    simple_sop,
    stand,
    step,
    week,
    wib,
)
from workflows.calendar_spec import Outage, WeeklyRule
from workflows.ledger import ClockFault, Clockwork, Happening
from workflows.sop import Within


class TestThreeWorkingDays:
    """July 2026, no holidays, closing 16:00, N = 3."""

    @pytest.mark.parametrize(
        ("history", "due"),
        [
            ([filed("6 10:00")], "9 16:00"),
            ([filed("6 16:01")], "10 16:00"),
            ([filed("4 10:00")], "9 16:00"),
            ([filed("6 10:00"), hold("7 10:00"), resume("7 14:00")], "9 16:00"),
            ([filed("6 10:00"), hold("7 10:00"), resume("9 09:00")], "13 16:00"),
            ([filed("6 10:00"), hold("6 14:00"), resume("8 10:00")], "13 16:00"),
            ([filed("2 10:00"), hold("3 15:00"), resume("6 08:00")], "8 16:00"),
            ([filed("6 10:00"), hold("9 15:00")], None),
            ([filed("6 10:00"), hold("9 15:00"), resume("13 11:00")], "13 16:00"),
        ],
    )
    def test_due(self, history: list[Happening], due: str | None) -> None:
        assert stand(clock(), *history).due_at == (wib(due) if due else None)

    @pytest.mark.parametrize(("at", "due"), [("6 16:01", "9 16:00"), ("4 10:00", "8 16:00")])
    def test_due_where_a_late_receipt_keeps_its_date(self, at: str, due: str) -> None:
        assert stand(clock(late="same_date"), filed(at)).due_at == wib(due)

    def test_away_with_nothing_left_owes_nothing(self) -> None:
        away = stand(clock(), filed("6 10:00"), hold("9 15:00"), until="10 12:00")

        assert (away.status, away.due_at, away.left, away.running) == ("paused", None, 0, False)
        assert away.paused_at == wib("9 15:00")

    def test_a_step_of_one_day_entered_five_minutes_before_closing(self) -> None:
        clockwork = Clockwork(simple_sop(step_within=Within(1)), plain_calendar())
        entered = stand(
            clockwork, filed("7 09:00"), move("7 15:55", "pass", "sign"), key="step:sign#1"
        )

        assert entered.due_at == wib("8 16:00")

    def test_a_day_of_many_hands_belongs_to_the_first(self) -> None:
        sop = make_sop((step("intake"), step("verify", AGENCY), step("sign", lane="signer")))
        clockwork = Clockwork(sop, plain_calendar())
        history = [
            filed("6 10:00", "intake"),
            move("7 09:00", "pass", "verify"),
            move("7 11:00", "pass", "sign"),
            move("7 15:00", "sign", None),
        ]

        days = clockwork.explain(history, wib("7 17:00"))

        assert [(day.on.day, day.party, day.lane, day.letter) for day in days] == [
            (6, None, None, "-"),
            (7, OFFICE, "counter", "L"),
        ]
        assert days[1].cause == "ended"


class TestPauses:
    """The file is away."""

    def test_over_a_weekend_costs_only_its_working_days(self) -> None:
        paused = stand(clock(), filed("9 10:00"), hold("10 10:00"), resume("13 10:00"))

        assert paused.due_at == wib("15 16:00")  # Fri 1, Mon is the applicant's, Tue 2, Wed 3

    def test_back_after_closing_with_nothing_left_is_due_the_next_working_day(self) -> None:
        history = [filed("6 10:00"), hold("9 15:00"), resume("10 16:30")]

        assert stand(clock(), *history).due_at == wib("13 16:00")
        assert stand(clock(late="same_date"), *history).due_at == wib("13 16:00")

    @pytest.mark.parametrize(
        ("back", "due"),
        [("10 15:59", "10 16:00"), ("10 16:00", "13 16:00"), ("10 16:01", "13 16:00")],
    )
    def test_back_at_closing_with_nothing_left_has_nothing_of_that_day(
        self, back: str, due: str
    ) -> None:
        history = [filed("6 10:00"), hold("9 15:00"), resume(back)]

        assert stand(clock(), *history).due_at == wib(due)

    def test_back_on_a_day_of_outage_is_due_the_next_day_somebody_can_work(self) -> None:
        dark = Outage(wib("13 00:00"), wib("13 23:00"), "listrik")
        back = stand(clock(outages=(dark,)), filed("6 10:00"), hold("9 15:00"), resume("13 11:00"))

        assert back.due_at == wib("14 16:00")

    def test_away_again_before_the_new_due_moment_owes_nothing_again(self) -> None:
        history = [filed("6 10:00"), hold("9 15:00"), resume("13 11:00"), hold("13 12:00")]

        assert stand(clock(), *history).due_at is None
        assert stand(clock(), *history, resume("15 09:00")).due_at == wib("15 16:00")

    def test_leaving_exactly_at_closing_of_the_last_day_is_in_time(self) -> None:
        away = stand(clock(), filed("6 10:00"), hold("9 16:00"), until="10 12:00")

        assert (away.status, away.due_at) == ("paused", None)

    def test_the_answer_if_it_came_today_is_told(self) -> None:
        clockwork = clock()
        state = clockwork.fold([filed("6 10:00"), hold("7 10:00")])

        assert clockwork.due_if_back(state, "service", wib("15 10:00")) == wib("17 16:00")
        with pytest.raises(ClockFault, match="law: is not open"):
            clockwork.due_if_back(state, "law", wib("15 10:00"))

    def test_the_present_hold_has_its_own_limit(self) -> None:
        clockwork = clock()
        state = clockwork.fold([filed("6 10:00"), hold("7 10:00")])

        held = clockwork.hold_limit(state, wib("9 12:00"))

        assert held is not None
        assert (held.key, held.used, held.due_at) == ("hold:work/ask#1", 2, wib("21 16:00"))
        assert all(not one.key.startswith("hold") for one in clockwork.limits(state))
        assert clockwork.hold_limit(clockwork.advance(state, resume("8 10:00"))) is None


class TestBreach:
    """Late, and what stays so."""

    def test_ending_exactly_at_closing_is_met(self) -> None:
        ended = stand(clock(), filed("6 10:00"), move("9 16:00", "finish", None))

        assert (ended.status, ended.broken_at, ended.ended_at) == ("met", None, wib("9 16:00"))

    def test_ending_a_minute_later_is_late(self) -> None:
        ended = stand(clock(), filed("6 10:00"), move("9 16:01", "finish", None))

        assert (ended.status, ended.broken_at) == ("late", wib("9 16:00"))

    def test_no_pause_moves_a_broken_moment(self) -> None:
        history = [filed("6 10:00"), hold("10 10:00")]

        away = stand(clock(), *history, until="13 12:00")
        back = stand(clock(), *history, resume("15 09:00"))

        assert (away.status, away.due_at, away.running) == ("broken", wib("9 16:00"), True)
        assert (back.status, back.broken_at, back.left) == ("broken", wib("9 16:00"), -1)

    def test_is_told_as_of_a_moment_without_a_new_happening(self) -> None:
        assert stand(clock(), filed("6 10:00"), until="9 16:00").status == "running"
        late = stand(clock(), filed("6 10:00"), until="10 07:00")
        assert (late.status, late.broken_at, late.used, late.left) == (
            "broken", wib("9 16:00"), 4, -1,
        )  # fmt: skip

    def test_an_end_without_a_stop_closes_what_was_in_time(self) -> None:
        in_time = stand(clock(), filed("6 10:00"), move("7 10:00", "withdraw", None))
        too_late = stand(clock(), filed("6 10:00"), move("10 10:00", "withdraw", None))

        assert in_time.status == "closed"
        assert too_late.status == "late"

    def test_left_counts_today(self) -> None:
        left = [stand(clock(), filed("6 10:00"), until=f"{day} 12:00").left for day in (6, 7, 8, 9)]

        assert left == [3, 2, 1, 0]


class TestRungs:
    """Alerts before and after: opening of counted day ceil(s·N), closing of working day k."""

    def test_planned_while_it_runs(self) -> None:
        running = stand(clock(), filed("6 10:00"))

        assert running.rungs == (
            ("50%", wib("8 07:30")),
            ("80%", wib("9 07:30")),
            ("breach", wib("9 16:00")),
            ("breach+1", wib("10 16:00")),
            ("breach+3", wib("14 16:00")),
        )

    def test_paused_keeps_only_those_reached(self) -> None:
        paused = stand(clock(), filed("6 10:00"), hold("8 10:00"))
        back = stand(clock(), filed("6 10:00"), hold("8 10:00"), resume("13 09:00"))

        assert paused.rungs == (("50%", wib("8 07:30")),)
        assert back.rungs[:3] == (
            ("50%", wib("8 07:30")), ("80%", wib("14 07:30")), ("breach", wib("14 16:00")),
        )  # fmt: skip

    def test_a_warning_that_falls_after_leaving_waits_for_the_return(self) -> None:
        # Passed on after closing on Tuesday: Wednesday still counts, but nobody is warned of it.
        away = stand(clock(), filed("6 10:00"), hold("7 16:30"), until="9 12:00")
        back = stand(clock(), filed("6 10:00"), hold("7 16:30"), resume("10 10:00"))

        assert away.rungs == ()
        assert back.rungs[0] == ("50%", wib("8 07:30"))

    def test_broken_keeps_all_even_while_away(self) -> None:
        away = stand(clock(), filed("6 10:00"), hold("10 10:00"))

        assert [name for name, _ in away.rungs] == [
            "50%", "80%", "breach", "breach+1", "breach+3",
        ]  # fmt: skip
        assert stand(clock(), filed("6 10:00"), until="10 10:00").rungs[3:] == (
            ("breach+1", wib("10 16:00")), ("breach+3", wib("14 16:00")),
        )  # fmt: skip

    def test_ended_keeps_those_reached_before_the_end(self) -> None:
        met = stand(clock(), filed("6 10:00"), move("8 10:00", "finish", None))
        late = stand(clock(), filed("6 10:00"), move("13 10:00", "finish", None))

        assert [name for name, _ in met.rungs] == ["50%"]
        assert [name for name, _ in late.rungs] == ["50%", "80%", "breach", "breach+1"]

    def test_of_hours_are_moments_inside_the_day(self) -> None:
        hours = Clockwork(simple_sop(Within(10, "working hours")), plain_calendar())
        running = stand(hours, filed("6 10:00"))

        assert running.rungs[:3] == (
            ("50%", wib("6 15:00")), ("80%", wib("7 09:30")), ("breach", wib("7 11:30")),
        )  # fmt: skip


class TestCalendarDays:
    """Friday, Ramadan, make-up days, outages, zones, years not covered."""

    def test_friday_closes_later(self) -> None:
        friday = WeeklyRule(date(2020, 1, 1), {**week("07:30-16:00"), **week("07:30-16:30",
                            days=range(4, 5))})  # fmt: skip

        assert stand(clock(more=(friday,)), filed("7 10:00")).due_at == wib("10 16:30")

    def test_ramadan_closes_earlier(self) -> None:
        ramadan = WeeklyRule(date(2026, 2, 19), week("08:00-15:00"), date(2026, 3, 20))

        assert stand(clock(more=(ramadan,)), filed("2-17 10:00")).due_at == wib("2-20 15:00")

    def test_a_make_up_day_counts(self) -> None:
        saturday = {date(2026, 7, 11): week("08:00-12:00")[0]}

        assert stand(clock(makeup=saturday), filed("8 10:00")).due_at == wib("11 12:00")

    def test_a_day_of_outage_is_nobodys_and_counts_for_nobody(self) -> None:
        dark = Outage(wib("7 00:00"), wib("7 23:00"), "listrik")
        clockwork = clock(outages=(dark,))

        assert stand(clockwork, filed("6 10:00")).due_at == wib("10 16:00")
        day = clockwork.explain([filed("6 10:00")], wib("7 12:00"))[-1]
        assert (day.party, day.cause, day.detail, day.counted) == (
            NOBODY, "outage", {"reason": "listrik"}, {},
        )  # fmt: skip

    def test_a_part_of_a_day_without_power_still_counts(self) -> None:
        dark = Outage(wib("7 08:00"), wib("7 15:00"), "listrik")

        assert stand(clock(outages=(dark,)), filed("6 10:00")).due_at == wib("9 16:00")

    def test_two_zones_side_by_side_close_an_hour_apart(self) -> None:
        at = Happening(datetime(2026, 7, 6, 8, 30, tzinfo=UTC), "file", "work", True)

        jakarta = stand(clock(), at)
        makassar = stand(clock(zone="Asia/Makassar"), at)

        assert jakarta.due_at == datetime(2026, 7, 9, 9, tzinfo=UTC)
        assert makassar.due_at == datetime(2026, 7, 10, 8, tzinfo=UTC)  # 16:30 there: too late

    def test_a_year_not_covered_is_still_due(self) -> None:
        running = stand(clock(), filed("12-30 10:00"))

        assert running.due_at == datetime(2027, 1, 4, 9, tzinfo=UTC)
        assert plain_calendar().past_coverage(running.due_at.date())


class TestHours:
    """Minutes of office windows, owned by who held the file then; no free day."""

    def hours(self, amount: int, **more: object) -> Clockwork:
        return Clockwork(
            simple_sop(Within(amount, "working hours")),
            plain_calendar(**more),  # type: ignore[arg-type]
        )

    @pytest.mark.parametrize(
        ("history", "due"),
        [
            ([filed("6 10:00")], "6 14:00"),
            ([filed("6 14:00")], "7 09:30"),
            ([filed("6 17:00")], "7 11:30"),
            ([filed("4 09:00")], "6 11:30"),
            ([filed("6 10:00"), hold("6 11:00")], None),
            ([filed("6 10:00"), hold("6 11:00"), resume("6 12:30")], "6 15:30"),
            ([filed("6 10:00"), hold("6 11:00"), resume("7 20:00")], "8 10:30"),
        ],
    )
    def test_due(self, history: list[Happening], due: str | None) -> None:
        assert stand(self.hours(4), *history).due_at == (wib(due) if due else None)

    def test_due_is_the_minute_in_which_the_last_one_ends(self) -> None:
        at = wib("6 10:00") + timedelta(seconds=30)

        running = stand(self.hours(1), Happening(at, "file", "work", True))

        assert running.due_at == wib("6 11:01")

    def test_used_and_left_are_minutes(self) -> None:
        running = stand(self.hours(4), filed("6 10:00"), until="6 11:15")

        assert (running.used, running.left) == (75, 165)

    def test_an_outage_takes_its_minutes(self) -> None:
        dark = Outage(wib("6 11:00"), wib("6 12:00"), "listrik")

        assert stand(self.hours(4, outages=(dark,)), filed("6 10:00")).due_at == wib("6 15:00")
