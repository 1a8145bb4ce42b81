"""One served sample office for all journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from licensing.services.sweep import sweep
from tests.bed import Server
from tests.journeys.desk import Desk, opened
from tests.journeys.steps import Office


@pytest.fixture(scope="session")
def desk(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The sample office with its sixty invented applications, served on this machine."""
    with (
        database_server.database() as urls,
        opened(urls, tmp_path_factory.mktemp("kantor")) as found,
    ):
        yield found


@pytest.fixture(autouse=True)
def _swept(request: pytest.FixtureRequest) -> None:
    """Sweep before each journey: no scheduler runs here, and a silent one is told on every page."""
    if "desk" in request.fixturenames:
        sweep(request.getfixturevalue("desk").runtime)


@pytest.fixture(scope="module")
def office(desk: Desk, browser: Browser) -> Iterator[Office]:
    """The served office with a browser for each of its people, signed in once a module."""
    found = Office(desk, browser)
    yield found
    found.close()
