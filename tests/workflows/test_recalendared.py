"""Another calendar, worked out from the state alone: the same as from the whole history."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.clock_sops import LADDER, filed, plain_spec, simple_sop, week, wib
from tests.workflows.slow_clock import SlowClock
from tests.workflows.test_ledger_properties import HISTORIES, LATE, SOP, SPEC
from workflows.calendar_diff import calendar_diff
from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage
from workflows.ledger import ClockState, Clockwork, Happening, LimitState
from workflows.ledger_quick import QuickCount
from workflows.sop import Rung, Within
from workflows.worktime import Calendar

DAYS = st.integers(0, 50)
FIRST = date(2026, 7, 1)


@cache
def other(what: str, offset: int, span: int) -> CalendarSpec:
    """Return a calendar that differs from the usual one from some day on."""
    day = FIRST + timedelta(days=offset)
    if what == "reopen":
        return replace(SPEC, closed={each: why for each, why in SPEC.closed.items() if each < day})
    if what == "outage":
        start = wib("1 00:00") + timedelta(days=offset, hours=span)
        outage = Outage(start, start + timedelta(hours=8 * span + 4), "Listrik")
        return replace(SPEC, outages=(*SPEC.outages, outage))
    if what == "makeup":
        return replace(SPEC, makeup={**SPEC.makeup, day: week("08:00-12:00")[0]})
    days = [day + timedelta(days=each) for each in range(span)]
    closed = dict.fromkeys(days, ClosedDay("Libur", "local"))
    return replace(SPEC, closed={**SPEC.closed, **closed})


CHANGES = st.tuples(
    st.sampled_from(("close", "reopen", "outage", "makeup")), DAYS, st.integers(1, 5)
)


@cache
def clock(spec: tuple[str, int, int] | None, late: str) -> Clockwork:
    return Clockwork(SOP, Calendar(SPEC if spec is None else other(*spec), late))  # type: ignore[arg-type]


def opened(limits: tuple[LimitState, ...]) -> tuple[LimitState, ...]:
    """Return the limits that are open; the state carries no others."""
    return tuple(limit for limit in limits if limit.ended_at is None)


class TestFromTheStateAlone:
    @given(HISTORIES, LATE, CHANGES)
    @settings(max_examples=400, deadline=None)
    def test_is_what_the_whole_history_gives(
        self, history: list[Happening], late: str, change: tuple[str, int, int]
    ) -> None:
        first = calendar_diff(SPEC, other(*change)).first
        before, after = clock(None, late), clock(change, late)
        if first is None:
            assert after.fold(history).carried() == before.fold(history).carried()
            return

        quick = after.recalendared(before.fold(history).carried(), first)

        if quick is not None:
            whole = after.fold(history)
            assert quick == whole.carried()
            assert after.limits(quick) == opened(after.limits(whole))

    @given(HISTORIES, LATE, CHANGES)
    @settings(max_examples=100, deadline=None)
    def test_is_what_the_slow_clock_says(
        self, history: list[Happening], late: str, change: tuple[str, int, int]
    ) -> None:
        spec = other(*change)
        first = calendar_diff(SPEC, spec).first or date.max
        after = clock(change, late)
        quick = after.recalendared(clock(None, late).fold(history).carried(), first)
        if quick is None:
            return
        slow = SlowClock(SOP, spec, late, history)
        told = {one.key: slow.stand(one) for one in slow.limits() if one.ends is None}

        for limit in after.limits(quick):
            assert (limit.key, limit.due_at) == (limit.key, told[limit.key].due)

    def test_is_refused_where_the_history_has_to_be_read(self) -> None:
        at = wib("6 10:00")
        state = clock(None, "next_working_day").fold([Happening(at, "file", "intake", True)])
        clockwork = clock(("close", 10, 1), "next_working_day")

        assert clockwork.recalendared(state, date(2026, 7, 6)) is None
        assert clockwork.recalendared(state, date(2026, 7, 7)) is not None

    def test_is_refused_while_the_day_of_receipt_itself_differs(self) -> None:
        saturday = Happening(wib("4 10:00"), "file", "intake", True)
        state = clock(None, "next_working_day").fold([saturday])

        assert clock(("close", 5, 1), "next_working_day").recalendared(
            state, date(2026, 7, 6)
        ) is None  # fmt: skip


class TestInItsStoredForm:
    """The same, for the texts of a hundred thousand rows."""

    @given(HISTORIES, LATE, CHANGES)
    @settings(max_examples=300, deadline=None)
    def test_the_stored_state_becomes_what_the_state_becomes(
        self, history: list[Happening], late: str, change: tuple[str, int, int]
    ) -> None:
        first = calendar_diff(SPEC, other(*change)).first
        if first is None:
            return
        state, after = clock(None, late).fold(history).carried(), clock(change, late)
        stored = json.loads(json.dumps(state.to_json()))
        quick = after.recalendared(state, first)
        count = counting(change, late, first)

        fates = count.fates(stored)

        assert (fates is None) == (quick is None)
        if fates is not None and quick is not None:
            again = ClockState.from_json(json.loads(json.dumps(count.recalendared(stored, fates))))
            assert again == quick
            limits = {limit.key: limit for limit in after.limits_and_holds(quick)}
            assert [fate.row for fate in fates] == [row(limit) for limit in limits.values()]
            old = {limit.key: limit for limit in clock(None, late).limits_and_holds(state)}
            for fate in fates:
                same = row(old[fate.key]) == row(limits[fate.key])
                assert fate.ahead or same

    def test_a_warning_in_hours_before_is_of_each_file_and_not_of_its_day(self) -> None:
        sop = replace(simple_sop(Within(1)), ladder=(*LADDER, TEN_HOURS_BEFORE))
        closed = plain_spec(closed=(date(2026, 7, 7),))
        before = Clockwork(sop, Calendar(plain_spec()))
        after = Clockwork(sop, Calendar(closed))
        count = QuickCount(after, date(2026, 7, 7), row)

        for at, rungs in (("6 08:05", 1), ("6 15:00", 0)):
            state = before.fold([filed(at)])
            fate = (count.fates(json.loads(json.dumps(state.to_json()))) or [])[0]
            (limit,) = after.limits(after.fold([filed(at)]))
            assert fate.row == row(limit)
            assert [name for name, _ in limit.rungs].count("-10h") == rungs

    def test_a_warning_counted_back_over_an_outage_is_seen_to_move(self) -> None:
        alone = replace(simple_sop(Within(4)), ladder=(TEN_HOURS_BEFORE,))
        outage = Outage(wib("9 07:00"), wib("9 15:59"), "Listrik")
        before = Clockwork(alone, Calendar(plain_spec()))
        after = Clockwork(alone, Calendar(plain_spec(outages=(outage,))))
        state = before.fold([filed("6 08:05")])

        fate = (QuickCount(after, date(2026, 7, 9), row).fates(state.to_json()) or [])[0]

        assert fate.row != row(before.limits(state)[0])
        assert fate.ahead


TEN_HOURS_BEFORE = Rung("-10h", None, None, ("holder",), before=Within(10, "working hours"))


@cache
def counting(
    change: tuple[str, int, int], late: str, first: date
) -> QuickCount[tuple[object, ...]]:
    """Return one that remembers, as in a run: over all examples of this change."""
    return QuickCount(clock(change, late), first, row)


def row(limit: LimitState) -> tuple[object, ...]:
    return (limit.key, limit.due_at, limit.status, limit.rungs)
