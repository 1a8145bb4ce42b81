"""`/berkas/<id>`: one file, what may be marked and pressed on it, and its scans."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import (
    ApplicationEnded,
    LapsedByLaw,
    NotAllowed,
    NotFound,
    TakenByAnother,
)
from licensing.models.people import ROLES_OF
from licensing.ports.storage import StorageFault
from licensing.queries.application import view_application
from licensing.queries.scans import read_scan
from licensing.services.notes import hand_back, reassign, take
from licensing.services.scans import attach_scan
from licensing.services.show_nik import show_nik
from web.access import allow, current_officer, runtime
from web.addresses import own_path
from web.errors import wording_of
from web.fault_words import fault_words, worded
from web.file_screen import show_file
from web.i18n import gettext as _
from web.schemas.application import AskKeySchema, ReassignSchema, ScanSchema
from web.schemas.form import faults_of
from web.script_answers import by_script, said_faults, said_next
from web.storage_words import storage_words
from web.viewmodels import Form

bp = Blueprint("applications", __name__, url_prefix="/berkas/<uuid:application_id>")

AGENCIES: Final = ROLES_OF["agency"]
WORKERS: Final = (
    "counter", "verifier", "inspector", "billing", "head", "supervisor", *AGENCIES,
)  # fmt: skip
READERS: Final = (*WORKERS, "inspectorate", "ombudsman")


@bp.get("")
@allow(*READERS)
def show(application_id: UUID) -> ResponseReturnValue:
    """Show one file."""
    return show_file(view_application(runtime(), application_id, current_officer()))


@bp.post("/ambil")
@allow(*WORKERS)
def take_file(application_id: UUID) -> ResponseReturnValue:
    """Take a file out of the pool."""
    try:
        take(runtime(), application_id, current_officer(), ask=_ask())
    except (TakenByAnother, ApplicationEnded, NotAllowed) as refusal:
        flash(_taken_words(refusal), "segera")
        return redirect(url_for(".show", application_id=application_id), code=303)
    flash(_("Permintaan kini Anda pegang.") if _ask() else _("Berkas kini Anda pegang."))
    back = request.form.get("kembali")
    return redirect(
        own_path(back) if back else url_for(".show", application_id=application_id), code=303
    )


@bp.post("/lepas")
@allow(*WORKERS)
def give_back(application_id: UUID) -> ResponseReturnValue:
    """Put a file back into the pool of its lane."""
    try:
        hand_back(runtime(), application_id, current_officer(), ask=_ask())
    except (TakenByAnother, ApplicationEnded) as refusal:
        flash(_taken_words(refusal), "segera")
    else:
        back = _("Permintaan kembali ke antrean.") if _ask() else _("Berkas kembali ke antrean.")
        flash(back)
    return redirect(url_for(".show", application_id=application_id), code=303)


@bp.post("/alihkan")
@allow("supervisor", "head")
def give_to(application_id: UUID) -> ResponseReturnValue:
    """Give a file to another officer of its lane, with the reason."""
    typed = request.form.to_dict()
    officer = current_officer()
    try:
        form = ReassignSchema().load(typed)
        reassign(
            runtime(),
            application_id,
            form["to"],
            officer,
            reason=form["reason_reassign"],
            ask=_ask(),
        )
    except ValidationError as error:
        faults = worded(faults_of(error))
    except NotFound as error:
        if error.what != "colleague in this lane":
            raise
        faults = {"to": [_("Rekan ini tidak lagi bekerja di bagian itu. Pilih yang lain.")]}
    except ApplicationEnded as refusal:
        flash(_taken_words(refusal), "segera")
        return redirect(url_for(".show", application_id=application_id), code=303)
    else:
        flash(_("Permintaan dialihkan.") if _ask() else _("Berkas dialihkan."))
        return redirect(url_for(".show", application_id=application_id), code=303)
    view = view_application(runtime(), application_id, officer)
    kept = {name: typed.get(name, "") for name in ("to", "reason_reassign", "ask")}
    return show_file(view, form=Form(kept, faults), status=422)


@bp.post("/nik")
@allow(*WORKERS)
def open_nik(application_id: UUID) -> ResponseReturnValue:
    """Show the hidden identity number on this one answer; the history keeps who saw it."""
    nik = show_nik(runtime(), application_id, current_officer())
    return show_file(view_application(runtime(), application_id, current_officer()), nik=nik)


@bp.post("/pindaian")
@allow("counter", "verifier")
def add_scan(application_id: UUID) -> ResponseReturnValue:
    """Keep a scan of one paper."""
    officer = current_officer()
    sent = request.files.get("scan")
    faults: dict[str, list[str]] = {}
    try:
        paper = ScanSchema().load(request.form.to_dict())["paper"]
    except ValidationError as error:
        faults = worded(faults_of(error))
    if sent is None or not sent.filename:
        faults["scan"] = [_("Pilih berkas pindaian dahulu.")]
    if not faults and sent is not None:
        try:
            attach_scan(runtime(), application_id, paper, sent.read(), sent.filename or "", officer)
        except StorageFault as fault:
            faults["scan"] = [storage_words(fault)]
        except NotFound as error:
            if error.what == "application":
                raise
            faults["paper"] = [fault_words("unknown_paper")]
        except ApplicationEnded as refusal:
            flash(_taken_words(refusal), "segera")
            there = url_for(".show", application_id=application_id)
            return said_next(there) if by_script() else redirect(there, code=303)
        else:
            flash(_("Pindaian tersimpan."))
            there = url_for(".show", application_id=application_id, _anchor="dokumen")
            return said_next(there) if by_script() else redirect(there, code=303)
    if by_script():
        return said_faults(faults)
    view = view_application(runtime(), application_id, officer)
    form = Form({"paper": request.form.get("paper", "")}, faults)
    return show_file(view, form=form, status=422)


@bp.get("/pindaian/<uuid:file_id>")
@allow(*READERS)
def scan(application_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Show one scan in the browser."""
    try:
        found = read_scan(runtime(), application_id, file_id, current_officer())
    except StorageFault as fault:
        if fault.code != "storage.infected":
            abort(503 if fault.code == "storage.unreachable" else 500)
        # Its page says what was found, and what to do.
        return redirect(
            url_for("scans.show", application_id=application_id, file_id=file_id), code=303
        )
    response = make_response(found.content)
    response.mimetype = found.media_type
    # The name is what somebody's computer called it; it is not trusted into a header.
    response.headers["Content-Disposition"] = f'inline; filename="{found.sha256[:12]}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _ask() -> str | None:
    """Return the key of the ask that a form is about; None where it is about the file."""
    try:
        found: str | None = AskKeySchema().load(request.form.to_dict())["ask"]
    except ValidationError:
        abort(400)
    return found


def _taken_words(refusal: Exception) -> str:
    if isinstance(refusal, TakenByAnother):
        return _("Berkas ini sudah dipegang rekan lain.")
    if isinstance(refusal, NotAllowed):
        return _("Tahap ini bukan bagian Anda.")
    if isinstance(refusal, LapsedByLaw):
        return str(wording_of(refusal).said)
    return _("Berkas ini sudah selesai.")
