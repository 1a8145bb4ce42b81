"""Doing a unit of work again where the database had to choose between two."""

from __future__ import annotations

from threading import Barrier, Thread

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from licensing.retry import TIMES, retried
from tests.bed import Urls


def chosen_against(state: str) -> DBAPIError:
    """Return the error of a transaction that gave way."""
    cause = psycopg.errors.lookup(state)("gave way")
    return DBAPIError("SELECT 1", None, cause)


class TestAUnitOfWork:
    @pytest.mark.parametrize("state", ["40001", "40P01"])
    def test_is_done_again_where_it_gave_way_to_another(self, state: str) -> None:
        tries = iter([chosen_against(state), chosen_against(state), None])

        @retried
        def work() -> str:
            if (error := next(tries)) is not None:
                raise error
            return "done"

        assert work() == "done"

    def test_fails_where_it_gives_way_every_time(self) -> None:
        done = []

        @retried
        def work() -> None:
            done.append(1)
            raise chosen_against("40P01")

        with pytest.raises(DBAPIError):
            work()
        assert len(done) == TIMES

    def test_is_not_done_again_where_it_is_refused_for_another_reason(self) -> None:
        done = []

        @retried
        def work() -> None:
            done.append(1)
            raise chosen_against("23505")

        with pytest.raises(DBAPIError):
            work()
        assert len(done) == 1

    def test_ends_well_for_both_of_two_that_wait_for_each_other(self, fresh_database: Urls) -> None:
        from licensing.database import OWNER_ROLE, connect

        engine = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE two (id int PRIMARY KEY, n int)"))
            connection.execute(text("INSERT INTO two VALUES (1, 0), (2, 0)"))
        met, ended = Barrier(2, timeout=30), []

        def cross(first: int, second: int) -> None:
            met_once = False

            @retried
            def work() -> None:
                nonlocal met_once
                with engine.begin() as connection:
                    add = text("UPDATE two SET n = n + 1 WHERE id = :id")
                    connection.execute(add, {"id": first})
                    if not met_once:
                        met_once = True
                        met.wait()
                    connection.execute(add, {"id": second})

            work()
            ended.append(first)

        both = [Thread(target=cross, args=pair) for pair in ((1, 2), (2, 1))]
        for one in both:
            one.start()
        for one in both:
            one.join()
        with engine.begin() as connection:
            sums = connection.execute(text("SELECT n FROM two ORDER BY id")).scalars().all()
        engine.dispose()
        assert sorted(ended) == [1, 2]
        assert sums == [2, 2]
