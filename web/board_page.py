"""The board of the supervisors: numbers, findings and links, out of the answers of the domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import url_for

from licensing.queries.supervision import AlertView, Board, NearFile, StepLoad
from web.filters import in_language
from web.formats import bare_time, short_date, working_days
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.notice_words import audience_words, limit_words, rung_level, rung_words
from web.viewmodels import AlertRung, ClockState
from workflows.worktime import Calendar

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
    """What lies at one step."""

    load: StepLoad
    title: str
    oldest: int
    """Working days that the oldest file has lain there."""
    href: str
    over: bool


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything the board shows."""

    title: str
    finding: str
    """Where most files lie."""
    paused_words: str
    near: Sequence[NearRow]
    steps: Sequence[StepRow]
    longest: int
    """The end of the scale of the bars, in working days."""
    share: int | None
    """Percent on time; None where nothing has ended."""
    course: Sequence[float]
    rungs: Sequence[AlertRung]


def board_page(board: Board, calendar: Calendar) -> BoardPage:
    """Return the board in words."""
    steps = [_step(load, calendar, board.edges.now) for load in board.steps]
    ended = board.met + board.late
    return BoardPage(
        title=_title(board),
        finding=_finding(board.steps),
        paused_words=", ".join(
            f"{count} {in_language(title)}" for title, count in board.paused_at[:3]
        ),
        near=[_near(file, board, calendar) for file in board.nearest],
        steps=steps,
        longest=max(
            [1, *(row.oldest for row in steps), *(row.load.limit_days or 0 for row in steps)]
        ),
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
    return f"{limit_words(alert.key)}: {rung_words(alert.rung)}"


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


def _finding(steps: Sequence[StepLoad]) -> str:
    ours = [load for load in steps if load.open > load.paused]
    if not ours:
        return _("Tidak ada tahap yang menahan berkas")
    most = max(ours, key=lambda load: (load.late, load.open - load.paused))
    if most.late:
        return _("%(step)s paling terlambat", step=in_language(most.title))
    return _("%(step)s menahan paling banyak", step=in_language(most.title))


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


def _step(load: StepLoad, calendar: Calendar, now: datetime) -> StepRow:
    oldest = calendar.working_days(calendar.local_date(load.oldest), calendar.local_date(now))
    return StepRow(
        load=load,
        title=in_language(load.title),
        oldest=oldest,
        href=url_for("supervision.files", tahap=load.step),
        over=load.limit_days is not None and oldest > load.limit_days,
    )


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
        about=f"…{alert.number[-5:]}, {rung_words(alert.rung)}",
        when=_when(alert.raised_at, calendar, now),
        read=read_words(alert),
        href=url_for("applications.show", application_id=alert.application_id),
    )


def _when(at: datetime, calendar: Calendar, now: datetime) -> str:
    """Return the time of today, else the date."""
    show = bare_time if calendar.local_date(at) == calendar.local_date(now) else short_date
    return show(at, lang=current_language(), zone=calendar.spec.zone)
