"""In which order the events of a log are sent."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace

from licensing.replay.log import LogEvent


def by_case(events: Iterable[LogEvent]) -> dict[str, list[LogEvent]]:
    """Return the events of each case in order of time; ties and cases keep the file's order."""
    cases: dict[str, list[LogEvent]] = {}
    for event in events:
        cases.setdefault(event.case, []).append(event)
    for found in cases.values():
        found.sort(key=lambda event: event.at)
    return cases


def in_time(events: Iterable[LogEvent]) -> tuple[LogEvent, ...]:
    """Return the events of all cases in order of time; ties keep the file's order."""
    return tuple(sorted(events, key=lambda event: (event.at, event.line)))


def shuffled(events: Iterable[LogEvent], seed: int) -> tuple[LogEvent, ...]:
    """Return the events with what happened after the first of each case in another order.

    One `random.Random(seed)` shuffles case after case, in the order in which the file names
    them. Times stay where they are: activity and resource change places.
    """
    return _rearranged(events, random.Random(seed).shuffle)


def reversed_(events: Iterable[LogEvent]) -> tuple[LogEvent, ...]:
    """Return the events with what happened after the first of each case backwards in time."""
    return _rearranged(events, list.reverse)


def _rearranged(
    events: Iterable[LogEvent], arrange: Callable[[list[LogEvent]], None]
) -> tuple[LogEvent, ...]:
    moved: list[LogEvent] = []
    for first, *rest in by_case(events).values():
        other = list(rest)
        arrange(other)
        moved.append(first)
        moved += (
            replace(place, activity=event.activity, resource=event.resource)
            for place, event in zip(rest, other, strict=True)
        )
    return in_time(moved)
