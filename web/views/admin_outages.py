"""`/admin/kalender/gangguan`: outages declared by the head, and withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput
from licensing.services.calendar_changes import KEEPERS
from licensing.services.calendar_outages import DECLARERS, OutageChange
from licensing.services.calendars import calendar_in_force
from web.access import allow, current_officer, runtime
from web.admin_page import admin_crumb, refused_form, show_preview, typed_form
from web.calendar_deed import calendar_parts, to_the_result, try_change
from web.calendar_preview import calendar_preview
from web.calendar_words import outage_period
from web.i18n import gettext as _
from web.schemas.admin import OutageSchema, loaded
from web.viewmodels import Crumb, Form
from workflows.calendar_spec import Outage

bp = Blueprint("admin_outages", __name__, url_prefix="/admin/kalender/gangguan")

_FIELD = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One declared outage in the list."""

    period: str
    reason: str
    legal: str
    start: str
    """As a field of a form holds it."""
    end: str


@bp.get("")
@allow(*KEEPERS)
def show() -> ResponseReturnValue:
    """Show what has been declared, and to the head the form that declares."""
    return _page(Form({"deed": "outage"}))


@bp.post("")
@allow(*DECLARERS)
def change() -> ResponseReturnValue:
    """Preview, then declare an outage or withdraw one."""
    typed = typed_form()
    asked, faults = loaded(OutageSchema(), typed)
    if not faults.keys().isdisjoint({"deed", "langkah", "seen"}):
        abort(400)
    if asked["langkah"] == "ubah":
        return _page(Form(typed))
    try:
        if faults:
            raise InvalidInput(faults)
        wanted = _wanted(asked)
        tried = try_change(wanted, wanted, asked, asked["legal"])
    except InvalidInput as error:
        # The decree is what the version rests on.
        named = {"source": "legal"}
        said = {named.get(name, name): code for name, code in error.faults.items()}
        return _page(refused_form(typed, said), 422)
    if tried.done is not None:
        return to_the_result(tried.done)
    declared = wanted.deed == "outage"
    preview = calendar_preview(
        tried.shown,
        source=asked["legal"],
        typed=typed,
        post=url_for(".change"),
        above=[
            Crumb(_("Kalender"), url_for("admin_calendar.show")),
            Crumb(_("Gangguan"), url_for(".show")),
        ],
        confirm=_("Nyatakan gangguan") if declared else _("Cabut gangguan"),
        editable=declared,
    )
    return show_preview(preview)


def _wanted(asked: Mapping[str, Any]) -> OutageChange:
    return OutageChange(
        deed=asked["deed"],
        start=asked["start"],
        end=asked["end"],
        reason=asked["reason"],
        legal=asked["legal"],
        rules=runtime().outage_rules,
    )


def _page(form: Form, status: int = 200) -> ResponseReturnValue:
    officer = current_officer()
    found = calendar_in_force(runtime(), officer)
    page = render_template(
        "admin/calendar_outages.html",
        found=found,
        form=form,
        above=[admin_crumb(), Crumb(_("Kalender"), url_for("admin_calendar.show"))],
        places=calendar_parts("admin_outages"),
        rows=_rows(found.spec.outages, found.spec.zone),
        declares=officer.has(*DECLARERS),
        withdrawing=form.value("deed") == "unoutage",
        rules=runtime().outage_rules,
    )
    return page, status


def _rows(outages: Sequence[Outage], zone: str) -> list[OutageRow]:
    return [
        OutageRow(
            outage_period(one, zone),
            one.reason,
            one.legal,
            _field(one.start, zone),
            _field(one.end, zone),
        )
        for one in sorted(outages, key=lambda one: one.start, reverse=True)
    ]


def _field(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime(_FIELD)
