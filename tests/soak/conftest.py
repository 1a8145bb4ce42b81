"""An office for campaigns: in a database of its own, with real commits and many connections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from licensing.database import OWNER_ROLE, connect
from tests.bed import Urls
from tests.factories import House, make_house, make_runtime
from tests.soak.work import Place


@pytest.fixture
def house(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    app = connect(fresh_database.app, pool_size=12)
    # Every invariant is asked in one transaction, however long the campaign was.
    owner = connect(
        fresh_database.owner,
        role=OWNER_ROLE,
        pool_size=2,
        statement_timeout_ms=0,
        idle_timeout_ms=0,
    )
    yield make_house(make_runtime(app, tmp_path), owner)
    app.dispose()
    owner.dispose()


@pytest.fixture
def place(house: House, fresh_database: Urls, tmp_path: Path) -> Place:
    """The same office as another process finds it."""
    people = house.people
    return Place(fresh_database.app, tmp_path, house.office_id, people.verifier, people.head)
