"""`/admin/kalender`: holidays, make-up days and office hours; each change is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput
from licensing.services.calendar_changes import CalendarChange
from licensing.services.calendars import (
    KEEPERS,
    CalendarPreview,
    Standing,
    calendar_in_force,
    change_calendar,
    preview_calendar,
)
from web.access import allow, current_officer, runtime
from web.admin_page import (
    Change,
    Preview,
    admin_crumb,
    carried,
    refused_form,
    show_preview,
    typed_form,
)
from web.formats import long_date
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.schemas.admin import CalendarPageSchema, CalendarSchema, WeekSchema, loaded
from web.viewmodels import Crumb, Form, Tab
from workflows.calendar_spec import CalendarFault, CalendarSpec, WeeklyRule, Windows

bp = Blueprint("admin_calendar", __name__, url_prefix="/admin/kalender")

_A_MONDAY = 1


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """One closed day in the list."""

    day: date
    name: str
    kind: str
    past: bool


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
    typed, officer = typed_form(), current_officer()
    weekly = typed.get("deed") == "week"
    asked, faults = loaded(WeekSchema() if weekly else CalendarSchema(), typed)
    if not faults.keys().isdisjoint({"deed", "langkah", "seen"}):
        abort(400)
    if asked["langkah"] == "ubah":
        return _page(Form(typed))
    try:
        if faults:
            raise InvalidInput(faults)
        wanted = _wanted(asked)
        if asked["langkah"] == "simpan":
            number = change_calendar(
                runtime(), wanted, source=asked["source"], seen=asked["seen"], by=officer
            )
            flash(_("Kalender versi %(number)s berlaku.", number=number))
            return redirect(url_for(".show", tahun=wanted.day.year), code=303)
        preview = preview_calendar(runtime(), wanted, source=asked["source"], by=officer)
    except InvalidInput as error:
        named = {"week": "hari_0"}
        faults = {named.get(name, name): code for name, code in error.faults.items()}
        return _page(refused_form(typed, faults), 422)
    except CalendarFault:
        field = "hari_0" if weekly else "windows"
        return _page(refused_form(typed, {field: "hours"}), 422)
    return show_preview(_preview(preview, wanted, asked["source"], typed))


def _wanted(asked: Mapping[str, Any]) -> CalendarChange:
    return CalendarChange(
        deed=asked["deed"],
        day=asked["day"],
        name=asked["name"],
        kind=asked["kind"] or "local",
        windows=asked["windows"],
        week={number: asked.get(f"hari_{number}", ()) for number in range(7)},
        until=asked["until"],
    )


def _preview(
    found: CalendarPreview, wanted: CalendarChange, source: str, typed: Mapping[str, str]
) -> Preview:
    touches = [
        _("Berlaku untuk berkas yang diajukan sesudah ini."),
        _(
            "Berkas yang sudah diajukan tetap memakai kalender saat diajukan; janjinya tidak"
            " bergeser."
        ),
        ngettext(
            "Bila dihitung ulang, janji %(num)s berkas terbuka akan bergeser.",
            "Bila dihitung ulang, janji %(num)s berkas terbuka akan bergeser.",
            found.moved,
        ),
    ]
    if found.left_out:
        touches.append(
            _(
                "Yang dihitung: %(count)s janji terdekat; %(rest)s berkas lain tidak dihitung.",
                count=found.looked_at,
                rest=found.left_out,
            )
        )
    return Preview(
        title=_("Kalender versi %(number)s", number=found.before.number + 1),
        lead=_("Periksa dahulu. Belum ada yang berubah."),
        confirm=_("Berlakukan kalender"),
        post=url_for(".change"),
        above=[admin_crumb(), Crumb(_("Kalender"), url_for(".show"))],
        changes=[*_changes(found, wanted), Change(_("Dasar hukum"), found.before.source, source)],
        touches=touches,
        hidden=carried(typed, seen=str(found.before.number)),
        editable=wanted.deed in ("close", "makeup", "week"),
        moved=found.first,
    )


def _changes(found: CalendarPreview, wanted: CalendarChange) -> list[Change]:
    lang = current_language()
    before, after, day = found.before.spec, found.after, wanted.day
    label = long_date(day, lang=lang)
    if wanted.deed == "year":
        more = len(after.closed) - len(before.closed)
        return [
            Change(
                _("Hari libur dimuat sampai"),
                long_date(before.covers[1], lang=lang),
                long_date(after.covers[1], lang=lang),
            ),
            Change(_("Hari libur ditambahkan"), "–", str(more)),
        ]
    if wanted.deed in ("week", "unweek"):
        old = _rule(before, day, wanted.until)
        new = _rule(after, day, wanted.until)
        period = _period(day, wanted.until)
        return [
            Change(
                f"{period}: {_weekday(number)}",
                hours_words(old.windows.get(number, ())) if old else "–",
                hours_words(new.windows.get(number, ())) if new else "–",
            )
            for number in range(7)
        ]
    return [Change(label, _day_words(before, day), _day_words(after, day))]


def _day_words(spec: CalendarSpec, day: date) -> str:
    if day in spec.makeup:
        return _("hari kerja pengganti, %(hours)s", hours=hours_words(spec.makeup[day]))
    if day in spec.closed:
        return _("libur: %(name)s", name=spec.closed[day].name)
    return _("mengikuti jam kerja mingguan")


def _rule(spec: CalendarSpec, since: date, until: date | None) -> WeeklyRule | None:
    return next((rule for rule in spec.weekly if (rule.since, rule.until) == (since, until)), None)


def hours_words(windows: Windows) -> str:
    """Return `07.30–12.00, 13.00–16.00`; a day without hours is closed."""
    if not windows:
        return _("tutup")
    mark = "." if current_language() == "id" else ":"
    return ", ".join(
        "–".join(text.replace(":", mark) for text in window.to_json()) for window in windows
    )


def _period(since: date, until: date | None) -> str:
    lang = current_language()
    if until is None:
        return _("sejak %(day)s", day=long_date(since, lang=lang))
    return _(
        "%(first)s sampai dengan %(last)s",
        first=long_date(since, lang=lang),
        last=long_date(until, lang=lang),
    )


def _weekday(number: int) -> str:
    return long_date(date(2024, 1, _A_MONDAY + number), lang=current_language()).split(",")[0]


def _page(form: Form, status: int = 200) -> ResponseReturnValue:
    try:
        asked: dict[str, Any] = CalendarPageSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    found = calendar_in_force(runtime(), current_officer())
    if not form.values:
        form = Form(_blank(found, asked))
    deed = form.value("deed")
    year = asked["tahun"] or found.today.year
    first, last = (day.year for day in found.spec.covers)
    years = range(first, last + 1)
    return (
        render_template(
            "admin/calendar.html",
            found=found,
            form=form,
            above=[admin_crumb()],
            year=year,
            tabs=[Tab(str(one), url_for(".show", tahun=one), one == year) for one in years],
            closed=[
                ClosedRow(day, one.name, one.kind, day < found.today)
                for day, one in sorted(found.spec.closed.items())
                if day.year == year
            ],
            makeup=[
                (day, hours_words(windows), day < found.today)
                for day, windows in sorted(found.spec.makeup.items())
                if day.year == year
            ],
            rules=_rules(found),
            weekdays=[(number, _weekday(number)) for number in range(7)],
            kinds=kind_words(),
            period=_period,
            deed=deed,
            ramadan=bool(form.value("until")) or asked["ramadan"] == "ya",
            forms=_forms(found, deed),
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
        values["day"] = f"{found.spec.covers[1].year + 1}-01-01"
    if asked["form"] == "week":
        rules = [rule for rule in found.spec.weekly if rule.since <= found.today]
        usual = max(rules, key=lambda rule: rule.since, default=None)
        for number in range(7) if usual is not None else ():
            windows = usual.windows.get(number, ()) if usual is not None else ()
            values[f"hari_{number}"] = hours_words(windows) if windows else ""
    return values


def _forms(found: Standing, deed: str) -> list[Tab]:
    labels = {
        "close": _("Hari libur"),
        "makeup": _("Hari kerja pengganti"),
        "week": _("Jam kerja"),
        "year": _("Tahun %(year)s", year=found.spec.covers[1].year + 1),
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
            [(_weekday(number), hours_words(rule.windows.get(number, ()))) for number in range(7)],
            rule is now,
            rule.since >= today,
        )
        for rule in sorted(ended, key=lambda rule: rule.since)
    ]


def kind_words() -> dict[str, str]:
    """Return what the kinds of closed days are called."""
    return {
        "national": _("libur nasional"),
        "joint": _("cuti bersama"),
        "local": _("libur daerah"),
    }
