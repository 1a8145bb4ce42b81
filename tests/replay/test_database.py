"""A database that keeps nothing, and filing where the time is not the caller's."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from licensing.errors import SimulationOnly
from licensing.one_transaction import OneTransaction
from licensing.replay.database import undone
from licensing.replay.filing import file_bare
from tests.factories import make_house
from tests.replay.conftest import Stage

PUT = "INSERT INTO rate_count (key, count, expires_at) VALUES ('{}', 1, now())"
KEYS = "SELECT key FROM rate_count WHERE key LIKE 'undone-%%' ORDER BY key"


def put(db: OneTransaction, *keys: str) -> None:
    with db.begin() as connection:
        for key in keys:
            connection.exec_driver_sql(PUT.format(key))


class TestUndone:
    def test_forgets_everything_at_the_end(self, stage: Stage):
        with undone(stage.owner) as db:
            put(db, "undone-a")

        with stage.owner.connect() as connection:
            assert connection.exec_driver_sql(KEYS).fetchall() == []

    def test_rolls_back_a_failed_unit_of_work_alone(self, stage: Stage):
        with undone(stage.owner) as db:
            put(db, "undone-a")
            with pytest.raises(IntegrityError):
                put(db, "undone-b", "undone-a")
            put(db, "undone-c")
            with db.connect() as connection:
                found = connection.exec_driver_sql(KEYS).scalars().all()

        assert found == ["undone-a", "undone-c"]

    def test_takes_one_unit_of_work_inside_another(self, stage: Stage):
        with undone(stage.owner) as db, db.begin() as connection:
            with pytest.raises(IntegrityError):
                put(db, "undone-a", "undone-a")
            put(db, "undone-b")
            assert connection.exec_driver_sql(KEYS).scalars().all() == ["undone-b"]

    def test_works_with_the_rights_of_the_application_when_told_to(self, stage: Stage):
        with undone(stage.owner) as db:
            with db.begin() as connection:
                before = connection.exec_driver_sql("SELECT current_user").scalar()
            db.as_application()
            with pytest.raises(RuntimeError), db.begin():
                raise RuntimeError
            with db.begin() as connection:
                after = connection.exec_driver_sql("SELECT current_user").scalar()

        assert (before, after) == ("satupintu_owner", "satupintu_app")


class TestFileBare:
    def test_is_refused_where_the_office_is_not_simulated(self, own_stage: Stage):
        house = make_house(own_stage.runtime, own_stage.owner)

        with pytest.raises(SimulationOnly):
            file_bare(
                own_stage.runtime,
                "siup",
                "A",
                uuid4(),
                house.people.clerk,
                datetime(2026, 7, 6, 2, tzinfo=UTC),
            )
