"""`/periksa`: whether a permit is genuine, by its number or by the code of its QR."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.queries.permits import check_permits
from web.access import public, runtime
from web.i18n import gettext as _
from web.rate_limit import per_address
from web.schemas.form import faults_of
from web.schemas.public import PermitSchema
from web.viewmodels import Form

bp = Blueprint("permits", __name__)

_tries = per_address("60 per minute", scope="periksa")


@bp.get("/periksa")
@public
def ask() -> ResponseReturnValue:
    """Ask for the number of a permit, or answer for the one in the address."""
    if "number" not in request.args:
        return render_template("permits/show.html", form=Form(), found=None, wanted="")
    return _check(request.args["number"])


@bp.get("/periksa/<path:code>")
@public
def scan(code: str) -> ResponseReturnValue:
    """Answer for the address of a printed QR."""
    return _check(code)


@_tries
def _check(number: str) -> ResponseReturnValue:
    kept = {"number": number[:100].replace("\x00", "")}
    try:
        form = PermitSchema().load({"number": number})
    except ValidationError as error:
        words = {
            "required": _("Isi nomor izin, misalnya 503/0042/SIUP/DPMPTSP/2026."),
            "long": _("Nomor izin paling panjang 100 huruf."),
        }
        damaged = _("Isian ini rusak di jalan. Ketik ulang.")
        wrong = {name: [words.get(code, damaged)] for name, code in faults_of(error).items()}
        return (
            render_template("permits/show.html", form=Form(kept, wrong), found=None, wanted=""),
            422,
        )
    found = check_permits(runtime(), form["number"])
    page = render_template("permits/show.html", form=Form(kept), found=found, wanted=form["number"])
    return page, 200 if found else 404
