"""`/admin/kalender/hitung-ulang`: what a change of the calendar has done to open files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.queries.recomputes import READERS, moved_files, recompute_page, recomputes
from licensing.services.recompute import KEEPERS, retry_recompute
from web.access import allow, current_officer, runtime
from web.admin_page import admin_crumb
from web.calendar_deed import calendar_parts
from web.frame import current_frame
from web.i18n import gettext as _
from web.recompute_page import change_words, limit_of, moved_csv, progress_words, unread_words
from web.schemas.recomputes import RunPageSchema, RunsSchema
from web.viewmodels import Crumb

bp = Blueprint("recomputes", __name__, url_prefix="/admin/kalender/hitung-ulang")


@bp.get("")
@allow(*READERS)
def show() -> ResponseReturnValue:
    """Show every run of the office, newest first."""
    asked = _asked(RunsSchema())
    found = recomputes(runtime(), current_officer(), below=asked["sebelum"])
    keeps = current_officer().has(*KEEPERS)
    return render_template(
        "admin/recomputes.html",
        found=found,
        above=_above(),
        places=calendar_parts("recomputes") if keeps else [],
        changes=change_words,
        progress=progress_words,
        first_href=url_for(".show") if asked["sebelum"] else None,
        next_href=url_for(".show", sebelum=found.next_before) if found.next_before else None,
    )


@bp.get("/<uuid:recompute_id>")
@allow(*READERS)
def read(recompute_id: UUID) -> ResponseReturnValue:
    """Show one run: what changed, how far it has come, which files it has moved."""
    asked = _asked(RunPageSchema())
    officer = current_officer()
    found = recompute_page(runtime(), officer, recompute_id, after=asked["sesudah"])
    return render_template(
        "admin/recompute.html",
        found=found,
        run=found.run,
        above=[*_above(), Crumb(_("Hitung ulang"), _list())],
        changes=change_words(found.run),
        progress=progress_words(found.run),
        unread=unread_words(found),
        limit_of=limit_of,
        opens_files=officer.has("head", "supervisor"),
        may_retry=officer.has(*KEEPERS),
        first_href=url_for(".read", recompute_id=recompute_id) if asked["sesudah"] else None,
        next_href=url_for(".read", recompute_id=recompute_id, sesudah=found.next_after)
        if found.next_after
        else None,
    )


@bp.get("/<uuid:recompute_id>/bergeser.csv")
@allow(*READERS)
def table(recompute_id: UUID) -> Response:
    """Hand out every file that a run has moved, as a table."""
    run, rows = moved_files(runtime(), current_officer(), recompute_id)
    body = "\ufeff" + moved_csv(rows, current_frame().zone)
    answer = Response(body, mimetype="text/csv")
    name = f"hitung-ulang-kalender-{run.number}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post("/<uuid:recompute_id>/ulangi")
@allow(*KEEPERS)
def retry(recompute_id: UUID) -> ResponseReturnValue:
    """Let the files be tried again that could not be counted."""
    retry_recompute(runtime(), recompute_id, current_officer())
    flash(_("Berkas yang gagal dihitung lagi."))
    return redirect(url_for(".read", recompute_id=recompute_id), code=303)


def _above() -> list[Crumb]:
    if current_officer().has(*KEEPERS):
        return [admin_crumb(), Crumb(_("Kalender"), url_for("admin_calendar.show"))]
    return [Crumb(_("Pengawasan"), url_for("supervision.show"))]


def _list() -> str:
    return url_for(".show")


def _asked(schema: RunsSchema | RunPageSchema) -> dict[str, Any]:
    try:
        asked: dict[str, Any] = schema.load(request.args.to_dict())
    except ValidationError:
        abort(400)
    return asked
