"""`/akun/peringatan`: how a person wants to hear of alerts by letter."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput
from licensing.services.alert_preferences import (
    WATCHERS,
    AlertPreferences,
    alert_preferences,
    set_alert_preferences,
)
from web.access import STAFF, allow, current_officer, may_open, runtime
from web.fault_words import worded
from web.i18n import gettext as _
from web.schemas.account import FIELDS, AlertPreferencesSchema
from web.schemas.form import faults_of
from web.viewmodels import Form

bp = Blueprint("account", __name__)


@bp.get("/akun/peringatan")
@allow(*STAFF)
def alerts() -> ResponseReturnValue:
    """Show what the person has chosen."""
    found = alert_preferences(runtime(), current_officer())
    chosen = {
        "sebelum": found.warnings,
        "lewat": found.breaches,
        "luar_jam": "ya" if found.outside_hours else "",
    }
    return _page(found, Form(chosen), 200)


@bp.post("/akun/peringatan")
@allow(*STAFF)
def choose_alerts() -> ResponseReturnValue:
    """Write what the person has chosen for himself."""
    typed = request.form.to_dict()
    officer = current_officer()
    try:
        form = AlertPreferencesSchema().load(typed)
        chosen = AlertPreferences(
            form["sebelum"], form["lewat"], form["luar_jam"] == "ya", form["versi"]
        )
        set_alert_preferences(runtime(), officer, chosen)
    except (ValidationError, InvalidInput) as error:
        faults = faults_of(error) if isinstance(error, ValidationError) else error.faults
        named = {FIELDS.get(name, name): code for name, code in faults.items()}
        return _page(alert_preferences(runtime(), officer), Form(typed, worded(named)), 422)
    flash(_("Pilihan Anda tersimpan."))
    return redirect(url_for(".alerts"), code=303)


def _page(found: AlertPreferences, form: Form, status: int) -> ResponseReturnValue:
    ways = (("at_once", _("Segera, satu surel setiap peringatan")),
            ("digest", _("Dalam ringkasan pagi, satu surel setiap hari kerja")))  # fmt: skip
    never = (("never", _("Tanpa surel; hanya di Satupintu")),)
    places = (url_for("inbox.told"), url_for("supervision.warnings"))
    watches = current_officer().has(*WATCHERS)
    return (
        render_template(
            "account/alerts.html",
            form=form,
            version=form.value("versi") or found.version,
            email=found.email,
            above=next((place for place in places if may_open(place, current_officer())), None),
            warnings=(*ways, *never),
            breaches=ways if watches else (*ways, *never),
        ),
        status,
    )
