"""`/masuk` and `/keluar`: into the office and out of it."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import SignInRefused, TooManyTries
from licensing.people import Officer
from licensing.services.sign_in import sign_in, sign_out
from web.access import (
    begin_session,
    end_session,
    landing,
    may_open,
    officer_or_none,
    public,
    runtime,
)
from web.addresses import own_path
from web.i18n import gettext as _
from web.i18n import ngettext
from web.rate_limit import per_address, visitor
from web.schemas.form import faults_of
from web.schemas.sign_in import SignInSchema
from web.viewmodels import Form

bp = Blueprint("sign_in", __name__)


@bp.get("/masuk")
@public
def show() -> ResponseReturnValue:
    """Ask for name and password; who is signed in already is led on."""
    onward = request.args.get("next", "")
    officer = officer_or_none()
    if officer is not None:
        return redirect(_onward(officer, onward), code=303)
    return _form(Form(), onward)


@bp.post("/masuk")
@public
@per_address("60 per minute")
def enter() -> ResponseReturnValue:
    """Sign in and go on to where the person was going."""
    typed = request.form.to_dict()
    kept = {"username": typed.get("username", "")[:100]}
    try:
        form = SignInSchema().load(typed)
    except ValidationError as error:
        return _form(Form(kept, _worded(error)), typed.get("next", "")), 422
    try:
        found = sign_in(runtime(), form["username"], form["password"], address=visitor())
    except SignInRefused:
        wrong = {"username": [_("Nama pengguna dan kata sandi tidak cocok. Periksa keduanya.")]}
        return _form(Form(kept, wrong), form["next"]), 422
    except TooManyTries as error:
        minutes = max(1, ceil(error.retry_after.total_seconds() / 60))
        told = ngettext(
            "Terlalu banyak percobaan yang gagal. Coba lagi dalam %(num)s menit.",
            "Terlalu banyak percobaan yang gagal. Coba lagi dalam %(num)s menit.",
            minutes,
        )
        page = _form(Form(kept, {"username": [told]}), form["next"])
        return page, 429, {"Retry-After": str(ceil(error.retry_after.total_seconds()))}
    # Nothing of the visitor's session lives on in the officer's: no fixed key, no old token. Nor
    # does the session of whoever was signed in here before, in this browser or in a copied cookie.
    before = end_session()
    session.clear()
    if before is not None:
        sign_out(runtime(), before)
    begin_session(found)
    if landing(found.officer) == "/":
        flash(
            _(
                "Anda masuk sebagai %(name)s. Akun ini belum mempunyai pekerjaan di kantor ini.",
                name=found.officer.name,
            )
        )
    return redirect(_onward(found.officer, form["next"]), code=303)


@bp.post("/keluar")
@public
def leave() -> ResponseReturnValue:
    """End the session, here and in the database; without one there is nothing to end."""
    key = end_session()
    session.clear()
    if key is not None:
        sign_out(runtime(), key)
    flash(_("Anda sudah keluar."))
    return redirect("/masuk", code=303)


def _form(form: Form, onward: str) -> str:
    return render_template("sign_in/show.html", form=form, next=own_path(onward) if onward else "")


def _onward(officer: Officer, wanted: str) -> str:
    """Return the page that was asked for, where this account may open it; else its first place."""
    path = own_path(wanted)
    if path == "/" or not may_open(path.partition("?")[0], officer):
        return landing(officer)
    return path


def _worded(error: ValidationError) -> dict[str, list[str]]:
    words = {
        "username": {
            "required": _("Isi nama pengguna Anda."),
            "long": _("Nama pengguna paling panjang 100 huruf."),
        },
        "password": {
            "required": _("Isi kata sandi Anda."),
            "long": _("Kata sandi paling panjang 1.000 huruf."),
        },
    }
    damaged = _("Isian ini rusak di jalan. Ketik ulang.")
    return {
        name: [words.get(name, {}).get(code, damaged)] for name, code in faults_of(error).items()
    }
