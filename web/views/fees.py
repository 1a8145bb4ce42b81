"""`/berkas/<id>/retribusi`: the fee of a file, calculated by the billing officer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import (
    ApplicationEnded,
    BillStands,
    InvalidInput,
    LicensingError,
    SamePerson,
    StaleApplication,
    TakenByAnother,
)
from licensing.queries.application import ApplicationView, view_application
from licensing.services.assess_fee import AssessFee, FeeTerms, assess_fee, fee_terms
from licensing.tariffs import CalculationFailed, NoTariffInForce, PriceMissing, Sheet
from web import formats
from web.access import allow, current_officer, runtime
from web.errors import Wording, wording_of
from web.fault_words import worded
from web.fee_page import closed_why, fee_page, prefilled
from web.filters import in_language
from web.i18n import gettext as _
from web.schemas.fees import FeeSchema, answers_of
from web.viewmodels import Form

bp = Blueprint("fees", __name__, url_prefix="/berkas/<uuid:application_id>/retribusi")


@bp.get("")
@allow(
    "billing", "counter", "verifier", "inspector", "head", "supervisor", "inspectorate",
    "ombudsman",
)  # fmt: skip
def show(application_id: UUID) -> ResponseReturnValue:
    """Show the calculation that stands; the billing officer may make a new one."""
    view = view_application(runtime(), application_id, current_officer(), sheet=True)
    try:
        terms = _terms(view)
    except NoTariffInForce as error:
        return _page(view, None, Form(), problem=error)
    return _page(view, terms, Form({} if terms is None else prefilled(view, terms.tariff)))


@bp.post("")
@allow("billing")
def act(application_id: UUID) -> ResponseReturnValue:
    """Show what the answers come to, or keep it."""
    view = view_application(runtime(), application_id, current_officer(), sheet=True)
    typed = request.form.to_dict()
    try:
        pressed = FeeSchema().load({name: typed.get(name) for name in FeeSchema().fields})
    except ValidationError:
        abort(400)
    try:
        terms = _terms(view)
    except NoTariffInForce as error:
        return _page(view, None, Form(), problem=error)
    if terms is None:
        # The file went on after the page was shown, or nothing is calculated for this service.
        return _page(view, None, Form(), problem=_gone_on(view, pressed["seen_version"]))
    answers = answers_of(typed, terms.tariff.questions)
    form = Form(answers)
    try:
        if pressed["press"] == "hitung":
            return _page(view, terms, form, draft=terms.sheet(answers))
        command = AssessFee(application_id, pressed["seen_version"], answers)
        assess_fee(runtime(), command, current_officer())
    except InvalidInput as error:
        return _page(view, terms, Form(answers, worded(error.faults)), status=422)
    except (PriceMissing, CalculationFailed, BillStands, ApplicationEnded) as error:
        return _page(view, terms, form, problem=error)
    except (StaleApplication, TakenByAnother, SamePerson) as error:
        again = view_application(runtime(), application_id, current_officer(), sheet=True)
        return _page(again, terms, form, problem=error)
    total = terms.sheet(answers).total_idr
    flash(
        _("Perhitungan tersimpan: %(amount)s.", amount=formats.rupiah(total))
        if total
        else _("Perhitungan tersimpan: tidak ada yang dibayar.")
    )
    return redirect(url_for("applications.show", application_id=application_id), code=303)


def _terms(view: ApplicationView) -> FeeTerms | None:
    """Return what is calculated by, for who may calculate now."""
    by = current_officer()
    if view.sop.fee.tariff is None or closed_why(view, by):
        return None
    return fee_terms(runtime(), view.sop.fee.tariff, view.calendar.local_date(view.now), by)


def _gone_on(view: ApplicationView, seen: int) -> LicensingError | None:
    if view.version == seen:
        return None
    return StaleApplication(view.id, seen=seen, now=view.version)


def _page(
    view: ApplicationView,
    terms: FeeTerms | None,
    form: Form,
    *,
    draft: Sheet | None = None,
    problem: LicensingError | SamePerson | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    wording: Wording | None = None if problem is None else wording_of(problem)
    lacking: Sequence[str] = ()
    if isinstance(problem, PriceMissing):
        lacking = [in_language(title) for title in problem.missing.values()]
    page = fee_page(view, current_officer(), terms, form, draft=draft)
    return (
        render_template(
            "fees/show.html",
            view=view,
            page=page,
            form=form,
            part=form.part(*page.labels),
            problem=wording,
            lacking=lacking,
            seen_version=view.version,
        ),
        status if wording is None else wording.status,
    )
