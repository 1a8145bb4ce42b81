"""The application factory: extensions, blueprints, filters, error pages."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, Protocol

from flask import Flask
from jinja2 import StrictUndefined

from web import (
    errors,
    filters,
    fragments,
    frame,
    i18n,
    protection,
    reader,
    static_files,
    templating,
)
from web.hooks import EXTENSIONS
from web.templating import PageEnvironment
from web.views import BLUEPRINTS

MOST_BYTES: Final = 11 * 2**20
"""The largest request: a scan of ten megabytes with the form around it."""
RUNTIME: Final = "satupintu.runtime"
"""Key in `app.extensions` of the runtime that views hand to services."""


class WebSettings(Protocol):
    """What the web frame reads of the settings."""

    @property
    def secret_key(self) -> str:
        """The key that signs sessions and form tokens."""

    @property
    def https(self) -> bool:
        """Whether the public address is https: cookies are then marked secure."""

    @property
    def public_url(self) -> str:
        """The address under which people reach the program."""


def create_app(settings: WebSettings, runtime: object | None = None) -> Flask:
    """Return the web application; without `runtime` it serves the pages that need no database."""
    app = Flask("web")
    app.jinja_environment = PageEnvironment
    app.config.update(
        SECRET_KEY=settings.secret_key,
        PUBLIC_URL=settings.public_url,
        MAX_CONTENT_LENGTH=MOST_BYTES,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions[RUNTIME] = runtime

    protection.init_app(app, https=settings.https)
    i18n.init_app(app)
    filters.init_app(app)
    reader.init_app(app)
    static_files.init_app(app)
    templating.init_app(app)
    fragments.init_app(app)
    errors.init_app(app)
    for name in EXTENSIONS:
        initialise: Callable[[Flask, WebSettings, object | None], None] = _load(name)
        initialise(app, settings, runtime)
    frame.init_app(app)
    for name in BLUEPRINTS:
        app.register_blueprint(_load(name))
    return app


def _load(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
