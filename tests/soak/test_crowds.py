"""Many at once: one button, one form, one series of numbers."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

import pytest

from licensing.errors import StaleApplication
from licensing.people import Officer
from licensing.services.accounts import NewAccount, write_account
from licensing.services.take_action import Receipt, take_action
from tests.factories import (
    House,
    at_once,
    broken_promises,
    make_applicant,
    password_hash,
    press,
)
from tests.soak.crew import first_word, working
from tests.soak.rounds import chance, rounds
from tests.soak.work import ACTIONS, Place, sign_what_is_left

pytestmark = pytest.mark.soak

CROWD = 8
_PRESSES_EACH = 50
"""Then another application: a history in an office is not a thousand lines long."""


def colleagues(house: House) -> list[Officer]:
    """Return people who may all press both buttons."""
    with house.runtime.transaction(house.office_id) as connection:
        return [
            write_account(
                connection,
                house.office_id,
                NewAccount(f"rekan-{n}", f"Contoh Rekan {n}", ("verifier", "head"), ""),
                password_hash(),
            )
            for n in range(CROWD)
        ]


class TestEightPeopleAtOneButton:
    def test_have_one_winner_and_the_others_hear_who_and_when(self, house: House) -> None:
        people = colleagues(house)
        winners: set[object] = set()
        for number in range(rounds(1_000)):
            if number % _PRESSES_EACH == 0:
                application = house.application("verification")
                house.judge_all(application)
            row = house.row(application)
            command = press(
                ACTIONS[row.step], application, seen_version=row.version, reason="Sekali lagi"
            )

            results = at_once(*(partial(take_action, house.runtime, command, by) for by in people))

            won = [each for each in results if isinstance(each, Receipt)]
            told = [each for each in results if isinstance(each, StaleApplication)]
            assert (len(won), len(told)) == (1, CROWD - 1), results
            winner = people[results.index(won[0])].id
            assert {refusal.by for refusal in told} == {winner}
            assert {refusal.at for refusal in told} == {won[0].at}
            assert house.version(application) == row.version + 1
            winners.add(winner)
        assert len(winners) > 1
        assert broken_promises(house) == {}


class TestOneFormSentFourTimes:
    def test_makes_one_application_however_they_meet(self, house: House) -> None:
        for number in range(1, rounds(300) + 1):
            applicant = make_applicant(number)
            filing = partial(house.file, once_key=f"form-{number}", applicant=applicant)

            results = at_once(filing, filing, filing, filing)

            assert len({filed.application_id for filed in results}) == 1
            assert len({(filed.number, filed.tracking_code) for filed in results}) == 1
            assert sorted(filed.again for filed in results) == [False, True, True, True]

        filed = house.rows("SELECT right(number, 5)::int AS taken FROM dossier ORDER BY number")
        known = house.rows("SELECT count(*) AS people FROM applicant")
        assert known[0].people == len(filed) == rounds(300)
        # More than one day where the campaign runs past midnight: each day begins with 1.
        days = house.rows("SELECT last FROM number_series WHERE series LIKE 'REG-%%'")
        assert sum(day.last for day in days) == len(filed)
        assert broken_promises(house) == {}


class TestEightSigners:
    def test_take_numbers_without_a_hole_though_some_are_killed(
        self, house: House, place: Place
    ) -> None:
        dice = chance("eight signers")
        permits = rounds(1_000)
        for _ in range(permits):
            house.application("signature")
        signed: list[object] = []
        for _ in range(rounds(100)):
            with ExitStack() as crew:
                signers = [
                    crew.enter_context(working(sign_what_is_left, place)) for _ in range(CROWD)
                ]
                first_word(signers, 15)
                signers[0].listen(dice.uniform(0, 0.02))
                for signer in signers:
                    signed += signer.kill()
            if len(signed) >= permits * 4 // 5:
                break
        with ExitStack() as crew:
            signers = [crew.enter_context(working(sign_what_is_left, place)) for _ in range(CROWD)]
            for signer in signers:
                signed += signer.ended(0)

        assert len(signed) == len(set(signed))
        rows = house.rows("SELECT application_id, number, issued_on FROM permit ORDER BY number")
        assert set(signed) <= {row.application_id for row in rows}
        year = rows[0].issued_on.year
        expected = [f"503/{n:04d}/SIUP/DPMPTSP/{year}" for n in range(1, permits + 1)]
        assert [row.number for row in rows] == expected
        assert broken_promises(house) == {}
