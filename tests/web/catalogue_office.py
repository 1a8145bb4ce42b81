"""An office that offers every service the product comes with, for reading only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from licensing.database import OWNER_ROLE, connect
from licensing.services.sops import publish_sop
from tests.bed import Server
from tests.factories import House, make_house, make_runtime
from workflows.definitions import names, shipped, text_of
from workflows.reading import expand


@contextmanager
def catalogue_house(server: Server, folder: Path) -> Iterator[House]:
    """Return the office, in a database of its own with real commits."""
    with server.database() as urls:
        app = connect(urls.app, pool_size=4)
        owner = connect(urls.owner, role=OWNER_ROLE, pool_size=1)
        house = make_house(make_runtime(app, folder), owner)
        for name in names():
            if name != house.service:
                publish_sop(
                    house.runtime,
                    house.office_id,
                    expand(text_of(name), shipped),
                    drafted_by=house.people.supervisor.id,
                    published_by=house.people.head.id,
                )
        try:
            yield house
        finally:
            app.dispose()
            owner.dispose()
