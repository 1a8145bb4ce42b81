"""`/admin/kalender/impor`: days of the calendar out of a CSV."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from licensing.calendar_csv import MOST_BYTES, SAMPLE, CalendarFileFaults, ListedDay, read_days
from licensing.errors import InvalidInput
from licensing.services.calendar_changes import KEEPERS
from licensing.services.calendar_import import ImportedDays
from licensing.services.calendars import calendar_in_force
from web.access import allow, current_officer, runtime
from web.admin_page import admin_crumb, show_preview, typed_form
from web.calendar_deed import calendar_parts, to_the_result, try_change
from web.calendar_file_words import line_fault_words
from web.calendar_preview import calendar_preview
from web.fault_words import worded
from web.i18n import gettext as _
from web.schemas.admin import ImportSchema, loaded
from web.viewmodels import Crumb, Form
from workflows.calendar_spec import CalendarFault

bp = Blueprint("admin_calendar_file", __name__, url_prefix="/admin/kalender/impor")

MOST_SHOWN = 50
"""Wrong lines that are named one by one."""


@bp.get("")
@allow(*KEEPERS)
def show() -> ResponseReturnValue:
    """Show the form that takes a file."""
    return _page(Form({"mode": "replace"}))


@bp.get("/contoh.csv")
@allow(*KEEPERS)
def sample() -> Response:
    """Send a small file of the right shape."""
    response = make_response("\ufeff" + SAMPLE)
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = 'attachment; filename="contoh-libur.csv"'
    return response


@bp.post("")
@allow(*KEEPERS)
def change() -> ResponseReturnValue:
    """Preview what the days of a file would change, then put them in force."""
    typed = typed_form()
    asked, faults = loaded(ImportSchema(), typed)
    if not faults.keys().isdisjoint({"langkah", "seen"}):
        abort(400)
    content = _content(asked)
    # What was read is kept as text, so that nothing has to be chosen again.
    typed["rows"] = content.decode("utf-8-sig", "replace").replace("\x00", "")
    if asked["langkah"] == "ubah":
        return _page(Form(typed))
    try:
        if faults:
            raise InvalidInput(faults)
        if not content.strip():
            raise InvalidInput({"file": "csv_missing"})
        wanted = ImportedDays(_days(content), asked["mode"], past=asked["past"] == "ya")
        tried = try_change(wanted, replace(wanted, past=True), asked, asked["source"])
    except CalendarFileFaults as error:
        lines = [line_fault_words(fault) for fault in error.faults[:MOST_SHOWN]]
        more = len(error.faults) - MOST_SHOWN
        return _page(Form(typed, {"file": [_unread(error)]}), 422, lines, max(0, more))
    except InvalidInput as error:
        return _page(Form(typed, worded(error.faults)), 422)
    except CalendarFault as error:
        return _page(Form(typed, {"file": [str(error)]}), 422)
    if tried.done is not None:
        return to_the_result(tried.done)
    preview = calendar_preview(
        tried.shown,
        source=asked["source"],
        typed=typed,
        post=url_for(".change"),
        above=[
            Crumb(_("Kalender"), url_for("admin_calendar.show")),
            Crumb(_("Impor CSV"), url_for(".show")),
        ],
        unconfirmed=tried.unconfirmed,
    )
    return show_preview(preview, tried.status)


def _content(asked: dict[str, Any]) -> bytes:
    """Return what was sent: the file where one was chosen, else the text."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return sent.read(MOST_BYTES + 1)
    text: str = asked.get("rows", "")
    return text.encode()


def _days(content: bytes) -> tuple[ListedDay, ...]:
    return read_days(content)


def _unread(error: CalendarFileFaults) -> str:
    return _(
        "%(count)s baris belum benar; tidak ada yang ditulis. Perbaiki, lalu kirim lagi.",
        count=len(error.faults),
    )


def _page(
    form: Form, status: int = 200, lines: list[str] | None = None, more: int = 0
) -> ResponseReturnValue:
    found = calendar_in_force(runtime(), current_officer())
    page = render_template(
        "admin/calendar_file.html",
        found=found,
        form=form,
        above=[admin_crumb(), Crumb(_("Kalender"), url_for("admin_calendar.show"))],
        places=calendar_parts("admin_calendar_file"),
        lines=lines or [],
        more=more,
    )
    return page, status
