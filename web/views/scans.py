"""`/berkas/<id>/pindaian/<id>/lihat`: a scan read page by page, without downloading it.

The browser is given pictures that we have drawn: no script, no link and no frame of a stranger's
file reaches it, and a phone without a reader of PDF shows them too.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from licensing.ports.storage import StorageFault
from licensing.queries.scans import draw_scan, place_scan, read_scan
from web.access import allow, current_officer, runtime
from web.scan_page import WIDTHS, scan_page
from web.storage_words import storage_words
from web.views.applications import READERS

bp = Blueprint(
    "scans", __name__, url_prefix="/berkas/<uuid:application_id>/pindaian/<uuid:file_id>"
)

_DAY: Final = 24 * 3600
_STATUS: Final = {"storage.unreachable": 503, "storage.infected": 410}


@bp.get("/lihat")
@allow(*READERS)
def show(application_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Show one page of a scan, with the ways to the others."""
    place = place_scan(runtime(), application_id, file_id, current_officer())
    page = scan_page(place, _number("halaman", 1), _number("besar", 1))
    if page is None:
        abort(404)
    return render_template("application/scan.html", page=page)


@bp.get("/halaman/<int:number>")
@allow(*READERS)
def picture(application_id: UUID, file_id: UUID, number: int) -> ResponseReturnValue:
    """Show one page of a scan as a picture."""
    size = _number("besar", 1)
    if not 1 <= size <= len(WIDTHS) or number > 9_999:
        abort(404)
    try:
        scan = read_scan(runtime(), application_id, file_id, current_officer())
        etag = f"{scan.sha256[:32]}-{number}-{size}"
        if etag in request.if_none_match:
            answer = make_response(b"", 304)
        else:
            drawn, media_type = draw_scan(scan, number, width=WIDTHS[size - 1])
            answer = make_response(drawn)
            answer.mimetype = media_type
    except StorageFault as fault:
        answer = make_response(storage_words(fault), _STATUS.get(fault.code, 500))
        answer.mimetype = "text/plain"
        return answer
    answer.set_etag(etag)
    # The content behind the address never changes; on a shared machine it is the reader's alone.
    answer.headers["Cache-Control"] = f"private, max-age={_DAY}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _number(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        abort(404)
    return int(text)
