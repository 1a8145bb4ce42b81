"""Fixtures that every test may ask for: databases, and a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import Engine

from licensing.database import OWNER_ROLE, connect
from tests.bed import ForgetfulEngine, OwnerOf, Server, Urls, server
from tests.browser import DESK, PHONE, launch


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server]:
    """The PostgreSQL server of this run, with a migrated template database."""
    with server() as found:
        yield found


@pytest.fixture(scope="session")
def database_urls(database_server: Server) -> Iterator[Urls]:
    """One migrated database for the whole run; whoever commits in it leaves rows to others."""
    with database_server.database() as urls:
        yield urls


@pytest.fixture(scope="session")
def database_url(database_urls: Urls) -> str:
    """The address of the run's database, for the application."""
    return database_urls.app


@pytest.fixture(scope="session")
def engine(database_urls: Urls) -> Iterator[Engine]:
    """An engine on the run's database in the role of the application; commits are real."""
    made = connect(database_urls.app)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def owner_engine(database_urls: Urls) -> Iterator[Engine]:
    """An engine on the run's database in the role of the owner; commits are real."""
    made = connect(database_urls.owner, role=OWNER_ROLE)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def _forgetful(database_urls: Urls) -> Iterator[ForgetfulEngine]:
    # Signed in as who may act as both roles, acting as the application.
    made = ForgetfulEngine(database_urls.owner)
    yield made
    made.close()


@pytest.fixture
def db(_forgetful: ForgetfulEngine) -> Iterator[Engine]:
    """An engine in the role of the application; everything done through it is undone."""
    with _forgetful.undone() as made:
        yield made


@pytest.fixture
def owner_db(db: Engine) -> OwnerOf:
    """The same transaction as `db`, in the role of the owner of the tables."""
    return OwnerOf(db)


@pytest.fixture
def fresh_database(database_server: Server) -> Iterator[Urls]:
    """A migrated database of the test's own (`.app`, `.owner`), dropped afterwards.

    For tests that need real commits, several connections or other processes.
    """
    with database_server.database() as urls:
        yield urls


@pytest.fixture
def empty_database(database_server: Server) -> Iterator[Urls]:
    """An empty database of the test's own, before any migration."""
    with database_server.database(empty=True) as urls:
        yield urls


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; where this machine has none, the test fails and says so."""
    with sync_playwright() as playwright:
        made = launch(playwright)
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page on a desk: 1366 x 768, Indonesian, western Indonesian time."""
    yield from _page(browser, DESK, touch=False)


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    """An empty page on a phone: 390 x 844, touch."""
    yield from _page(browser, PHONE, touch=True)


def _page(browser: Browser, size: ViewportSize, *, touch: bool) -> Iterator[Page]:
    context = browser.new_context(
        viewport=size,
        has_touch=touch,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
