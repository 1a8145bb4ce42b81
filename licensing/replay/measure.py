"""The ledger alone: how long each case of a log took, whatever was done in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from licensing.replay.figures import Figures
from licensing.replay.log import LogEvent
from licensing.replay.mapping import ReplayMap
from licensing.replay.one_file import clock_of, standing, tell
from licensing.replay.order import by_case
from licensing.replay.report import CaseReport, CaseTime, Report
from workflows.ledger import Clockwork, Happening
from workflows.sop import Party
from workflows.worktime import Calendar


def measure(
    events: Iterable[LogEvent], mapped: ReplayMap, tick: Callable[[int], object] = lambda _: None
) -> Report:
    """Return the working days of every case; no SOP is asked, so nothing is refused.

    Every event counts, those of activities that the map ignores too.
    """
    began = time.perf_counter()
    cases = by_case(events)
    every = [event.at for case in cases.values() for event in case]
    clockwork = clock_of(mapped.term, office_calendar(mapped, every))
    per_case = []
    for name, found in cases.items():
        per_case.append(_measured(name, clockwork, mapped, found))
        tick(len(found))
    within = mapped.term.within
    stands = [case.time.standing for case in per_case if case.time is not None]
    return Report(
        events=len(every),
        events_accepted=len(every),
        refusals={},
        breaches=sum(one is not None and one.limit.broken_at is not None for one in stands),
        alerts=0,
        seconds=time.perf_counter() - began,
        per_case=tuple(per_case),
        figures=Figures.of(per_case, None if within is None else str(within)),
    )


def office_calendar(mapped: ReplayMap, times: Iterable[datetime]) -> Calendar:
    """Return the calendar of the map over the years of these events."""
    days = [at.date() for at in times]
    return Calendar(mapped.calendar(min(days), max(days)), mapped.late_receipt)


def case_report(
    name: str,
    clockwork: Clockwork,
    told: Iterable[Happening],
    events: list[LogEvent],
    *,
    refused: int,
    time: CaseTime | None = None,
) -> CaseReport:
    """Return the figures of one case, counted up to its last event.

    Where nothing of the case was accepted, its days are nobody's.
    """
    first, last = events[0].at, events[-1].at
    history = list(told)
    if history:
        totals = clockwork.totals(history, last)
        owners, days = totals.days, totals.gross_working_days
    else:
        calendar = clockwork.calendar
        days = calendar.working_days(calendar.counted_on(first), calendar.local_date(last))
        owners = {**dict.fromkeys(Party, 0), Party.NOBODY: days}
    seconds = (last - first).total_seconds()
    return CaseReport(name, len(events), refused, days, seconds, owners, time)


def _measured(
    name: str, clockwork: Clockwork, mapped: ReplayMap, events: list[LogEvent]
) -> CaseReport:
    told = tell(mapped.term, events)
    time = CaseTime(
        told.suspensions,
        told.suspended.total_seconds(),
        standing(clockwork, told, events[-1].at),
    )
    return case_report(name, clockwork, told.history, events, refused=0, time=time)
