"""`/antrian/layar`: the screen in the waiting room. It shows numbers, never names."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from licensing.queries.queue import display
from web.access import public, runtime
from web.office_frame import current_office
from web.queue_words import spoken

bp = Blueprint("queue_display", __name__, url_prefix="/antrian")


@bp.get("/layar")
@public
def show() -> ResponseReturnValue:
    """Show who is called; the page reads itself again and says each new call aloud."""
    office = current_office()
    if office is None:
        abort(404)
    found = display(runtime(), office.id)
    return render_template("queue/display.html", found=found, spoken=spoken)
