"""A read that needs no office: one message, and the connection is as it was before."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from licensing.database import connect, read_one
from tests.bed import Urls
from tests.bench.wire import statements


@pytest.fixture
def engine(fresh_database: Urls) -> Engine:
    return connect(fresh_database.app, pool_size=1, max_overflow=0)


def test_is_one_message_without_a_transaction(engine: Engine) -> None:
    sent = statements(engine, lambda: read_one(engine, "SELECT %s::int", (4,)))

    assert [each for each in sent if each != ";"] == ["SELECT $1::int"]
    assert read_one(engine, "SELECT %s::int", (4,)) == (4,)
    assert read_one(engine, "SELECT 1 WHERE %s", (False,)) is None
    engine.dispose()


@pytest.mark.parametrize("divisor", [1, 0])
def test_leaves_a_connection_that_keeps_its_work_together(engine: Engine, divisor: int) -> None:
    with suppress(DBAPIError):
        read_one(engine, "SELECT 1 / %s::int", (divisor,))

    def work() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT 2")

    sent = statements(engine, work)

    assert [each for each in sent if each != ";"] == ["BEGIN", "SELECT 2", "COMMIT"]
    engine.dispose()
