"""A second clock, written from the rule alone: it walks every day and every minute.

It shares no code with the ledger or the calendar's arithmetic, keeps nothing between two
questions, and is as slow as that sounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from workflows.calendar_spec import CalendarSpec
from workflows.ledger_state import Happening
from workflows.sop import Party, Sop, Within

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ORDER = [Party.OFFICE, Party.AGENCY, Party.APPLICANT, Party.BANK]
T = TypeVar("T", date, datetime)
OURS = frozenset({Party.OFFICE, Party.AGENCY})
HORIZON = 150 * DAY


@dataclass
class SlowLimit:
    """One limit between two happenings of a history, by their places in it."""

    key: str
    within: Within
    counts: frozenset[Party]
    begins: int
    ends: int | None = None
    stopped: bool = True


@dataclass
class SlowStand:
    """How a limit stands after the last happening."""

    status: str
    due: datetime | None
    used: int
    paused: datetime | None
    counted: list[date]


class SlowClock:
    """The clock of one history."""

    def __init__(self, sop: Sop, spec: CalendarSpec, late: str, history: list[Happening]) -> None:
        self.sop, self.spec, self.late, self.history = sop, spec, late, history
        self.zone = ZoneInfo(spec.zone)

    # -- the calendar

    def hours(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.spec.makeup:
            windows = self.spec.makeup[day]
        elif day in self.spec.closed:
            windows = ()
        else:
            holding = [
                rule for rule in self.spec.weekly if rule.since <= day <= (rule.until or date.max)
            ]
            newest = max(rule.since for rule in holding)
            rule = [rule for rule in holding if rule.since == newest][-1]
            windows = rule.windows.get(day.weekday(), ())
        midnight = datetime.combine(day, time(), self.zone).astimezone(UTC)
        return [(midnight + w.start * MINUTE, midnight + w.end * MINUTE) for w in windows]

    def dark(self, minute: datetime) -> bool:
        return any(out.start <= minute < out.end for out in self.spec.outages)

    def nobodys(self, day: date) -> bool:
        minutes = [m for start, end in self.hours(day) for m in walk(start, end, MINUTE)]
        return bool(minutes) and all(self.dark(minute) for minute in minutes)

    def counted_on(self, at: datetime) -> date:
        day = at.astimezone(self.zone).date()
        if self.late == "same_date":
            return day
        while not self.hours(day) or at > self.hours(day)[-1][1]:
            day += DAY
        return day

    # -- whose is it

    def holder(self, told: list[Happening]) -> Party | None:
        """Return who comes first among those with open work after these happenings."""
        last = told[-1]
        if last.step is None:
            return None
        asks: dict[str, str] = {}
        for h in told:
            if h.ask is not None:
                if h.ask_step is None:
                    del asks[h.ask]
                else:
                    asks[h.ask] = h.ask_step
            asks.update(h.opened)
        main = self.sop.steps[last.step]
        working = {main.holds[last.held].party if last.held else main.party}
        for key, where in asks.items():
            working.add(self.sop.asks[key.split("#")[0]].steps[where].party)
        return next(party for party in ORDER if party in working)

    def holder_at(self, instant: datetime) -> Party | None:
        return self.holder([h for h in self.history if h.at <= instant])

    def owner_of(self, day: date) -> Party | None:
        if self.nobodys(day):
            return Party.NOBODY
        return self.holder([h for h in self.history if self.counted_on(h.at) < day])

    def owners(self, through: date) -> dict[date, Party | None]:
        first = self.counted_on(self.history[0].at)
        days = walk(first + DAY, through + DAY, DAY)
        return {day: self.owner_of(day) for day in days if self.hours(day)}

    # -- what ran from when to when

    def limits(self) -> list[SlowLimit]:
        return [*self._main_limits(), *self._step_limits(), *self._ask_limits()]

    def _main_limits(self) -> Iterator[SlowLimit]:
        for limit in self.sop.limits.values():
            running, number = None, 0
            for place, h in enumerate(self.history):
                if running is not None and (h.action in limit.stops or h.step is None):
                    running.ends, running.stopped = place, h.action in limit.stops
                    yield running
                    running = None
                again = limit.name != "service" or number == 0
                if h.action in limit.starts and running is None and h.step is not None and again:
                    number += 1
                    key = limit.name if number == 1 else f"{limit.name}#{number}"
                    running = SlowLimit(key, limit.within, limit.counts, place)
            if running is not None:
                yield running

    def _step_limits(self) -> Iterator[SlowLimit]:
        entries = [n for n, h in enumerate(self.history) if h.entered and h.step is not None]
        visits: dict[str, int] = {}
        for entry in entries:
            step = self.sop.steps[str(self.history[entry].step)]
            visits[step.name] = visits.get(step.name, 0) + 1
            leaves = [n for n, h in enumerate(self.history)
                      if n > entry and (h.entered or h.step is None)]  # fmt: skip
            end = leaves[0] if leaves else None
            if step.within:
                counts = OURS | ({Party.BANK} if step.party is Party.BANK else set())
                yield SlowLimit(
                    f"step:{step.name}#{visits[step.name]}", step.within, counts, entry, end
                )
            if step.answer_within:
                yield SlowLimit(
                    f"answer:{step.name}#{visits[step.name]}", step.answer_within.within,
                    frozenset({Party.APPLICANT}), entry, end,
                )  # fmt: skip

    def holds(self) -> Iterator[SlowLimit]:
        """Yield how long each hold lasted: it may not outlast its own limit."""
        numbers: dict[str, int] = {}
        for place, h in enumerate(self.history):
            before = self.history[place - 1] if place else None
            if h.held is None or (before and before.held == h.held and not h.entered):
                continue
            hold = self.sop.steps[str(h.step)].holds[h.held]
            name = f"hold:{h.step}/{h.held}"
            numbers[name] = numbers.get(name, 0) + 1
            later = enumerate(self.history[place + 1 :], place + 1)
            end = next((n for n, other in later if other.held != h.held or other.entered), None)
            yield SlowLimit(
                f"{name}#{numbers[name]}", hold.at_most, frozenset({hold.party}), place, end
            )

    def _ask_limits(self) -> Iterator[SlowLimit]:
        for place, h in enumerate(self.history):
            for key, first in h.opened:
                yield from self._ask(key, first, place)

    def _ask(self, key: str, first: str, opened: int) -> Iterator[SlowLimit]:
        ask = self.sop.asks[key.split("#")[0]]
        moves = [(n, h.ask_step) for n, h in enumerate(self.history) if h.ask == key]
        closed = next((n for n, step in moves if step is None), None)
        over = next((n for n, h in enumerate(self.history) if h.step is None), None)
        end, stopped = (closed, True) if closed is not None else (over, False)
        if ask.within:
            yield SlowLimit(f"ask:{key}", ask.within, OURS, opened, end, stopped)
        if ask.answer_within:
            yield SlowLimit(
                f"answer:{key}", ask.answer_within.within, frozenset({Party.APPLICANT}),
                opened, end, stopped,
            )  # fmt: skip
        where, since = first, opened
        for n, step in [*moves, *([(end, None)] if not stopped and end is not None else [])]:
            if step != where:
                yield from self._ask_step(key, where, since, n, n != over or stopped)
                if step is None:
                    return
                where, since = step, n
        yield from self._ask_step(key, where, since, None, True)

    def _ask_step(
        self, key: str, name: str, begins: int, ends: int | None, stopped: bool
    ) -> Iterator[SlowLimit]:
        step = self.sop.asks[key.split("#")[0]].steps[name]
        if step.within:
            yield SlowLimit(f"step:{key}/{name}", step.within, OURS, begins, ends, stopped)

    # -- how it stands

    def stand(self, limit: SlowLimit) -> SlowStand:
        """Return how a limit stands after the last happening, or at its end."""
        last = self.history[-1 if limit.ends is None else limit.ends]
        by_hours = limit.within.unit == "working hours"
        due, used, counted = (self._by_minutes if by_hours else self._by_days)(limit, last)
        broken = due is not None and due < last.at
        if limit.ends is not None:
            status = "late" if broken else "met" if limit.stopped else "closed"
        elif broken:
            status = "broken"
        else:
            status = "running" if due is not None else "paused"
        paused = self._paused(limit) if status == "paused" else None
        return SlowStand(status, due, used, paused, counted)

    def allowed(self, limit: SlowLimit, at: datetime) -> int:
        """Return the allowance as extended up to `at`."""
        more = [h.extend[1] for h in self._extensions(limit) if h.at <= at]
        return limit.within.amount + sum(more)

    def _extensions(self, limit: SlowLimit) -> list[Happening]:
        until = len(self.history) if limit.ends is None else limit.ends
        return [
            h
            for h in self.history[limit.begins + 1 : until]
            if h.extend is not None and h.extend[0] == limit.key
        ]

    def _by_days(
        self, limit: SlowLimit, last: Happening
    ) -> tuple[datetime | None, int, list[date]]:
        """Return the first closing by which enough days are counted and the file is here."""
        start = self.counted_on(self.history[limit.begins].at)
        now, counted = self.counted_on(last.at), []
        owners: dict[date, Party | None] = {}
        due = None
        present = self.holder([h for h in self.history if h.at <= last.at and h is not last]) if (
            limit.ends is not None
        ) else self.holder(self.history)  # fmt: skip
        surplus = 0
        extensions = self._extensions(limit)
        for day in walk(start + DAY, start + HORIZON, DAY):
            if not self.hours(day):
                continue
            owners[day] = self.owner_of(day) if day <= now else (
                Party.NOBODY if self.nobodys(day) else present
            )  # fmt: skip
            if owners[day] in limit.counts:
                counted.append(day)
            if owners[day] is Party.NOBODY:
                continue
            closing = self.hours(day)[-1][1]
            if due is None:
                # What a day of grace counted beyond the allowance is no part of an extension.
                while extensions and extensions[0].at <= closing:
                    on = self.counted_on(extensions[0].at)
                    before = self.allowed(limit, extensions[0].at) - (
                        sum(h.extend[1] for h in extensions if h.at == extensions[0].at)
                    )
                    days = len([d for d in counted if d <= on])
                    surplus = max(surplus, days - before)
                    extensions.pop(0)
                here = present if closing >= last.at else self.holder_at(closing)
                if closing <= last.at and here in limit.counts:
                    # Who comes back at closing exactly has nothing of that day.
                    here = self.holder([h for h in self.history if h.at < closing])
                enough = len(counted) - surplus >= self.allowed(limit, closing)
                if here in limit.counts and enough:
                    due = closing
            if due is not None and day > now:
                break
            if present not in limit.counts and day > now:
                break
        # A day is used once it has begun; what has ended has its last day whole.
        through = last.at.astimezone(self.zone).date() if limit.ends is None else now
        return due, len([day for day in counted if day <= through]), counted

    def _by_minutes(
        self, limit: SlowLimit, last: Happening
    ) -> tuple[datetime | None, int, list[date]]:
        begin = self.history[limit.begins].at
        present = self.holder(self.history if limit.ends is None else self.history[: limit.ends])
        used = used_now = 0
        due = None
        day = begin.astimezone(self.zone).date()
        for on in walk(day, day + HORIZON, DAY):
            for start, end in self.hours(on):
                for minute in walk(start, end + MINUTE, MINUTE):
                    if minute < begin:
                        continue
                    here = present if minute >= last.at else self.holder_at(minute)
                    open_now = minute < end and not self.dark(minute)
                    just_open = minute > start and minute > begin and not self.dark(minute - MINUTE)
                    enough = used >= self.allowed(limit, minute) * 60
                    if due is None and here in limit.counts and enough and (open_now or just_open):
                        due = minute
                    if open_now and here in limit.counts:
                        used += 1
                        used_now += minute < last.at
            if on > last.at.astimezone(self.zone).date() and (
                due is not None or present not in limit.counts
            ):
                break
        return due, used_now, []

    def _paused(self, limit: SlowLimit) -> datetime:
        since = self.history[limit.begins].at
        away = False
        for place in range(limit.begins, len(self.history)):
            here = self.holder(self.history[: place + 1]) in limit.counts
            if not here and not away:
                since = self.history[place].at
            away = not here
        return since


def walk(start: T, end: T, step: timedelta) -> Iterator[T]:
    while start < end:
        yield start
        start += step
