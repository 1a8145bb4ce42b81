"""What is done to the clock of a file: more time, and corrected times of receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug import Response

from licensing.errors import (
    ApplicationEnded,
    CorrectionRefused,
    ExtensionRefused,
    InvalidInput,
    LicensingError,
    NotAllowed,
    StaleSetting,
)
from licensing.queries.application import ApplicationView, view_application
from licensing.queries.clock_acts import CorrectionView
from licensing.services.correct_time import (
    DECIDERS,
    PROPOSERS,
    CorrectionEffect,
    DecideCorrection,
    ProposeCorrection,
    decide_correction,
    effect_of_correction,
    preview_correction,
    propose_correction,
    withdraw_correction,
)
from licensing.services.extend_limit import Extended, ExtendLimit, extend_limit, preview_extension
from licensing.services.reprint_receipt import PRINTERS, record_reprint
from web.access import allow, current_officer, runtime
from web.clock_panel import (
    arrival_words,
    arrivals_of,
    clock_panel,
    correction_cap_words,
    extensions_left,
    kinds_offered,
)
from web.clock_words import due_words, line_title, moment
from web.errors import Wording, wording_of
from web.fault_words import worded
from web.i18n import gettext as _
from web.i18n import lazy_gettext
from web.present import limit_label, within_words
from web.schemas.clock_acts import DecideSchema, ExtendSchema, ProposeSchema
from web.schemas.form import faults_of
from web.viewmodels import Form
from workflows.sop import Within

bp = Blueprint("clock_acts", __name__, url_prefix="/berkas/<uuid:application_id>")

OFFICE: Final = ("counter", "verifier", "inspector", "billing", "head", "supervisor")
"""Who may look at these pages: people of the office; the SOP says who of them decides."""


# -- more time


@bp.get("/perpanjangan")
@allow(*OFFICE)
def extend(application_id: UUID) -> ResponseReturnValue:
    """Ask by how much the standard is extended, and why."""
    view = _view(application_id)
    offered = extensions_left(view, current_officer())
    first = {"kind": offered[0].kind, "more": "1"} if offered else {}
    return _extend_page(view, Form(first))


@bp.post("/perpanjangan")
@allow(*OFFICE)
def extending(application_id: UUID) -> ResponseReturnValue:
    """Show what an extension would do, or give it."""
    view, typed = _view(application_id), _typed()
    try:
        form = ExtendSchema().load(typed)
    except ValidationError as error:
        return _extend_page(view, Form(typed, worded(faults_of(error))), status=422)
    command = ExtendLimit(
        application_id,
        form["kind"],
        form["more"],
        form["reason"],
        form["consent_on"],
        form["consent_by"],
        form["consent_reference"],
        expects=form["expects"],
    )
    try:
        if form["press"] == "lihat":
            shown = preview_extension(runtime(), command, current_officer())
            return _extend_page(view, Form(typed), shown=shown)
        done = extend_limit(runtime(), command, current_officer())
    except InvalidInput as error:
        return _extend_page(view, Form(typed, worded(error.faults)), status=422)
    except (ExtensionRefused, ApplicationEnded, NotAllowed, StaleSetting) as error:
        return _extend_page(_view(application_id), Form(typed), problem=error)
    flash(
        _(
            "Standar pelayanan diperpanjang: %(after)s. Pemohon diberi tahu.",
            after=due_words(done.after, view.zone, done.left_after),
        )
    )
    return _to_file(application_id)


# -- a corrected time


@bp.get("/koreksi")
@allow(*PROPOSERS)
def propose(application_id: UUID) -> ResponseReturnValue:
    """Ask which time is wrong, and which one is right."""
    return _propose_page(_view(application_id), Form(_first_arrival(_view(application_id))))


@bp.post("/koreksi")
@allow(*PROPOSERS)
def proposing(application_id: UUID) -> ResponseReturnValue:
    """Show what a corrected time would change, or propose it."""
    view, typed = _view(application_id), _typed()
    try:
        form = ProposeSchema().load(typed)
    except ValidationError as error:
        return _propose_page(view, Form(typed, worded(faults_of(error))), status=422)
    becomes = form["becomes"].replace(tzinfo=ZoneInfo(view.zone))
    command = ProposeCorrection(application_id, form["seq"], becomes, form["reason"])
    try:
        if form["press"] == "lihat":
            shown = preview_correction(runtime(), command, current_officer())
            return _propose_page(view, Form(typed), shown=shown)
        propose_correction(runtime(), command, current_officer())
    except InvalidInput as error:
        return _propose_page(view, Form(typed, worded(error.faults)), status=422)
    except (CorrectionRefused, ApplicationEnded) as error:
        return _propose_page(_view(application_id), Form(typed), problem=error)
    flash(_("Usul tercatat. Pengawas atau kepala memutuskannya; sampai saat itu tidak berubah."))
    return _to_file(application_id)


@bp.get("/koreksi/<uuid:correction_id>")
@allow(*OFFICE)
def correction(application_id: UUID, correction_id: UUID) -> ResponseReturnValue:
    """Show a proposed time, and what it would change."""
    view = _view(application_id)
    return _decide_page(view, _of(view, correction_id), Form())


@bp.post("/koreksi/<uuid:correction_id>")
@allow(*OFFICE)
def deciding(application_id: UUID, correction_id: UUID) -> ResponseReturnValue:
    """Confirm a proposed time, turn it down, or take it back."""
    view, typed = _view(application_id), _typed()
    one = _of(view, correction_id)
    try:
        form = DecideSchema().load(typed)
    except ValidationError as error:
        if "press" in error.messages_dict:
            abort(400)
        return _decide_page(view, one, Form(typed, worded(faults_of(error))), status=422)
    by = current_officer()
    try:
        if form["press"] == "cabut":
            withdraw_correction(runtime(), correction_id, by)
            flash(_("Usul pembetulan dicabut."))
        else:
            confirm = form["press"] == "benarkan"
            decided = DecideCorrection(correction_id, confirm, form["note"], form["expects"])
            decide_correction(runtime(), decided, by)
            flash(
                _("Waktu dibetulkan dan pemohon diberi tahu. Cetak ulang tanda terimanya.")
                if confirm
                else _("Usul pembetulan ditolak; tidak ada yang berubah.")
            )
    except InvalidInput as error:
        faults = {"note": next(iter(error.faults.values()))}
        return _decide_page(_view(application_id), one, Form(typed, worded(faults)), status=422)
    except (CorrectionRefused, ApplicationEnded, NotAllowed, StaleSetting) as error:
        again = _view(application_id)
        return _decide_page(again, _of(again, correction_id), Form(typed), problem=error)
    return _to_file(application_id)


@bp.post("/tanda-terima/ulang")
@allow(*PRINTERS)
def reprint(application_id: UUID) -> ResponseReturnValue:
    """Record that the receipt is printed again, and show it."""
    try:
        record_reprint(runtime(), application_id, current_officer())
    except ApplicationEnded:
        flash(_("Berkas ini sudah selesai."), "segera")
        return _to_file(application_id)
    return redirect(url_for("letters.receipt", application_id=application_id, ulang=1), code=303)


# -- inside


def _view(application_id: UUID) -> ApplicationView:
    return view_application(runtime(), application_id, current_officer())


def _typed() -> dict[str, str]:
    return {name: text.replace("\x00", "") for name, text in request.form.to_dict().items()}


def _of(view: ApplicationView, correction_id: UUID) -> CorrectionView:
    found = next((one for one in view.corrections if one.id == correction_id), None)
    return found if found is not None else abort(404)


def _to_file(application_id: UUID) -> Response:
    address = url_for("applications.show", application_id=application_id, _anchor="jam")
    return redirect(address, code=303)


def _first_arrival(view: ApplicationView) -> dict[str, str]:
    """Return the form as it begins: the newest line, with the time that it has."""
    found = arrivals_of(view)
    if not found:
        return {}
    return {
        "seq": str(found[0].seq),
        "becomes": found[0].at.astimezone(ZoneInfo(view.zone)).strftime("%Y-%m-%dT%H:%M"),
    }


def _extend_page(
    view: ApplicationView,
    form: Form,
    *,
    shown: Extended | None = None,
    problem: LicensingError | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    offered = extensions_left(view, current_officer())
    words: Mapping[str, str] = {}
    if shown is not None:
        words = {
            "before": due_words(shown.before, view.zone, shown.left_before),
            "after": due_words(shown.after, view.zone, shown.left_after),
            "more": within_words(Within(shown.more, _unit(view))),
        }
    return _render(
        "clock/extend.html",
        view,
        form,
        problem,
        status,
        kinds=kinds_offered(offered),
        asks_consent=any(one.kind == "consent" for one in offered),
        unit=_("hari kerja") if _unit(view) == "working days" else _("jam kerja"),
        shown=words,
        expects="" if shown is None or shown.after is None else shown.after.isoformat(),
        legal="" if shown is None else shown.legal,
    )


def _unit(view: ApplicationView) -> Any:
    return view.sop.limits["service"].within.unit


def _propose_page(
    view: ApplicationView,
    form: Form,
    *,
    shown: CorrectionEffect | None = None,
    problem: LicensingError | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return _render(
        "clock/propose.html",
        view,
        form,
        problem,
        status,
        lines=[(str(one.seq), arrival_words(view, one)) for one in arrivals_of(view)],
        cap=correction_cap_words(view.sop),
        effect=None if shown is None else _effect_words(view, shown),
    )


def _decide_page(
    view: ApplicationView,
    one: CorrectionView,
    form: Form,
    *,
    problem: LicensingError | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    by = current_officer()
    waiting = clock_panel(view, by).waiting
    mine = waiting is not None and waiting.correction.id == one.id
    effect: CorrectionEffect | None = None
    if mine and by.has(*DECIDERS):
        try:
            effect = effect_of_correction(runtime(), one.id, by)
        except (InvalidInput, CorrectionRefused, ApplicationEnded) as error:
            problem = problem or error
    promise = None if effect is None else effect.promise
    after = None if promise is None else promise.after
    return _render(
        "clock/decide.html",
        view,
        form,
        problem,
        status,
        one=one,
        cap=correction_cap_words(view.sop),
        what=line_title(view.sop, view.events, one.seq),
        was=moment(one.was, view.zone),
        becomes=moment(one.becomes, view.zone),
        effect=None if effect is None else _effect_words(view, effect),
        expects="" if after is None else after.isoformat(),
        may_decide=mine and waiting is not None and waiting.may_decide and effect is not None,
        may_withdraw=mine and waiting is not None and waiting.may_withdraw,
    )


def _effect_words(view: ApplicationView, effect: CorrectionEffect) -> Mapping[str, Any]:
    """Return what a correction changes, as the pages show it."""
    return {
        "rows": [
            (
                limit_label(one.key, view.sop),
                due_words(one.before, view.zone),
                due_words(one.after, view.zone),
                one.breaks,
            )
            for one in effect.moved
        ],
        "breaks": effect.breaks,
        "lapses": effect.lapses,
        "undoes": [limit_label(key, view.sop) for key in effect.undoes],
    }


_REFUSED: Final[Mapping[str, Any]] = {
    "none": lazy_gettext("SOP layanan ini tidak mengenal perpanjangan itu."),
    "used_up": lazy_gettext("Perpanjangan ini sudah dipakai sebanyak yang dibolehkan SOP."),
    "past_due": lazy_gettext("Batasnya sudah lewat. Yang sudah lewat tidak dapat diperpanjang."),
    "not_running": lazy_gettext("Standar pelayanan berkas ini belum atau tidak lagi berjalan."),
    "same_person": lazy_gettext(
        "Yang mengusulkan atau mencatat tidak memutuskan. Minta rekan lain."
    ),
    "decided": lazy_gettext("Usul ini sudah diputuskan."),
    "corrected_enough": lazy_gettext(
        "Waktu pada berkas ini sudah dibetulkan sebanyak yang dibolehkan SOP."
    ),
    "waiting": lazy_gettext("Usul lain untuk berkas ini masih menunggu keputusan."),
}


def _why(problem: LicensingError | None) -> str:
    """Return why an act was refused, in words of its own; empty where its kind says all."""
    if isinstance(problem, InvalidInput):
        return " ".join(words for said in worded(problem.faults).values() for words in said)
    return str(_REFUSED.get(getattr(problem, "why", ""), ""))


def _render(
    template: str,
    view: ApplicationView,
    form: Form,
    problem: LicensingError | None,
    status: int,
    **more: Any,
) -> ResponseReturnValue:
    wording: Wording | None = None if problem is None else wording_of(problem)
    return (
        render_template(
            template,
            view=view,
            form=form,
            problem=wording,
            why=_why(problem),
            **more,
        ),
        status if wording is None else wording.status,
    )
