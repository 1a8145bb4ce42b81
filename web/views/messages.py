"""`/pesan/<token>`: messages stopped, or begun again, by the link that stands in each letter."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.services.stop_messages import messages_of, set_messages
from web.access import public, runtime
from web.i18n import gettext as _
from web.rate_limit import per_address
from web.schemas.online import TellSchema

bp = Blueprint("messages", __name__)

_tries = per_address("30 per minute", scope="pesan")


@bp.get("/pesan/<token>")
@public
@_tries
def ask(token: str) -> ResponseReturnValue:
    """Show whose messages the link is about; only the button changes anything."""
    page = render_template("online/stop.html", found=messages_of(runtime(), token), token_of=token)
    return page, 200, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@bp.post("/pesan/<token>")
@public
@_tries
def change(token: str) -> ResponseReturnValue:
    """Stop the messages, or let them begin again."""
    try:
        stop = TellSchema().load(request.form.to_dict())["berhenti"] == "ya"
    except ValidationError:
        abort(400)
    found = set_messages(runtime(), token, stop=stop)
    if found.stopped:
        flash(_("Kami tidak mengirim pesan lagi. Kabar tetap ada di halaman lacak."))
    else:
        flash(_("Kami mengirim pesan lagi pada setiap giliran."))
    return redirect(url_for(".ask", token=token), code=303)
