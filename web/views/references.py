"""`/rujukan`: regions and business fields as lists that a form offers while one types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, jsonify, request

from licensing.queries.references import business_fields, regions
from web.access import public, runtime

bp = Blueprint("references", __name__, url_prefix="/rujukan")

_KEPT_S = 3_600


@bp.get("/wilayah")
@public
def regions_like() -> Response:
    """Return the regions that `?cari=` means: code, name, and what lies around."""
    return _list(
        {"nilai": one.code, "judul": one.name, "rincian": one.path}
        for one in regions(runtime(), _asked())
    )


@bp.get("/kbli")
@public
def fields_like() -> Response:
    """Return the business fields that `?cari=` means, of the newest edition or `?edisi=`."""
    edition = request.args.get("edisi", "")
    return _list(
        {"nilai": one.value, "judul": one.title, "rincian": one.value}
        for one in business_fields(runtime(), _asked(), edition or None)
    )


def _asked() -> str:
    return request.args.get("cari", "").replace("\x00", "")


def _list(choices: Iterable[Mapping[str, str]]) -> Response:
    response = jsonify(list(choices))
    response.headers["Cache-Control"] = f"public, max-age={_KEPT_S}"
    return response
