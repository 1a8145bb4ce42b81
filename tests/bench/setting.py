"""Where a benchmark works: an office in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from licensing.database import OWNER_ROLE, connect
from tests.bed import Urls
from tests.factories import House, make_house, make_runtime


@contextmanager
def a_house(urls: Urls, folder: Path, *, simulated: bool = False) -> Iterator[House]:
    """Return an office with people and the SIUP in force; commits are real."""
    app = connect(urls.app, pool_size=2, statement_timeout_ms=120_000)
    owner = connect(
        urls.owner, role=OWNER_ROLE, pool_size=2, statement_timeout_ms=0, idle_timeout_ms=0
    )
    try:
        yield make_house(make_runtime(app, folder), owner, simulated=simulated)
    finally:
        app.dispose()
        owner.dispose()
