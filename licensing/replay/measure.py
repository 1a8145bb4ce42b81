"""The ledger alone: how long each case of a log took, whatever was done in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from licensing.history import FILED
from licensing.replay.log import LogEvent
from licensing.replay.mapping import ReplayMap
from licensing.replay.order import by_case
from licensing.replay.report import CaseReport, Report
from workflows.ledger import Clockwork, Happening
from workflows.sop import Fee, Lane, Party, Sop, Step
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
    clockwork = Clockwork(_ONE_STEP, office_calendar(mapped, every))
    per_case = []
    for name, found in cases.items():
        told = [
            Happening(event.at, FILED if not place else "event", _STEP, entered=not place)
            for place, event in enumerate(found)
        ]
        per_case.append(case_report(name, clockwork, told, found, refused=0))
        tick(len(found))
    return Report(
        events=len(every),
        events_accepted=len(every),
        refusals={},
        breaches=0,
        alerts=0,
        seconds=time.perf_counter() - began,
        per_case=tuple(per_case),
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
    return CaseReport(name, len(events), refused, days, (last - first).total_seconds(), owners)


_STEP = "open"
_TITLE = {"id": "Berkas terbuka", "en": "Open file"}
_ONE_STEP = Sop(
    name="measure",
    title=_TITLE,
    source="",
    starts_at=_STEP,
    lanes={"office": Lane("office", _TITLE, Party.OFFICE, "O")},
    steps={_STEP: Step(_STEP, _TITLE, "office", Party.OFFICE, {})},
    ends={},
    limits={},
    ladder=(),
    fee=Fee(None, ""),
    product=None,
)
"""An office that does nothing but hold the file."""
