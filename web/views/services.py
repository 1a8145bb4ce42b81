"""`/layanan`: what each service needs, how long it takes, what it costs, by which rules."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from web import formats
from web.access import public
from web.i18n import current_language
from web.i18n import gettext as _
from web.office_frame import current_office
from web.services_page import find_service, offered, service_page
from workflows.swimlane import draw

bp = Blueprint("services", __name__)


@bp.get("/layanan")
@public
def index() -> ResponseReturnValue:
    """Show all services."""
    return render_template("services/index.html", services=offered())


@bp.get("/layanan/<service>")
@public
def show(service: str) -> ResponseReturnValue:
    """Show one service; the address may answer its questions: `?legal_form=pt`."""
    found = find_service(service)
    if found is None:
        abort(404)
    page = service_page(*found, asked=request.args)
    return render_template("services/show.html", page=page)


@bp.get("/layanan/<service>/sop")
@public
def swimlane(service: str) -> ResponseReturnValue:
    """Show the SOP as the swimlane that administrations print: A4, lying."""
    found = find_service(service)
    if found is None:
        abort(404)
    catalogue, known = found
    lang, zone = current_language(), catalogue.office.zone
    identity = (
        (_("Kantor"), catalogue.office.name),
        (_("Versi"), str(known.number)),
        (_("Berlaku"), formats.plain_date(known.published_at, lang=lang, zone=zone)),
    )
    # Our own drawing of a published SOP: every text in it is escaped where it is drawn.
    pages = [Markup(page) for page in draw(known.sop, lang, identity=identity)]  # noqa: S704
    return render_template(
        "services/swimlane.html", sop=known.sop, pages=pages, office=current_office()
    )
