"""What guards every page: form tokens, the content security policy, cookie rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_urlsafe
from typing import Final

from flask import Flask, g
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

POLICY: Final = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

_TOKEN: Final = "satupintu_token"  # noqa: S105 - the name of a place, not a secret
_PLACE: Final = f"token-{token_urlsafe(24)}"
"""What stands for the token in HTML that is kept; nobody can type it."""
_LEFT_OPEN: Final = "satupintu_token_left_open"

csrf = CSRFProtect()
"""Every POST needs the token of its session; `csrf.exempt` names the few that do not."""


def init_app(app: Flask, *, https: bool) -> None:
    """Protect `app`; with `https` its cookies are secure and plain requests are redirected."""
    app.config.update(
        SESSION_COOKIE_NAME="satupintu",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may stay open over lunch
    )
    Talisman(
        app,
        force_https=https,
        session_cookie_secure=https,
        session_cookie_samesite="Lax",
        strict_transport_security=https,
        content_security_policy=POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
    )
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = form_token


def form_token() -> str:
    """Return the form token of this request: one for all its forms, asked for once."""
    kept = g._get_current_object()
    if getattr(kept, _LEFT_OPEN, False):
        return _PLACE
    token: str | None = getattr(kept, _TOKEN, None)
    if token is None:
        token = generate_csrf()
        setattr(kept, _TOKEN, token)
    return token


@contextmanager
def token_left_open() -> Iterator[None]:
    """Leave the place of the token open in what is written meanwhile."""
    kept = g._get_current_object()
    before = getattr(kept, _LEFT_OPEN, False)
    setattr(kept, _LEFT_OPEN, True)
    try:
        yield
    finally:
        setattr(kept, _LEFT_OPEN, before)


def with_token(html: Markup) -> Markup:
    """Return HTML that was written with the token left open, for the reader of this request."""
    if _PLACE not in html or getattr(g._get_current_object(), _LEFT_OPEN, False):
        return html
    return Markup(str(html).replace(_PLACE, form_token()))  # noqa: S704 - a token is plain letters
