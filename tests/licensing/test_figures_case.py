"""One history as the figures read it: hand-built cases with hand-computed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.happenings import happenings
from licensing.queries.figures_case import CaseFigures, case_figures
from licensing.queries.figures_sum import Gathered
from licensing.queries.figures_values import Share, Spread, nearest_rank
from licensing.vocabulary import VOCABULARY
from tests.workflows.clock_sops import plain_calendar
from workflows.calendar_spec import Outage
from workflows.check import ANSWERED
from workflows.definitions import shipped, text_of
from workflows.ledger import Clockwork
from workflows.reading import read_sop
from workflows.sop import Action, Party, Sop
from workflows.worktime import Calendar

OFFICE, AGENCY, APPLICANT, BANK, NOBODY = (
    Party.OFFICE, Party.AGENCY, Party.APPLICANT, Party.BANK, Party.NOBODY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history written by hand."""

    action: str
    from_step: str | None
    to_step: str
    effective_at: datetime
    ask: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0


@cache
def sop_named(name: str) -> Sop:
    return read_sop(text_of(name), vocabulary=VOCABULARY, base=shipped)


def july(text: str) -> datetime:
    """Return a moment of July 2026 in western Indonesian time: `6 10:00`."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-07-{int(day):02}T{clock}:00+07:00").astimezone(UTC)


def siup_case(*steps: str, calendar: Calendar | None = None) -> CaseFigures:
    """Return the figures of a SIUP told as `6 10:00 accept verification`; it is filed at intake."""
    lines, here = [], None
    for number, told in enumerate(steps, start=1):
        day, clock, action, *there = told.split()
        to = there[0] if there else here or "intake"
        detail = {"late_faults": there[1:]} if there[1:] else {}
        lines.append(Told(action, here, to, july(f"{day} {clock}"), None, detail, number))
        here = to
    return case_figures(Clockwork(sop_named("siup"), calendar or plain_calendar()), lines)


STRAIGHT = (
    "6 09:00 file intake",
    "6 10:00 accept verification",
    "7 11:00 approve signature",
    "8 15:00 sign handover",
)


class TestTheDecision:
    def test_is_the_press_that_stops_the_service_standard(self):
        case = siup_case(*STRAIGHT, "13 09:00 hand_over issued")

        assert case.decision is not None
        assert (case.decision.at, case.decision.on_time) == (july("8 15:00"), True)
        assert (case.decision.gross, case.decision.net) == (2, 2)
        assert case.ended_at == july("13 09:00")

    def test_days_belong_to_whoever_held_the_file_when_they_began(self):
        case = siup_case(
            *STRAIGHT[:2],
            "7 11:00 return_for_correction correction",
            # Wed 8 and Thu 9 began with the applicant; Tue 7 and Fri 10 did not.
            "9 10:00 resubmit_correction verification",
            "10 09:00 approve signature",
            "10 11:00 sign handover",
        )

        assert case.decision is not None
        found = {party: days for party, days in case.decision.days_of.items() if days}
        assert found == {OFFICE: 2, APPLICANT: 2}
        assert (case.decision.gross, case.decision.net) == (4, 2)

    def test_a_day_lost_to_an_outage_is_nobodys_and_of_the_gross_time(self):
        lost = plain_calendar(outages=(Outage(july("7 00:00"), july("7 23:00"), "listrik"),))

        case = siup_case(*STRAIGHT, calendar=lost)

        assert case.decision is not None
        assert case.decision.days_of[NOBODY] == 1
        assert (case.decision.gross, case.decision.net) == (2, 1)

    @pytest.mark.parametrize(
        ("signed", "on_time"), [("9 16:00", True), ("9 16:01", False), ("10 08:00", False)]
    )
    def test_is_in_time_until_closing_of_the_third_day(self, signed, on_time):
        case = siup_case(*STRAIGHT[:3], f"{signed} sign handover")

        assert case.decision is not None
        assert (case.decision.on_time, case.decision.on_time_unextended) == (on_time, on_time)

    def test_a_refusal_is_one_too(self):
        case = siup_case(
            *STRAIGHT[:2], "7 11:00 propose_refusal refusal", "13 09:00 refuse refused"
        )

        assert case.decision is not None
        assert not case.decision.on_time

    @pytest.mark.parametrize(
        ("withdrawn", "broken_at"), [("9 15:00", None), ("10 09:00", july("9 16:00"))]
    )
    def test_a_withdrawal_is_none_and_tells_whether_the_standard_had_passed(
        self, withdrawn, broken_at
    ):
        case = siup_case(*STRAIGHT[:2], f"{withdrawn} withdraw withdrawn")

        assert case.decision is None
        assert (case.ended_at, case.broken_at) == (july(withdrawn), broken_at)


class TestAnExtension:
    """Two more days, granted on Wednesday 8 July."""

    @staticmethod
    def extended(signed: str) -> CaseFigures:
        lines = [
            Told("file", None, "intake", july("6 09:00")),
            Told("accept", "intake", "verification", july("6 10:00")),
            Told("approve", "verification", "signature", july("7 11:00")),
            Told(
                "extend",
                "signature",
                "signature",
                july("8 09:00"),
                detail={"limit": "service", "more": 2, "unit": "working days", "kind": "office"},
            ),
            Told("sign", "signature", "handover", july(signed)),
        ]
        return case_figures(Clockwork(sop_named("siup"), plain_calendar()), lines)

    @pytest.mark.parametrize(
        ("signed", "on_time", "without"),
        [
            ("9 15:00", True, True),
            ("10 09:00", True, False),
            ("13 16:00", True, False),
            ("14 09:00", False, False),
        ],
    )
    def test_shows_who_owes_being_in_time_to_it(self, signed, on_time, without):
        decision = self.extended(signed).decision

        assert decision is not None
        assert decision.extended == 2
        assert (decision.on_time, decision.on_time_unextended) == (on_time, without)


class TestACorrectedTime:
    def test_is_the_one_that_counts(self):
        # Accepted after closing it would be due on Friday; before closing on Thursday.
        was, now = july("6 16:10"), july("6 15:50")
        lines = [
            Told("file", None, "intake", july("6 09:00"), seq=1),
            Told("accept", "intake", "verification", was, seq=2),
            Told("approve", "verification", "signature", july("7 11:00"), seq=3),
            Told("sign", "signature", "handover", july("10 09:00"), seq=4),
        ]
        correction = Told(
            "correct_time", "handover", "handover", july("10 10:00"), seq=5,
            detail={"seq": 2, "was": was.isoformat(), "now": now.isoformat()},
        )  # fmt: skip
        clockwork = Clockwork(sop_named("siup"), plain_calendar())

        before, after = (
            case_figures(clockwork, told).decision for told in (lines, [*lines, correction])
        )

        assert before is not None
        assert after is not None
        assert (before.on_time, before.net) == (True, 3)
        assert (after.on_time, after.net) == (False, 4)


class TestReturns:
    @pytest.mark.parametrize(
        ("returned", "last_fifth"), [("8 15:00", False), ("9 09:00", True), ("10 09:00", True)]
    )
    def test_count_as_late_from_80_percent_of_the_service_standard_on(self, returned, last_fifth):
        # Of 3 days 2 are 67 %, the day of the return among them; the third is the last fifth.
        case = siup_case(*STRAIGHT[:2], f"{returned} return_for_correction correction")

        assert [back.in_the_last_fifth for back in case.given_back] == [last_fifth]

    @pytest.mark.parametrize(("returned", "last_fifth"), [("9 15:00", False), ("10 09:00", True)])
    def test_count_against_the_check_of_the_filing_before_acceptance(self, returned, last_fifth):
        # Four of five days are exactly 80 %.
        case = siup_case("6 09:00 file intake", f"{returned} return_incomplete completion")

        assert [back.in_the_last_fifth for back in case.given_back] == [last_fifth]

    def test_are_numbered_in_their_application_and_name_late_faults(self):
        case = siup_case(
            "6 08:00 file intake",
            "6 09:00 return_incomplete completion",
            "6 10:00 resubmit intake",
            "6 11:00 accept verification",
            "7 09:00 return_for_correction correction npwp",
        )

        assert [(back.number, back.late_faults) for back in case.given_back] == [
            (1, False),
            (2, True),
        ]

    def test_a_visit_put_off_at_the_wish_of_the_applicant_is_none(self):
        lines = [
            Told("file", None, "intake", july("6 09:00")),
            Told("accept", "intake", "verification", july("6 10:00")),
            Told("approve", "verification", "visit_planning", july("6 11:00")),
            Told("schedule", "visit_planning", "visit", july("6 12:00")),
            Told("postpone", "visit", "visit_postponed", july("7 09:00")),
        ]

        case = case_figures(Clockwork(sop_named("imb"), plain_calendar()), lines)

        assert [(back.at, back.number) for back in case.given_back] == [(july("7 09:00"), 0)]


class TestVisits:
    def test_each_stay_at_a_step_has_its_days_and_office_hours(self):
        case = siup_case(
            *STRAIGHT[:2],
            "7 11:00 return_for_correction correction",
            "9 10:00 resubmit_correction verification",
            "10 09:30 approve signature",
        )

        # Office hours are 07:30 to 16:00: 8 and a half a day.
        assert [(v.step, v.days, v.ours, v.office_minutes) for v in case.visits] == [
            ("intake", 0, 0, 60),
            ("verification", 1, 1, 6 * 60 + 3 * 60 + 30),
            ("correction", 2, 0, 5 * 60 + 8 * 60 + 30 + 2 * 60 + 30),
            ("verification", 1, 1, 6 * 60 + 2 * 60),
            ("signature", 0, 0, 0),
        ]
        assert [v.step for v in case.visits if v.ended is None] == ["signature"]

    def test_the_steps_of_an_ask_are_visited_beside_the_main_line(self):
        lines = [
            Told("file", None, "intake", july("6 09:00")),
            Told("accept", "intake", "verification", july("6 10:00")),
            Told(
                "approve", "verification", "visit_planning", july("6 11:00"),
                detail={"opened": ["opinion_pu#1"]},
            ),
            Told("propose", "draft_pu", "decide_pu", july("7 09:30"), ask="opinion_pu#1"),
            Told("agree", "decide_pu", ANSWERED, july("9 07:30"), ask="opinion_pu#1"),
        ]  # fmt: skip

        case = case_figures(Clockwork(sop_named("imb"), plain_calendar()), lines)

        asked = {v.step: (v.days, v.office_minutes) for v in case.visits if "/" in v.step}
        assert asked == {
            "opinion_pu/draft_pu": (1, 5 * 60 + 2 * 60),
            "opinion_pu/decide_pu": (2, 6 * 60 + 30 + 8 * 60 + 30),
        }


class TestNearestRank:
    @pytest.mark.parametrize(
        ("values", "median", "p90"),
        [
            ([], None, None),
            ([7], 7, None),
            ([4, 2], 2, None),
            ([1, 2, 3, 10], 2, None),
            ([1, 2, 3, 4, 10], 3, 10),
            (range(1, 11), 5, 9),
            (range(1, 12), 6, 10),
            ([3] * 99 + [50], 3, 3),
        ],
    )
    def test_tells_values_that_occurred(self, values, median, p90):
        spread = Spread.of(values)

        assert (spread.median, spread.p90) == (median, p90)

    @given(st.lists(st.integers(0, 30), min_size=1), st.integers(1, 100))
    def test_is_the_smallest_value_that_so_many_do_not_exceed(self, values, percent):
        found = nearest_rank(sorted(values), percent)

        needed = percent * len(values)
        assert found in values
        assert sum(value <= found for value in values) * 100 >= needed
        assert sum(value < found for value in values) * 100 < needed


class TestShare:
    @pytest.mark.parametrize(
        ("part", "whole", "percent"), [(0, 0, None), (4, 4, None), (4, 5, 80.0), (2, 3000, 0.1)]
    )
    def test_of_fewer_than_five_has_no_percent(self, part, whole, percent):
        assert Share(part, whole).percent == percent


class TestAPeriod:
    """Monday 6 through Friday 10 July."""

    @staticmethod
    def week(*cases: tuple[CaseFigures, str | None]) -> Gathered:
        gathered = Gathered(july("6 00:00"), july("11 00:00"))
        for case, outcome in cases:
            gathered.add(case, outcome)
        return gathered

    def test_cuts_out_the_decisions_that_fell_in_it(self):
        early, late = (
            siup_case(*STRAIGHT[:3], f"{day} 09:00 sign handover") for day in ("10", "13")
        )

        gathered = self.week((early, None), (late, None))

        assert [one.at for one in gathered.decisions] == [july("10 09:00")]
        # What was signed on Monday 13 lay at the signature when the week ended.
        assert {(s.step, s.visits, s.unfinished) for s in gathered.steps()} == {
            ("handover", 0, 1),
            ("intake", 2, 0),
            ("signature", 1, 1),
            ("verification", 2, 0),
        }

    def test_counts_what_ended_undecided_apart(self):
        withdrawn, late = (
            siup_case(*STRAIGHT[:2], f"{day} 09:00 withdraw withdrawn") for day in ("9", "10")
        )

        gathered = self.week((withdrawn, "withdrawn"), (late, "withdrawn"))

        assert gathered.undecided == {"withdrawn": 2}
        assert (gathered.undecided_late, gathered.decisions) == (1, [])

    def test_counts_second_returns_of_all_and_late_faults_of_the_second(self):
        twice = siup_case(
            "6 08:00 file intake",
            "6 09:00 return_incomplete completion",
            "6 10:00 resubmit intake",
            "6 11:00 accept verification",
            "7 09:00 return_for_correction correction npwp",
        )
        once = siup_case("6 08:00 file intake", "10 09:00 return_incomplete completion")

        found = self.week((twice, None), (once, None)).returns()

        assert found.returns == 3
        assert found.second == Share(1, 3)
        assert found.late_faults == Share(1, 1)
        assert found.in_the_last_fifth == Share(1, 3)


# -- every history

LOST = (Outage(july("14 06:00"), july("14 18:00"), "listrik"),)
CLOCKS = [
    Clockwork(sop_named(name), plain_calendar(late, closed=(date(2026, 7, 8),), outages=LOST))
    for name in ("siup", "imb")
    for late in ("next_working_day", "same_date")
]
CHOICES = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 99)), max_size=25)


def walk(sop: Sop, choices: list[tuple[int, int]]) -> list[Told]:
    """Return a history that the SOP's graph allows; guards are not asked."""
    at, here = july("1 09:00"), sop.starts_at
    lines = [Told("file", None, here, at)]
    asks: dict[str, str] = {}
    opened: dict[str, int] = {}
    for minutes, pick in choices:
        at += timedelta(minutes=minutes)
        offers: list[tuple[str | None, str, Action]] = [
            (None, here, action) for action in sop.steps[here].actions.values()
        ]
        offers += [
            (key, step, action)
            for key, step in asks.items()
            for action in sop.asks[key.partition("#")[0]].steps[step].actions.values()
        ]
        key, step, action = offers[pick % len(offers)]
        to, begun = action.to or step, []
        for name in action.opens:
            opened[name] = opened.get(name, 0) + 1
            begun.append(f"{name}#{opened[name]}")
        detail = {"opened": begun} if begun else {}
        lines.append(Told(action.name, step, to, at, key, detail))
        if key is None:
            here = to
        elif to == ANSWERED:
            del asks[key]
        else:
            asks[key] = to
        asks |= {new: sop.asks[new.partition("#")[0]].starts_at for new in begun}
        if here in sop.ends:
            break
    return lines


@pytest.mark.parametrize(
    "clockwork", CLOCKS, ids=lambda c: f"{c.sop.name} {c.calendar.late_receipt}"
)
@settings(max_examples=60, deadline=None)
@given(choices=CHOICES)
def test_days_of_all_parties_add_up_and_are_those_of_the_ledger(clockwork, choices):
    lines = walk(clockwork.sop, choices)

    case = case_figures(clockwork, lines)

    decision = case.decision
    if decision is not None:
        assert sum(decision.days_of.values()) == decision.gross
        place = next(
            number
            for number, line in enumerate(lines)
            if line.ask is None and line.action in ("sign", "refuse")
        )
        counted_on = clockwork.calendar.counted_on(decision.at)
        through = max(decision.at, datetime.combine(counted_on, time(23), clockwork.calendar.zone))
        totals = clockwork.totals(happenings(clockwork.sop, lines[: place + 1]), through)
        assert dict(decision.days_of) == dict(totals.days)
        assert (decision.gross, decision.net) == (
            totals.gross_working_days,
            totals.net_working_days,
        )
    visits = [visit for visit in case.visits if "/" not in visit.step and visit.ended is not None]
    nobodys = 0 if decision is None else decision.days_of[NOBODY]
    assert sum(v.ours for v in visits) <= sum(v.days for v in visits)
    assert nobodys <= 1
