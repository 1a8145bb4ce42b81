"""`/gaya`: every component of the house in every state, light and dark."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web import gallery
from web.access import public

bp = Blueprint("gaya", __name__)


@bp.get("/gaya")
@public
def show() -> ResponseReturnValue:
    """Show all components with invented content."""
    return render_template("gaya.html", sample=gallery.sample())
