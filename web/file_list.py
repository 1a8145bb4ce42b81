"""Files in lists: what a row says, and the groups by urgency that rows stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from licensing.people import Officer
from licensing.queries.file_rows import FileRow
from web.file_ledger import file_ledger
from web.filters import in_language
from web.i18n import gettext as _
from web.present import due_view, lane_title, most_urgent
from web.viewmodels import ClockState, DueView, LedgerView


@dataclass(frozen=True, slots=True)
class ListRow:
    """One file in a list."""

    id: UUID
    number: str
    service: str
    subject: str
    applicant: str
    step: str
    lane: str
    holder: str
    """Who holds it; empty where it lies in the pool of its lane."""
    mine: bool
    may_take: bool
    since: datetime
    due: DueView
    what: str
    """Which limit the due date is of."""
    ledger: LedgerView


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one urgency."""

    state: ClockState
    title: str
    rows: Sequence[ListRow]


def list_row(row: FileRow, now: datetime, officer: Officer) -> ListRow:
    """Return what a list says of one file, to `officer`."""
    over = row.ended_at is not None or row.stopped_at is not None
    limit = None if over else most_urgent(row.limits)
    standing = DueView("netral" if over else "jeda", due_at=row.stopped_at)
    due = standing if limit is None else due_view(limit, row.sop)
    return ListRow(
        id=row.application_id,
        number=row.number,
        service=row.sop.product.series if row.sop.product else in_language(row.service_title),
        subject=row.subject,
        applicant=row.applicant,
        step=in_language(row.step_title),
        lane=lane_title(row.sop, row.lane),
        holder=row.holder or "",
        mine=row.holder_id == officer.id,
        may_take=row.holder_id is None and works_in(row, officer),
        since=row.since,
        due=due,
        what=due.label,
        ledger=file_ledger(
            row.sop,
            row.calendar,
            row.days,
            row.totals,
            row.limits,
            now,
            ended=row.ended_at is not None,
            reasons=False,
        ),
    )


def works_in(row: FileRow, officer: Officer) -> bool:
    """Return whether `officer` works in the lane in which the file lies."""
    lane = row.sop.lanes.get(row.lane) if row.lane is not None else None
    return lane is not None and not officer.roles.isdisjoint({lane.name, lane.served_by} - {None})


def grouped(rows: Iterable[ListRow]) -> list[Group]:
    """Return rows, ordered by due time, in groups of one urgency each."""
    titles: dict[ClockState, str] = {
        "lewat": _("Lewat"),
        "hariini": _("Hari ini"),
        "segera": _("Segera"),
        "aman": _("Aman"),
        "jeda": _("Dijeda"),
        "netral": _("Selesai"),
    }
    return [
        Group(state, titles[state], list(found))
        for state, found in groupby(rows, key=lambda row: row.due.state)
    ]
