"""`/gaya`: every component of the house in every state, light and dark."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

bp = Blueprint("gaya", __name__)


@bp.get("/gaya")
def show() -> ResponseReturnValue:
    """Show all components."""
    return render_template("gaya.html")
