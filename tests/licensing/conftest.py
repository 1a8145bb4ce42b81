"""Fixtures of the domain: a runtime, an office at work, its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from licensing.database import OWNER_ROLE, connect
from licensing.people import Officer
from licensing.runtime import Runtime
from tests.bed import OwnerOf, Urls
from tests.factories import House, make_house, make_runtime
from tests.licensing.clock_office import clock_house
from tests.money import Till, make_till


@pytest.fixture
def runtime(db: Engine, tmp_path: Path) -> Runtime:
    """The world as services see it; everything done through it is undone."""
    return make_runtime(db, tmp_path)


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    """An office with people and the SIUP in force."""
    return make_house(runtime, owner_db)


@pytest.fixture
def simulated_house(runtime: Runtime, owner_db: OwnerOf) -> House:
    """An office whose time is the caller's: presses say `at`."""
    return make_house(runtime, owner_db, simulated=True)


@pytest.fixture
def real_house(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    """An office in a database of its own, with real commits and many connections."""
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield make_house(make_runtime(app, tmp_path), owner)
    app.dispose()
    owner.dispose()


@pytest.fixture
def make_application(house: House) -> Callable[..., UUID]:
    """Return a function that drives an application of `house` to a step."""
    return house.application


@pytest.fixture
def clerk(house: House) -> Officer:
    """Who sits at the counter."""
    return house.people.clerk


@pytest.fixture
def verifier(house: House) -> Officer:
    """Who judges the papers."""
    return house.people.verifier


@pytest.fixture
def head(house: House) -> Officer:
    """Who signs."""
    return house.people.head


@pytest.fixture
def supervisor(house: House) -> Officer:
    """Who watches the deadlines."""
    return house.people.supervisor


@pytest.fixture
def till(runtime: Runtime, owner_db: OwnerOf) -> Till:
    """An office whose SIUP costs money, and its bank."""
    return make_till(runtime, owner_db)


@pytest.fixture
def real_clock_house(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    """A simulated office whose SOP may be extended and held, with real commits."""
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield clock_house(make_runtime(app, tmp_path), owner)
    app.dispose()
    owner.dispose()
