"""The test bed itself: what a test commits is seen by it and by nobody after it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from licensing.database import connect, office_transaction
from tests.bed import Urls
from tests.bench.wire import statements

_MAKE = text("CREATE TEMP TABLE kept (n integer PRIMARY KEY)")
_ADD = text("INSERT INTO kept VALUES (:n)")
_COUNT = text("SELECT count(*) FROM kept")


class TestForgetfulEngine:
    def test_keeps_what_a_unit_of_work_committed_until_the_test_ends(self, db: Engine) -> None:
        with db.begin() as connection:
            connection.execute(_MAKE)
        with db.begin() as connection:
            connection.execute(_ADD, {"n": 1})
        with db.connect() as connection:
            assert connection.scalar(_COUNT) == 1

    def test_knows_nothing_of_the_test_before(self, db: Engine) -> None:
        with db.connect() as connection, pytest.raises(ProgrammingError):
            connection.execute(_COUNT)

    def test_undoes_a_unit_of_work_that_fails_and_no_more(self, db: Engine) -> None:
        with db.begin() as connection:
            connection.execute(_MAKE)
            connection.execute(_ADD, {"n": 1})
        twice = text("INSERT INTO kept VALUES (2), (1)")
        with pytest.raises(IntegrityError), db.begin() as connection:
            connection.execute(twice)
        with db.connect() as connection:
            assert connection.scalar(_COUNT) == 1

    def test_commits_inside_a_plain_connection(self, db: Engine) -> None:
        with db.connect() as connection:
            connection.execute(_MAKE)
            connection.commit()
            connection.execute(_ADD, {"n": 1})
        with db.connect() as connection:
            assert connection.scalar(_COUNT) == 0

    def test_checks_deferred_constraints_at_the_commit(self, db: Engine) -> None:
        with db.begin() as connection:
            connection.execute(_MAKE)
            connection.execute(
                text(
                    "CREATE TEMP TABLE child (n integer REFERENCES kept "
                    "DEFERRABLE INITIALLY DEFERRED)"
                )
            )
        with pytest.raises(IntegrityError), db.begin() as connection:
            connection.execute(text("INSERT INTO child VALUES (7)"))


class TestOffice:
    @pytest.mark.parametrize("name", ["db", "engine"])
    def test_is_known_inside_its_transaction_and_forgotten_after(
        self, name: str, request: pytest.FixtureRequest
    ) -> None:
        engine: Engine = request.getfixturevalue(name)
        office = uuid4()
        ask = text("SELECT current_setting('satupintu.office', true)")
        with office_transaction(engine, office) as connection:
            assert connection.scalar(ask) == str(office)
        with engine.begin() as connection:
            assert connection.scalar(ask) in {None, ""}

    def test_is_the_first_statement_of_its_transaction(self, fresh_database: Urls) -> None:
        engine = connect(fresh_database.app, pool_size=1, max_overflow=0)

        def work() -> None:
            with office_transaction(engine, uuid4()) as connection:
                connection.execute(text("SELECT 1"))

        sent = statements(engine, work)
        engine.dispose()
        assert [each.split("(")[0] for each in sent if each != ";"] == [
            "BEGIN",
            "SELECT set_config",
            "SELECT 1",
            "COMMIT",
        ]


class TestRolesOfTheBed:
    def test_the_application_works_in_its_own_role(self, engine: Engine) -> None:
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "satupintu_app"

    def test_the_application_cannot_become_the_owner(self, engine: Engine) -> None:
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="denied"):
            connection.execute(text("SET ROLE satupintu_owner"))

    def test_the_owner_works_in_its_own_role(self, owner_engine: Engine) -> None:
        with owner_engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "satupintu_owner"
