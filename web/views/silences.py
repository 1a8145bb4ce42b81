"""`/pengawas/diam`: files past the limit of the law, and the table for whoever looks afterwards."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.queries.silences import silences
from web.access import allow, current_officer, runtime
from web.frame import current_frame
from web.i18n import gettext as _
from web.schemas.supervision import SilencesSchema
from web.silence_list import how_it_went, silences_csv
from web.viewmodels import Tab
from web.views.supervision import VIEWERS

bp = Blueprint("silences", __name__, url_prefix="/pengawas")

_KEPT: Final = "sesudah"


@bp.get("/diam")
@allow(*VIEWERS)
def show() -> ResponseReturnValue:
    """Show the files that are still undecided, or all of which silence was recorded."""
    asked = _asked()
    found = silences(runtime(), current_officer(), asked["lihat"], after=asked[_KEPT])
    labels = {"terbuka": _("Belum diputus"), "semua": _("Semua")}
    return render_template(
        "supervision/silences.html",
        found=found,
        which=asked["lihat"],
        went=how_it_went,
        tabs=[
            Tab(label, url_for(".show", lihat=key), key == asked["lihat"])
            for key, label in labels.items()
        ],
        first_href=url_for(".show", lihat=asked["lihat"]) if asked[_KEPT] else None,
        next_href=url_for(".show", lihat=asked["lihat"], sesudah=found.next_after)
        if found.next_after
        else None,
    )


@bp.get("/diam.csv")
@allow(*VIEWERS)
def table() -> Response:
    """Hand everything out as a table, for the audit afterwards."""
    found = silences(runtime(), current_officer(), "semua", whole=True)
    body = "\ufeff" + silences_csv(found.rows, current_frame().zone)
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="lewat-batas-undang-undang.csv"'
    return answer


def _asked() -> dict[str, Any]:
    try:
        asked: dict[str, Any] = SilencesSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    return asked
