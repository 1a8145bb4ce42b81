"""`/permohonan`: an applicant's own applications, what was returned to him, what he may press."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import (
    ApplicationEnded,
    InvalidInput,
    NotAllowed,
    Refusal,
    StaleApplication,
)
from licensing.ports.storage import StorageFault
from licensing.queries.online import just_filed, own_key, own_list
from licensing.queries.own_application import OwnApplication, own_application
from licensing.queries.tracking import view_tracking
from licensing.services.applicant_corrections import correct_paper, must_be_correctable
from licensing.services.take_action import TakeAction, take_action
from licensing.services.uploads import Sending, check_upload
from web.access import allow_applicant, current_applicant, runtime
from web.fault_words import worded
from web.filters import in_language
from web.i18n import gettext as _
from web.own_page import own_rows
from web.present import within_words
from web.rate_limit import per_address
from web.schemas.form import faults_of
from web.schemas.online import PressSchema
from web.script_answers import by_script, said_faults, said_next
from web.storage_words import storage_words
from web.tracking_page import tracking_page
from web.viewmodels import Form

bp = Blueprint("own_applications", __name__, url_prefix="/permohonan")

_FILE = "/berkas/<uuid:application_id>"
_presses = per_address("30 per minute", scope="permohonan-berkas")


@bp.get("")
@allow_applicant
def index() -> ResponseReturnValue:
    """Show everything of the reader: unfinished, and handed in."""
    asked = request.args.get("hal", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    found = own_list(runtime(), current_applicant(), page=max(page, 1))
    return render_template(
        "online/list.html", found=found, rows=own_rows(found), applicant=current_applicant()
    )


@bp.get(f"{_FILE}/terkirim")
@allow_applicant
def filed(application_id: UUID) -> ResponseReturnValue:
    """Say that an application has come in, its number and code, and what happens next."""
    found = just_filed(runtime(), application_id, current_applicant())
    time = within_words(found.service_within) if found.service_within is not None else ""
    return render_template("online/filed.html", filed=found, time=time)


@bp.get(_FILE)
@allow_applicant
def show(application_id: UUID) -> ResponseReturnValue:
    """Show where an application of the reader is; its number and code are not asked for."""
    key = own_key(runtime(), application_id, current_applicant())
    own = own_application(runtime(), application_id, current_applicant())
    return render_template(
        "online/file.html", page=tracking_page(view_tracking(runtime(), key)), own=own
    )


@bp.get(f"{_FILE}/perbaikan")
@allow_applicant
def correct(application_id: UUID) -> ResponseReturnValue:
    """Show exactly what is wrong with which paper, and take it in its place."""
    own = _own(application_id)
    if not own.my_turn:
        flash(_("Tidak ada yang perlu Anda perbaiki sekarang."))
        return redirect(url_for(".show", application_id=application_id), code=303)
    return _correct_page(own, Form())


@bp.post(f"{_FILE}/perbaikan/<paper>")
@allow_applicant
@per_address("40 per minute", scope="unggah")
def upload(application_id: UUID, paper: str) -> ResponseReturnValue:
    """Keep a new scan of a returned paper."""
    name = f"scan_{paper}"
    sent = request.files.get("scan")
    applicant = current_applicant()
    if sent is None or not sent.filename:
        return _not_kept(application_id, {name: [_("Pilih atau foto dahulu.")]})
    try:
        # Asked before anything is kept: what is refused leaves no file behind.
        must_be_correctable(runtime(), application_id, paper, applicant)
        checked = check_upload(
            runtime(),
            sent.read(),
            sent.filename,
            office_id=applicant.office_id,
            sending=Sending(application_id, paper),
        )
        correct_paper(runtime(), application_id, paper, checked, sent.filename, applicant)
    except StorageFault as fault:
        return _not_kept(application_id, {name: [storage_words(fault)]})
    except InvalidInput as error:
        return _not_kept(application_id, worded(error.faults))
    except (ApplicationEnded, NotAllowed):
        answer = _moved_on(application_id)
        there = url_for(".show", application_id=application_id)
        return said_next(there) if by_script() else answer
    flash(_("Dokumen pengganti tersimpan."))
    there = url_for(".correct", application_id=application_id, _anchor=f"d-{paper}")
    return said_next(there) if by_script() else redirect(there, code=303)


@bp.post(f"{_FILE}/serahkan")
@allow_applicant
@_presses
def hand_in(application_id: UUID) -> ResponseReturnValue:
    """Hand a corrected application in again, once every returned paper has a new scan."""
    own = _own(application_id)
    if own.forward is None:
        return _moved_on(application_id)
    if own.lacking:
        lacking = {
            f"scan_{paper.name}": [_("Unggah pengganti dokumen ini dahulu.")]
            for paper in own.lacking
        }
        return _correct_page(own, Form({}, lacking), 422)
    if not _press(own, own.forward.action, reason=None):
        return _moved_on(application_id)
    flash(_("Perbaikan sudah kami terima. Sekarang giliran kami."))
    return redirect(url_for(".show", application_id=application_id), code=303)


@bp.get(f"{_FILE}/cabut")
@allow_applicant
def ask_withdrawal(application_id: UUID) -> ResponseReturnValue:
    """Ask whether an application is really withdrawn, and why."""
    own = _own(application_id)
    if own.withdraw is None:
        return _moved_on(application_id)
    return render_template("online/withdraw.html", own=own, form=Form())


@bp.post(f"{_FILE}/cabut")
@allow_applicant
@_presses
def withdraw(application_id: UUID) -> ResponseReturnValue:
    """Withdraw an application."""
    own = _own(application_id)
    if own.withdraw is None:
        return _moved_on(application_id)
    reason = request.form.get("reason", "").strip()
    if own.withdraw.reason_required and not reason:
        form = Form({}, {"reason": [_("Tulis mengapa Anda mencabutnya.")]})
        return render_template("online/withdraw.html", own=own, form=form), 422
    if not _press(own, own.withdraw.action, reason=reason):
        return _moved_on(application_id)
    flash(_("Permohonan Anda sudah dicabut."))
    return redirect(url_for(".show", application_id=application_id), code=303)


def _press(own: OwnApplication, action: str, *, reason: str | None) -> bool:
    """Press through the one door; return whether it was still possible."""
    try:
        form = PressSchema().load(request.form.to_dict())
    except ValidationError as error:
        abort(400, description=", ".join(faults_of(error)))
    try:
        take_action(
            runtime(),
            TakeAction(own.key.application_id, action, form["version"], reason=reason),
            current_applicant(),
        )
    except (StaleApplication, ApplicationEnded, Refusal):
        return False
    return True


def _own(application_id: UUID) -> OwnApplication:
    return own_application(runtime(), application_id, current_applicant())


def _moved_on(application_id: UUID) -> ResponseReturnValue:
    flash(_("Keadaan berkas sudah berubah. Baca dahulu, lalu putuskan lagi."), "segera")
    return redirect(url_for(".show", application_id=application_id), code=303)


def _correct_page(own: OwnApplication, form: Form, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "online/correct.html",
        labels={f"scan_{one.name}": in_language(one.title) for one in own.returned},
        own=own,
        form=form,
        most_bytes=runtime().storage.limits.max_bytes,
    )
    return page, status


def _not_kept(application_id: UUID, faults: dict[str, list[str]]) -> ResponseReturnValue:
    if by_script():
        return said_faults(faults)
    return _correct_page(_own(application_id), Form({}, faults), 422)
