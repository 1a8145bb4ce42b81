"""Web servers for the time of a benchmark, browsers signed in to them, and what a page asks."""

from __future__ import annotations

import base64
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from flask import Blueprint
from flask.testing import FlaskClient
from sqlalchemy import Engine

from config import Settings
from licensing.database import connect
from tests.bed import Urls
from tests.bench.load import Target
from tests.bench.wire import statements
from tests.factories import PASSWORD
from tests.setup.processes import ROOT
from web.app import create_app
from web.process import listen, wait_for_answer
from web.wiring import runtime_from

MOST_QUERIES = 6

_AGENT = "satupintu-bench"
_BY_THE_DRIVER = {"", "BEGIN", "COMMIT", "ROLLBACK"}


@dataclass(frozen=True, slots=True)
class Served:
    """A web server at work."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time of the server so far; 0 where the system does not tell."""
        with suppress(OSError):
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What one page sent to the database."""

    queries: Sequence[str]
    messages: int
    """With pings, BEGIN and COMMIT."""
    fault: str = ""
    """Why there is nothing to count."""


def settings_for(urls: Urls, folder: Path) -> Settings:
    """Return the settings of an office of its own, with its files in the new `folder`."""
    folder.mkdir()
    return Settings.from_environment(
        {
            "DATABASE_URL": urls.app,
            "SATUPINTU_DATA_DIR": str(folder),
            "SATUPINTU_SECRET_KEY": secrets.token_urlsafe(48),
            "SATUPINTU_NIK_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "SATUPINTU_NIK_HASH_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "SATUPINTU_LOG_LEVEL": "error",
        }
    )


@contextmanager
def served(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Served]:
    """Run a web server on a free port of its own, for the time of a benchmark."""
    opened = listen("127.0.0.1", 0)
    port = int(opened.getsockname()[1])
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("SATUPINTU_")
    }
    with (
        opened,
        subprocess.Popen(
            [*command, str(opened.fileno())],
            stdin=subprocess.PIPE,
            cwd=ROOT,
            env=inherited | dict(environment),
            pass_fds=(opened.fileno(),),
            start_new_session=True,
        ) as process,
    ):
        try:
            if not wait_for_answer("127.0.0.1", port, lambda: None):
                raise RuntimeError(f"{' '.join(command)} does not answer")
            yield Served(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def tracker(port: int, number: str, code: str) -> Mapping[str, str]:
    """Return the headers of a browser that has shown number and code."""
    cookies, browser = _browser()
    query = urlencode({"k": code})
    browser.open(f"http://127.0.0.1:{port}/lacak/{number}?{query}", timeout=10)
    return _cookie_header(cookies)


def signed_in(port: int, username: str) -> Mapping[str, str]:
    """Return the headers of a browser in which somebody has signed in."""
    cookies, browser = _browser()
    page = browser.open(f"http://127.0.0.1:{port}/masuk", timeout=10).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the page /masuk has no form token")
    form = {"username": username, "password": PASSWORD, "csrf_token": token[1], "next": "/"}
    browser.open(f"http://127.0.0.1:{port}/masuk", urlencode(form).encode(), timeout=10)
    return _cookie_header(cookies)


def queries(
    settings: Settings, pages: Mapping[str, Target], *also: Blueprint
) -> Iterator[tuple[str, Asked]]:
    """Count on the wire what each page asks of the database, in a process that is warm.

    `also` are pages that only the benchmark has.
    """
    engine = connect(str(settings.database_url), pool_size=1, max_overflow=0)
    runtime = runtime_from(settings)
    if isinstance(runtime.db, Engine):
        runtime.db.dispose()
    runtime.db = engine
    app = create_app(settings, runtime)
    for each in also:
        app.register_blueprint(each)
    for name, page in pages.items():
        client = app.test_client(use_cookies=False)

        def ask(page: Target = page, client: FlaskClient = client) -> None:
            answer = client.get(page.path, headers=dict(page.headers))
            if answer.status_code != 200:
                raise RuntimeError(f"{page.path} answered {answer.status}")

        try:
            for _ in range(3):
                ask()
            sent = [each.strip(" ;") for each in statements(engine, ask)]
        except RuntimeError as error:
            yield name, Asked((), 0, str(error))
            continue
        yield name, Asked([each for each in sent if each not in _BY_THE_DRIVER], len(sent))
    engine.dispose()


def _browser() -> tuple[HTTPCookieProcessor, OpenerDirector]:
    cookies = HTTPCookieProcessor()
    browser = build_opener(cookies)
    browser.addheaders = [("User-Agent", _AGENT)]
    return cookies, browser


def _cookie_header(cookies: HTTPCookieProcessor) -> Mapping[str, str]:
    # A session belongs to the browser that began it.
    kept = "; ".join(f"{each.name}={each.value}" for each in cookies.cookiejar)
    return {"Cookie": kept, "User-Agent": _AGENT}
