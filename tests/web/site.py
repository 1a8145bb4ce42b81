"""The web application without an office, in the process of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import make_server

from web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


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


class Doorman:
    """An application that can be closed: what a browser still asks on leaving is waited for.

    A page says on leaving that it was left, and reads on while it is open. A request that outlives
    its server would hold a connection of a database that its test has put away.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._changed:
            if self._closed:
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return []
            self._inside += 1
        try:
            return self._app(environ, start_response)
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Let nobody in any more, and wait for who is inside."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._inside == 0, timeout=10)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve `app` on a free port; gives its address."""
    doorman = Doorman(app)
    server = make_server("127.0.0.1", 0, doorman, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        doorman.close()
        server.server_close()
