"""`/lacak`: where a file is, for who holds its number and code; no account is needed.

The code of the QR stands in an address once: it is exchanged for a signed cookie at once, and no
page that is shown, kept or sent on carries it.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from marshmallow import ValidationError

from licensing.errors import NotFound
from licensing.queries.lapse_letters import tracked_certificate
from licensing.queries.tracking import TrackingKey, find_tracking, view_tracking
from web.access import public, runtime
from web.i18n import gettext as _
from web.rate_limit import per_address
from web.schemas.form import faults_of
from web.schemas.public import TrackSchema
from web.tracking_page import tracking_page
from web.viewmodels import Form
from web.views.letters import pdf

bp = Blueprint("tracking", __name__)

COOKIE: Final = "satupintu_lacak"
KEPT_SECONDS: Final = 2 * 3600
_PATH: Final = "/lacak"
_tries = per_address("30 per minute", scope="lacak")


@bp.get("/lacak")
@public
def ask() -> ResponseReturnValue:
    """Ask for number and code."""
    number = request.args.get("nomor", "")[:100].replace("\x00", "")
    return render_template("tracking/ask.html", form=Form({"number": number}))


@bp.post("/lacak")
@public
@_tries
def find() -> ResponseReturnValue:
    """Open the file that a number and its code belong to."""
    typed = request.form.to_dict()
    kept = {"number": typed.get("number", "")[:100].replace("\x00", "")}
    try:
        form = TrackSchema().load(typed)
    except ValidationError as error:
        return render_template("tracking/ask.html", form=Form(kept, _worded(error))), 422
    return _exchange(form["number"], form["code"], kept)


@bp.get("/lacak/<path:number>")
@public
@_tries
def scan(number: str) -> ResponseReturnValue:
    """Take the address of a printed QR: its code becomes a cookie, the address forgets it."""
    kept = {"number": number[:100].replace("\x00", "")}
    try:
        form = TrackSchema().load({"number": number, "code": request.args.get("k", "")})
    except ValidationError:
        # A number without a code is a link from a letter: the code is asked for.
        return redirect(url_for("tracking.ask", nomor=kept["number"]), code=303)
    return _exchange(form["number"], form["code"], kept)


@bp.get("/lacak/berkas")
@public
def show() -> ResponseReturnValue:
    """Show the file whose number and code were given within the last two hours."""
    key = _opened()
    if key is not None:
        try:
            page = tracking_page(view_tracking(runtime(), key))
        except NotFound:
            key = None
    if key is None:
        flash(_("Demi keamanan, masukkan nomor dan kode lagi."), "segera")
        return redirect(url_for("tracking.ask"), code=303)
    answer = current_app.make_response(render_template("tracking/show.html", page=page))
    answer.cache_control.no_store = True
    return answer


@bp.get("/lacak/berkas/keterangan.pdf")
@public
def certificate() -> ResponseReturnValue:
    """Show the certificate of a file that the law has granted, to who has opened it."""
    key = _opened()
    if key is None:
        return redirect(url_for("tracking.ask"), code=303)
    return pdf(tracked_certificate(runtime(), key), "keterangan-dikabulkan")


@bp.post("/lacak/tutup")
@public
def close() -> ResponseReturnValue:
    """Forget the file on this device."""
    answer = redirect(url_for("tracking.ask"), code=303)
    answer.delete_cookie(COOKIE, path=_PATH)
    return answer


def _exchange(number: str, code: str, kept: dict[str, str]) -> ResponseReturnValue:
    key = find_tracking(runtime(), number, code)
    if key is None:
        # One answer for an unknown number and for a wrong code: nobody learns which files exist.
        wrong = {
            "number": [
                _("Nomor dan kode tidak cocok. Periksa keduanya pada tanda terima, lalu coba lagi.")
            ]
        }
        return render_template("tracking/ask.html", form=Form(kept, wrong)), 422
    answer = redirect(url_for("tracking.show"), code=303)
    answer.set_cookie(
        COOKIE,
        _signer().dumps([str(key.office_id), str(key.application_id)]),
        max_age=KEPT_SECONDS,
        path=_PATH,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    answer.cache_control.no_store = True
    return answer


def _opened() -> TrackingKey | None:
    try:
        office_id, application_id = _signer().loads(
            request.cookies.get(COOKIE, ""), max_age=KEPT_SECONDS
        )
        return TrackingKey(UUID(office_id), UUID(application_id))
    except (BadSignature, ValueError):
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="lacak")


def _worded(error: ValidationError) -> dict[str, list[str]]:
    words = {
        ("number", "required"): _("Isi nomor pendaftaran, misalnya REG-20261104-00042."),
        ("number", "long"): _("Nomor pendaftaran paling panjang 100 huruf."),
        ("code", "required"): _("Isi kode lacak yang tertulis di bawah nomor pada tanda terima."),
        ("code", "long"): _("Kode lacak lebih pendek dari ini. Periksa tanda terima."),
    }
    damaged = _("Isian ini rusak di jalan. Ketik ulang.")
    return {name: [words.get((name, code), damaged)] for name, code in faults_of(error).items()}
