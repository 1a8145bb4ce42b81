"""What starts and stops a limit, extensions, asks, the explanation of days, and faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.workflows.clock_sops import (
    AGENCY,
    APPLICANT,
    OFFICE,
    OUTSIDE,
    QUESTION,
    clock,
    filed,
    hold,
    limit,
    make_sop,
    move,
    plain_calendar,
    resume,
    simple_sop,
    stand,
    step,
    wib,
)
from workflows.ledger import ClockFault, ClockState, Clockwork, Happening
from workflows.sop import Action, AnswerWithin, Ask, Within


class TestStepsAndLimits:
    """What starts, what stops, and what starts again."""

    def clockwork(self) -> Clockwork:
        return Clockwork(
            make_sop(
                (
                    step("intake", within=Within(2), holds={"ask": QUESTION}),
                    step("correction", APPLICANT, answer_within=AnswerWithin(Within(5), "x", "-")),
                    step("sign", lane="signer"),
                ),
                (
                    limit("filing", Within(5), "file resubmit", "accept return"),
                    limit("service", Within(3), "accept", "sign refuse"),
                    limit("law", Within(5), "accept", "sign refuse"),
                    limit("delivery", Within(5), "sign", "deliver"),
                ),
            ),
            plain_calendar(),
        )

    def test_each_visit_of_a_step_has_its_own_allowance(self) -> None:
        history = [
            filed("6 10:00", "intake"),
            move("8 10:00", "return", "correction"),
            move("9 10:00", "resubmit", "intake"),
        ]

        again = stand(self.clockwork(), *history, key="step:intake#2")

        assert (again.due_at, again.used) == (wib("13 16:00"), 0)

    def test_a_hold_inside_a_visit_resumes_it(self) -> None:
        history = [filed("6 10:00", "intake"), hold("7 10:00", "intake"),
                   resume("9 10:00", "intake")]  # fmt: skip

        assert stand(self.clockwork(), *history, key="step:intake#1").due_at == wib("10 16:00")

    def test_the_service_standard_starts_once(self) -> None:
        history = [
            filed("6 10:00", "intake"),
            move("6 11:00", "accept", "sign"),
            move("7 10:00", "return", "correction"),
            move("9 10:00", "resubmit", "intake"),
            move("9 11:00", "accept", "sign"),
        ]

        service = stand(self.clockwork(), *history)

        assert (service.started_at, service.due_at) == (wib("6 11:00"), wib("13 16:00"))

    def test_the_service_standard_is_not_started_again_by_a_second_acceptance(self) -> None:
        history = [
            filed("6 10:00", "intake"),
            move("6 11:00", "accept", "sign"),
            move("7 10:00", "refuse", "intake"),
            move("8 10:00", "accept", "sign"),
        ]

        clockwork = self.clockwork()
        keys = {one.key for one in clockwork.limits(clockwork.fold(history))}

        assert not any(key.startswith("service") for key in keys)
        assert "law#2" in keys

    def test_a_second_check_of_the_filing_is_another_limit(self) -> None:
        history = [
            filed("6 10:00", "intake"),
            move("7 10:00", "return", "correction"),
            move("9 10:00", "resubmit", "intake"),
        ]
        clockwork = self.clockwork()

        assert stand(clockwork, *history[:2], key="filing").status == "met"
        assert stand(clockwork, *history, key="filing#2").due_at == wib("16 16:00")

    def test_the_applicant_answers_in_his_own_days(self) -> None:
        history = [filed("6 10:00", "intake"), move("7 10:00", "return", "correction")]
        answer = stand(self.clockwork(), *history, key="answer:correction#1")

        assert answer.due_at == wib("14 16:00")
        assert answer.rungs == (
            ("50%", wib("10 07:30")), ("80%", wib("13 07:30")), ("breach", wib("14 16:00")),
        )  # fmt: skip

    def test_signing_stops_one_limit_and_starts_the_next(self) -> None:
        history = [
            filed("6 10:00", "intake"),
            move("6 11:00", "accept", "sign"),
            move("8 10:00", "sign", "intake"),
        ]

        clockwork = self.clockwork()
        found = {one.key: one.status for one in clockwork.limits(clockwork.fold(history))}

        assert found == {
            "service": "met", "law": "met", "delivery": "running", "step:intake#2": "running",
        }  # fmt: skip

    def test_what_has_ended_is_told_once(self) -> None:
        history = [filed("6 10:00", "intake"), move("6 11:00", "accept", "sign")]
        clockwork = self.clockwork()
        state = clockwork.fold(history)

        assert "filing" in {one.key for one in clockwork.limits(state)}
        state = clockwork.advance(state, Happening(wib("6 12:00"), "note", "sign", False))
        assert "filing" not in {one.key for one in clockwork.limits(state)}


class TestExtension:
    """N + k, only before the due moment, never the law's."""

    def extend(self, at: str, name: str = "service", k: int = 2) -> Happening:
        return Happening(wib(at), "extend", "work", False, extend=(name, k))

    def test_moves_the_due_moment_and_the_warnings_ahead(self) -> None:
        extended = stand(clock(), filed("6 10:00"), self.extend("9 10:00"))

        assert (extended.due_at, extended.within, extended.extended) == (
            wib("13 16:00"), Within(5), 2,
        )  # fmt: skip
        assert [name for name, _ in extended.rungs][:3] == ["50%", "80%", "breach"]
        assert extended.rungs[1] == ("80%", wib("9 07:30"))  # reached: it stays

    def test_of_a_file_that_came_back_with_nothing_left(self) -> None:
        history = [filed("6 10:00"), hold("9 15:00"), resume("13 11:00"), self.extend("13 12:00")]

        assert stand(clock(), *history).due_at == wib("15 16:00")

    def test_is_not_eaten_by_a_day_of_grace(self) -> None:
        # Back after closing on Monday: Tuesday is ours and on top of the three.
        history = [filed("6 10:00"), hold("9 15:00"), resume("13 16:30")]
        clockwork = clock(late="same_date")

        grace = stand(clockwork, *history, until="14 12:00")
        extended = stand(clockwork, *history, self.extend("14 12:00", k=1))

        assert (grace.due_at, grace.used, grace.left) == (wib("14 16:00"), 3, 0)
        assert (extended.due_at, extended.left) == (wib("15 16:00"), 1)

    def test_while_away_shows_when_the_file_is_back(self) -> None:
        extended = Happening(wib("10 10:00"), "extend", "work", False, held="ask",
                             extend=("service", 2))  # fmt: skip
        history = [filed("6 10:00"), hold("9 15:00"), extended]

        assert stand(clock(), *history).due_at is None
        assert stand(clock(), *history, resume("13 11:00")).due_at == wib("15 16:00")

    def test_comes_too_late_for_a_broken_limit(self) -> None:
        late = stand(clock(), filed("6 10:00"), self.extend("9 16:01"))

        assert (late.status, late.due_at, late.extended) == ("broken", wib("9 16:00"), 0)

    def test_of_an_unknown_limit_is_refused(self) -> None:
        with pytest.raises(ClockFault, match="filing: is not open and cannot be extended"):
            clock().fold([filed("6 10:00"), self.extend("7 10:00", "filing")])

    def test_of_the_law_is_refused(self) -> None:
        sop = make_sop((step("work"),), (limit("law", Within(5), "file", "finish"),))

        with pytest.raises(ClockFault, match="law: is the limit of the law"):
            Clockwork(sop, plain_calendar()).fold([filed("6 10:00"), self.extend("7 10:00", "law")])


class TestAsks:
    """Side paths: each has its own limit; the day goes to the first party with open work."""

    def clockwork(self, party: object = APPLICANT) -> Clockwork:
        wait = step("wait", party)  # type: ignore[arg-type]
        asks = tuple(
            Ask(name, {}, "look", {"look": step("look", AGENCY),
                                   "clarify": step("clarify", APPLICANT)}, Within(days))
            for name, days in (("works", 3), ("nature", 5))
        )  # fmt: skip
        return Clockwork(
            make_sop((wait,), (limit("service", Within(9), "file", "finish"),), asks),
            plain_calendar(),
        )

    def test_overlapping_asks_share_the_days(self) -> None:
        history = [
            filed("6 10:00", "wait", opened=(("works#1", "look"),)),
            Happening(wib("7 10:00"), "ask", "wait", False, opened=(("nature#1", "look"),)),
            Happening(wib("9 10:00"), "answer", "wait", False, "works#1", None),
        ]
        clockwork = self.clockwork()
        state = clockwork.fold(history)
        found = {one.key: (one.status, one.due_at) for one in clockwork.limits(state)}

        assert found["ask:works#1"] == ("met", wib("9 16:00"))
        assert found["ask:nature#1"] == ("running", wib("14 16:00"))
        done = clockwork.advance(
            state, Happening(wib("13 10:00"), "answer", "wait", False, "nature#1", None)
        )
        assert done.owner is APPLICANT
        days = clockwork.explain([*history], wib("10 12:00"))
        assert [day.ask for day in days[1:]] == ["works#1", "works#1", "works#1", "nature#1"]
        assert {day.party for day in days[1:]} == {AGENCY}

    def test_the_clock_stands_only_when_nobody_on_our_side_has_work(self) -> None:
        history = [
            filed("6 10:00", "wait", opened=(("works#1", "look"),)),
            Happening(wib("7 10:00"), "clarify", "wait", False, "works#1", "clarify"),
            Happening(wib("9 10:00"), "clarified", "wait", False, "works#1", "look"),
        ]
        clockwork = self.clockwork()

        assert stand(clockwork, *history[:2], key="ask:works#1").status == "paused"
        assert stand(clockwork, *history, key="ask:works#1").due_at == wib("13 16:00")
        days = clockwork.explain(history, wib("10 12:00"))
        assert [day.party for day in days[1:]] == [AGENCY, APPLICANT, APPLICANT, AGENCY]
        assert [day.cause for day in days] == [
            "received", "returned", "waiting", "came_back", "worked",
        ]  # fmt: skip

    def test_the_office_comes_before_the_agency(self) -> None:
        clockwork = self.clockwork(OFFICE)
        history = [filed("6 10:00", "wait", opened=(("works#1", "look"),))]

        assert clockwork.fold(history).owner is OFFICE
        assert stand(clockwork, *history, key="ask:works#1").due_at == wib("9 16:00")

    @pytest.mark.parametrize(("main", "status"), [(("finish",), "paused"), ((), "met")])
    def test_the_action_of_an_ask_stops_a_limit_unless_the_main_line_has_that_name(
        self, main: tuple[str, ...], status: str
    ) -> None:
        presses = {name: Action(name, {}, "counter", None) for name in main}
        sop = make_sop(
            (replace(step("wait", APPLICANT), actions=presses),),
            (limit("service", Within(9), "file", "finish"),),
            (Ask("works", {}, "look", {"look": step("look", AGENCY)}, Within(3)),),
        )
        history = [
            filed("6 10:00", "wait", opened=(("works#1", "look"),)),
            Happening(wib("7 10:00"), "finish", "wait", False, "works#1", None),
        ]

        assert stand(Clockwork(sop, plain_calendar()), *history).status == status

    def test_an_end_closes_open_asks(self) -> None:
        history = [filed("6 10:00", "wait", opened=(("works#1", "look"),)),
                   move("7 10:00", "withdraw", None)]  # fmt: skip

        assert stand(self.clockwork(), *history, key="ask:works#1").status == "closed"


class TestExplanation:
    """Day by day, and the sums."""

    def test_counted_days_carry_their_ordinal(self) -> None:
        history = [filed("6 10:00"), hold("7 10:00"), resume("9 09:00")]

        days = clock().explain(history, wib("13 12:00"))

        assert [(day.on.day, day.party, day.ordinal("service"), day.cause) for day in days] == [
            (6, None, None, "received"),
            (7, OFFICE, 1, "returned"),
            (8, APPLICANT, None, "waiting"),
            (9, APPLICANT, None, "came_back"),
            (10, OFFICE, 2, "worked"),
            (13, OFFICE, 3, "worked"),
        ]
        assert days[2].detail == {"hold": "ask"}
        assert days[1].detail == {"action": "ask", "to": "applicant"}

    @pytest.mark.parametrize(("at", "over"), [("20 16:00", True), ("20 15:59", False)])
    def test_a_hold_that_ended_at_its_length_says_so(self, at: str, over: bool) -> None:
        # It may last ten working days: from Tuesday 7 to closing of Monday 20.
        history = [filed("6 10:00"), hold("6 12:00"), resume(at)]

        days = {day.on.day: day.detail for day in clock().explain(history, wib("22 12:00"))}

        assert days[20].get("over") == ("ask" if over else None)
        limits = clock().limits_and_holds(clock().fold(history))
        ended = next(one for one in limits if one.key == "hold:work/ask#1")
        assert (ended.status, [name for name, _ in ended.rungs]) == (
            "met",
            ["breach"] if over else [],
        )

    def test_totals_add_up(self) -> None:
        history = [filed("6 10:00"), hold("7 10:00"), resume("9 09:00"),
                   move("13 12:00", "finish", None)]  # fmt: skip

        totals = clock().totals(history, wib("20 12:00"))

        assert (totals.days[OFFICE], totals.days[APPLICANT]) == (3, 2)
        assert (totals.gross_working_days, totals.net_working_days) == (5, 3)
        assert totals.gross_seconds == timedelta(days=7, hours=2).total_seconds()
        assert (totals.first, totals.last) == (date(2026, 7, 6), date(2026, 7, 13))

    def test_a_lane_of_the_same_party_stands_for_whose_time_it_is(self) -> None:
        sop = make_sop((step("pay", APPLICANT, lane="bank"),))

        day = Clockwork(sop, plain_calendar()).explain([filed("6 10:00", "pay")], wib("7 12:00"))[1]

        assert (day.party, day.lane, day.letter) == (APPLICANT, "applicant", "P")

    def test_nothing_to_explain_is_said(self) -> None:
        with pytest.raises(ClockFault, match="holds nothing up to"):
            clock().explain([filed("6 10:00")], wib("5 10:00"))


class TestFaults:
    """A history that contradicts itself is refused by name."""

    @pytest.mark.parametrize(
        ("history", "fault"),
        [
            ([filed("6 10:00"), hold("6 09:00")], "is before the last one"),
            ([filed("6 10:00"), move("6 11:00", "finish", None), hold("7 09:00")], "already ended"),
            ([filed("6 10:00", "nowhere")], "nowhere: SOP uji has no such step"),
            ([filed("6 10:00", held="nap")], "nap: step work has no such hold"),
            ([filed("6 10:00", opened=(("opinion#1", "x"),))], "opinion#1/x: SOP uji has no such"),
            ([filed("6 10:00"), Happening(wib("6 11:00"), "x", "sign", False)], "without entering"),
            (
                [filed("6 10:00"), Happening(wib("6 11:00"), "x", "work", False, "opinion#1")],
                "opinion#1: is not open",
            ),
            ([], "history: is empty"),
        ],
    )
    def test_is_told(self, history: list[Happening], fault: str) -> None:
        with pytest.raises(ClockFault, match=fault):
            clock().fold(history)

    def test_a_time_without_an_offset_is_refused(self) -> None:
        naive = filed("6 10:00").at.replace(tzinfo=None)

        with pytest.raises(ClockFault, match="lacks a UTC offset"):
            clock().fold([Happening(naive, "file", "work", True)])

    def test_a_state_of_another_form_is_refused(self) -> None:
        with pytest.raises(ClockFault, match="fold the history"):
            ClockState.from_json({"v": 0})

    def test_a_limit_of_nothing_is_refused(self) -> None:
        with pytest.raises(ClockFault, match="service: allows 0 working days"):
            Clockwork(simple_sop(Within(0)), plain_calendar())


def test_planning_needs_no_case() -> None:
    clockwork = clock()

    assert clockwork.plan(Within(3), wib("6 16:01")) == wib("10 16:00")
    assert clockwork.plan(Within(4, "working hours"), wib("6 14:00")) == wib("7 09:30")


def test_an_agency_hold_does_not_stop_the_clock() -> None:
    sop = make_sop((step("work", holds={"ask": OUTSIDE}),),
                   (limit("service", Within(3), "file", "finish"),))  # fmt: skip

    sent = stand(Clockwork(sop, plain_calendar()), filed("6 10:00"), hold("6 11:00"))

    assert (sent.status, sent.due_at) == ("running", wib("9 16:00"))
