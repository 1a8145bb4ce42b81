"""A Flask page with one query and nothing else: the yardstick of our pages.

`python -m tests.bench.minimal HANDLE` serves it as `satupintu serve` serves ours: waitress on an
open socket, with as many threads, on the database in DATABASE_URL.
"""

from __future__ import annotations

import os
import socket
import sys

import waitress
from flask import Flask

from licensing.database import connect
from web.parent import end_with

THREADS = 8
OFFICE_QUERY = "SELECT name FROM office ORDER BY created_at LIMIT 1"


def make_app(url: str) -> Flask:
    """Return an application of one page: the name of the first office."""
    app = Flask("minimal")
    engine = connect(url, pool_size=THREADS + 2)

    @app.get("/")
    def show() -> str:
        with engine.begin() as connection:
            name = connection.exec_driver_sql(OFFICE_QUERY).scalar_one()
        return f"<!doctype html><title>{name}</title><h1>{name}</h1>"

    return app


def main(handle: int) -> None:
    """Serve until the standard input is closed."""
    end_with(sys.stdin.fileno())
    waitress.create_server(
        make_app(os.environ["DATABASE_URL"]),
        sockets=[socket.socket(fileno=handle)],
        threads=THREADS,
        connection_limit=2_000,
        asyncore_use_poll=True,
    ).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
