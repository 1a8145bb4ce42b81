"""The board of the supervisors: numbers, findings and links, out of the answers of the domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import url_for

from licensing.queries.supervision import Board, NearFile, StepLoad
from licensing.queries.supervision_alerts import AlertView
from licensing.queries.supervision_asks import AskLoad
from web.filters import in_language
from web.formats import bare_time, short_date, working_days
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.notice_words import audience_words, limit_words, rung_level, rung_words
from web.viewmodels import AlertRung, ClockState
from workflows.worktime import Calendar

SHOWN_STEPS = 7
"""How many steps the board shows beside the nearest files: what fits a window."""
POINTS = 6
"""How many points the course of a number has: weeks of five working days."""


@dataclass(frozen=True, slots=True)
class NearRow:
    """One file near its limit."""

    file: NearFile
    state: ClockState
    words: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """What lies at one step of a service, or waits for one answer of an agency."""

    title: str
    note: str
    """Which service; whose answer."""
    open: int
    late: int
    oldest: int
    """Working days that the oldest has lain there."""
    limit_days: int | None
    href: str
    paused: bool
    """Whether all of it waits for somebody outside: nothing of it can be late."""

    @property
    def over(self) -> bool:
        """Whether the oldest has lain there longer than the SOP allows."""
        return self.limit_days is not None and self.oldest > self.limit_days


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything the board shows."""

    title: str
    finding: str
    """Where most files lie."""
    paused_words: str
    near: Sequence[NearRow]
    steps: Sequence[StepRow]
    """What holds most, first."""
    hidden_steps: int
    """How many more there are."""
    unpaid_href: str
    """Where the files are that wait for the applicant to pay."""
    longest: int
    """The end of the scale of the bars, in working days."""
    share: int | None
    """Percent on time; None where nothing has ended."""
    course: Sequence[float]
    rungs: Sequence[AlertRung]


def board_page(board: Board, calendar: Calendar, *, every_step: bool = False) -> BoardPage:
    """Return the board in words; `every_step`: with all steps at which something lies."""
    loads: Sequence[StepLoad | AskLoad] = (*board.steps, *board.asks)
    held = sorted((_step(load, calendar, board.edges.now) for load in loads), key=_holds_most)
    steps = held if every_step else held[:SHOWN_STEPS]
    ended = board.met + board.late
    return BoardPage(
        title=_title(board),
        finding=_finding(loads),
        paused_words=", ".join(
            f"{count} {in_language(title)}" for title, count in board.paused_at[:3]
        ),
        near=[_near(file, board, calendar) for file in board.nearest],
        steps=steps,
        hidden_steps=len(held) - len(steps),
        unpaid_href=next(
            (url_for("supervision.files", tahap=load.step) for load in board.steps if load.pays),
            url_for("supervision.files", keadaan="jeda"),
        ),
        longest=max([1, *(row.oldest for row in steps), *(row.limit_days or 0 for row in steps)]),
        share=round(100 * board.met / ended) if ended else None,
        course=_course(board),
        rungs=[_rung(alert, calendar, board.edges.now) for alert in board.alerts],
    )


def told_words(alert: AlertView) -> str:
    """Return who was told: `Pemegang, Pengawas`."""
    named = [
        audience_words(audience)
        for audience, _told in groupby(alert.told, key=lambda told: told.audience)
    ]
    return ", ".join(named) or _("Belum ada yang diberi tahu")


def about_words(alert: AlertView) -> str:
    """Return what an alert is about: `Standar pelayanan: lewat batas`."""
    named = limit_words(alert.key)
    if alert.limit is not None:
        named = f"{named}, {in_language(alert.limit)}"
    return f"{named}: {rung_words(alert.rung, alert.key)}"


def read_words(alert: AlertView) -> str:
    """Return whether an alert was read: `1 dari 3 membaca`, or who acknowledged it."""
    if alert.withdrawn_why is not None:
        return _("dicabut")
    if alert.acknowledged_by:
        return _("ditanggapi %(name)s", name=alert.acknowledged_by)
    inside = [told for told in alert.told if told.channel == "app"]
    read = sum(told.read_at is not None for told in inside)
    if not inside:
        return _("lewat surel")
    return _("%(read)s dari %(all)s membaca", read=read, all=len(inside))


def _title(board: Board) -> str:
    opened = ngettext("%(num)s berkas terbuka", "%(num)s berkas terbuka", board.open)
    late = board.counts["lewat"]
    if late:
        return _("%(opened)s, %(late)s lewat batas", opened=opened, late=late)
    return _("%(opened)s, tidak ada yang lewat batas", opened=opened)


def _finding(loads: Sequence[StepLoad | AskLoad]) -> str:
    """Return where most is late or lies: a step, or the agency that is asked."""
    ours = [load for load in loads if load.open > load.paused]
    if not ours:
        return _("Tidak ada tahap yang menahan berkas")
    most = max(ours, key=lambda load: (load.late, load.open - load.paused))
    who = in_language(most.lane_title if isinstance(most, AskLoad) else most.title)
    if most.late:
        return _("%(step)s paling terlambat", step=who)
    return _("%(step)s menahan paling banyak", step=who)


def _near(file: NearFile, board: Board, calendar: Calendar) -> NearRow:
    edges, lang = board.edges, current_language()
    today, due = calendar.local_date(edges.now), calendar.local_date(file.due_at)
    if file.due_at < edges.now:
        days = calendar.working_days(due, today)
        late = _("%(days)s lewat", days=working_days(days, lang=lang))
        return NearRow(file, "lewat", late if days else _("baru lewat"))
    if file.due_at < edges.tomorrow:
        return NearRow(file, "hariini", "")
    left = working_days(calendar.working_days(today, due), lang=lang)
    return NearRow(file, "segera" if file.due_at < edges.later else "aman", left)


def _step(load: StepLoad | AskLoad, calendar: Calendar, now: datetime) -> StepRow:
    if isinstance(load, AskLoad):
        title, note = load.lane_title, load.title
        href = url_for("supervision.asked", permintaan=load.name, bagian=load.lane)
    else:
        title, note = load.title, load.service_title
        href = url_for("supervision.files", tahap=load.step, layanan=load.service)
    return StepRow(
        title=in_language(title),
        note=in_language(note),
        open=load.open,
        late=load.late,
        oldest=calendar.working_days(calendar.local_date(load.oldest), calendar.local_date(now)),
        limit_days=load.limit_days,
        href=href,
        paused=load.open == load.paused,
    )


def _holds_most(row: StepRow) -> tuple[int, bool, bool, int]:
    """Order rows: late ones, then those beyond their limit, then ours, then the fullest."""
    return -row.late, not row.over, row.paused, -row.open


def _course(board: Board) -> list[float]:
    """Return the share on time of each stretch of days on which something ended."""
    days = board.ended
    size = max(1, -(-len(days) // POINTS))
    stretches = [days[start : start + size] for start in range(0, len(days), size)]
    return [
        100 * sum(day.met for day in stretch) / sum(day.met + day.late for day in stretch)
        for stretch in stretches
    ]


def _rung(alert: AlertView, calendar: Calendar, now: datetime) -> AlertRung:
    return AlertRung(
        level=rung_level(alert.rung),
        who=told_words(alert),
        about=f"…{alert.number[-5:]}, {rung_words(alert.rung, alert.key)}",
        when=_when(alert.raised_at, calendar, now),
        read=read_words(alert),
        href=url_for("applications.show", application_id=alert.application_id),
    )


def _when(at: datetime, calendar: Calendar, now: datetime) -> str:
    """Return the time of today, else the date."""
    show = bare_time if calendar.local_date(at) == calendar.local_date(now) else short_date
    return show(at, lang=current_language(), zone=calendar.spec.zone)
