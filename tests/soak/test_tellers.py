"""Tellers at one bill: pressed twice, by two at once, never booked twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from licensing.database import OWNER_ROLE, connect
from licensing.errors import ActionNotOffered, GuardRefused, StaleApplication
from licensing.services.bank import book
from licensing.services.take_action import Receipt
from tests.bed import Urls
from tests.factories import at_once, broken_promises, make_runtime, press
from tests.money import Till, make_till
from tests.soak.rounds import rounds

pytestmark = pytest.mark.soak

_ROUNDS_EACH = 40
"""Then another file: a history in an office is not thousands of lines long."""


@pytest.fixture
def till(fresh_database: Urls, tmp_path: Path) -> Iterator[Till]:
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(
        fresh_database.owner,
        role=OWNER_ROLE,
        pool_size=2,
        statement_timeout_ms=0,
        idle_timeout_ms=0,
    )
    yield make_till(make_runtime(app, tmp_path), owner)
    app.dispose()
    owner.dispose()


class TestTwoTellersAndADoubleClick:
    @pytest.mark.parametrize("seen", [True, False], ids=["with the page", "without a page"])
    def test_book_once_and_the_others_are_told(self, till: Till, seen: bool) -> None:
        """Both press twice at the same moment; the page's version is not what keeps it to one."""
        house, people = till.house, till.house.people
        runtime, booked = house.runtime, 0
        winners = set()
        for number in range(rounds(1_000) // 2):
            if number % _ROUNDS_EACH == 0:
                application = till.billed()
            version = house.version(application) if seen else None
            command = press(
                "pay", application, seen_version=version, inputs=till.inputs(application)
            )

            results = at_once(
                *(
                    partial(book, runtime, command, by)
                    for by in (people.teller, people.second_teller)
                    for _ in range(2)
                )
            )

            won = [each for each in results if isinstance(each, Receipt)]
            told = [each for each in results if not isinstance(each, Receipt)]
            assert len(won) == 1, results
            assert all(
                isinstance(each, StaleApplication if seen else (ActionNotOffered, GuardRefused))
                for each in told
            ), results
            live = [one for one in till.payments(application) if one.reversed_at is None]
            assert len(live) == 1
            winner = live[0].paid_by
            winners.add(winner)
            if seen:
                assert {each.by for each in told} == {winner}
                assert {each.at for each in told} == {won[0].at}
            booked += 1
            till.take_back(application)  # and the bill is open again, for the next round

        total = house.rows("SELECT count(*) AS n, count(reversed_at) AS taken FROM payment")[0]
        assert (total.n, total.taken) == (booked, booked)
        slips = house.rows("SELECT count(DISTINCT slip_number) AS n FROM payment")[0]
        assert slips.n == booked
        assert broken_promises(house) == {}


class TestTwoSupervisors:
    def test_take_a_booking_back_once(self, till: Till) -> None:
        house, people = till.house, till.house.people
        application = till.billed()
        for _ in range(rounds(100)):
            till.pay(application)
            command = press(
                "reverse_payment",
                application,
                seen_version=house.version(application),
                reason="Salah pembayar",
            )
            results = at_once(
                *(partial(book, house.runtime, command, people.bank_supervisor) for _ in range(3))
            )
            assert sum(isinstance(each, Receipt) for each in results) == 1, results
        assert broken_promises(house) == {}
