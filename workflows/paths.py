"""The ways through an SOP, and whether the longest fits the service standard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.check import FILE, main_line
from workflows.faults import Path
from workflows.schema_fields import Draft
from workflows.sop import Ask, Limit, Sop, Step, Within
from workflows.tree import FaultList

SHORTEST_DAY = 450
"""Minutes of the shortest working day where the office says nothing: 7.5 hours."""
_MOST_VISITS = 100_000
"""Steps looked at in search of the longest path; its number doubles with every branch."""


def paths(sop: Sop) -> Iterator[tuple[tuple[str, str], ...]]:
    """Return every way from the first step to an end that enters no step twice.

    Each is a row of (step, action).
    """
    walked: list[tuple[str, str]] = []
    visited = {sop.starts_at}
    frames = [iter(sop.steps[sop.starts_at].actions.values())]
    where = [sop.starts_at]
    while frames:
        for action in frames[-1]:
            if action.to in sop.ends:
                yield (*walked, (where[-1], action.name))
            elif action.to is not None and action.to not in visited:
                walked.append((where[-1], action.name))
                visited.add(action.to)
                where.append(action.to)
                frames.append(iter(sop.steps[action.to].actions.values()))
                break
        else:
            frames.pop()
            visited.discard(where.pop())
            if walked:
                walked.pop()


@dataclass(frozen=True, slots=True)
class _Way:
    """One way out of a step: where to, and which asks it opens. None: the limit stops."""

    to: str | None
    opens: tuple[str, ...] = ()


@dataclass(slots=True)
class _Time:
    """Adds up the time that one limit counts, in minutes of the shortest day."""

    sop: Sop
    limit: Limit
    shortest_day: int
    lacking: set[str] = field(default_factory=set)
    """Steps whose time counts and is not said."""

    def minutes(self, within: Within) -> int:
        return within.amount * (self.shortest_day if within.unit == "working days" else 60)

    def of_step(self, name: str, opened: tuple[str, ...]) -> int:
        """Return the time of a step, its asks running while it waits."""
        step = self.sop.steps[name]
        staying = (ask for one in step.actions.values() if one.to is None for ask in one.opens)
        asks = {*opened, *step.opens, *staying}
        longest = max((self.of_ask(self.sop.asks[ask]) for ask in asks), default=0)
        paused = sum(
            hold.times * self.minutes(hold.at_most)
            for hold in step.holds.values()
            if hold.party in self.limit.counts
        )
        return max(longest, self._own(step, needed=longest == 0) + paused)

    def of_ask(self, ask: Ask) -> int:
        """Return the time of an ask: its own limit, else that of its steps; 0 if not counted."""
        counted = [step for step in ask.steps.values() if step.party in self.limit.counts]
        if ask.within is not None:
            return self.minutes(ask.within) if counted else 0
        return sum(self._own(step, needed=True) for step in counted)

    def _own(self, step: Step, *, needed: bool) -> int:
        if step.party not in self.limit.counts:
            return 0
        if step.within is None:
            if needed:
                self.lacking.add(step.name)
            return 0
        return self.minutes(step.within)

    def ways(self, step: Step) -> list[_Way]:
        """Return the ways out of a step."""
        found = []
        for action in step.actions.values():
            if action.name in self.limit.stops or action.to in self.sop.ends:
                found.append(_Way(None))
            elif action.to is not None:
                found.append(_Way(action.to, action.opens))
        return found

    def starts(self) -> list[_Way]:
        """Return where the limit starts."""
        found = [_Way(self.sop.starts_at)] if FILE in self.limit.starts else []
        for step in self.sop.steps.values():
            for action in step.actions.values():
                if action.name in self.limit.starts and action.to not in self.sop.ends:
                    found.append(_Way(action.to or step.name, action.opens))
        return found

    def says(self, minutes: int) -> Within:
        """Return a time in the unit of the limit, rounded up once."""
        unit = self.limit.within.unit
        return Within(-(-minutes // self.minutes(Within(1, unit))), unit)


def check_time(sop: Sop, draft: Draft, shortest_day: int, faults: FaultList) -> None:
    """Add a fault where the longest path is longer than the standard, or that than the law.

    Asks count the longest; hours are summed, divided by the shortest day and rounded up once.
    """
    service, law = sop.limits["service"], sop.limits["law"]
    time = _Time(sop, service, shortest_day)
    if time.minutes(service.within) > time.minutes(law.within):
        facts: dict[str, object] = {
            "service": service.within,
            "law": law.within,
            "source": law.source,
        }
        faults.add("sop.longer_than_law", ("limits", "service", "within"), None, **facts)
    _check_extensions(time, law, faults)
    _check_asks(time, draft, faults)
    _check_longest(time, draft, faults)


def _check_extensions(time: _Time, law: Limit, faults: FaultList) -> None:
    """Add a fault where an extension has another unit, or all of them lead past the law."""
    service, path = time.limit, ("limits", "service", "extensions")
    total = service.within.amount
    for kind, one in service.extensions.items():
        if one.at_most.unit != service.within.unit:
            facts = {"extension": one.at_most, "service": service.within}
            faults.add("sop.extension_unit", (*path, kind, "at_most"), None, **facts)
            return
        total += one.times * one.at_most.amount
    longest = Within(total, service.within.unit)
    if service.extensions and time.minutes(longest) > time.minutes(law.within):
        facts = {"service": service.within, "total": longest, "law": law.within}
        faults.add("sop.extended_past_law", path, None, **facts, source=law.source)


def _check_asks(time: _Time, draft: Draft, faults: FaultList) -> None:
    for part in draft.get("asks", ()):
        ask = time.sop.asks[part["ask"]]
        if ask.within is not None:
            needed = sum(time.minutes(step.within) for step in ask.steps.values() if step.within)
            if needed > time.minutes(ask.within):
                says = Within(
                    -(-needed // time.minutes(Within(1, ask.within.unit))), ask.within.unit
                )
                facts: dict[str, object] = {"needed": says, "allowed": ask.within}
                faults.add("sop.ask_too_long", ("asks", part["@"], "within"), None, **facts)


def _check_longest(time: _Time, draft: Draft, faults: FaultList) -> None:
    here: Path = ("limits", "service")
    most = _reached(time)
    places = {place.name: place.path for place in main_line(draft)}
    for part in draft.get("asks", ()):
        steps = part["steps"]
        places |= {step["step"]: ("asks", part["@"], "steps", step["@"]) for step in steps}
    for name in sorted(time.lacking):
        faults.add("sop.within_missing", places[name], name=name)
    if most is None:
        faults.add("sop.path_missing", (*here, "stops"))
        return
    allowed = time.minutes(time.limit.within)
    # Whatever all steps together need, no path needs more: most SOPs are decided here.
    if sum(most.values()) <= allowed:
        return
    needed, path, complete = _longest(time, most, allowed)
    if needed <= allowed and not complete:
        faults.add("sop.too_many_paths", here)
    if needed > allowed:
        facts = {
            "path": " → ".join(path),
            "needed": time.says(needed),
            "allowed": time.limit.within,
        }
        faults.add("sop.path_too_long", (*here, "within"), None, **facts)


def _reached(time: _Time) -> dict[str, int] | None:
    """Return the steps between start and stop with the most each can need; None if no stop."""
    most: dict[str, int] = {}
    seen: set[_Way] = set()
    waiting, stops = time.starts(), False
    while waiting:
        way = waiting.pop()
        if way.to is None:
            stops = True
        elif way not in seen:
            seen.add(way)
            most[way.to] = max(most.get(way.to, 0), time.of_step(way.to, way.opens))
            waiting += time.ways(time.sop.steps[way.to])
    return most if stops else None


def _longest(time: _Time, most: dict[str, int], allowed: int) -> tuple[int, tuple[str, ...], bool]:
    """Return the longest path beyond `allowed`, its time first, and whether all were searched.

    Where none is longer, `allowed` and no steps.
    """
    ways = {name: time.ways(time.sop.steps[name]) for name in most}
    found: tuple[int, tuple[str, ...]] = (allowed, ())
    visits = 0
    rest = sum(most.values())
    trail: list[tuple[str, int, int]] = []
    inside: set[str] = set()
    frames = [iter(time.starts())]
    total = 0
    while frames:
        for way in frames[-1]:
            if way.to is None:
                if total > found[0]:
                    found = (total, tuple(name for name, _, _ in trail))
            elif way.to not in inside and total + rest > found[0]:
                visits += 1
                if visits > _MOST_VISITS:
                    return (*found, False)
                cost = time.of_step(way.to, way.opens)
                trail.append((way.to, cost, most[way.to]))
                inside.add(way.to)
                total, rest = total + cost, rest - most[way.to]
                frames.append(iter(ways[way.to]))
                break
        else:
            frames.pop()
            if trail:
                name, cost, reserve = trail.pop()
                inside.discard(name)
                total, rest = total - cost, rest + reserve
    return (*found, True)
