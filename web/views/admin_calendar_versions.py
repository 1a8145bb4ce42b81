"""`/admin/kalender/versi`: every version of the calendar, and an earlier one put in force again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput
from licensing.queries.calendar_versions import (
    CalendarVersionView,
    calendar_version,
    calendar_versions,
)
from licensing.services.calendar_changes import KEEPERS, Restored
from licensing.services.calendars import calendar_in_force
from web.access import allow, current_officer, runtime
from web.admin_page import Change, admin_crumb, show_preview, typed_form
from web.calendar_deed import calendar_parts, to_the_result, try_change
from web.calendar_preview import calendar_preview
from web.calendar_words import (
    difference_summary,
    differences,
    hours_words,
    kind_words,
    outage_period,
    period_words,
    weekday_words,
)
from web.fault_words import worded
from web.i18n import gettext as _
from web.schemas.admin import RestoreSchema, loaded
from web.viewmodels import Crumb, Form, Tab
from workflows.calendar_diff import calendar_diff

bp = Blueprint("admin_calendar_versions", __name__, url_prefix="/admin/kalender/versi")

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the list."""

    number: int
    source: str
    created_at: datetime
    created_by: str
    summary: str
    in_force: bool


@bp.get("")
@allow(*KEEPERS)
def show() -> ResponseReturnValue:
    """Show who put which version in force, when, and what it changed."""
    below = _number(request.args.get("sebelum"))
    found = calendar_versions(runtime(), current_officer(), below=below)
    return render_template(
        "admin/calendar_versions.html",
        rows=[_row(one) for one in found.rows],
        above=_above()[:-1],
        places=calendar_parts("admin_calendar_versions"),
        first_href=url_for(".show") if below else None,
        next_href=url_for(".show", sebelum=found.next_before) if found.next_before else None,
    )


@bp.get("/<int:number>")
@allow(*KEEPERS)
def read(number: int) -> ResponseReturnValue:
    """Show one version as it stands, to read."""
    return _page(number, Form())


@bp.post("/<int:number>")
@allow(*KEEPERS)
def restore(number: int) -> ResponseReturnValue:
    """Preview, then put an earlier version in force again as a new one."""
    typed = typed_form()
    asked, faults = loaded(RestoreSchema(), typed)
    if not faults.keys().isdisjoint({"langkah", "seen"}) or number > _MOST:
        abort(400)
    if asked["langkah"] == "ubah":
        return _page(number, Form(typed))
    try:
        if faults:
            raise InvalidInput(faults)
        wanted = _wanted(number, asked)
        tried = try_change(wanted, replace(wanted, past=True), asked, asked["source"])
    except InvalidInput as error:
        return _page(number, Form(typed, worded(error.faults)), 422)
    if tried.done is not None:
        return to_the_result(tried.done)
    preview = calendar_preview(
        tried.shown,
        source=asked["source"],
        typed=typed,
        post=url_for(".restore", number=number),
        above=[
            *_above()[1:],
            Crumb(_("Versi %(number)s", number=number), url_for(".read", number=number)),
        ],
        confirm=_("Berlakukan lagi versi %(number)s", number=number),
        unconfirmed=tried.unconfirmed,
    )
    return show_preview(preview, tried.status)


def _wanted(number: int, asked: Mapping[str, Any]) -> Restored:
    officer = current_officer()
    earlier = calendar_version(runtime(), officer, number).spec
    now = calendar_in_force(runtime(), officer)
    first = calendar_diff(now.spec, earlier).first
    return Restored(number, earlier, first or now.today, past=asked["past"] == "ya")


def _page(number: int, form: Form, status: int = 200) -> ResponseReturnValue:
    if number > _MOST:
        abort(404)
    found = calendar_version(runtime(), current_officer(), number)
    spec = found.spec
    year = _number(request.args.get("tahun")) or min(_this_year(spec.zone), spec.covers[1].year)
    years = sorted({day.year for day in (*spec.closed, *spec.makeup, *spec.covers)} | {year})
    page = render_template(
        "admin/calendar_version.html",
        row=_row(found),
        spec=spec,
        form=form,
        above=_above(),
        year=year,
        tabs=[
            Tab(str(one), url_for(".read", number=number, tahun=one), one == year) for one in years
        ],
        changes=[(one.label, one.before, one.after) for one in _changes(found)],
        closed=[(day, one.name, one.kind) for day, one in _of(spec.closed, year)],
        makeup=[(day, hours_words(windows)) for day, windows in _of(spec.makeup, year)],
        kinds=kind_words(),
        weekdays=[weekday_words(weekday) for weekday in range(7)],
        rules=[
            (
                period_words(rule.since, rule.until) if rule.since.year > 1970 else _("biasa"),
                [hours_words(rule.windows.get(weekday, ())) for weekday in range(7)],
            )
            for rule in sorted(spec.weekly, key=lambda rule: rule.since)
        ],
        outages=[(outage_period(one, spec.zone), one.reason, one.legal) for one in spec.outages],
    )
    return page, status


def _changes(found: CalendarVersionView) -> list[Change]:
    return [] if found.before is None else differences(found.before, found.spec)


def _row(found: CalendarVersionView) -> VersionRow:
    summary = (
        _("kalender pertama kantor")
        if found.before is None
        else difference_summary(found.before, found.spec)
    )
    return VersionRow(
        found.number,
        found.source,
        found.created_at,
        found.created_by or _("perintah satupintu"),
        summary,
        found.in_force,
    )


def _of(days: Mapping[date, Any], year: int) -> list[tuple[date, Any]]:
    return [(day, what) for day, what in sorted(days.items()) if day.year == year]


def _this_year(zone: str) -> int:
    return datetime.now(ZoneInfo(zone)).year


def _above() -> list[Crumb]:
    return [
        admin_crumb(),
        Crumb(_("Kalender"), url_for("admin_calendar.show")),
        Crumb(_("Versi"), url_for(".show")),
    ]


def _number(text: str | None) -> int | None:
    """Return a number of an address; None where there is none or it is no such number."""
    if text and text.isascii() and text.isdecimal() and len(text) < 7:
        return int(text) or None
    return None
