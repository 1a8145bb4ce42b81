"""Files as rows of a list: the columns that every list reads, and the row it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.happenings import happenings
from licensing.runtime import Runtime
from workflows.ledger import ClockState, Day, LimitState, Totals
from workflows.sop import Sop, Text
from workflows.worktime import Calendar

COLUMNS = """
       o.late_receipt, d.number, d.service, d.subject, d.filed_at, t.name AS applicant,
       h.name AS holder,
       (SELECT jsonb_agg(jsonb_build_array(e.action, e.ask, e.from_step, e.to_step, e.detail,
                                           e.effective_at) ORDER BY e.seq)
          FROM application_event e WHERE e.application_id = p.id) AS history
"""
"""What a list reads beside the columns of the application, which it calls `p`."""

JOINS = """
  LEFT JOIN office o ON o.id = p.office_id
  LEFT JOIN dossier d ON d.application_id = p.id
  LEFT JOIN applicant t ON t.id = d.applicant_id
  LEFT JOIN officer h ON h.id = p.holder_id
"""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file in a list."""

    application_id: UUID
    number: str
    service: str
    service_title: Text
    subject: str
    applicant: str
    step: str
    step_title: Text
    lane: str | None
    holder_id: UUID | None
    holder: str | None
    due_at: datetime | None
    filed_at: datetime
    since: datetime
    """When it last moved: since then it lies where it lies."""
    ended_at: datetime | None
    stopped_at: datetime | None
    """When its service limit ended, in a list of those."""
    limits: Sequence[LimitState]
    paused: bool
    sop: Sop
    calendar: Calendar
    days: Sequence[Day]
    totals: Totals


def file_row(runtime: Runtime, connection: Connection, row: Any) -> FileRow:
    """Return the row of a list that was read with `COLUMNS` and `JOINS`, as of `row.now`."""
    sop = runtime.rules(connection, row.sop_version_id).sop
    clockwork = runtime.clockwork(
        connection, row.sop_version_id, row.calendar_version_id, row.late_receipt
    )
    history = list(happenings(sop, [_line(line) for line in row.history]))
    place = sop.ends.get(row.step) or sop.steps[row.step]
    days, totals = clockwork.account(history, row.now)
    return FileRow(
        application_id=row.id,
        number=row.number,
        service=row.service,
        service_title=sop.title,
        subject=row.subject,
        applicant=row.applicant,
        step=row.step,
        step_title=place.title,
        lane=row.lane,
        holder_id=row.holder_id,
        holder=row.holder,
        due_at=row.due_at,
        filed_at=row.filed_at,
        since=history[-1].at,
        ended_at=row.ended_at,
        stopped_at=getattr(row, "stopped_at", None),
        limits=clockwork.limits(ClockState.from_json(row.state["clock"]), row.now),
        paused=row.due_at is None,
        sop=sop,
        calendar=clockwork.calendar,
        days=days,
        totals=totals,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    action: str
    ask: str | None
    from_step: str | None
    to_step: str
    detail: Mapping[str, Any]
    effective_at: datetime


def _line(line: Sequence[Any]) -> _Line:
    action, ask, from_step, to_step, detail, at = line
    return _Line(action, ask, from_step, to_step, detail, datetime.fromisoformat(at))
