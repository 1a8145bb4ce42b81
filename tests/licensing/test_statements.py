"""What the one door costs: statements over the wire, commits, bytes in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from licensing.database import connect
from tests.bed import Server, Urls
from tests.bench.door import Door, applications_at_verification
from tests.bench.wal import MOST_BYTES, MOST_STATEMENTS, STEPS, log_cost
from tests.bench.wire import read_trace, statements
from tests.factories import House


@pytest.fixture
def one_connection(fresh_database: Urls) -> Iterator[Engine]:
    """The application's own engine, with a single connection."""
    made = connect(fresh_database.app, pool_size=1, max_overflow=0)
    yield made
    made.dispose()


@pytest.fixture
def door(real_house: House, one_connection: Engine, tmp_path: Path) -> Door:
    """Who approves and sends back in turn."""
    return Door(one_connection, tmp_path, real_house.people.verifier, real_house.people.head)


class TestAStepThroughTheDoor:
    def test_is_six_statements_at_most_with_ping_begin_office_and_commit(
        self, real_house: House, door: Door, one_connection: Engine
    ) -> None:
        application, first = applications_at_verification(real_house, 2)
        for _ in range(2):
            door.step(first)  # what a process remembers of SOP and calendar is read once

        for _ in range(2):
            sent = statements(one_connection, lambda: door.step(application))

            assert len(sent) <= MOST_STATEMENTS, sent
            assert sent.count("BEGIN") == sent.count("COMMIT") == 1, sent
            assert sent[-1] == "COMMIT"

    def test_costs_no_more_statements_after_a_hundred_visits(
        self, real_house: House, door: Door, one_connection: Engine
    ) -> None:
        (application,) = applications_at_verification(real_house, 1)
        for _ in range(200):
            door.step(application)

        sent = statements(one_connection, lambda: door.step(application))

        assert len(sent) <= MOST_STATEMENTS, sent

    def test_writes_little_into_the_log(
        self, real_house: House, door: Door, one_connection: Engine, database_server: Server
    ) -> None:
        """Mean of 1,000 steps; images of whole pages are not counted."""
        ids = applications_at_verification(real_house, 10)

        cost = log_cost(
            one_connection, database_server.admin, lambda n: door.step(ids[n % len(ids)])
        )

        assert cost.steps == STEPS
        assert 500 < cost.bytes_a_step <= MOST_BYTES, cost


class TestCountingStatements:
    def test_sees_what_the_driver_sends_by_itself(self, one_connection: Engine) -> None:
        def work() -> None:
            with one_connection.begin() as connection:
                connection.exec_driver_sql("SELECT 1")
                connection.exec_driver_sql("SELECT %s", (2,))

        sent = statements(one_connection, work)

        assert [each for each in sent if each != ";"] == [
            "BEGIN",
            "SELECT 1",
            "SELECT $1",
            "COMMIT",
        ]

    def test_names_a_statement_that_was_prepared_before(self) -> None:
        trace = (
            'F\t62\tBind\t "" "_pg3_2" 1 0 1\nF\t9\tExecute\t "" 0\nB\t13\tCommandComplete\t ""\n'
        )

        assert read_trace(trace) == ["prepared _pg3_2"]
