"""The clock of an application: a fold over its history, one happening at a time.

A working day belongs to whoever held the file when that day began. Each limit counts the days
of its parties after the day on which it started; everything else follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from workflows import ledger_days, ledger_limits
from workflows.ledger_days import Day, Totals
from workflows.ledger_limits import LimitState, whole_minute
from workflows.ledger_rules import HOUR, RANK, Rule, Rules
from workflows.ledger_state import ClockFault, ClockState, Happening, Track
from workflows.sop import Party, Sop, Within
from workflows.worktime import Calendar

__all__ = [
    "ClockFault", "ClockState", "Clockwork", "Day", "Happening", "LimitState", "Totals", "due",
]  # fmt: skip

_MICROSECOND = timedelta(microseconds=1)


class Clockwork:
    """The clock of one version of an SOP in one version of an office's calendar."""

    def __init__(self, sop: Sop, calendar: Calendar) -> None:
        self.sop = sop
        self.calendar = calendar
        self.rules = Rules(sop)

    def fold(self, history: Iterable[Happening]) -> ClockState:
        """Return the clock after a whole history.

        Raises:
            ClockFault: the history is empty, out of order, or not of this SOP.
        """
        state: ClockState | None = None
        for happening in history:
            state = self.advance(state, happening)
        if state is None:
            raise ClockFault("history", "is empty; an application begins with its filing")
        return state

    def advance(self, state: ClockState | None, h: Happening) -> ClockState:
        """Return the clock after one more happening.

        Raises:
            ClockFault: it comes before the one before it, after the end, or names what neither
                the SOP nor the open asks have.
        """
        if h.at.tzinfo is None:
            raise ClockFault(h.action, f"its time {h.at} lacks a UTC offset")
        at = h.at.astimezone(UTC)
        if state is not None:
            if state.step is None:
                raise ClockFault(h.action, "the application has already ended")
            if at < state.at:
                raise ClockFault(h.action, f"its time {at} is before the last one, {state.at}")
        if state is not None and self.calendar.still_on(state.day, at):
            day = state.day
        else:
            day = self.calendar.counted_on(at).toordinal()
        asks, stopped, begun = self._asks(state, h)
        runs = dict(state.runs) if state is not None else {}
        self._steps(state, h, runs, stopped, begun)
        owner = self._owner(h.step, h.held, asks) if h.step is not None else None
        stops: frozenset[str] = frozenset()
        starts: tuple[Rule, ...] = ()
        if h.ask is None or h.action not in self.rules.main_actions:
            stops = self.rules.stops.get(h.action, stops)
            starts = self.rules.starts.get(h.action, starts)
        tracks = [] if state is None else self._pass(state, at, day, owner, stopped, stops)
        if h.extend is not None:
            self._extend(tracks, h.extend, day, at)
        if h.step is not None:
            if starts:
                running = {self.rules.of(t.key).base for t in tracks if t.outcome is None}
            for rule in starts:
                if rule.base not in running and not (rule.once and rule.base in runs):
                    number = runs[rule.base] = runs.get(rule.base, 0) + 1
                    begun.append(rule.base if number == 1 else f"{rule.base}#{number}")
            tracks += [self._start(key, at, day, owner) for key in begun]
        coming = None
        if state is not None and day > self.calendar.local_date(at).toordinal():
            coming = state.owner if state.day < day else state.coming
        return ClockState(at, day, h.step, owner, h.held, asks, runs, tuple(tracks), coming)

    def recalendared(self, state: ClockState, since: date) -> ClockState | None:
        """Return where the clock stands in this calendar, without its history.

        `state` was made in another one, and `since` is the first date on which the two differ.
        None where the history has to be read: the dates that it has gone through differ.
        """
        if since.toordinal() <= state.day or since <= self.calendar.local_date(state.at):
            return None
        tracks = []
        for track in state.tracks:
            # What is ended, broken or away has no moment ahead that days to come could move.
            ahead = track.due if track.outcome is None and not track.broken else None
            if ahead is not None and self.calendar.local_date(ahead) >= since:
                rule = self.rules.of(track.key)
                if track.used >= ledger_limits.amount(rule, track.extra):
                    # Nothing was left when the file came back: due is the day of its return.
                    return None
                moment = self._due(rule, track.extra, track.used, state.day, state.at)
                track = replace(track, due=moment)
            tracks.append(track)
        return replace(state, tracks=tuple(tracks))

    def limits(self, state: ClockState, until: datetime | None = None) -> tuple[LimitState, ...]:
        """Return every limit that is open or was ended by the last happening.

        With `until`, days used and what is broken are told as of then, else as of the last
        happening.
        """
        return tuple(
            ledger_limits.read(self.calendar, self.rules.of(track.key), track, state, until)
            for track in state.tracks
            if not track.key.startswith("hold:")
        )

    def limits_and_holds(
        self, state: ClockState, until: datetime | None = None
    ) -> tuple[LimitState, ...]:
        """Return every limit, and how long a hold that is on or was ended may last."""
        return tuple(
            ledger_limits.read(self.calendar, self.rules.of(track.key), track, state, until)
            for track in state.tracks
        )

    def ended(self, state: ClockState) -> tuple[LimitState, ...]:
        """Return every limit that was ended by the last happening."""
        return tuple(
            ledger_limits.read(self.calendar, self.rules.of(track.key), track, state, None)
            for track in state.tracks
            if track.outcome is not None
        )

    def hold_limit(self, state: ClockState, until: datetime | None = None) -> LimitState | None:
        """Return how long the present hold may last, or None where nothing is held."""
        for track in state.tracks:
            if track.key.startswith("hold:") and track.outcome is None:
                rule = self.rules.of(track.key)
                return ledger_limits.read(self.calendar, rule, track, state, until)
        return None

    def due_if_back(self, state: ClockState, key: str, at: datetime) -> datetime:
        """Return when the limit `key` would be due if the file came back at `at`.

        Raises:
            ClockFault: no such limit is open.
        """
        for track in state.tracks:
            if track.key == key and track.outcome is None:
                if track.due is not None:
                    return track.due
                rule, day = self.rules.of(key), self.calendar.counted_on(at).toordinal()
                return self._due(rule, track.extra, track.used, max(day, state.day), at)
        raise ClockFault(key, "is not open")

    def explain(self, history: Iterable[Happening], until: datetime) -> tuple[Day, ...]:
        """Return every working day from filing until the end or `until`, with its owner."""
        return self.account(history, until)[0]

    def totals(self, history: Iterable[Happening], until: datetime) -> Totals:
        """Return the days of each party from filing until the end or `until`."""
        return self.account(history, until)[1]

    def account(
        self, history: Iterable[Happening], until: datetime
    ) -> tuple[tuple[Day, ...], Totals]:
        """Return the days and their sums at once, for a page that shows both."""
        return ledger_days.account(self, history, until)

    def plan(self, within: Within, received_at: datetime) -> datetime:
        """Return when something received at `received_at` is due if it never leaves us."""
        return due(self.calendar, within, received_at)

    def party_of(self, step: str, held: str | None) -> Party:
        """Return whose time a main step is, or its hold's party while it is held."""
        here = self.sop.steps.get(step)
        if here is None:
            raise ClockFault(step, f"SOP {self.sop.name} has no such step")
        if held is None:
            return here.party
        hold = here.holds.get(held)
        if hold is None:
            raise ClockFault(held, f"step {step} has no such hold")
        return hold.party

    def party_of_ask(self, key: str, step: str) -> Party:
        """Return whose time a step of an ask is."""
        ask = self.sop.asks.get(self._ask_name(key))
        if ask is None or step not in ask.steps:
            raise ClockFault(f"{key}/{step}", f"SOP {self.sop.name} has no such step of an ask")
        return ask.steps[step].party

    # -- inside

    def _ask_name(self, key: str) -> str:
        return key.partition("#")[0]

    def _owner(self, step: str, held: str | None, asks: tuple[tuple[str, str], ...]) -> Party:
        owner = self.party_of(step, held)
        for key, where in asks:
            party = self.party_of_ask(key, where)
            if RANK[party] < RANK[owner]:
                owner = party
        return owner

    def _asks(
        self, state: ClockState | None, h: Happening
    ) -> tuple[tuple[tuple[str, str], ...], set[str], list[str]]:
        """Return the asks open after `h`, and the keys of the limits it stops and begins."""
        asks = state.asks if state is not None else ()
        if h.ask is None and not h.opened:
            return asks, set(), []
        stopped: set[str] = set()
        begun: list[str] = []
        now = dict(asks)
        if h.ask is not None:
            was = now.pop(h.ask, None)
            if was is None:
                raise ClockFault(h.ask, "is not open")
            if h.ask_step is None:
                stopped |= {f"ask:{h.ask}", f"answer:{h.ask}"}
            else:
                now = {key: h.ask_step if key == h.ask else step for key, step in asks}
            if h.ask_step != was:
                stopped |= {f"step:{h.ask}/{was}", f"answer:{h.ask}/{was}"}
                if h.ask_step is not None:
                    begun += self._known(
                        f"step:{h.ask}/{h.ask_step}", f"answer:{h.ask}/{h.ask_step}"
                    )
        for key, first in h.opened:
            if key in now:
                raise ClockFault(key, "is already open")
            now[key] = first
            begun += self._known(
                f"ask:{key}", f"answer:{key}", f"step:{key}/{first}", f"answer:{key}/{first}"
            )
        return tuple(now.items()), stopped, begun

    def _known(self, *keys: str) -> list[str]:
        found = []
        for key in keys:
            kind, _, rest = key.partition(":")
            name, _, step = rest.partition("/")
            base = f"{kind}:{self._ask_name(name)}{'/' if step else ''}{step}"
            if self.rules.get(base) is not None:
                found.append(key)
        return found

    def _steps(
        self,
        state: ClockState | None,
        h: Happening,
        runs: dict[str, int],
        stopped: set[str],
        begun: list[str],
    ) -> None:
        """Add what leaving and entering a step, or its hold, stops and begins."""
        was = state.step if state is not None else None
        fresh = h.entered or state is None
        if not fresh and h.step is not None and h.step != was:
            raise ClockFault(h.action, f"leads from {was} to {h.step} without entering it")
        if was is not None and (fresh or h.step is None):
            for base in self.rules.of_step.get(was, ()):
                if base in runs:
                    stopped.add(f"{base}#{runs[base]}")
        if fresh and h.step is not None:
            for base in self.rules.of_step.get(h.step, ()):
                number = runs[base] = runs.get(base, 0) + 1
                begun.append(f"{base}#{number}")
        held = state.held if state is not None else None
        if held is not None and (h.held != held or fresh):
            base = f"hold:{was}/{held}"
            stopped.add(f"{base}#{runs[base]}")
        if h.held is not None and (h.held != held or fresh):
            base = f"hold:{h.step}/{h.held}"
            number = runs[base] = runs.get(base, 0) + 1
            begun.append(f"{base}#{number}")

    def _start(self, key: str, at: datetime, day: int, owner: Party | None) -> Track:
        rule = self.rules.of(key)
        if owner in rule.counts:
            return Track(key, at, due=self._due(rule, 0, 0, day, at))
        return Track(key, at, since=at)

    def _pass(
        self,
        state: ClockState,
        at: datetime,
        day: int,
        owner: Party | None,
        stopped: set[str],
        stops: frozenset[str],
    ) -> list[Track]:
        """Return the open tracks after the time up to `at` has gone by under the old owner."""
        calendar, old, tracks = self.calendar, state.owner, []
        days = calendar.countable_ordinals(state.day, day)
        for track in state.tracks:
            if track.outcome is not None:
                continue
            rule = self.rules.of(track.key)
            used, marks, is_due, warned = track.used, track.marks, track.due, track.warned
            broken = track.broken or (is_due is not None and is_due < at)
            if old in rule.counts:
                spent = days
                if rule.hours:
                    spent = calendar.office_time(state.at, at) // _MICROSECOND
                if rule.before:
                    warned = ledger_limits.warned(calendar, rule, track, state, spent, at)
                if spent:
                    if len(marks) < len(rule.shares):
                        marks = ledger_limits.reached(calendar, rule, track, state, spent)
                    used += spent
            outcome = since = None
            if track.key in stopped or rule.base in stops:
                outcome = "late" if broken else "met"
            elif owner is None:
                outcome = "late" if broken else "closed"
            elif not broken:
                if owner not in rule.counts:
                    is_due, since = None, track.since or at
                elif is_due is None:
                    is_due = self._due(rule, track.extra, used, day, at)
            now = (used, is_due, broken, since, marks, outcome, warned)
            if now != (track.used, track.due, track.broken, track.since, track.marks, None,
                       track.warned):  # fmt: skip
                track = Track(
                    track.key, track.started, used, track.extra, is_due, broken, since, marks,
                    outcome, warned,
                )  # fmt: skip
            tracks.append(track)
        return tracks

    def _extend(self, tracks: list[Track], extend: tuple[str, int], day: int, at: datetime) -> None:
        name, more = extend
        for place, track in enumerate(tracks):
            rule = self.rules.of(track.key)
            if name not in (track.key, rule.base) or track.outcome is not None:
                continue
            if not rule.extendable:
                raise ClockFault(name, "is the limit of the law; the office cannot extend it")
            if more < 1:
                raise ClockFault(name, f"cannot be extended by {more}")
            if track.broken:
                # It was in time when it was granted, and a later correction or calendar moved
                # the due moment before it: a broken limit keeps its moment.
                return
            extra = track.extra + more
            used = min(track.used, ledger_limits.amount(rule, track.extra))
            is_due = None if track.due is None else self._due(rule, extra, used, day, at)
            tracks[place] = Track(
                track.key,
                track.started,
                used,
                extra,
                is_due,
                False,
                track.since,
                track.marks,
                warned=track.warned,
            )
            return
        raise ClockFault(name, "is not open and cannot be extended")

    def _due(self, rule: Rule, extra: int, used: int, day: int, at: datetime) -> datetime:
        """Return when a limit is due if its file stays with those whose time it counts."""
        left = ledger_limits.amount(rule, extra) - used
        if rule.hours:
            return whole_minute(self.calendar.after(at, max(left, 0) * _MICROSECOND))
        if left > 0:
            return self.calendar.closing_of(day, left)
        # What comes back at closing, as when the clock ends a hold, has the next working day.
        return self.calendar.closing_after(at)


def due(calendar: Calendar, within: Within, received_at: datetime) -> datetime:
    """Return when something received at `received_at` is due if it never leaves us.

    Days: closing of the last one, the day of receipt not counted. Hours: the minute in which
    the last one ends.
    """
    if within.unit == "working hours":
        span = timedelta(microseconds=within.amount * HOUR)
        return whole_minute(calendar.after(received_at, span))
    return calendar.closing(calendar.nth_countable(calendar.counted_on(received_at), within.amount))
