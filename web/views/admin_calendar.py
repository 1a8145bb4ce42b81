"""`/admin/kalender`: holidays, make-up days and office hours; each change is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput
from licensing.services.calendar_changes import KEEPERS, CalendarChange, next_year
from licensing.services.calendars import Standing, calendar_in_force
from web.access import allow, current_officer, runtime
from web.admin_page import admin_crumb, refused_form, show_preview, typed_form
from web.calendar_coverage import gap_words
from web.calendar_deed import calendar_parts, to_the_result, try_change
from web.calendar_preview import calendar_preview
from web.calendar_words import hours_words, kind_words, period_words, weekday_words
from web.i18n import gettext as _
from web.schemas.admin import CalendarPageSchema, CalendarSchema, WeekSchema, loaded
from web.viewmodels import Crumb, Form, Tab
from workflows.calendar_spec import CalendarFault, decreed

bp = Blueprint("admin_calendar", __name__, url_prefix="/admin/kalender")


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """One closed day in the list."""

    day: date
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One week of hours in the list."""

    since: date
    until: date | None
    days: Sequence[tuple[str, str]]
    in_force: bool
    removable: bool


@bp.get("")
@allow(*KEEPERS)
def show() -> ResponseReturnValue:
    """Show the calendar in force, one year at a time, and the forms that change it."""
    return _page(Form())


@bp.post("")
@allow(*KEEPERS)
def change() -> ResponseReturnValue:
    """Preview, then put a new version of the calendar in force."""
    typed = typed_form()
    weekly = typed.get("deed") == "week"
    asked, faults = loaded(WeekSchema() if weekly else CalendarSchema(), typed)
    if not faults.keys().isdisjoint({"deed", "langkah", "seen"}):
        abort(400)
    if asked["langkah"] == "ubah":
        return _page(Form(typed))
    try:
        if faults:
            raise InvalidInput(faults)
        wanted, source = _wanted(asked), asked["source"]
        tried = try_change(wanted, replace(wanted, past=True), asked, source)
    except InvalidInput as error:
        named = {"week": "hari_0"}
        faults = {named.get(name, name): code for name, code in error.faults.items()}
        return _page(refused_form(typed, faults), 422)
    except CalendarFault:
        field = "hari_0" if weekly else "windows"
        return _page(refused_form(typed, {field: "hours"}), 422)
    if tried.done is not None:
        return to_the_result(tried.done)
    preview = calendar_preview(
        tried.shown,
        source=source,
        typed=typed,
        post=url_for(".change"),
        above=[Crumb(_("Kalender"), url_for(".show"))],
        editable=wanted.deed in ("close", "makeup", "week", "cover"),
        unconfirmed=tried.unconfirmed,
    )
    return show_preview(preview, tried.status)


def _wanted(asked: Mapping[str, Any]) -> CalendarChange:
    return CalendarChange(
        deed=asked["deed"],
        day=asked["day"],
        name=asked["name"],
        kind=asked["kind"] or "local",
        windows=asked["windows"],
        week={number: asked.get(f"hari_{number}", ()) for number in range(7)},
        until=asked["until"],
        past=asked["past"] == "ya",
    )


def _page(form: Form, status: int = 200) -> ResponseReturnValue:
    try:
        asked: dict[str, Any] = CalendarPageSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    found = calendar_in_force(runtime(), current_officer())
    if not form.values:
        form = Form(_blank(found, asked))
    deed = form.value("deed")
    following = next_year(found.spec)
    year = asked["tahun"] or found.today.year
    first, last = (day.year for day in found.spec.covers)
    years = sorted({*range(first, last + 1), *(day.year for day in found.spec.closed), year})
    return (
        render_template(
            "admin/calendar.html",
            found=found,
            form=form,
            above=[admin_crumb()],
            year=year,
            tabs=[Tab(str(one), url_for(".show", tahun=one), one == year) for one in years],
            closed=[
                ClosedRow(day, one.name, one.kind)
                for day, one in sorted(found.spec.closed.items())
                if day.year == year
            ],
            makeup=[
                (day, hours_words(windows))
                for day, windows in sorted(found.spec.makeup.items())
                if day.year == year
            ],
            rules=_rules(found),
            weekdays=[(number, weekday_words(number)) for number in range(7)],
            kinds=kind_words(),
            period=period_words,
            deed=deed,
            ramadan=bool(form.value("until")) or asked["ramadan"] == "ya",
            forms=_forms(following, deed),
            following=following,
            following_decreed=decreed(following),
            places=calendar_parts("admin_calendar"),
            gap=gap_words(found.spec, found.today),
        ),
        status,
    )


def _blank(found: Standing, asked: Mapping[str, Any]) -> dict[str, str]:
    """Return the form that the address asks for; the usual hours stand in that of a week."""
    values = {"deed": asked["form"], "kind": "local"}
    if asked["day"] is not None:
        values["day"] = asked["day"].isoformat()
    if asked["until"] is not None:
        values["until"] = asked["until"].isoformat()
    if asked["form"] == "year":
        values["day"] = f"{next_year(found.spec)}-01-01"
    if asked["form"] == "cover":
        values["day"] = found.spec.covers[1].isoformat()
    if asked["form"] == "week":
        rules = [rule for rule in found.spec.weekly if rule.since <= found.today]
        usual = max(rules, key=lambda rule: rule.since, default=None)
        for number in range(7) if usual is not None else ():
            windows = usual.windows.get(number, ()) if usual is not None else ()
            values[f"hari_{number}"] = hours_words(windows) if windows else ""
    return values


def _forms(following: int, deed: str) -> list[Tab]:
    labels = {
        "close": _("Libur"),
        "makeup": _("Hari pengganti"),
        "week": _("Jam"),
        "year": str(following),
        "cover": _("Cakupan"),
    }
    return [
        Tab(label, f"{url_for('.show', form=one)}#ubah", one == deed)
        for one, label in labels.items()
    ]


def _rules(found: Standing) -> list[RuleRow]:
    today = found.today
    ended = [rule for rule in found.spec.weekly if rule.until is None or rule.until >= today]
    begun = [rule for rule in ended if rule.since <= today]
    now = max(begun, key=lambda rule: rule.since, default=None)
    return [
        RuleRow(
            rule.since,
            rule.until,
            [
                (weekday_words(number), hours_words(rule.windows.get(number, ())))
                for number in range(7)
            ],
            rule is now,
            rule.since >= today,
        )
        for rule in sorted(ended, key=lambda rule: rule.since)
    ]
