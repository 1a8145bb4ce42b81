"""What readers choose for themselves: language and light or dark. Works without JavaScript."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from web.access import public
from web.addresses import own_path
from web.i18n import LANGUAGE_COOKIE, LANGUAGES
from web.protection import csrf
from web.reader import THEME_COOKIE, THEMES

bp = Blueprint("preferences", __name__)

# They change nothing but how the page looks, so a page without a session may carry them.
csrf.exempt(bp)

_YEAR_SECONDS: Final = 365 * 24 * 3600


@bp.post("/bahasa")
@public
def language() -> ResponseReturnValue:
    """Remember the language and go back to the page the switch stood on."""
    return _remember(LANGUAGE_COOKIE, request.form.get("bahasa", ""), LANGUAGES)


@bp.post("/tema")
@public
def theme() -> ResponseReturnValue:
    """Remember light or dark and go back to the page the switch stood on."""
    return _remember(THEME_COOKIE, request.form.get("tema", ""), THEMES)


def _remember(cookie: str, value: str, allowed: tuple[str, ...]) -> ResponseReturnValue:
    if value not in allowed:
        abort(400)
    response = redirect(own_path(request.form.get("kembali", "/")), code=303)
    response.set_cookie(
        cookie,
        value,
        max_age=_YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response
