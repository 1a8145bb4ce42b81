"""`satupintu deadline explain`: one file day by day, and why each of its dates is what it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from licensing.errors import NotFound
from licensing.happenings import happenings
from licensing.history import RECOUNT
from licensing.people import Officer
from licensing.queries.application import ApplicationView, EventView, view_application
from licensing.queries.deadlines import applications_numbered
from licensing.runtime import Runtime
from web.calendar_coverage import uncovered_words
from web.clock_words import clock_details
from web.filters import in_language
from web.formats import long_date_time, short_date, short_date_time, short_date_year
from web.i18n import Language
from web.i18n import gettext as _
from web.present import (
    action_title,
    day_reason,
    holidays_between,
    lane_title,
    limit_label,
    place_title,
    within_words,
)
from workflows.check import CORRECT_TIME, EXTEND
from workflows.ledger import ClockState, Clockwork, Day, LimitState
from workflows.sop import Sop, Within

_MOST_AHEAD: Final = 60
_NOBODY: Final = UUID(int=0)
CLOCK_LINES: Final = frozenset({EXTEND, CORRECT_TIME, RECOUNT})
"""Lines by which the dates of a file became others."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One limit, with the days that it counted and those that it would count from here."""

    limit: LimitState
    counted: Sequence[date]
    ahead: Sequence[date]


def run(
    runtime: Runtime,
    number: str,
    code: str | None,
    at: datetime | None,
    *,
    lang: Language,
    machine: bool,
) -> None:
    """Print the explanation of the file with this number, as of now or of `at`.

    Raises:
        NotFound: no office has it.
        ClockFault: it had not been received by `at`.
        ClickException: several offices have it.
    """
    found = applications_numbered(runtime, number, code)
    if not found:
        raise NotFound("application", number)
    if len(found) > 1:
        codes = ", ".join(office for _id, office, _application in found)
        raise click.ClickException(
            f"beberapa kantor memakai nomor ini / several offices use this number: {codes}; "
            "--office CODE"
        )
    office_id, office_code, application_id = found[0]
    # Whoever may run commands on the database reads as who watches the office and changes nothing.
    reader = Officer(_NOBODY, office_id, "", "", frozenset({"ombudsman"}))
    view = view_application(runtime, application_id, reader)
    if at is not None:
        view = _as_of(view, at)
    limits = explained_limits(view)
    if machine:
        plain = _plain(view, office_code, limits)
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        _tell(view, limits, lang)


def _as_of(view: ApplicationView, at: datetime) -> ApplicationView:
    """Return a file as it stood at a moment, or would stand then if nothing more happened."""
    history = list(happenings(view.sop, view.events))
    days, totals = Clockwork(view.sop, view.calendar).account(history, at)
    return replace(view, now=at, days=days, totals=totals)


def explained_limits(view: ApplicationView) -> list[Explained]:
    """Return every limit that the file had until `view.now`, in the order of their start."""
    clockwork = Clockwork(view.sop, view.calendar)
    known: dict[str, LimitState] = {}
    state: ClockState | None = None
    for happening in happenings(view.sop, view.events):
        if happening.at > view.now:
            break
        state = clockwork.advance(state, happening)
        known |= {limit.key: limit for limit in clockwork.limits(state)}
    if state is not None:
        known |= {limit.key: limit for limit in clockwork.limits(state, view.now)}
    return [_explained(view, limit) for limit in known.values()]


def _explained(view: ApplicationView, limit: LimitState) -> Explained:
    counted = [day.on for day in view.days if limit.key in day.counted]
    ahead: list[date] = []
    if limit.status == "running" and limit.due_at is not None and _in_days(limit):
        calendar, on = view.calendar, limit.told_on
        last = calendar.local_date(limit.due_at)
        while len(ahead) < min(limit.left, _MOST_AHEAD) and on < last:
            on = calendar.nth_countable(on, 1)
            ahead.append(on)
    return Explained(limit, counted, ahead)


def _in_days(limit: LimitState) -> bool:
    return limit.within.unit == "working days"


def _tell(view: ApplicationView, limits: Sequence[Explained], lang: Language) -> None:
    zone = view.zone
    click.echo(f"{view.number}  {in_language(view.sop.title)}  {view.subject}")
    click.echo(
        _(
            "Kalender kantor versi %(calendar)s, SOP versi %(sop)s, keadaan %(now)s.",
            calendar=view.calendar_number,
            sop=view.sop_number,
            now=long_date_time(view.now, lang=lang, zone=zone),
        )
    )
    click.echo(f"\n{_('Hari demi hari')}")
    before = None
    for day in view.days:
        for cell in holidays_between(view.calendar, before, day.on):
            if cell.day is not None:
                _row(cell.day, "-", _("libur: %(name)s", name=cell.note), lang, zone)
        before = day.on
        _row(day.on, _holder(view.sop, day), _why(view.sop, day), lang, zone)
    told = [event for event in view.events if event.action in CLOCK_LINES]
    if told:
        title = _("Yang dilakukan pada jam")
        click.echo(f"\n{title}")
    for event in told:
        for line in _act_lines(view, event, lang):
            click.echo(f"  {line}")
    click.echo(f"\n{_('Batas waktu')}")
    for one in limits:
        click.echo(f"  {_label(one.limit, view.sop)}")
        for line in _lines(view, one, lang):
            click.echo(f"      {line}")


def _act_lines(view: ApplicationView, event: EventView, lang: Language) -> list[str]:
    """Return what one line did to the clock: when, who, what, why and by which rule."""
    at = short_date_time(event.effective_at, lang=lang, zone=view.zone)
    title = action_title(view.sop, event.from_step, event.action)
    lines = [f"{at}  {title}, {event.actor or _('Sistem')}"]
    said = clock_details(view.sop, view.events, event, view.zone)
    if event.reason:
        said.append(_("Alasan: %(reason)s", reason=event.reason))
    return [*lines, *(f"    {words}" for words in said)]


def _row(on: date, holder: str, why: str, lang: Language, zone: str) -> None:
    click.echo(f"  {short_date_year(on, lang=lang, zone=zone):<17}  {holder:<24}  {why}")


def _holder(sop: Sop, day: Day) -> str:
    if day.party is None:
        return "-"
    return lane_title(sop, day.lane) or _("Gangguan sistem")


def _why(sop: Sop, day: Day) -> str:
    counted = ", ".join(f"{_title(key, sop)} {number}" for key, number in day.counted.items())
    if not counted:
        return day_reason(sop, day)
    return f"{day_reason(sop, day)} [{counted}]"


def _label(limit: LimitState, sop: Sop) -> str:
    allowed = within_words(limit.within)
    source = sop.limits[limit.name].source if limit.key in sop.limits else ""
    return f"{_title(limit.key, sop)}: {allowed}{f' ({source})' if source else ''}"


def _title(key: str, sop: Sop) -> str:
    """Return what a limit is called among several: a step and an ask by their own names."""
    kind, _sep, rest = key.partition(":")
    name = rest.rpartition("/")[2].partition("#")[0]
    label = limit_label(key, sop)
    if kind == "step":
        return place_title(sop, name)
    if kind == "answer":
        title = in_language(sop.asks[name].title) if name in sop.asks else place_title(sop, name)
        return f"{label}, {title}"
    return label


def _lines(view: ApplicationView, one: Explained, lang: Language) -> list[str]:
    """Return why the date of a limit is what it is."""
    limit, zone, calendar = one.limit, view.zone, view.calendar

    def days(some: Sequence[date]) -> str:
        return ", ".join(short_date(on, lang=lang, zone=zone) for on in some)

    def when(moment: datetime) -> str:
        return short_date_time(moment, lang=lang, zone=zone)

    lines = []
    if _in_days(limit):
        zero = short_date(calendar.counted_on(limit.started_at), lang=lang, zone=zone)
        lines.append(
            _("Mulai %(at)s; %(day)s tidak dihitung.", at=when(limit.started_at), day=zero)
        )
        inside, beyond = one.counted[: limit.within.amount], one.counted[limit.within.amount :]
        if inside:
            lines.append(_("Dihitung: %(days)s.", days=days(inside)))
        if beyond:
            over = within_words(Within(len(beyond)))
            lines.append(_("Sesudah itu lewat %(days)s.", days=over))
        if one.ahead:
            lines.append(_("Akan dihitung: %(days)s.", days=days(one.ahead)))
    else:
        lines.append(_("Mulai %(at)s; hanya jam kantor dihitung.", at=when(limit.started_at)))
        lines.append(
            _("Terpakai %(used)s menit, sisa %(left)s menit.", used=limit.used, left=limit.left)
        )
    if limit.extended:
        lines.append(_("Termasuk perpanjangan %(more)s.", more=limit.extended))
    lines.append(_standing(limit, when))
    unknown = uncovered_words(calendar, limit.due_at)
    return [*lines, unknown] if unknown else lines


def _standing(limit: LimitState, when: Any) -> str:
    ended = "" if limit.ended_at is None else when(limit.ended_at)
    due = "" if limit.due_at is None else when(limit.due_at)
    match limit.status:
        case "running":
            return _("Jatuh tempo %(due)s.", due=due)
        case "paused":
            since = "" if limit.paused_at is None else when(limit.paused_at)
            return _(
                "Dijeda sejak %(since)s; sisa %(left)s. Tidak ada yang jatuh tempo selama jeda.",
                since=since,
                left=within_words(Within(max(limit.left, 0)))
                if _in_days(limit)
                else _("%(n)s menit", n=limit.left),
            )
        case "broken":
            return _("Jatuh tempo %(due)s dan sudah lewat.", due=due)
        case "met":
            return _("Selesai %(ended)s, tepat waktu.", ended=ended)
        case "late":
            return _("Jatuh tempo %(due)s; selesai terlambat %(ended)s.", due=due, ended=ended)
        case "closed":
            return _("Berhenti %(ended)s bersama berkasnya.", ended=ended)


def _plain(view: ApplicationView, office: str, limits: Sequence[Explained]) -> Mapping[str, Any]:
    zone = ZoneInfo(view.zone)

    def moment(at: datetime | None) -> str | None:
        return None if at is None else at.astimezone(zone).isoformat()

    return {
        "number": view.number,
        "office": office,
        "zone": view.zone,
        "service": view.service,
        "sop": view.sop_number,
        "calendar": view.calendar_number,
        "now": moment(view.now),
        "days": [
            {
                "on": day.on.isoformat(),
                "party": None if day.party is None else day.party.value,
                "lane": day.lane,
                "step": day.step,
                "ask": day.ask,
                "cause": day.cause,
                "reason": day_reason(view.sop, day),
                "counted": dict(day.counted),
            }
            for day in view.days
        ],
        "acts": [
            {
                "seq": event.seq,
                "action": event.action,
                "at": moment(event.effective_at),
                "by": event.actor,
                "reason": event.reason,
                "detail": dict(event.detail),
            }
            for event in view.events
            if event.action in CLOCK_LINES
        ],
        "limits": [
            {
                "key": one.limit.key,
                "title": _title(one.limit.key, view.sop),
                "within": {"amount": one.limit.within.amount, "unit": one.limit.within.unit},
                "started_at": moment(one.limit.started_at),
                "counted": [on.isoformat() for on in one.counted],
                "ahead": [on.isoformat() for on in one.ahead],
                "used": one.limit.used,
                "left": one.limit.left,
                "status": one.limit.status,
                "due_at": moment(one.limit.due_at),
                "ended_at": moment(one.limit.ended_at),
                "paused_at": moment(one.limit.paused_at),
                "extended": one.limit.extended,
                "past_coverage": bool(uncovered_words(view.calendar, one.limit.due_at)),
            }
            for one in limits
        ],
    }
