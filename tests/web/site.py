"""The web application without an office, in the process of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from werkzeug.serving import make_server

from web.app import create_app


@dataclass(frozen=True, slots=True)
class Plain:
    """Settings of a desk."""

    secret_key: str = "only for tests"
    https: bool = False
    public_url: str = "http://127.0.0.1:8000"


def bare_app() -> Flask:
    """Return an application that knows no office."""
    app = create_app(Plain())
    app.config["TESTING"] = True
    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve `app` on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
