"""`/`: what this office does, where a file is, whether a permit is genuine."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.access import public
from web.services_page import service_list
from web.viewmodels import Form

bp = Blueprint("public", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the front page."""
    return render_template("public/home.html", list=service_list(), form=Form())
