"""`/layanan`: what each service needs, how long it takes, what it costs, by which rules."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from marshmallow import ValidationError

from licensing.queries.services import Service
from web import formats
from web.access import public
from web.fault_words import worded
from web.i18n import Language, current_language
from web.i18n import gettext as _
from web.office_frame import current_office
from web.schemas.form import faults_of
from web.schemas.services import ServiceSearchSchema
from web.services_fees import fees_page, formulas_of
from web.services_page import find_service, read_catalogue, service_list, service_page
from web.services_standard import pledge_page, standard_page
from web.viewmodels import Form
from workflows.swimlane import draw

bp = Blueprint("services", __name__)


@bp.get("/layanan")
@public
def index() -> ResponseReturnValue:
    """Show all services, and what a question finds among them: `?cari=bangunan`."""
    try:
        asked = ServiceSearchSchema().load(request.args.to_dict())
    except ValidationError as error:
        form = Form(values={}, errors=worded(faults_of(error)))
        page = render_template("services/index.html", list=service_list(), form=form)
        return page, 422
    return render_template("services/index.html", list=service_list(asked["cari"]), form=Form())


@bp.get("/layanan/maklumat")
@public
def pledge() -> ResponseReturnValue:
    """Show what the office has pledged, with every time and fee: one sheet to print."""
    found = read_catalogue(with_calendar=False, with_staff=True)
    if found is None:
        abort(404)
    return render_template("services/pledge.html", page=pledge_page(found))


@bp.get("/layanan/tarif")
@public
def fees() -> ResponseReturnValue:
    """Show which service costs what, and by which rule it is reckoned."""
    return render_template("services/fees.html", page=fees_page())


@bp.get("/layanan/<service>")
@public
def show(service: str) -> ResponseReturnValue:
    """Show one service; the address may answer its questions: `?legal_form=pt`."""
    found = find_service(service)
    if found is None:
        abort(404)
    page = service_page(*found, asked=request.args)
    formulas = formulas_of(page.sop.fee.tariff, found[0].now.date())
    answered = {name: request.args[name] for name in page.sop.variants if name in request.args}
    return render_template("services/show.html", page=page, formulas=formulas, answered=answered)


@bp.get("/layanan/<service>/standar")
@public
def standard(service: str) -> ResponseReturnValue:
    """Show the fourteen components of the service standard: one paper to print."""
    found = find_service(service, with_calendar=False, with_staff=True)
    if found is None:
        abort(404)
    return render_template("services/standard.html", page=standard_page(*found))


@bp.get("/layanan/<service>/sop")
@public
def swimlane(service: str) -> ResponseReturnValue:
    """Show the SOP as the swimlane that administrations print: A4, lying."""
    found = find_service(service, with_calendar=False)
    if found is None:
        abort(404)
    catalogue, known = found
    lang, zone = current_language(), catalogue.office.zone
    identity = (
        (_("Kantor"), catalogue.office.name),
        (_("Versi"), str(known.number)),
        (_("Berlaku"), formats.plain_date(known.published_at, lang=lang, zone=zone)),
    )
    pages = _drawing(known, lang, identity)
    return render_template(
        "services/swimlane.html", sop=known.sop, pages=pages, office=current_office()
    )


@lru_cache(maxsize=256)
def _drawing(
    known: Service, lang: Language, identity: tuple[tuple[str, str], ...]
) -> tuple[Markup, ...]:
    """Return the sheets of a published SOP, which never changes; what is kept cannot be wrong."""
    # Our own drawing: every text in it is escaped where it is drawn.
    pages = draw(known.sop, lang, identity=identity)
    return tuple(Markup(page) for page in pages)  # noqa: S704
