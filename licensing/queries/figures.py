"""Figures of an office over a period, folded from its histories; docs/figures.md defines each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection

from licensing.errors import InvalidInput, NotFound
from licensing.happenings import Line
from licensing.queries.figures_case import case_figures
from licensing.queries.figures_sum import Gathered
from licensing.queries.figures_values import (
    OfficeFigures,
    OpenFigures,
    ReturnFigures,
    Share,
    Spread,
    StepFigures,
)
from licensing.runtime import Runtime
from workflows.calendar_spec import zone_named
from workflows.ledger import ClockFault, Clockwork

__all__ = [
    "OfficeFigures", "OpenFigures", "ReturnFigures", "Share", "Spread", "StepFigures",
    "office_figures",
]  # fmt: skip

_AT_ONCE = 2_000
"""Lines of history that are fetched in one go."""


def office_figures(
    runtime: Runtime,
    connection: Connection,
    office_id: UUID,
    *,
    since: date,
    until: date,
    service: str | None,
) -> OfficeFigures:
    """Return the figures of an office, or of one service, from `since` through `until`.

    Three reading statements; an SOP and a calendar are one more each until the process knows
    them. It costs what was worked on since `since`.

    Raises:
        NotFound: there is no such office.
        InvalidInput: the period ends before it begins.
    """
    if until < since:
        raise InvalidInput({"until": "ends_before_it_begins"})
    office = connection.exec_driver_sql(_OFFICE, (office_id,)).fetchone()
    if office is None:
        raise NotFound("office", office_id)
    now: datetime = runtime.simulated_now or office.now
    zone = zone_named(office.zone)
    since_at, before = (
        datetime.combine(day, time(), zone) for day in (since, until + timedelta(days=1))
    )
    period = {
        "office": office_id,
        "service": service,
        "now": now,
        "since": since_at,
        "before": min(before, now + timedelta(microseconds=1)),
        "end": before,
    }
    counts = connection.exec_driver_sql(_COUNTS, period).one()
    clockworks = {
        (sop, calendar): runtime.clockwork(
            connection, UUID(sop), UUID(calendar), office.late_receipt
        )
        for sop, calendar in counts.versions
    }
    gathered = Gathered(since_at, before)
    for name, step, lying in counts.untouched:
        gathered.unfinished[name, step] += lying
    for clockwork, outcome, lines in _histories(connection, period, clockworks):
        try:
            case = case_figures(clockwork, lines)
        except (ClockFault, ValueError, KeyError):
            # One that cannot be read is counted as such: it must not hide all the others.
            gathered.unreadable += 1
        else:
            gathered.add(case, outcome)
    decided = len(gathered.decisions)
    on_time = sum(one.on_time for one in gathered.decisions)
    return OfficeFigures(
        office_id=office_id,
        since=since,
        until=until,
        service=service,
        now=now,
        decided=decided,
        on_time=Share(on_time, decided),
        on_time_unextended=Share(
            sum(one.on_time_unextended for one in gathered.decisions), decided
        ),
        extended=Share(sum(one.extended > 0 for one in gathered.decisions), decided),
        left_late=counts.left_late,
        undecided_late=gathered.undecided_late,
        on_time_of_all=Share(on_time, decided + counts.left_late + gathered.undecided_late),
        undecided=dict(sorted(gathered.undecided.items())),
        unmeasured=gathered.unmeasured,
        unreadable=gathered.unreadable,
        gross=gathered.gross(),
        net=gathered.net(),
        days_of=gathered.days_of(),
        steps=gathered.steps(),
        returns=gathered.returns(),
        open_now=OpenFigures(
            open=counts.open,
            overdue=counts.overdue,
            overdue_anywhere=counts.overdue_anywhere,
            stopped=Share(counts.stopped, counts.open),
        ),
    )


def _histories(
    connection: Connection,
    period: Mapping[str, Any],
    clockworks: Mapping[tuple[str, str], Clockwork],
) -> Iterator[tuple[Clockwork, str | None, list[Line]]]:
    """Yield the clock, the outcome and the lines of every application worked on since then."""
    rows = connection.exec_driver_sql(
        _LINES, dict(period), execution_options={"yield_per": _AT_ONCE}
    )
    for _, group in groupby(rows, key=attrgetter("application_id")):
        lines = list(group)
        first = lines[0]
        clockwork = clockworks[str(first.sop_version_id), str(first.calendar_version_id)]
        yield clockwork, first.outcome, cast(list[Line], lines)


_OFFICE = """
SELECT zone, late_receipt, clock_timestamp() AS now FROM office WHERE id = %s
"""

# Filed before the period ended and touched since it began: every other history says nothing of it.
_CHOSEN = """
  FROM application a JOIN dossier d ON d.application_id = a.id
 WHERE a.office_id = %(office)s AND a.last_effective_at >= %(since)s
   AND d.filed_at < %(end)s AND (%(service)s::text IS NULL OR d.service = %(service)s)
"""

# A limit that ended after the period, or has not, was late at its end where it had passed by then.
# What nobody has touched since the period began lies where its row says.
_COUNTS = f"""
WITH chosen AS (
  SELECT DISTINCT a.sop_version_id, a.calendar_version_id {_CHOSEN}
), promised AS (
  SELECT l.due_at, l.broken_at, l.ended_at
    FROM deadline l JOIN dossier d ON d.application_id = l.application_id
   WHERE l.office_id = %(office)s AND l.key = 'service'
     AND (l.ended_at IS NULL OR l.ended_at >= %(before)s)
     AND (%(service)s::text IS NULL OR d.service = %(service)s)
), still AS (
  SELECT a.id, a.step, a.due_at, d.service, a.last_effective_at < %(since)s AS untouched
    FROM application a JOIN dossier d ON d.application_id = a.id
   WHERE a.office_id = %(office)s AND a.ended_at IS NULL
     AND (%(service)s::text IS NULL OR d.service = %(service)s)
), places AS (
  SELECT service, step FROM still WHERE untouched
   UNION ALL
  SELECT still.service, ask.name || '/' || ask.step
    FROM still JOIN ask ON ask.application_id = still.id AND ask.closed_at IS NULL
   WHERE untouched
)
SELECT (SELECT coalesce(jsonb_agg(jsonb_build_array(sop_version_id, calendar_version_id)), '[]')
          FROM chosen) AS versions,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(service, step, n)), '[]')
          FROM (SELECT service, step, count(*) AS n FROM places GROUP BY 1, 2) AS at_step
       ) AS untouched,
       (SELECT count(*) FROM promised
         WHERE coalesce(broken_at, due_at) < %(before)s) AS left_late,
       (SELECT count(*) FROM promised
         WHERE ended_at IS NULL AND coalesce(broken_at, due_at) < %(now)s) AS overdue,
       open, overdue_anywhere, stopped
  FROM (SELECT count(*) AS open,
               count(*) FILTER (WHERE due_at < %(now)s) AS overdue_anywhere,
               count(*) FILTER (WHERE due_at IS NULL) AS stopped
          FROM still) AS lying
"""  # noqa: S608 - our own text

_LINES = f"""
SELECT e.application_id, a.sop_version_id, a.calendar_version_id, a.outcome, e.seq, e.action,
       e.ask, e.from_step, e.to_step, e.detail, e.effective_at
  FROM (SELECT a.id, a.sop_version_id, a.calendar_version_id, a.outcome {_CHOSEN}) AS a
  JOIN application_event e ON e.application_id = a.id
 ORDER BY e.application_id, e.seq
"""  # noqa: S608 - our own text
