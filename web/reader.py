"""The reader's own choices, as templates see them: language, light or dark, page shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from flask import Flask, current_app, has_request_context, request

from web.i18n import DEFAULT_LANGUAGE, Language, current_language

Theme = Literal["light", "dark"]

THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
THEME_COOKIE: Final = "tema"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language, the theme, and the address the switches lead back to."""

    language: Language
    theme: Theme
    here: str


def current_reader() -> Reader:
    """Return the reader of this request; outside one, Indonesian on white."""
    if not has_request_context():
        return Reader(DEFAULT_LANGUAGE, "light", "/")
    return Reader(current_language(), requested_theme(), _here())


def requested_theme() -> Theme:
    """Return the theme the reader chose by the switch; light when none was chosen."""
    return "dark" if request.cookies.get(THEME_COOKIE) == "dark" else "light"


def init_app(app: Flask) -> None:
    """Make `reader` known to every template."""
    app.context_processor(lambda: {"reader": current_reader()})


def _here() -> str:
    """Return an address that can be opened again: a form that was refused has none of its own."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path if request.query_string else request.path
    adapter = current_app.create_url_adapter(request)
    return request.path if adapter is not None and adapter.test(request.path, "GET") else "/"
