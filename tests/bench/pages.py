"""Pages on the real server: how many, how fast, how many queries, and nobody starved."""

from __future__ import annotations

import base64
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from flask.testing import FlaskClient
from sqlalchemy import Engine

from config import Settings
from licensing.database import OWNER_ROLE, connect
from tests.bed import Server, Urls
from tests.bench.load import Load, Target, call, slow_callers
from tests.bench.report import Row
from tests.bench.wire import statements
from tests.factories import PASSWORD, House, make_house
from tests.setup.processes import ROOT
from web.app import create_app
from web.process import listen, wait_for_answer
from web.wiring import runtime_from

APPLICATIONS = 60
SLICE_SECONDS = 1.0
ROUNDS = 6
SLOW = 300
SLOW_SECONDS = 6.0
MOST_QUERIES = 6

_AGENT = "satupintu-bench"
_BY_THE_DRIVER = {"", "BEGIN", "COMMIT", "ROLLBACK"}


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Ask the real server for pages, in turn with a minimal one."""
    with ExitStack() as opened:
        urls = opened.enter_context(server.database())
        settings = _settings(urls, folder / "kantor")
        say(f"filing {APPLICATIONS} applications")
        house, number, code = opened.enter_context(_office(settings, urls))
        port = opened.enter_context(
            _served([sys.executable, "-m", "web.process", "web"], settings.to_environment())
        )
        minimal = opened.enter_context(
            _served([sys.executable, "-m", "tests.bench.minimal"], {"DATABASE_URL": urls.app})
        )
        yardstick = Target(minimal, "/")
        pages = {
            "tracking page": Target(port, "/lacak/berkas", _tracker(port, number, code)),
            "inbox": Target(port, "/kerja", _signed_in(port, house.people.clerk.username)),
        }
        for page in (yardstick, *pages.values()):
            call(page, 0.5)
        say("pages")
        yield from _speed(pages, yardstick)
        yield from _queries(settings, pages)
        say(f"{SLOW} slow callers")
        yield from _starving(Target(port, "/healthz"), pages["tracking page"])


def _speed(pages: Mapping[str, Target], yardstick: Target) -> Iterator[Row]:
    loads = {name: Load() for name in pages}
    minimal = Load()
    ratios: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(ROUNDS):
        plain = call(yardstick, SLICE_SECONDS)
        minimal.add(plain)
        for name, page in pages.items():
            one = call(page, SLICE_SECONDS)
            loads[name].add(one)
            if one.rate:
                ratios[name].append(plain.rate / one.rate)
    yield _rate("minimal page", minimal)
    for name, load in loads.items():
        if not load.took:
            yield Row(f"{name}, requests a second", 0, "/s", note=_wrong(load))
            continue
        yield _rate(name, load)
        yield Row(
            f"{name}, time / minimal page",
            median(ratios[name]),
            most=10,
            note=f"rounds from {min(ratios[name]):.1f} to {max(ratios[name]):.1f}",
        )


def _wrong(load: Load) -> str:
    return f"never answered with 200, but with {', '.join(sorted(load.wrong)) or 'nothing'}"


def _rate(name: str, load: Load) -> Row:
    note = f"p95 {load.p95_ms:.0f} ms, {load.answered:.1%} answered"
    return Row(f"{name}, requests a second", load.rate, "/s", note=note)


def _queries(settings: Settings, pages: Mapping[str, Target]) -> Iterator[Row]:
    """Count on the wire what a page asks of the database, in a process that is warm."""
    engine = connect(str(settings.database_url), pool_size=1, max_overflow=0)
    runtime = runtime_from(settings)
    if isinstance(runtime.db, Engine):
        runtime.db.dispose()
    runtime.db = engine
    app = create_app(settings, runtime)
    for name, page in pages.items():
        client = app.test_client(use_cookies=False)

        def ask(page: Target = page, client: FlaskClient = client) -> None:
            answer = client.get(page.path, headers=dict(page.headers))
            if answer.status_code != 200:
                raise RuntimeError(f"{page.path} answered {answer.status}")

        try:
            for _ in range(3):
                ask()
        except RuntimeError as error:
            yield Row(f"{name}, queries", 0, least=1, note=str(error))
            continue
        sent = [each.strip(" ;") for each in statements(engine, ask)]
        queries = [each for each in sent if each not in _BY_THE_DRIVER]
        yield Row(
            f"{name}, queries",
            len(queries),
            most=MOST_QUERIES,
            note=f"{len(sent)} messages with pings, BEGIN and COMMIT",
        )
    engine.dispose()


def _starving(health: Target, tracking: Target) -> Iterator[Row]:
    with slow_callers((health, tracking), SLOW) as connected:
        for name, target in (("health", health), ("tracking page", tracking)):
            load = call(target, SLOW_SECONDS)
            what = f"{name} beside {SLOW} slow callers"
            yield Row(
                f"{what}, answered",
                load.answered * 100,
                "%",
                least=99,
                note=f"{connected[0]} connected, {len(load.took):,} requests",
            )
            yield Row(f"{what}, p95", load.p95_ms, "ms", most=1_000)


def _settings(urls: Urls, folder: Path) -> Settings:
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
def _office(settings: Settings, urls: Urls) -> Iterator[tuple[House, str, str]]:
    """Return an office at work, and number and code of one of its applications."""
    runtime = runtime_from(settings)
    owner = connect(urls.owner, role=OWNER_ROLE, pool_size=1)
    try:
        house = make_house(runtime, owner)
        filed = house.file()
        house.check_all(filed.application_id)
        house.press("accept", filed.application_id, by=house.people.clerk)
        for _ in range(APPLICATIONS):
            house.file()
        yield house, filed.number, filed.tracking_code
    finally:
        owner.dispose()
        if isinstance(runtime.db, Engine):
            runtime.db.dispose()


@contextmanager
def _served(command: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    """Run a web server on a free port of its own, for the time of a benchmark; gives the port."""
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
            yield port
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _tracker(port: int, number: str, code: str) -> Mapping[str, str]:
    """Return the headers of a browser that has shown number and code."""
    cookies, browser = _browser()
    query = urlencode({"k": code})
    browser.open(f"http://127.0.0.1:{port}/lacak/{number}?{query}", timeout=10)
    return _cookie_header(cookies)


def _signed_in(port: int, username: str) -> Mapping[str, str]:
    """Return the headers of a browser in which somebody has signed in."""
    cookies, browser = _browser()
    page = browser.open(f"http://127.0.0.1:{port}/masuk", timeout=10).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the page /masuk has no form token")
    form = {"username": username, "password": PASSWORD, "csrf_token": token[1], "next": "/kerja"}
    browser.open(f"http://127.0.0.1:{port}/masuk", urlencode(form).encode(), timeout=10)
    return _cookie_header(cookies)


def _browser() -> tuple[HTTPCookieProcessor, OpenerDirector]:
    cookies = HTTPCookieProcessor()
    browser = build_opener(cookies)
    browser.addheaders = [("User-Agent", _AGENT)]
    return cookies, browser


def _cookie_header(cookies: HTTPCookieProcessor) -> Mapping[str, str]:
    # A session belongs to the browser that began it.
    kept = "; ".join(f"{each.name}={each.value}" for each in cookies.cookiejar)
    return {"Cookie": kept, "User-Agent": _AGENT}
