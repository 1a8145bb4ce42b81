"""`/kerja/bersama`: one action on many files: one confirmation, and what became of each."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.queries.chosen import Choice, chosen_rows
from licensing.services.take_many import MOST, take_many
from web.access import allow, current_officer, runtime
from web.batch_page import Pressed, batch_page, done_rows, read_choices, read_pressed
from web.i18n import gettext as _
from web.schemas.batch import ChosenSchema, PressedSchema
from web.views.applications import WORKERS

bp = Blueprint("batch", __name__, url_prefix="/kerja/bersama")


@bp.get("")
@allow(*WORKERS)
def confirm() -> ResponseReturnValue:
    """Ask once for all of them; nothing is changed yet."""
    choices, wanted = _chosen()
    if not choices:
        flash(_("Pilih dahulu berkas yang dikerjakan bersama."), "segera")
        return redirect(url_for("inbox.show"), code=303)
    asked = choices[:MOST]
    officer = current_officer()
    rows = chosen_rows(runtime(), asked, officer)
    return render_template(
        "inbox/batch.html",
        page=batch_page(rows, asked, wanted, officer),
        beyond=len(choices) - len(asked),
        most=MOST,
    )


@bp.post("")
@allow(*WORKERS)
def carry_out() -> ResponseReturnValue:
    """Carry them out one by one, each through the one door."""
    pressed = _pressed(request.form.getlist("baris"))
    if not pressed:
        return redirect(url_for("inbox.show"), code=303)
    take_many(runtime(), [one.command for one in pressed], current_officer())
    # What became of each stands in its history: the answer can be asked for again.
    return redirect(url_for(".done", baris=[one.written for one in pressed]), code=303)


@bp.get("/hasil")
@allow(*WORKERS)
def done() -> ResponseReturnValue:
    """Show what became of each."""
    pressed = _pressed(request.args.getlist("baris"))
    if not pressed:
        return redirect(url_for("inbox.show"), code=303)
    officer = current_officer()
    choices = [Choice(one.application_id, one.ask, one.seq) for one in pressed]
    rows = done_rows(chosen_rows(runtime(), choices, officer), pressed, officer)
    failed = [row.again for row in rows if row.again]
    return render_template(
        "inbox/batch_done.html",
        rows=rows,
        count=sum(row.done for row in rows),
        again_href=url_for(".confirm", pilih=failed) if failed else "",
    )


def _chosen() -> tuple[list[Choice], str | None]:
    typed = {
        "pilih": request.args.getlist("pilih"),
        "tindakan": request.args.get("tindakan"),
    }
    try:
        asked = ChosenSchema().load(typed)
        return read_choices(asked["pilih"]), asked["tindakan"]
    except (ValidationError, ValueError):
        abort(400)


def _pressed(written: list[str]) -> list[Pressed]:
    try:
        found = read_pressed(PressedSchema().load({"baris": written})["baris"])
    except (ValidationError, ValueError):
        abort(400)
    if len(found) > MOST:
        abort(400)
    return found
