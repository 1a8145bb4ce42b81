"""One served sample office for all journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bed import Server
from tests.journeys.desk import Desk, opened


@pytest.fixture(scope="session")
def desk(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The sample office with its sixty invented applications, served on this machine."""
    with (
        database_server.database() as urls,
        opened(urls, tmp_path_factory.mktemp("kantor")) as found,
    ):
        yield found
