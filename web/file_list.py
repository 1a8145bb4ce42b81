"""Files and asks in lists: what a row says, and the groups by urgency that rows stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from licensing.people import Officer
from licensing.queries.file_rows import FileRow
from web.batch_page import choice_of, may_be_chosen
from web.i18n import gettext as _
from web.present import days_left, limit_state
from web.row_parts import RowParts
from web.viewmodels import ClockState, DueView


@dataclass(frozen=True, slots=True)
class ListRow:
    """One file in a list, or one ask of a file; what repeats from row to row is finished HTML."""

    href: str
    take_href: str
    """Where it is taken out of the pool; empty where the reader may not."""
    ask: str
    """The key of the ask; empty where the row is a file."""
    title: str
    """What it is about: the subject of the file, or what is asked."""
    small: str
    """The service, or for an ask the subject of its file."""
    number: str
    applicant: str
    step: str
    where: str
    """Who holds it, and since when."""
    due: Markup
    chip: Markup
    what: str
    """Which limit the due date is of."""
    strip: Markup
    state: ClockState
    choice: str = ""
    """What it is chosen by, for work on many at once; empty where the reader can do nothing so."""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one urgency."""

    state: ClockState
    title: str
    rows: Sequence[ListRow]


def list_rows(rows: Iterable[FileRow], officer: Officer) -> list[ListRow]:
    """Return what a list says of its files, to `officer`."""
    parts = RowParts()
    opens, takes = (
        parts.addresses("applications.show"),
        parts.addresses("applications.take_file"),
    )
    return [_list_row(row, officer, parts, opens, takes) for row in rows]


def _list_row(
    row: FileRow,
    officer: Officer,
    parts: RowParts,
    opens: tuple[str, str],
    takes: tuple[str, str],
) -> ListRow:
    due, what = _due(row, parts)
    granted = row.silence is not None and row.silence.grants
    if row.silence is not None:
        law = parts.granted_by_law if granted else parts.past_the_law
        what = f"{what} · {law}" if what else law
    service = row.sop.product.series if row.sop.product else parts.text(row.service_title)
    may_take = row.holder_id is None and not granted and works_in(row, officer)
    id_ = str(row.application_id)
    return ListRow(
        href=opens[0] + id_ + opens[1],
        take_href=takes[0] + id_ + takes[1] if may_take else "",
        ask=row.ask or "",
        title=row.subject if row.ask_title is None else parts.text(row.ask_title),
        small=service if row.ask_title is None else f"{row.subject} · {service}",
        number=row.number,
        applicant=row.applicant,
        step=parts.text(row.step_title),
        where=_where(row, officer, parts),
        due=parts.due(due),
        chip=parts.chip(due.state),
        what=what,
        strip=parts.strip(row.strip),
        state=due.state,
        choice=choice_of(row.application_id, row.ask)
        if not granted and may_be_chosen(row, officer)
        else "",
    )


def _due(row: FileRow, parts: RowParts) -> tuple[DueView, str]:
    """Return when a row is due, and what its limit is called."""
    over, limit = row.ended_at is not None or row.stopped_at is not None, row.limit
    if over or limit is None:
        return DueView("netral" if over else "jeda", due_at=row.stopped_at), ""
    shown = DueView(limit_state(limit), limit.due_at, days_left(limit))
    return shown, parts.label(limit.key, row.sop)


def _where(row: FileRow, officer: Officer, parts: RowParts) -> str:
    since = parts.since % {"time": parts.moment(row.since)}
    if row.holder_id == officer.id:
        return f"{parts.you}, {since}"
    if row.holder:
        return f"{row.holder}, {since}"
    lane = row.sop.lanes.get(row.lane) if row.lane is not None else None
    return since if lane is None else f"{parts.untaken % {'lane': parts.text(lane.title)}}, {since}"


def works_in(row: FileRow, officer: Officer) -> bool:
    """Return whether `officer` works in the lane in which the row lies."""
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
        for state, found in groupby(rows, key=lambda row: row.state)
    ]
