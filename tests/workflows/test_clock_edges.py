"""The edges of the clock, one by one: what must come out, and what the slow clock says too."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workflows.clock_sops import (
    AGENCY,
    APPLICANT,
    filed,
    hold,
    limit,
    make_sop,
    move,
    plain_spec,
    resume,
    simple_sop,
    step,
    week,
    wib,
)
from tests.workflows.slow_clock import SlowClock
from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage, WeeklyRule
from workflows.ledger import Clockwork, Happening, LimitState
from workflows.sop import Ask, Sop, Within
from workflows.worktime import Calendar, LateReceipt

SPEC = plain_spec()
FRIDAY = WeeklyRule(
    date(2020, 1, 1), {**week("07:30-16:00"), **week("07:30-11:30", days=range(4, 5))}
)
RAMADAN = WeeklyRule(date(2026, 2, 19), week("08:00-15:00"), date(2026, 3, 20))
BREAKS = plain_spec(hours=("08:00-12:00", "13:00-16:00"))
FASTING = WeeklyRule(date(2026, 2, 19), week("08:00-12:00", "12:30-15:00"), date(2026, 3, 20))
FOUR_HOURS = simple_sop(Within(4, "working hours"))
TWO_DAYS_OF_HOURS = simple_sop(Within(16, "working hours"))
SUNDAY = date(2026, 7, 12)
TWO_QUESTIONS = make_sop(
    (step("work", APPLICANT),),
    (limit("service", Within(3), "file", "finish"),),
    tuple(
        Ask(name, {}, "look", {"look": step("look", AGENCY)}, Within(9))
        for name in ("works", "nature")
    ),
)


def on(spec: CalendarSpec, kind: str, *days: int) -> CalendarSpec:
    """Return the calendar with days of July 2026 closed."""
    more = {date(2026, 7, day): ClosedDay("Libur", kind) for day in days}  # type: ignore[arg-type]
    return replace(spec, closed={**spec.closed, **more})


def out(start: str, end: str) -> Outage:
    return Outage(wib(start), wib(end), "listrik")


def outages(*spans: tuple[str, str], hours: tuple[str, ...] = ("07:30-16:00",)) -> CalendarSpec:
    return plain_spec(outages=tuple(out(*span) for span in spans), hours=hours)


def asked(at: str, key: str) -> Happening:
    return Happening(wib(at), "ask", "work", False, opened=((key, "look"),))


def answered(at: str, key: str) -> Happening:
    return Happening(wib(at), "answer", "work", False, key, None)


@dataclass(frozen=True)
class Edge:
    """A history of one case, and how its service standard of three days stands after it."""

    history: tuple[Happening, ...]
    due: str | datetime | None
    status: str = "running"
    spec: CalendarSpec = SPEC
    late: LateReceipt = "next_working_day"
    sop: Sop = field(default_factory=simple_sop)


HELD_TUESDAY = (filed("6 10:00"), hold("7 10:00"))
UTC_TIME = Happening(datetime(2026, 7, 6, 8, 30, tzinfo=UTC), "file", "work", True)

EDGES = {
    # Received after closing: as on the next working day, or on its own date.
    "after closing": Edge((filed("6 16:01"),), "10 16:00"),
    "exactly at closing": Edge((filed("6 16:00"),), "9 16:00"),
    "after closing, same date": Edge((filed("6 16:01"),), "9 16:00", late="same_date"),
    "before opening": Edge((filed("6 05:00"),), "9 16:00"),
    "a second before midnight": Edge(
        (Happening(wib("6 23:59") + timedelta(seconds=59), "file", "work", True),), "10 16:00"
    ),
    "on a saturday": Edge((filed("4 10:00"),), "9 16:00"),
    "on a saturday, same date": Edge((filed("4 10:00"),), "8 16:00", late="same_date"),
    # Friday closes at its own hour.
    "due on a friday": Edge((filed("7 10:00"),), "10 11:30", spec=plain_spec(more=(FRIDAY,))),
    "received on friday afternoon": Edge(
        (filed("3 11:31"),), "9 16:00", spec=plain_spec(more=(FRIDAY,))
    ),
    # Hours of Ramadan, while it lasts.
    "due in Ramadan": Edge((filed("2-17 10:00"),), "2-20 15:00", spec=plain_spec(more=(RAMADAN,))),
    "after closing in Ramadan": Edge(
        (filed("2-19 15:30"),), "2-25 15:00", spec=plain_spec(more=(RAMADAN,))
    ),
    "out of Ramadan": Edge((filed("3-18 10:00"),), "3-23 16:00", spec=plain_spec(more=(RAMADAN,))),
    # A holiday counts for nobody; what is done on it counts on the next working day.
    "over a holiday": Edge((filed("6 10:00"),), "10 16:00", spec=on(SPEC, "national", 8)),
    "received on a holiday": Edge((filed("8 10:00"),), "14 16:00", spec=on(SPEC, "national", 8)),
    "over a joint leave day": Edge((filed("6 10:00"),), "10 16:00", spec=on(SPEC, "joint", 9)),
    "over a make-up saturday": Edge(
        (filed("8 10:00"),), "11 12:00",
        spec=plain_spec(makeup={date(2026, 7, 11): week("08:00-12:00")[0]}),
    ),
    "a holiday that is a make-up day": Edge(
        (filed("6 10:00"),), "9 16:00",
        spec=on(plain_spec(makeup={date(2026, 7, 8): week("07:30-16:00")[0]}), "national", 8),
    ),
    # The file is away.
    "paused and resumed the same day": Edge((*HELD_TUESDAY, resume("7 14:00")), "9 16:00"),
    "paused and resumed within a minute": Edge((*HELD_TUESDAY, resume("7 10:00")), "9 16:00"),
    "paused twice on one day": Edge(
        (*HELD_TUESDAY, resume("7 11:00"), hold("7 13:00"), resume("7 15:00")), "9 16:00"
    ),
    "paused over a weekend": Edge(
        (filed("9 10:00"), hold("10 10:00"), resume("13 10:00")), "15 16:00"
    ),
    "paused on friday night, back on sunday": Edge(
        (filed("9 10:00"), hold("10 17:00"), resume("12 10:00")), "14 16:00"
    ),
    "paused over a holiday": Edge(
        (*HELD_TUESDAY, resume("9 09:00")), "13 16:00", spec=on(SPEC, "national", 8)
    ),
    "paused": Edge(HELD_TUESDAY, None, "paused"),
    "paused on the last day, back a week later": Edge(
        (filed("6 10:00"), hold("9 15:59"), resume("16 08:00")), "16 16:00"
    ),
    "paused at the last closing": Edge((filed("6 10:00"), hold("9 16:00")), None, "paused"),
    "paused a minute after the last closing": Edge(
        (filed("6 10:00"), hold("9 16:01")), "9 16:00", "broken"
    ),
    # Requests that overlap: the clock stands only where nobody on our side has work.
    "overlapping requests": Edge(
        (
            filed("6 10:00", opened=(("works#1", "look"),)),
            asked("7 10:00", "nature#1"),
            answered("8 10:00", "works#1"),
        ),
        "9 16:00", sop=TWO_QUESTIONS,
    ),
    "requests one after the other": Edge(
        (
            filed("6 10:00", opened=(("works#1", "look"),)),
            answered("7 10:00", "works#1"),
            asked("9 10:00", "nature#1"),
        ),
        "13 16:00", sop=TWO_QUESTIONS,
    ),
    "all requests answered": Edge(
        (
            filed("6 10:00", opened=(("works#1", "look"), ("nature#1", "look"))),
            answered("7 10:00", "nature#1"),
            answered("7 11:00", "works#1"),
        ),
        None, "paused", sop=TWO_QUESTIONS,
    ),
    # The breach is the moment after closing, to the second.
    "ended exactly at closing": Edge(
        (filed("6 10:00"), move("9 16:00", "finish", None)), "9 16:00", "met"
    ),
    "ended a second after closing": Edge(
        (
            filed("6 10:00"),
            Happening(wib("9 16:00") + timedelta(seconds=1), "finish", None, True),
        ),
        "9 16:00", "late",
    ),
    # An hour of difference, by the offices' own clocks.
    "15:30 in Jakarta": Edge((UTC_TIME,), datetime(2026, 7, 9, 9, tzinfo=UTC)),
    "the same moment in Makassar": Edge(
        (UTC_TIME,), datetime(2026, 7, 10, 8, tzinfo=UTC), spec=plain_spec(zone="Asia/Makassar")
    ),
    "the same moment in Jayapura": Edge(
        (UTC_TIME,), datetime(2026, 7, 10, 7, tzinfo=UTC), spec=plain_spec(zone="Asia/Jayapura")
    ),
    # The week alone speaks in a year whose holidays nobody knows yet.
    "a year not covered": Edge(
        (filed("12-30 10:00"),), datetime(2027, 1, 4, 9, tzinfo=UTC)
    ),
    # Outages.
    "a day without power": Edge(
        (filed("6 10:00"),), "10 16:00",
        spec=plain_spec(outages=(Outage(wib("8 07:00"), wib("8 17:00"), "listrik"),)),
    ),
    "a morning without power": Edge(
        (filed("6 10:00"),), "9 16:00",
        spec=plain_spec(outages=(Outage(wib("8 07:00"), wib("8 15:59"), "listrik"),)),
    ),
    "power fails twice and takes the whole day together": Edge(
        (filed("6 10:00"),), "10 16:00",
        spec=outages(("8 07:00", "8 12:00"), ("8 11:00", "8 16:00")),
    ),
    "power is back for a minute between": Edge(
        (filed("6 10:00"),), "9 16:00", spec=outages(("8 07:00", "8 12:00"), ("8 12:01", "8 17:00"))
    ),
    "the break alone has power": Edge(
        (filed("6 10:00"),), "10 16:00",
        spec=outages(
            ("8 08:00", "8 12:00"), ("8 13:00", "8 16:00"), hours=("08:00-12:00", "13:00-16:00")
        ),
    ),
    # A day on which nobody could work is still one on which a file can be handed in.
    "received during an outage": Edge(
        (filed("6 10:00"),), "9 16:00", spec=outages(("6 07:00", "6 17:00"))
    ),
    "received after closing of a day without power": Edge(
        (filed("6 16:30"),), "10 16:00", spec=outages(("6 07:00", "6 17:00"))
    ),
    "no power on the last day": Edge(
        (filed("6 10:00"),), "10 16:00", spec=outages(("9 07:00", "9 17:00"))
    ),
    "no power at the last closing": Edge(
        (filed("6 10:00"),), "9 16:00", spec=outages(("9 15:00", "9 17:00"))
    ),
    "no power over a weekend": Edge(
        (filed("9 10:00"),), "14 16:00", spec=outages(("10 17:00", "13 07:00"))
    ),
    "no power from friday to tuesday": Edge(
        (filed("9 10:00"),), "17 16:00", spec=outages(("10 07:30", "14 16:00"))
    ),
    "no power while the file is away": Edge(
        (*HELD_TUESDAY, resume("9 09:00")), "13 16:00", spec=outages(("8 07:00", "8 17:00"))
    ),
    "no power on the day of the return": Edge(
        (*HELD_TUESDAY, resume("9 09:00")), "13 16:00", spec=outages(("9 07:00", "9 17:00"))
    ),
    "no power after the return": Edge(
        (*HELD_TUESDAY, resume("9 09:00")), "14 16:00", spec=outages(("10 07:00", "10 17:00"))
    ),
    # The last closing passed unseen: what was declared later takes the breach back.
    "ended late, but power had failed": Edge(
        (filed("6 10:00"), move("10 09:00", "finish", None)), "10 16:00", "met",
        spec=outages(("7 07:00", "7 17:00")),
    ),
    # Several windows a day: a day is a day, whatever its break.
    "received in the break": Edge((filed("6 12:30"),), "9 16:00", spec=BREAKS),
    "received after the last window": Edge((filed("6 16:01"),), "10 16:00", spec=BREAKS),
    "an evening window is the closing": Edge(
        (filed("6 18:30"),), "9 21:00", spec=plain_spec(hours=("07:30-16:00", "18:00-21:00"))
    ),
    "after the evening window": Edge(
        (filed("6 21:01"),), "10 21:00", spec=plain_spec(hours=("07:30-16:00", "18:00-21:00"))
    ),
    # Make-up days.
    "a make-up sunday": Edge(
        (filed("9 10:00"),), "12 12:00",
        spec=plain_spec(
            makeup={SUNDAY: week("08:00-12:00")[0], date(2026, 7, 11): week("08:00-12:00")[0]}
        ),
    ),
    "received on a make-up sunday": Edge(
        (filed("12 10:00"),), "15 16:00",
        spec=plain_spec(makeup={SUNDAY: week("08:00-12:00")[0]}),
    ),
    "received after closing of a make-up sunday": Edge(
        (filed("12 12:01"),), "16 16:00",
        spec=plain_spec(makeup={SUNDAY: week("08:00-12:00")[0]}),
    ),
    "paused over a make-up sunday": Edge(
        (filed("9 10:00"), hold("10 10:00"), resume("13 10:00")), "15 16:00",
        spec=plain_spec(makeup={SUNDAY: week("08:00-12:00")[0]}),
    ),
    "a make-up sunday without power": Edge(
        (filed("9 10:00"),), "14 16:00",
        spec=plain_spec(
            makeup={SUNDAY: week("08:00-12:00")[0]}, outages=(out("12 08:00", "12 12:00"),)
        ),
    ),
    # A question put and answered while the office is closed.
    "paused on a saturday and resumed on sunday": Edge(
        (filed("9 10:00"), hold("11 10:00"), resume("12 10:00")), "14 16:00"
    ),
    "paused and resumed on the day of receipt": Edge(
        (filed("6 10:00"), hold("6 11:00"), resume("6 14:00")), "9 16:00"
    ),
    "paused on the day of receipt, back on the last day": Edge(
        (filed("6 10:00"), hold("6 11:00"), resume("9 08:00")), "14 16:00"
    ),
    # Limits in hours count minutes of the office, whatever the day.
    "four hours over the break": Edge(
        (filed("6 10:00"),), "6 15:00", spec=BREAKS, sop=FOUR_HOURS
    ),
    "four hours over a weekend": Edge((filed("10 14:00"),), "13 09:30", sop=FOUR_HOURS),
    "four hours received after closing": Edge((filed("6 17:00"),), "7 11:30", sop=FOUR_HOURS),
    "four hours that end at closing": Edge((filed("6 12:00"),), "6 16:00", sop=FOUR_HOURS),
    "four hours with an outage between": Edge(
        (filed("6 10:00"),), "6 15:30", spec=outages(("6 11:00", "6 12:30")), sop=FOUR_HOURS
    ),
    "four hours received during an outage": Edge(
        (filed("6 10:00"),), "6 15:00", spec=outages(("6 09:00", "6 11:00")), sop=FOUR_HOURS
    ),
    "four hours with a question between": Edge(
        (filed("6 10:00"), hold("6 11:00"), resume("6 13:30")), "7 08:00", sop=FOUR_HOURS
    ),
    "hours into Ramadan": Edge(
        # Wednesday 17 has two hours left; Ramadan begins on Thursday with six and a half.
        (filed("2-18 14:00"),), "2-19 10:00", spec=plain_spec(more=(FASTING,)), sop=FOUR_HOURS
    ),
    "hours out of Ramadan": Edge(
        # Friday 20 March until 15:00, then the usual hours from 07:30.
        (filed("3-20 14:00"),), "3-23 10:30", spec=plain_spec(more=(FASTING,)), sop=FOUR_HOURS
    ),
    "two days of hours in Ramadan": Edge(
        # 6.5 hours a day: Monday 2.5 left after 12:30, then 6.5 + 6.5, and half an hour.
        (filed("2-23 12:30"),), "2-26 08:30", spec=plain_spec(more=(FASTING,)),
        sop=TWO_DAYS_OF_HOURS,
    ),
    "due in the short afternoon of Ramadan": Edge(
        (filed("2-23 15:01"),), "2-27 15:00", spec=plain_spec(more=(FASTING,))
    ),
    "29 february": Edge(
        (Happening(datetime(2028, 2, 28, 3, tzinfo=UTC), "file", "work", True),),
        datetime(2028, 3, 2, 9, tzinfo=UTC),
        spec=replace(SPEC, covers=(date(2028, 1, 1), date(2028, 12, 31))),
    ),
}  # fmt: skip


def fast(edge: Edge) -> LimitState:
    clockwork = Clockwork(edge.sop, Calendar(edge.spec, edge.late))
    found = clockwork.limits(clockwork.fold(edge.history))
    return next(one for one in found if one.key == "service")


class TestEdges:
    @pytest.mark.parametrize("edge", EDGES.values(), ids=EDGES)
    def test_both_clocks_say(self, edge: Edge) -> None:
        slow = SlowClock(edge.sop, edge.spec, edge.late, list(edge.history))
        slowly = slow.stand(next(one for one in slow.limits() if one.key == "service"))

        found = fast(edge)

        due = wib(edge.due) if isinstance(edge.due, str) else edge.due
        assert (found.status, found.due_at) == (edge.status, due)
        assert (slowly.status, slowly.due) == (edge.status, due)

    def test_a_year_not_covered_is_told(self) -> None:
        edge = EDGES["a year not covered"]
        due = fast(edge).due_at

        assert due is not None
        assert Calendar(edge.spec).past_coverage(due.date())
        assert not Calendar(edge.spec).past_coverage(date(2026, 12, 31))


class TestWhatChangesLater:
    """The history stays; what is known of it changes, and everything is computed anew."""

    HISTORY = (*HELD_TUESDAY, resume("9 09:00"))

    @pytest.mark.parametrize(
        ("before", "after", "was", "now"),
        [
            (SPEC, on(SPEC, "joint", 10), "13 16:00", "14 16:00"),
            (on(SPEC, "joint", 10), SPEC, "14 16:00", "13 16:00"),
            # A holiday among the applicant's days costs us nothing.
            (SPEC, on(SPEC, "joint", 8), "13 16:00", "13 16:00"),
            # On the day of the hand-over: it now counts on Wednesday, which stays ours.
            (SPEC, on(SPEC, "joint", 7), "13 16:00", "13 16:00"),
            # On the day of receipt: the three days begin a day later, and so do we.
            (SPEC, on(SPEC, "joint", 6), "13 16:00", "14 16:00"),
            # Outages are declared when they are over.
            (SPEC, outages(("10 07:00", "10 17:00")), "13 16:00", "14 16:00"),
            (outages(("10 07:00", "10 17:00")), SPEC, "14 16:00", "13 16:00"),
            (SPEC, outages(("8 07:00", "8 17:00")), "13 16:00", "13 16:00"),
            # A make-up day announced late.
            (SPEC, plain_spec(makeup={date(2026, 7, 11): BREAKS.weekly[0].windows[0]}),
             "13 16:00", "11 16:00"),
        ],
        ids=[
            "added", "removed", "while away", "of the hand-over", "of the receipt",
            "an outage declared", "an outage withdrawn", "an outage while away", "a make-up day",
        ],
    )  # fmt: skip
    def test_a_day(self, before: CalendarSpec, after: CalendarSpec, was: str, now: str) -> None:
        assert self.due(before) == wib(was)
        assert self.due(after) == wib(now)

    @pytest.mark.parametrize(
        ("received", "now"),
        [("3 15:00", "10 16:00"), ("6 15:00", "13 16:00"), ("3 16:01", "13 16:00")],
    )
    def test_a_wrongly_recorded_receipt(self, received: str, now: str) -> None:
        corrected = (replace(self.HISTORY[0], at=wib(received)), *self.HISTORY[1:])

        assert self.due(SPEC, corrected) == wib(now)

    def test_a_payment_that_came_to_light_later(self) -> None:
        # Recorded on Friday, paid at the bank on Wednesday: the days since are not his.
        told_late = (*HELD_TUESDAY, resume("10 09:00"))
        corrected = (*HELD_TUESDAY, resume("8 09:00"))

        assert self.due(SPEC, told_late) == wib("14 16:00")
        assert self.due(SPEC, corrected) == wib("10 16:00")

    def test_a_version_published_in_between(self) -> None:
        # The case finishes on the version it began with; migrated, it is computed by the new one.
        assert self.due(SPEC) == wib("13 16:00")
        assert self.due(SPEC, sop=simple_sop(Within(5))) == wib("15 16:00")
        assert self.due(SPEC, sop=simple_sop(Within(1))) == wib("9 16:00")

    def due(
        self,
        spec: CalendarSpec,
        history: tuple[Happening, ...] | None = None,
        sop: Sop | None = None,
    ) -> datetime | None:
        """Return when the case is due, after both clocks agreed on it."""
        edge = Edge(history or self.HISTORY, None, spec=spec, sop=sop or simple_sop())
        slow = SlowClock(edge.sop, spec, edge.late, list(edge.history))
        slowly = slow.stand(slow.limits()[0])
        assert slowly.due == fast(edge).due_at
        return slowly.due


class TestADayThatHasNotBegun:
    """An act after closing counts on the next working day, which is used once it has begun."""

    HISTORY = (filed("6 10:00"), hold("7 17:00"), resume("7 18:00"))

    @pytest.mark.parametrize(
        ("until", "used", "left"),
        [("7 18:00", 1, 2), ("7 23:59", 1, 2), ("8 00:00", 2, 1), ("9 00:00", 3, 0)],
    )
    def test_is_not_used_before(self, until: str, used: int, left: int) -> None:
        clockwork = Clockwork(simple_sop(), Calendar(SPEC))

        (limit,) = clockwork.limits(clockwork.fold(self.HISTORY), wib(until))

        assert (limit.used, limit.left, limit.due_at) == (used, left, wib("9 16:00"))

    def test_lies_ahead_in_the_evening(self) -> None:
        clockwork = Clockwork(simple_sop(), Calendar(SPEC))

        (limit,) = clockwork.limits(clockwork.fold(self.HISTORY), wib("7 18:00"))

        assert limit.told_on == date(2026, 7, 7)
