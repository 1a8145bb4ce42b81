"""What is pressed on a file: marks on its papers, and every action that its SOP offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug import Response

from licensing.errors import (
    ApplicationEnded,
    GuardRefused,
    InputMissing,
    InvalidInput,
    LapsedByLaw,
    ReasonMissing,
    Refusal,
    StaleApplication,
    TakenByAnother,
)
from licensing.queries.application import ApplicationView, view_application
from licensing.queries.file_parts import AskView
from licensing.services.papers import PaperMarks, check_papers, give_verdicts
from licensing.services.take_action import TakeAction, take_action
from web.access import allow, current_officer, runtime
from web.action_inputs import inputs_of
from web.errors import wording_of
from web.fault_words import fault_words, worded
from web.file_page import (
    already_done,
    changed_since,
    effects_of,
    marking_of,
    needs_page,
    paper_rows,
)
from web.file_screen import show_action, show_file
from web.filters import in_language
from web.i18n import gettext as _
from web.present import place_title
from web.refusal_words import refusal_words
from web.schemas.application import ActSchema
from web.schemas.form import faults_of
from web.viewmodels import Form
from web.views.applications import WORKERS
from workflows.machine import Offer

bp = Blueprint("actions", __name__, url_prefix="/berkas/<uuid:application_id>/tindakan")

Marks = Mapping[str, tuple[str, str]]


@bp.get("/<action>")
@allow(*WORKERS)
def ask(application_id: UUID, action: str) -> ResponseReturnValue:
    """Ask for what an action needs before it is carried out."""
    view = view_application(runtime(), application_id, current_officer())
    within = _ask(view, request.args.get("permintaan"))
    offer = _offer(view, action, within)
    if offer is None:
        flash(_("Tindakan itu tidak ada di tahap sekarang."), "segera")
        return _to_file(application_id)
    if offer.refusal is not None:
        return _refused(view, offer.refusal)
    return show_action(view, offer, ask=within)


@bp.post("")
@allow(*WORKERS)
def act(application_id: UUID) -> ResponseReturnValue:
    """Keep the marks on the papers, then carry the action out or lead to what it asks for."""
    typed = request.form.to_dict()
    view = view_application(runtime(), application_id, current_officer())
    try:
        form = ActSchema().load(typed)
    except ValidationError as error:
        return _not_readable(view, typed, faults_of(error))
    marks = _marks(view, typed)
    if view.version != form["seen_version"]:
        return _changed(view, form, typed, marks)
    try:
        version = _keep(view, marks)
        if not form["action"]:
            flash(_("Tanda pada dokumen tersimpan."))
            return _to_file(application_id)
    except InvalidInput as error:
        return show_file(view, form=Form(typed, worded(error.faults)), status=422)
    except LapsedByLaw as error:
        return _lapsed(view, typed, error)
    except (StaleApplication, TakenByAnother, ApplicationEnded):
        return _changed(_again(view), form, typed, {})
    within = _ask(view, form["ask"])
    offer = _offer(view, form["action"], within)
    if offer is not None and needs_page(view, offer, within) and not form["confirmed"]:
        return redirect(
            url_for(
                ".ask", application_id=application_id, action=offer.action, permintaan=form["ask"]
            ),
            code=303,
        )
    try:
        inputs = _inputs(view, form, typed, within)
        receipt = take_action(runtime(), _command(view, form, version, inputs), current_officer())
    except ValidationError as error:
        return _incomplete(view, form, typed, worded(faults_of(error)))
    except InvalidInput as error:
        return _incomplete(_again(view), form, typed, worded(error.faults))
    except LapsedByLaw as error:
        return _lapsed(view, typed, error)
    except (StaleApplication, TakenByAnother, ApplicationEnded):
        return _changed(_again(view), form, typed, {})
    except ReasonMissing:
        return _incomplete(_again(view), form, typed, {"reason": [_("Tulis alasannya.")]})
    except InputMissing as error:
        missing = {name: [fault_words("required")] for name in error.fields}
        return _incomplete(_again(view), form, typed, missing)
    except Refusal as error:
        return _refused(_again(view), error)
    done = in_language(offer.title) if offer else receipt.action
    place = place_title(view.sop, receipt.to_step)
    flash(
        # The main line waits where it was: what moved is the opinion that was asked for.
        _(
            "Tercatat: %(action)s. %(ask)s: %(place)s.",
            action=done,
            ask=in_language(view.sop.asks[within.name].title),
            place=place,
        )
        if within is not None
        else _("Tercatat: %(action)s. Berkas kini: %(place)s.", action=done, place=place)
    )
    return _to_file(application_id)


def _command(
    view: ApplicationView, form: Mapping[str, Any], version: int, inputs: Mapping[str, str]
) -> TakeAction:
    return TakeAction(
        view.id, form["action"], version, ask=form["ask"], reason=form["reason"], inputs=inputs
    )


def _inputs(
    view: ApplicationView, form: Mapping[str, Any], typed: Mapping[str, str], ask: AskView | None
) -> dict[str, str]:
    """Return what the effects of the action ask for, as it was typed.

    Raises:
        ValidationError: some of it cannot be read.
    """
    found: dict[str, str] = {}
    for part in inputs_of(effects_of(view, form["action"], ask)):
        found |= part.schema().load(dict(typed))
    return found


def _marks(view: ApplicationView, typed: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the marks that differ from those that stand."""
    found = {}
    for row in paper_rows(view, current_officer(), Form()):
        mark = typed.get(f"mark_{row.name}")
        if not row.choices or mark is None:
            continue
        note = typed.get(f"note_{row.name}", "")
        if (mark, note.strip()) != (row.mark, row.marked_note.strip()):
            found[row.name] = (mark, note)
    return found


def _keep(view: ApplicationView, marks: Marks) -> int:
    """Keep the marks; return the version of the file after it."""
    if not marks:
        return view.version
    command = PaperMarks(view.id, view.version, marks)
    keep = check_papers if marking_of(view, current_officer()) == "presence" else give_verdicts
    return keep(runtime(), command, current_officer())


def _changed(
    view: ApplicationView, form: Mapping[str, Any], typed: Mapping[str, str], marks: Marks
) -> ResponseReturnValue:
    """Answer a press on a page that is no longer how the file stands; nothing typed is lost."""
    done = already_done(view, form["seen_seq"], form["action"], current_officer(), form["ask"])
    if done is not None or (not form["action"] and not marks):
        flash(_("Sudah tercatat; tekanan kedua tidak mengubah apa-apa."))
        return _to_file(view.id)
    changed = changed_since(view, form["seen_seq"])
    within = _ask(view, form["ask"])
    offer = _offer(view, form["action"], within)
    if offer is not None and offer.refusal is None and form["confirmed"]:
        return show_action(view, offer, ask=within, form=Form(typed), changed=changed, status=409)
    return show_file(
        view, form=Form(typed), changed=changed, reason=form["reason"] or "", status=409
    )


def _lapsed(
    view: ApplicationView, typed: Mapping[str, str], error: LapsedByLaw
) -> ResponseReturnValue:
    """Answer a press that came after the limit of the law; what was typed is not lost."""
    return show_file(
        _again(view),
        form=Form(typed),
        refused=str(wording_of(error).said),
        reason=typed.get("reason", ""),
        status=wording_of(error).status,
    )


def _refused(view: ApplicationView, refusal: Refusal) -> ResponseReturnValue:
    """Answer a press that the SOP refuses now: what is missing, and where."""
    words = refusal_words(refusal, view.sop)
    faults: dict[str, list[str]] = {}
    if isinstance(refusal, GuardRefused):
        known = {paper.name for paper in view.papers}
        lacking = {
            "documents_complete": _("belum diperiksa atau belum ada"),
            "faults_listed": _("belum diperiksa"),
            "papers_correct": _("belum dinilai sesuai"),
        }.get(refusal.guard, _("belum beres"))
        faults = {f"paper_{name}": [lacking] for name in refusal.missing if name in known}
    return show_file(
        view,
        form=Form(errors=faults),
        # Named paper by paper, it need not be said twice.
        refused="" if faults else words,
        status=wording_of(refusal).status,
    )


def _incomplete(
    view: ApplicationView,
    form: Mapping[str, Any],
    typed: Mapping[str, str],
    faults: Mapping[str, list[str]],
) -> ResponseReturnValue:
    within = _ask(view, form["ask"])
    offer = _offer(view, form["action"], within)
    if offer is None:
        return _changed(view, form, typed, {})
    return show_action(view, offer, ask=within, form=Form(typed, faults), status=422)


def _not_readable(
    view: ApplicationView, typed: Mapping[str, str], faults: Mapping[str, str]
) -> ResponseReturnValue:
    """Answer a form with too long a reason, or one that no page of ours has sent."""
    kept = {name: text.replace("\x00", "") for name, text in typed.items()}
    within = _ask(view, kept.get("ask"))
    offer = _offer(view, kept.get("action", ""), within)
    if offer is None or not faults.keys() <= {"reason"}:
        abort(400)
    return show_action(view, offer, ask=within, form=Form(kept, worded(faults)), status=422)


def _again(view: ApplicationView) -> ApplicationView:
    return view_application(runtime(), view.id, current_officer())


def _offer(view: ApplicationView, action: str, ask: AskView | None = None) -> Offer | None:
    offers = view.offers if ask is None else ask.offers
    return next((offer for offer in offers if offer.action == action), None)


def _ask(view: ApplicationView, key: str | None) -> AskView | None:
    """Return the side path that a form names.

    It ends in a page not found where the file has none of that name.
    """
    if not key:
        return None
    found = next((ask for ask in view.asks if ask.key == key), None)
    return found if found is not None else abort(404)


def _to_file(application_id: UUID) -> Response:
    return redirect(url_for("applications.show", application_id=application_id), code=303)
