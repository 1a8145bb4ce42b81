"""`/peringatan/…`: one alert, and the one small form by which it is answered."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput
from licensing.queries.supervision_alerts import AlertView, one_alert
from licensing.services.acknowledge import Acknowledged, AlertAnswer, answer_alert
from web.access import allow, current_officer, may_open, runtime
from web.board_page import about_words
from web.fault_words import worded
from web.i18n import gettext as _
from web.notice_words import audience_words, rung_level
from web.schemas.form import faults_of
from web.schemas.supervision import AcknowledgeSchema
from web.viewmodels import Form
from web.views.applications import WORKERS

bp = Blueprint("alerts", __name__)


@bp.get("/peringatan/<uuid:alert_id>")
@allow(*WORKERS, "inspectorate")
def show(alert_id: UUID) -> ResponseReturnValue:
    """Show one alert to whoever was told of it or looks after the office."""
    return _page(one_alert(runtime(), current_officer(), alert_id), Form(), 200)


@bp.post("/peringatan/<uuid:alert_id>")
@allow(*WORKERS)
def answer(alert_id: UUID) -> ResponseReturnValue:
    """Record that an alert was seen; give its file away where that is wanted."""
    typed = request.form.to_dict()
    found = one_alert(runtime(), current_officer(), alert_id)
    try:
        say(answer_alert(runtime(), answer_of(alert_id, typed), current_officer()), typed)
    except (ValidationError, InvalidInput) as error:
        return _page(found, form_of(alert_id, typed, error), 422)
    return redirect(url_for(".show", alert_id=alert_id), code=303)


def answer_of(alert_id: UUID, typed: dict[str, str]) -> AlertAnswer:
    """Return what was typed as an answer.

    Raises:
        ValidationError: it cannot be one.
    """
    form = AcknowledgeSchema().load(typed)
    return AlertAnswer(alert_id, form["note"], form["kepada"])


def form_of(alert_id: UUID, typed: dict[str, str], error: ValidationError | InvalidInput) -> Form:
    """Return what was typed and what is wrong with it; fields are named by their alert."""
    faults = faults_of(error) if isinstance(error, ValidationError) else error.faults
    names = {"note": f"note-{alert_id}", "kepada": f"kepada-{alert_id}", "to": f"kepada-{alert_id}"}
    return Form(
        {names[name]: text for name, text in typed.items() if name in names},
        worded({names.get(name, name): code for name, code in faults.items()}),
    )


def say(done: Acknowledged, typed: dict[str, str]) -> None:
    """Tell whoever has just answered what became of it."""
    if typed.get("kepada"):
        flash(_("Berkas diserahkan."))
    elif done.again:
        flash(_("Peringatan ini sudah ditanggapi %(name)s.", name=done.name), "segera")
    else:
        flash(_("Tanggapan Anda tercatat."))


def _page(alert: AlertView, form: Form, status: int) -> ResponseReturnValue:
    officer = current_officer()
    places = (url_for("supervision.warnings"), url_for("inbox.told"))
    return (
        render_template(
            "supervision/alert.html",
            alert=alert,
            form=form,
            may_answer=not officer.roles.isdisjoint(WORKERS),
            about=about_words,
            audience=audience_words,
            level=rung_level,
            above=next(place for place in places if may_open(place, officer)),
            action=url_for(".answer", alert_id=alert.id),
        ),
        status,
    )
