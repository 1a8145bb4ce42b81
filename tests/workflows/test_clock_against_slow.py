"""Invented histories in invented calendars: the clock against one that walks minute by minute.

The full campaign has thousands of cases; the tests run a twentieth of it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.soak.rounds import rounds
from tests.workflows.clock_sops import NOBODY, make_sop, rich_sop, simple_sop, step, week, window
from tests.workflows.slow_clock import SlowClock
from tests.workflows.test_ledger_properties import HISTORIES, tell
from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage, WeeklyRule, Windows
from workflows.ledger import ClockState, Clockwork, Happening, LimitState, due
from workflows.sop import Within
from workflows.worktime import Calendar, LateReceipt

pytestmark = pytest.mark.soak

SOP = rich_sop()
FIRST, LAST = date(2026, 6, 28), date(2026, 9, 10)
"""Histories begin in July 2026."""
DAYS = st.dates(FIRST, LAST)
SHARE = st.integers(0, 100)
LATE: st.SearchStrategy[LateReceipt] = st.sampled_from(["next_working_day", "same_date"])
HOURS = (
    ("07:30-16:00",),
    ("08:00-12:00", "13:00-16:00"),
    ("00:00-24:00",),
    ("10:00-11:00",),
    ("07:00-11:30", "12:30-15:00", "19:00-21:00"),
)
FRIDAYS = (("07:30-16:30",), ("07:30-11:30",), ("08:00-11:30", "13:30-16:30"), ())
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Amsterdam")


def campaign(full: int) -> settings:
    """Return how many cases: `full` in the full campaign, else a twentieth."""
    return settings(
        max_examples=rounds(full), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


def windows(*hours: str) -> Windows:
    return tuple(window(text) for text in hours)


def outage(day: date, start: int, length: int) -> Outage:
    began = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=start)
    return Outage(began, began + timedelta(minutes=length), "listrik")


@st.composite
def calendars(draw: st.DrawFn) -> CalendarSpec:
    """Any calendar of an office: its week, Ramadan, holidays, make-up days and outages."""
    usual = {**week(*draw(st.sampled_from(HOURS))), 4: windows(*draw(st.sampled_from(FRIDAYS)))}
    rules = [WeeklyRule(date(1970, 1, 1), usual)]
    if draw(st.booleans()):
        since = draw(DAYS)
        ramadan = week(*draw(st.sampled_from(HOURS)))
        rules.append(WeeklyRule(since, ramadan, since + timedelta(days=draw(st.integers(0, 30)))))
    outages = st.builds(outage, DAYS, st.integers(0, 1439), st.sampled_from([45, 300, 1440, 2880]))
    makeup = st.dictionaries(DAYS, st.sampled_from([windows("08:00-12:00"), windows(*HOURS[1])]),
                             max_size=3)  # fmt: skip
    return CalendarSpec(
        zone=draw(st.sampled_from(ZONES)),
        weekly=tuple(rules),
        covers=(date(2026, 1, 1), date(2026, 12, 31)),
        closed=dict.fromkeys(draw(st.frozensets(DAYS, max_size=8)), ClosedDay("Libur", "joint")),
        makeup=draw(makeup),
        outages=tuple(draw(st.lists(outages, max_size=2))),
    )


def reviewed(start: int, choices: list[tuple[int, int, int]]) -> list[Happening]:
    """Return a history that is accepted at once, then what can happen in a review."""
    return tell(start, [(0, 0, 14), *choices])


REVIEWS = st.builds(
    reviewed,
    st.integers(0, 20 * 1440),
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from((3, 3, 3, 4, 5, 7)), st.integers(0, 1000)),
        min_size=1,
        max_size=12,
    ),
)


def left_held(history: list[Happening], wait: int, name: str) -> list[Happening]:
    """Return the history as it stands while it is held."""
    last = history[-1]
    if last.held is not None:
        return history
    at = last.at + timedelta(minutes=wait)
    return [*history, Happening(at, "pause", "review", False, held=name)]


HELD = st.builds(left_held, REVIEWS, st.integers(0, 3000), st.sampled_from(["ask", "send"]))


def clock_in(spec: CalendarSpec, late: LateReceipt) -> Clockwork:
    return Clockwork(SOP, Calendar(spec, late))


def through_json(state: ClockState) -> ClockState:
    return ClockState.from_json(json.loads(json.dumps(state.to_json())))


def same(found: LimitState, slow: SlowClock, key: str) -> None:
    """Assert that both clocks tell the same of one limit."""
    limits = {one.key: one for one in (*slow.limits(), *slow.holds())}
    slowly = slow.stand(limits[key])
    assert (key, found.status) == (key, slowly.status)
    if found.ended_at is None or found.broken_at is not None:
        assert (key, found.due_at) == (key, slowly.due)
    assert (key, found.paused_at) == (key, slowly.paused)
    # The slow clock counts the day of grace of a file that came back with nothing left.
    assert (key, found.used) == (key, slowly.used) or found.left == 0


class TestEveryCalendar:
    @given(calendars(), HISTORIES, LATE)
    @campaign(4_000)
    def test_every_limit_stands_alike(
        self, spec: CalendarSpec, history: list[Happening], late: LateReceipt
    ) -> None:
        clockwork, slow = clock_in(spec, late), SlowClock(SOP, spec, late, history)
        last = len(history) - 1

        found = {one.key: one for one in clockwork.limits(clockwork.fold(history))}

        assert set(found) == {one.key for one in slow.limits() if one.ends in (None, last)}
        for key, limit in found.items():
            same(limit, slow, key)

    @given(calendars(), HELD, LATE)
    @campaign(2_000)
    def test_a_hold_stands_alike(
        self, spec: CalendarSpec, history: list[Happening], late: LateReceipt
    ) -> None:
        clockwork, slow = clock_in(spec, late), SlowClock(SOP, spec, late, history)

        found = clockwork.hold_limit(clockwork.fold(history))

        assert found is not None
        same(found, slow, found.key)

    @given(calendars(), HISTORIES, LATE, st.integers(0, 20))
    @campaign(2_000)
    def test_every_day_has_the_same_owner_and_exactly_one(
        self, spec: CalendarSpec, history: list[Happening], late: LateReceipt, later: int
    ) -> None:
        clockwork, slow = clock_in(spec, late), SlowClock(SOP, spec, late, history)
        until = history[-1].at + timedelta(days=later)

        days, totals = clockwork.account(history, until)

        owners = {day.on: day.party for day in days[1:]}
        assert owners == slow.owners(totals.last)
        assert {party: n for party, n in totals.days.items() if n} == Counter(owners.values())
        assert totals.gross_working_days == len(owners)
        assert all(not day.counted for day in days if day.party in (None, NOBODY))

    @given(
        calendars(),
        st.integers(0, 30 * 1440),
        st.integers(1, 12),
        st.sampled_from(["working days", "working hours"]),
        LATE,
    )
    @campaign(3_000)
    def test_a_date_without_a_case_is_that_of_a_case(
        self, spec: CalendarSpec, start: int, n: int, unit: str, late: LateReceipt
    ) -> None:
        within = Within(n, unit)  # type: ignore[arg-type]
        at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(minutes=start)
        filed = [Happening(at, "file", "work", True)]
        slow = SlowClock(simple_sop(within), spec, late, filed)

        found = due(Calendar(spec, late), within, at)

        assert found == slow.stand(slow.limits()[0]).due


class TestRecompute:
    """A case goes on in another calendar as if that one had always been."""

    @given(calendars(), calendars(), HISTORIES, st.integers(1, 17), LATE)
    @campaign(3_000)
    def test_equals_from_scratch(
        self,
        spec: CalendarSpec,
        published: CalendarSpec,
        history: list[Happening],
        cut: int,
        late: LateReceipt,
    ) -> None:
        cut = min(cut, len(history))
        before, after = clock_in(spec, late), clock_in(published, late)
        state = None
        for happening in history[:cut]:
            state = through_json(before.advance(state, happening))
        assert state == before.fold(history[:cut])

        # The calendar is published: what happened until now is folded anew, the rest is added.
        state = through_json(after.fold(history[:cut]))
        for happening in history[cut:]:
            state = through_json(after.advance(state, happening).carried())

        whole = after.fold(history)
        assert state == whole.carried() or cut == len(history)
        slow = SlowClock(SOP, published, late, history)
        for limit in after.limits(whole):
            same(limit, slow, limit.key)


class TestMonotony:
    @given(
        calendars(),
        st.integers(0, 30 * 1440),
        st.integers(0, 5 * 1440),
        st.integers(1, 12),
        st.sampled_from(["working days", "working hours"]),
        LATE,
    )
    @campaign(3_000)
    def test_a_later_receipt_is_never_due_earlier(
        self, spec: CalendarSpec, start: int, later: int, n: int, unit: str, late: LateReceipt
    ) -> None:
        calendar, within = Calendar(spec, late), Within(n, unit)  # type: ignore[arg-type]
        at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(minutes=start)

        assert due(calendar, within, at) <= due(calendar, within, at + timedelta(minutes=later))

    @given(calendars(), HISTORIES, st.integers(0, 5 * 1440), LATE)
    @campaign(4_000)
    def test_a_case_received_later_is_never_due_earlier(
        self, spec: CalendarSpec, history: list[Happening], earlier: int, late: LateReceipt
    ) -> None:
        # Nothing else moves: only the receipt was earlier.
        first = replace(history[0], at=history[0].at - timedelta(minutes=earlier))
        clockwork = clock_in(spec, late)

        tardy = {t.key: t.due for t in clockwork.fold(history).tracks}
        early = {t.key: t.due for t in clockwork.fold([first, *history[1:]]).tracks}

        assert early.keys() == tardy.keys()
        for key, moment in early.items():
            then = tardy[key]
            assert moment is None or then is None or moment <= then, key

    @given(calendars(), HISTORIES, DAYS, LATE)
    @campaign(4_000)
    def test_one_more_holiday_never_makes_a_date_earlier(
        self, spec: CalendarSpec, history: list[Happening], day: date, late: LateReceipt
    ) -> None:
        closed = {**spec.closed, day: ClosedDay("Libur", "local")}

        before = {t.key: t.due for t in clock_in(spec, late).fold(history).tracks}
        other = clock_in(replace(spec, closed=closed), late)
        after = {t.key: t.due for t in other.fold(history).tracks}

        assert before.keys() == after.keys()
        for key, moment in before.items():
            then = after[key]
            assert moment is None or then is None or moment <= then, key

    @given(calendars(), HISTORIES, DAYS, st.integers(0, 1439), st.integers(1, 4_000), LATE)
    @campaign(4_000)
    def test_one_more_outage_never_makes_a_date_earlier(
        self,
        spec: CalendarSpec,
        history: list[Happening],
        day: date,
        start: int,
        length: int,
        late: LateReceipt,
    ) -> None:
        declared = (*spec.outages, outage(day, start, length))

        before = {t.key: t.due for t in clock_in(spec, late).fold(history).tracks}
        other = clock_in(replace(spec, outages=declared), late)
        after = {t.key: t.due for t in other.fold(history).tracks}

        assert before.keys() == after.keys()
        for key, moment in before.items():
            then = after[key]
            assert moment is None or then is None or moment <= then, key


class TestResume:
    """A hold inside a visit resumes it, however often."""

    @given(calendars(), HELD, SHARE, SHARE, SHARE, st.integers(1, 9000), LATE)
    @campaign(3_000)
    def test_splitting_a_hold_on_one_day_changes_nothing(
        self,
        spec: CalendarSpec,
        history: list[Happening],
        which: int,
        back: int,
        away: int,
        wait: int,
        late: LateReceipt,
    ) -> None:
        end = history[-1].at + timedelta(minutes=wait)
        history = [*history, Happening(end, "pause", "review", False)]
        gaps = [place for place, h in enumerate(history[:-1]) if h.held is not None]
        place = gaps[which % len(gaps)]
        held, length = history[place], history[place + 1].at - history[place].at
        first, second = (held.at + length * share / 100 for share in sorted((back, away)))
        clockwork = clock_in(spec, late)
        calendar = clockwork.calendar
        day = calendar.counted_on(first)
        assume(calendar.counted_on(second) == day)
        # Where a late act keeps its date, the file must not be here when that day closes.
        closes = calendar.closing(day) if calendar.is_working(day) else None
        assume(closes is None or not first <= closes < second)
        parts = (
            Happening(first, "pause", "review", False),
            Happening(second, "pause", "review", False, held=held.held),
        )

        whole = clockwork.limits(clockwork.fold(history))
        split = [*history[: place + 1], *parts, *history[place + 1 :]]
        told = clockwork.limits(clockwork.fold(split))

        assert self.days(told) == self.days(whole)

    @staticmethod
    def days(limits: tuple[LimitState, ...]) -> list[tuple[object, ...]]:
        return [
            (one.key, one.status, one.due_at, one.used, one.left)
            for one in limits
            if one.within.unit == "working days"
        ]

    @given(calendars(), HELD, st.integers(0, 20 * 1440), LATE)
    @campaign(2_000)
    def test_what_is_told_of_an_answer_today_is_what_it_brings(
        self, spec: CalendarSpec, history: list[Happening], later: int, late: LateReceipt
    ) -> None:
        clockwork = clock_in(spec, late)
        state = clockwork.fold(history)
        at = history[-1].at + timedelta(minutes=later)
        answered = clockwork.advance(state, Happening(at, "pause", "review", False))
        waiting = [one for one in clockwork.limits(state) if one.status == "paused"]

        brought = {one.key: one for one in clockwork.limits(answered)}

        for limit in waiting:
            if brought[limit.key].due_at is not None:
                told = clockwork.due_if_back(state, limit.key, at)
                assert told == brought[limit.key].due_at


def test_the_slow_clock_knows_nothing_of_the_fast_one() -> None:
    """An office of one step is enough to see that both read the same SOP."""
    sop = make_sop((step("work", within=Within(1)),))
    spec = CalendarSpec(
        "Asia/Jakarta", (WeeklyRule(date(1970, 1, 1), week("08:00-16:00")),), (FIRST, LAST)
    )
    at = datetime(2026, 7, 6, 3, tzinfo=UTC)
    filed = [Happening(at, "file", "work", True)]

    slow = SlowClock(sop, spec, "same_date", filed)

    assert slow.stand(slow.limits()[0]).due == datetime(2026, 7, 7, 9, tzinfo=UTC)
