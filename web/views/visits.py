"""Site visits: the inspector's list, the form of the report, photographs, the printed report."""

from __future__ import annotations

from itertools import groupby
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug import Response

from licensing.documents import render
from licensing.documents.photos import thumbnail
from licensing.errors import ApplicationEnded, InvalidInput, NotFound
from licensing.ports.storage import StorageFault
from licensing.queries.application import ApplicationView, view_application
from licensing.queries.scans import read_scan
from licensing.queries.visit_letters import visit_report
from licensing.queries.visits import REPORTS, agenda
from licensing.services.visit_photos import attach_photos
from web.access import allow, current_officer, runtime
from web.fault_words import fault_words
from web.file_page import changed_since, effects_of
from web.file_screen import show_action
from web.i18n import gettext as _
from web.i18n import ngettext
from web.storage_words import storage_words
from web.viewmodels import Form
from web.views.applications import READERS
from web.visit_panel import agenda_line, report_form, visit_lines, visit_plan
from workflows.machine import Offer

bp = Blueprint("visits", __name__)

_FILE: Final = "/berkas/<uuid:application_id>"
THUMBNAIL_SIDE: Final = 360


@bp.app_context_processor
def _panels() -> dict[str, object]:
    """Give the partial templates what they show beside the file itself."""
    return {
        "visit_plan": visit_plan,
        "report_form": report_form,
        "visit_lines": visit_lines,
    }


@bp.get("/kunjungan")
@allow("inspector", "supervisor", "head")
def show() -> ResponseReturnValue:
    """Show the visits that are still to be held: one's own, or those of the whole office."""
    officer = current_officer()
    whole = request.args.get("lihat") == "semua" or not officer.has("inspector")
    found = agenda(runtime(), officer, whole_office=whole)
    days = [
        (on, [agenda_line(row, named=whole) for row in rows])
        for on, rows in groupby(found.rows, lambda row: row.scheduled_on)
    ]
    today = found.now.astimezone(ZoneInfo(found.zone)).date()
    return render_template(
        "visits/agenda.html",
        found=found,
        days=days,
        today=today,
        whole=whole,
        has_own=officer.has("inspector"),
    )


@bp.post(_FILE + "/kunjungan/isian")
@allow("inspector")
def draft(application_id: UUID) -> ResponseReturnValue:
    """Show the form of a report again, with one row more or with the photographs just sent."""
    officer = current_officer()
    typed = request.form.to_dict()
    kept = {name: text.replace("\x00", "") for name, text in typed.items()}
    faults = _keep_photos(application_id) if "unggah" in kept else {}
    for name in ("rows_findings", "rows_measured"):
        if kept.get("tambah") == name and kept.get(name, "").isdecimal():
            kept[name] = str(int(kept[name][:3]) + 1)
    view = view_application(runtime(), application_id, officer)
    offer = _report_offer(view)
    if offer is None or offer.refusal is not None:
        flash(_("Tindakan itu tidak ada di tahap sekarang."), "segera")
        return _to_file(application_id)
    seen, seq = kept.get("seen_version", ""), kept.get("seen_seq", "")
    changed = None
    if seen != str(view.version) and seq.isdecimal():
        changed = changed_since(view, int(seq[:9]))
    return show_action(
        view, offer, form=Form(kept, faults), changed=changed, status=422 if faults else 200
    )


@bp.post(_FILE + "/kunjungan/foto")
@allow("inspector")
def add_photos(application_id: UUID) -> ResponseReturnValue:
    """Keep photographs of the newest visit, sent from the page of the file."""
    for words in _keep_photos(application_id).get("photos", ()):
        flash(words, "segera")
    return _to_file(application_id)


@bp.get(_FILE + "/kunjungan/foto/<uuid:file_id>")
@allow(*READERS)
def photo(application_id: UUID, file_id: UUID) -> Response:
    """Show one photograph small."""
    try:
        found = read_scan(runtime(), application_id, file_id, current_officer())
        if not found.media_type.startswith("image/"):
            raise NotFound("photograph", file_id)
        response = make_response(thumbnail(found.content, longest=THUMBNAIL_SIDE))
    except StorageFault:
        abort(500)
    response.mimetype = "image/jpeg"
    return response


@bp.get(_FILE + "/berita-acara.pdf")
@allow(*READERS)
def report(application_id: UUID) -> Response:
    """Show the newest report of a visit, or that of the visit `nomor`."""
    asked = request.args.get("nomor", "")
    if asked and not (asked.isdecimal() and len(asked) < 4):
        abort(404)
    try:
        paper = visit_report(
            runtime(), application_id, current_officer(), number=int(asked) if asked else None
        )
    except StorageFault:
        abort(500)
    response = make_response(render(paper))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="berita-acara.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _keep_photos(application_id: UUID) -> dict[str, list[str]]:
    """Keep the photographs of this request; return what is wrong with them."""
    sent = [one for one in request.files.getlist("photos") if one.filename]
    if not sent:
        return {"photos": [_("Pilih foto dahulu.")]}
    try:
        new = attach_photos(
            runtime(),
            application_id,
            [(one.filename or "", one.read()) for one in sent],
            current_officer(),
        )
    except StorageFault as fault:
        return {"photos": [_photo_words(fault)]}
    except InvalidInput as error:
        return {"photos": [fault_words(code) for code in error.faults.values()]}
    except ApplicationEnded:
        return {"photos": [fault_words("visit_photos_closed")]}
    flash(ngettext("%(num)s foto tersimpan.", "%(num)s foto tersimpan.", new))
    return {}


def _photo_words(fault: StorageFault) -> str:
    if fault.code == "storage.type":
        return _("Foto harus JPEG, PNG, atau WebP.")
    return storage_words(fault)


def _report_offer(view: ApplicationView) -> Offer | None:
    return next((one for one in view.offers if REPORTS in effects_of(view, one.action)), None)


def _to_file(application_id: UUID) -> Response:
    return redirect(
        url_for("applications.show", application_id=application_id, _anchor="kunjungan"), code=303
    )
