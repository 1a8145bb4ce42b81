"""Addresses of our own static files, each with the hash of its content."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, has_request_context, request, url_for

_YEAR_SECONDS = 365 * 24 * 3600
_ADDRESSES = "satupintu_static"
_KNOWN = "satupintu_static_known"


def static_url(filename: str) -> str:
    """Return the address of a static file, which changes when the file does.

    A page asks for the same few files at every icon: within a request each is looked at once.
    """
    kept: dict[str, str] = g.setdefault(_ADDRESSES, {})
    found = kept.get(filename)
    if found is None:
        found = kept[filename] = _address(filename)
    return found


def _address(filename: str) -> str:
    path = f"{current_app.static_folder or ''}/{filename}"
    try:
        state = os.stat(path)
    except FileNotFoundError:
        return url_for("static", filename=filename)
    known: dict[tuple[str, str, int], str] = current_app.extensions.setdefault(_KNOWN, {})
    key = (request.script_root if has_request_context() else "", filename, state.st_mtime_ns)
    if key not in known:
        known[key] = url_for("static", filename=filename, v=_digest(path, state.st_mtime_ns))
    return known[key]


def init_app(app: Flask) -> None:
    """Make `static_url` known to templates, and let browsers keep what it names."""
    app.jinja_env.globals["static_url"] = static_url
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR_SECONDS
        response.cache_control.immutable = True
    return response


@lru_cache(maxsize=256)
def _digest(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
