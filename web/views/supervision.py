"""`/pengawas`: what is late, what comes next, who holds it, who was told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from licensing.errors import InvalidInput
from licensing.queries.supervision import (
    WINDOW_DAYS,
    FileList,
    asked_files,
    board,
    edges,
    ended_files,
    open_files,
)
from licensing.queries.supervision_alerts import alerts
from licensing.services.acknowledge import answer_alert
from licensing.services.heartbeat import SILENT_AFTER
from web.access import allow, current_officer, may_open, runtime
from web.board_page import about_words, board_page, read_words, told_words
from web.file_list import grouped, list_rows
from web.filters import in_language
from web.i18n import gettext as _
from web.notice_words import audience_words, rung_level
from web.office_frame import current_office
from web.present import lane_title
from web.schemas.supervision import (
    AlertsSchema,
    AskedSchema,
    BoardSchema,
    EndedSchema,
    FilesSchema,
)
from web.viewmodels import Form, Tab
from web.views.alerts import answer_of, form_of, say
from workflows.worktime import Calendar

bp = Blueprint("supervision", __name__, url_prefix="/pengawas")

VIEWERS: Final = ("supervisor", "head", "inspectorate")
ACTORS: Final = ("supervisor", "head")


@bp.get("")
@allow(*VIEWERS)
def show() -> ResponseReturnValue:
    """Show the board; on a wall it is dark and reads itself again every minute."""
    asked = _asked(BoardSchema())
    calendar, now = _calendar(), datetime.now(UTC)
    found = board(runtime(), current_officer(), calendar, now)
    return render_template(
        "supervision/board.html",
        board=found,
        page=board_page(found, calendar, every_step=asked["tampilan"] == "tahap"),
        wall=asked["tampilan"] == "dinding",
        sees_visits=current_officer().has(*ACTORS),
        sees_runs=may_open(url_for("recomputes.show"), current_officer()),
        silent=found.swept_at is None or now - found.swept_at > SILENT_AFTER,
        window_days=WINDOW_DAYS,
        closing=calendar.closing(calendar.local_date(now))
        if calendar.is_working(calendar.local_date(now))
        else None,
    )


@bp.get("/berkas")
@allow(*VIEWERS)
def files() -> ResponseReturnValue:
    """Show the open files of one state, or of one step of a service."""
    asked = _asked(FilesSchema())
    moments = edges(_calendar(), datetime.now(UTC))
    found = open_files(
        runtime(),
        current_officer(),
        moments,
        state=asked["keadaan"],
        step=asked["tahap"],
        service=asked["layanan"],
        after=asked["sesudah"],
    )
    titles = {
        None: _("Berkas terbuka"),
        "lewat": _("Berkas yang lewat batas"),
        "hariini": _("Berkas yang batasnya habis hari ini"),
        "segera": _("Berkas yang batasnya 1–2 hari kerja lagi"),
        "aman": _("Berkas yang batasnya masih lebih dari 2 hari kerja"),
        "jeda": _("Berkas yang waktunya dijeda"),
    }
    title = titles[asked["keadaan"]]
    if asked["tahap"] and found.rows:
        step = in_language(found.rows[0].step_title)
        title = _("%(title)s: %(step)s", title=title, step=step)
    return _list(found, title, "supervision.files", asked)


@bp.get("/permintaan")
@allow(*VIEWERS)
def asked() -> ResponseReturnValue:
    """Show the files about which one lane still owes one kind of answer."""
    wanted = _asked(AskedSchema())
    found = asked_files(
        runtime(),
        current_officer(),
        datetime.now(UTC),
        wanted["permintaan"],
        wanted["bagian"],
        after=wanted["sesudah"],
    )
    title = _("Permintaan yang belum dijawab")
    if found.rows:
        sop = found.rows[0].sop
        lane, ask = lane_title(sop, wanted["bagian"]), sop.asks[wanted["permintaan"]]
        title = _("%(lane)s: %(ask)s", lane=lane, ask=in_language(ask.title))
    return _list(found, title, "supervision.asked", wanted)


@bp.get("/selesai")
@allow(*VIEWERS)
def ended() -> ResponseReturnValue:
    """Show the files whose service limit ended within the window, in time or late."""
    asked = _asked(EndedSchema())
    moments = edges(_calendar(), datetime.now(UTC))
    found = ended_files(
        runtime(), current_officer(), moments, asked["hasil"], after=asked["sesudah"]
    )
    title = (
        _("Selesai tepat waktu dalam %(days)s hari kerja terakhir", days=WINDOW_DAYS)
        if asked["hasil"] == "tepat"
        else _("Selesai terlambat dalam %(days)s hari kerja terakhir", days=WINDOW_DAYS)
    )
    return _list(found, title, "supervision.ended", asked)


@bp.get("/peringatan")
@allow(*VIEWERS)
def warnings() -> ResponseReturnValue:
    """Show who was told of what, when, and what became of it."""
    return _warnings(_asked(AlertsSchema()))


@bp.post("/peringatan/<uuid:alert_id>/tanggapan")
@allow(*ACTORS)
def answer(alert_id: UUID) -> ResponseReturnValue:
    """Record that an alert was seen, and what is being done."""
    typed = request.form.to_dict()
    back = "belum" if typed.get("lihat") == "belum" else "semua"
    try:
        say(answer_alert(runtime(), answer_of(alert_id, typed), current_officer()), typed)
    except (ValidationError, InvalidInput) as error:
        form = form_of(alert_id, typed, error)
        return _warnings({"lihat": back, "sesudah": None}, form, 422)
    return redirect(url_for(".warnings", lihat=back), code=303)


def _warnings(
    asked: dict[str, Any], form: Form | None = None, status: int = 200
) -> ResponseReturnValue:
    waiting = asked["lihat"] == "belum"
    found = alerts(runtime(), current_officer(), after=asked["sesudah"], waiting=waiting)
    labels = {"semua": _("Semua"), "belum": _("Belum ditanggapi")}
    return (
        render_template(
            "supervision/alerts.html",
            found=found,
            form=form or Form(),
            tabs=[
                Tab(label, url_for(".warnings", lihat=key), key == asked["lihat"])
                for key, label in labels.items()
            ],
            which=asked["lihat"],
            may_answer=current_officer().has(*ACTORS),
            about=about_words,
            audience=audience_words,
            level=rung_level,
            read=read_words,
            told=told_words,
            next_href=url_for(".warnings", lihat=asked["lihat"], sesudah=found.next_after)
            if found.next_after
            else None,
        ),
        status,
    )


def _list(found: FileList, title: str, endpoint: str, asked: dict[str, Any]) -> ResponseReturnValue:
    rows = list_rows(found.rows, current_officer())
    kept = {name: value for name, value in asked.items() if value and name != "sesudah"}
    return render_template(
        "supervision/files.html",
        title=title,
        when=_("Standar selesai") if endpoint == "supervision.ended" else None,
        groups=grouped(rows),
        shown=len(rows),
        first_href=url_for(endpoint, **kept) if asked["sesudah"] else None,
        next_href=url_for(endpoint, **kept, sesudah=found.next_after) if found.next_after else None,
    )


def _calendar() -> Calendar:
    office = current_office()
    if office is None or office.calendar is None:
        abort(404)  # an office without a calendar has no deadlines to watch
    return office.calendar


def _asked(schema: Schema) -> dict[str, Any]:
    try:
        asked: dict[str, Any] = schema.load(request.args.to_dict())
    except ValidationError:
        abort(400)
    return asked
