"""What holds for every history: against a slow clock, step by step, and for the sums."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.clock_sops import NOBODY, plain_calendar, rich_sop, week, wib
from tests.workflows.slow_clock import SlowClock
from workflows.calendar_spec import ClosedDay, Outage
from workflows.ledger import ClockState, Clockwork, Happening
from workflows.worktime import Calendar

SPEC = plain_calendar(
    hours=("08:00-12:00", "13:00-16:00"),
    closed=(date(2026, 7, 8), date(2026, 7, 23)),
    makeup={date(2026, 7, 11): week("08:00-12:00")[0]},
    outages=(
        Outage(wib("14 06:00"), wib("14 18:00"), "listrik"),
        Outage(wib("16 10:30"), wib("16 14:00"), "jaringan"),
    ),
).spec
SOP = rich_sop()
CLOCKS = {late: Clockwork(SOP, Calendar(SPEC, late)) for late in ("next_working_day", "same_date")}

STEPS = tuple(SOP.steps)
ACTIONS = ("accept", "return", "issue", "deliver", "pass", "pass", "pass")
WAITS = (0, 1, 10, 90, 240, 420, 421, 600, 1440, 1441, 2880, 4000, 7200)
"""Minutes between two happenings: the same moment, the same day, over a night or a weekend."""


def tell(start: int, choices: list[tuple[int, int, int]]) -> list[Happening]:
    """Return a history that SOP `rich_sop` allows, made of numbers."""
    at = datetime(2026, 7, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    history = [Happening(at, "file", "intake", True)]
    asks: dict[str, str] = {}
    opened = 0
    for wait, kind, pick in choices:
        last = history[-1]
        at += timedelta(minutes=WAITS[wait % len(WAITS)])
        stays = Happening(at, "note", last.step, False, held=last.held)
        if last.step is None:
            break
        if kind <= 1:
            h = Happening(at, ACTIONS[pick % 7], STEPS[pick // 7 % len(STEPS)], True)
            if pick % 97 == 0:
                h = replace(h, step=None)
        elif kind == 3 and last.step == "review":
            name = ("ask", "send")[pick % 2]
            h = replace(stays, action="pause", held=None if last.held else name)
        elif kind == 4:
            opened += 1
            name, first = (("opinion", "draft"), ("query", "wait"))[pick % 2]
            h = replace(stays, action="consult", opened=((f"{name}#{opened}", first),))
        elif kind == 5 and asks:
            key = sorted(asks)[pick % len(asks)]
            to = {"draft": "clarify"}.get(asks[key]) if pick % 3 == 0 else None
            h = replace(stays, action="reply", ask=key, ask_step=to)
        elif kind == 6 and extendable(history):
            h = replace(stays, action="extend", extend=("service", 1 + pick % 3))
        else:
            h = stays
        asks.update(h.opened)
        if h.ask is not None:
            asks = {key: step for key, step in asks.items() if key != h.ask}
            asks |= {h.ask: h.ask_step} if h.ask_step else {}
        history.append(h)
    return history


def extendable(history: list[Happening]) -> bool:
    """Return whether the service standard has started and not stopped, nor been extended."""
    acts = [h.action for h in history]
    return "accept" in acts and "issue" not in acts[acts.index("accept") :] and (
        "extend" not in acts
    )  # fmt: skip


KINDS = (0, 0, 1, 3, 3, 3, 4, 5, 5, 6, 7)
HISTORIES = st.builds(
    tell,
    st.integers(0, 20 * 1440),
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from(KINDS), st.integers(0, 1000)),
        min_size=1,
        max_size=16,
    ),
)
LATE = st.sampled_from(sorted(CLOCKS))


class TestAgainstTheSlowClock:
    """Two programs written from one rule."""

    @given(HISTORIES, LATE)
    @settings(max_examples=300, deadline=None)
    def test_every_limit_stands_alike(self, history: list[Happening], late: str) -> None:
        clockwork = CLOCKS[late]
        slow = SlowClock(SOP, SPEC, late, history)
        last = len(history) - 1
        told = {one.key: slow.stand(one) for one in slow.limits() if one.ends in (None, last)}
        within = {one.key: one for one in slow.limits()}

        found = {one.key: one for one in clockwork.limits(clockwork.fold(history))}

        assert found.keys() == told.keys()
        for key, limit in found.items():
            slowly = told[key]
            assert (key, limit.status) == (key, slowly.status)
            assert (key, limit.paused_at) == (key, slowly.paused)
            if limit.ended_at is None or limit.broken_at is not None:
                assert (key, limit.due_at) == (key, slowly.due)
            assert (key, limit.used) == (key, slowly.used) or limit.left == 0
            assert (
                limit.left
                == limit.within.amount * (60 if limit.within.unit == "working hours" else 1)
                - limit.used
            )
            if limit.within.unit == "working days" and not limit.extended:
                warned = self.warnings(slow, within[key].within.amount, slowly.counted, key)
                until = limit.ended_at or limit.paused_at
                seen = [(name, at) for name, at in limit.rungs if "breach" not in name]
                assert seen == [one for one in warned if until is None or one[1] <= until]

    @staticmethod
    def warnings(
        slow: SlowClock, amount: int, counted: list[date], key: str
    ) -> list[tuple[str, datetime]]:
        needed = [(f"{share}%", -(-amount * share // 100)) for share in (50, 80)]
        return [(name, slow.hours(counted[k - 1])[0][0]) for name, k in needed if k <= len(counted)]

    @given(HISTORIES, LATE, st.integers(0, 20))
    @settings(max_examples=150, deadline=None)
    def test_every_day_has_the_same_owner(
        self, history: list[Happening], late: str, later: int
    ) -> None:
        until = history[-1].at + timedelta(days=later)
        slow = SlowClock(SOP, SPEC, late, history)
        through = until.astimezone(slow.zone).date()
        if history[-1].step is None:
            through = slow.counted_on(history[-1].at)

        days = CLOCKS[late].explain(history, until)

        assert {day.on: day.party for day in days[1:]} == slow.owners(through)


class TestSums:
    """Every working day after filing has exactly one owner."""

    @given(HISTORIES, LATE, st.integers(0, 20))
    @settings(max_examples=150, deadline=None)
    def test_parties_add_up_to_the_working_days(
        self, history: list[Happening], late: str, later: int
    ) -> None:
        clockwork, until = CLOCKS[late], history[-1].at + timedelta(days=later)

        days = clockwork.explain(history, until)
        totals = clockwork.totals(history, until)

        working = clockwork.calendar.working_days(totals.first, totals.last)
        assert totals.gross_working_days == working == len(days) - 1
        owners = Counter(day.party for day in days[1:])
        assert {party: n for party, n in totals.days.items() if n} == dict(owners)
        assert all(not day.counted for day in days if day.party in (None, NOBODY))

    @given(HISTORIES, LATE)
    @settings(max_examples=100, deadline=None)
    def test_the_explained_days_are_those_the_state_has_used(
        self, history: list[Happening], late: str
    ) -> None:
        clockwork = CLOCKS[late]
        state = clockwork.fold(history)
        until = clockwork.calendar.closing(
            clockwork.calendar.next_working(date.fromordinal(state.day))
        )

        days = clockwork.explain(history, max(until, history[-1].at))

        for limit in clockwork.limits(state):
            if limit.within.unit == "working days" and limit.left != 0 and not limit.extended:
                counted = [day.counted[limit.key] for day in days if limit.key in day.counted]
                through = date.fromordinal(state.day)
                if limit.ended_at is None:
                    through = clockwork.calendar.local_date(state.at)
                upto = [day.on <= through for day in days if limit.key in day.counted]
                assert sum(upto) == limit.used
                assert counted == list(range(1, len(counted) + 1))

    @given(HISTORIES, LATE, st.integers(0, 10 * 1440))
    @settings(max_examples=150, deadline=None)
    def test_what_is_used_at_any_moment_is_what_has_begun_by_then(
        self, history: list[Happening], late: str, later: int
    ) -> None:
        clockwork, until = CLOCKS[late], history[-1].at + timedelta(minutes=later)
        state = clockwork.fold(history)

        days = clockwork.explain(history, until)

        for limit in clockwork.limits(state, until):
            if (
                limit.within.unit == "working days"
                and limit.status in ("running", "paused")
                and limit.left
                and not limit.extended
            ):
                assert limit.used == len([day for day in days if limit.key in day.counted])


class TestFold:
    """Recompute equals compute from scratch."""

    @given(HISTORIES, LATE)
    @settings(max_examples=200, deadline=None)
    def test_one_happening_at_a_time_through_json(
        self, history: list[Happening], late: str
    ) -> None:
        clockwork, state = CLOCKS[late], None
        for happening in history:
            state = clockwork.advance(state, happening)
            state = ClockState.from_json(json.loads(json.dumps(state.to_json())))

        assert state == clockwork.fold(history)

    @given(HISTORIES, LATE)
    @settings(max_examples=150, deadline=None)
    def test_a_note_changes_no_due_moment(self, history: list[Happening], late: str) -> None:
        clockwork = CLOCKS[late]
        state = clockwork.fold(history)
        last = history[-1]
        if last.step is None:
            return
        noted = clockwork.advance(
            state, Happening(last.at + timedelta(minutes=5), "note", last.step, False,
                             held=last.held)
        )  # fmt: skip

        before = {t.key: t.due for t in state.tracks if t.outcome is None}
        assert {t.key: t.due for t in noted.tracks} == before


class TestMonotony:
    """What can only make a date later, or leave it."""

    @given(
        st.integers(0, 40 * 1440),
        st.integers(0, 5 * 1440),
        st.lists(st.integers(0, 6 * 1440), max_size=4).filter(lambda gaps: len(gaps) % 2 == 0),
        LATE,
    )
    @settings(max_examples=200, deadline=None)
    def test_a_later_receipt_is_never_due_earlier(
        self, start: int, later: int, gaps: list[int], late: str
    ) -> None:
        def due(first: int) -> datetime | None:
            history = [
                *tell(first, []),
            ]
            at = history[0].at
            history.append(Happening(at, "accept", "review", True))
            at = datetime(2026, 7, 1, 1, tzinfo=UTC) + timedelta(minutes=start + later)
            for place, gap in enumerate(gaps):
                at += timedelta(minutes=gap)
                held = None if place % 2 else "ask"
                history.append(Happening(at, "pause", "review", False, held=held))
            return clockwork.limits(clockwork.fold(history))[-2].due_at

        clockwork = CLOCKS[late]
        early, tardy = due(start), due(start + later)
        assert early is not None
        assert tardy is not None
        assert early <= tardy

    @given(HISTORIES, st.dates(date(2026, 6, 28), date(2026, 8, 30)))
    @settings(max_examples=150, deadline=None)
    def test_one_more_holiday_never_makes_a_running_date_earlier(
        self, history: list[Happening], day: date
    ) -> None:
        clockwork = CLOCKS["next_working_day"]
        closed = {**SPEC.closed, day: ClosedDay("Libur", "local")}
        other = Clockwork(SOP, Calendar(replace(SPEC, closed=closed)))

        before = {t.key: t for t in clockwork.fold(history).tracks}
        after = {t.key: t for t in other.fold(history).tracks}

        assert before.keys() == after.keys()
        for key, track in before.items():
            moved = after[key].due
            if track.due is not None and moved is not None:
                assert track.due <= moved

    @given(
        st.integers(0, 20 * 1440),
        st.lists(st.integers(1, 3000), min_size=1, max_size=4),
        st.integers(8, 14),
        st.integers(1, 100),
        LATE,
    )
    @settings(max_examples=150, deadline=None)
    def test_splitting_a_hold_in_two_on_the_same_day_changes_nothing(
        self, start: int, waits: list[int], hour: int, gap: int, late: str
    ) -> None:
        clockwork = CLOCKS[late]
        at = tell(start, [])[0].at
        history = [Happening(at, "file", "intake", True), Happening(at, "accept", "review", True)]
        at += timedelta(minutes=waits[0])
        history.append(Happening(at, "pause", "review", False, held="ask"))
        middle = clockwork.calendar.opening(
            clockwork.calendar.next_working(clockwork.calendar.local_date(at) + timedelta(days=1))
        ) + timedelta(minutes=(hour - 8) * 5)
        split = [
            Happening(middle, "pause", "review", False),
            Happening(middle + timedelta(minutes=gap), "pause", "review", False, held="ask"),
        ]
        end = middle + timedelta(minutes=gap + sum(waits))
        back = Happening(end, "pause", "review", False)

        whole = clockwork.limits(clockwork.fold([*history, back]))
        parts = clockwork.limits(clockwork.fold([*history, *split, back]))

        days = [one for one in whole if one.within.unit == "working days"]
        assert days == [one for one in parts if one.within.unit == "working days"]
