"""`/pemohon`: into the account of who applies online, by a code, and out of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput, SignInRefused, TooManyTries
from licensing.services.applicant_accounts import (
    enter_by_code,
    enter_by_resume_code,
    phones_reached,
    renew_resume_code,
    send_code,
    shown_code,
)
from licensing.services.applicant_sessions import end_session, end_sessions_of
from web.access import (
    APPLICANT_COOKIE,
    allow_applicant,
    applicant_key,
    applicant_or_none,
    current_applicant,
    let_in,
    public,
    runtime,
)
from web.addresses import own_path
from web.fault_words import worded
from web.i18n import current_language
from web.i18n import gettext as _
from web.office_frame import current_office
from web.rate_limit import per_address
from web.schemas.form import faults_of
from web.schemas.online import AddressSchema, CodeSchema, ResumeSchema, SendResumeSchema
from web.viewmodels import Form

bp = Blueprint("applicant_sign_in", __name__, url_prefix="/pemohon")

PENDING: Final = "kode_pemohon"
"""In the visitor's session: the code that was asked for, and where to go on."""
RESUME: Final = "kode_lanjut"
"""In the visitor's session: a resume code that has not been shown yet."""
HOME: Final = "/permohonan"


@bp.get("")
@public
def show() -> ResponseReturnValue:
    """Ask how somebody wants to go on; who is in already is led to his applications."""
    onward = request.args.get("next", "")
    if applicant_or_none() is not None:
        return redirect(_onward(onward), code=303)
    return _page(Form(), onward)


@bp.post("/kode")
@public
@per_address("10 per minute", scope="pemohon")
def ask_code() -> ResponseReturnValue:
    """Send a one-time code to an address; what is said is the same for every address."""
    typed = request.form.to_dict()
    kept = Form({"address": typed.get("address", "")[:254]})
    onward = typed.get("next", "")
    try:
        form = AddressSchema().load(typed)
        sent = send_code(runtime(), _office(), form["address"], locale=current_language())
    except ValidationError as error:
        return _page(Form(kept.values, worded(faults_of(error))), onward, 422)
    except InvalidInput as error:
        return _page(Form(kept.values, worded(error.faults)), onward, 422)
    except TooManyTries:
        told = {"address": [_("Sudah terlalu banyak kode ke alamat ini. Coba lagi nanti.")]}
        return _page(Form(kept.values, told), onward, 429)
    session[PENDING] = [str(sent.id), sent.address, own_path(onward) if onward else ""]
    return redirect(url_for(".code"), code=303)


@bp.get("/kode")
@public
def code() -> ResponseReturnValue:
    """Ask for the code that was sent."""
    pending = _pending()
    if pending is None:
        return redirect(url_for(".show"), code=303)
    return _code_page(Form(), pending[1])


@bp.post("/masuk")
@public
@per_address("20 per minute", scope="pemohon-masuk")
def enter() -> ResponseReturnValue:
    """Open the account whose address the code was sent to; what was begun here comes along."""
    pending = _pending()
    if pending is None:
        return redirect(url_for(".show"), code=303)
    code_id, address, onward = pending
    try:
        typed = CodeSchema().load(request.form.to_dict())["code"]
        entered = enter_by_code(
            runtime(),
            _office(),
            code_id,
            typed,
            locale=current_language(),
            guest=applicant_or_none(),
        )
    except ValidationError as error:
        return _code_page(Form({}, worded(faults_of(error))), address, 422)
    except SignInRefused:
        wrong = {
            "code": [_("Kode ini salah atau sudah tidak berlaku. Periksa, atau minta kode baru.")]
        }
        return _code_page(Form({}, wrong), address, 422)
    before = applicant_key()
    if before:
        end_session(runtime(), before)
    _renew_session()
    return let_in(current_app.make_response(redirect(_onward(onward), code=303)), entered)


@bp.post("/lanjut")
@public
@per_address("10 per minute", scope="pemohon-lanjut")
def resume() -> ResponseReturnValue:
    """Open what was begun without an address, for who holds its resume code."""
    typed = request.form.to_dict()
    try:
        entered = enter_by_resume_code(runtime(), _office(), ResumeSchema().load(typed)["resume"])
    except ValidationError as error:
        return _page(Form({}, worded(faults_of(error))), "", 422)
    except SignInRefused:
        wrong = {"resume": [_("Kode lanjut ini tidak dikenal. Periksa hurufnya satu per satu.")]}
        return _page(Form({}, wrong), "", 422)
    _renew_session()
    return let_in(current_app.make_response(redirect(HOME, code=303)), entered)


@bp.post("/kode-lanjut")
@allow_applicant
@per_address("10 per minute", scope="pemohon")
def new_resume_code() -> ResponseReturnValue:
    """Give a new resume code, shown once and sent if an address is given; the old one ends."""
    try:
        form = SendResumeSchema().load(request.form.to_dict())
        code = renew_resume_code(runtime(), current_applicant(), send_to=form["address"])
    except (ValidationError, InvalidInput):
        flash(_("Alamat itu belum benar. Tulis alamat surel lengkap, atau kosongkan."), "segera")
    except TooManyTries:
        flash(_("Sudah terlalu banyak kode ke alamat ini. Coba lagi nanti."), "segera")
    else:
        session[RESUME] = shown_code(code)
        if form["address"].strip():
            flash(_("Kode lanjut yang baru juga kami kirim ke alamat itu."))
    return redirect(own_path(request.form.get("kembali", HOME)), code=303)


@bp.post("/keluar")
@public
def leave() -> ResponseReturnValue:
    """End the session, here and in the database; without one there is nothing to end."""
    end_session(runtime(), applicant_key())
    flash(_("Anda sudah keluar."))
    return _out()


@bp.post("/keluar-semua")
@allow_applicant
def leave_everywhere() -> ResponseReturnValue:
    """End every session of the account, on all devices."""
    end_sessions_of(runtime(), current_applicant())
    flash(_("Anda sudah keluar dari semua perangkat."))
    return _out()


def _out() -> ResponseReturnValue:
    _renew_session()
    answer = current_app.make_response(redirect(url_for(".show"), code=303))
    answer.delete_cookie(APPLICANT_COOKIE)
    return answer


def _renew_session() -> None:
    """Forget what this visit was about; who is signed in as an officer stays so."""
    session.pop(PENDING, None)
    session.pop(RESUME, None)


def _page(form: Form, onward: str, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "online/sign_in.html",
        form=form,
        next=own_path(onward) if onward else "",
        phones=phones_reached(runtime(), _office()),
    )
    return page, status


def _code_page(form: Form, address: str, status: int = 200) -> ResponseReturnValue:
    return render_template("online/code.html", form=form, address=address), status


def _pending() -> tuple[UUID, str, str] | None:
    kept = session.get(PENDING)
    if not isinstance(kept, list) or len(kept) != 3:
        return None
    code_id, address, onward = kept
    return UUID(code_id), address, onward


def _onward(wanted: str) -> str:
    path = own_path(wanted) if wanted else HOME
    return path if path.startswith(("/permohonan", "/ajukan/")) else HOME


def _office() -> UUID:
    office = current_office()
    if office is None:
        abort(404)
    return office.id
