"""Many presses at once: each through the one door, none for another."""

from __future__ import annotations

from uuid import UUID

import pytest

from licensing.errors import InvalidInput, Refusal, SamePerson, StaleApplication, TakenByAnother
from licensing.people import Officer
from licensing.queries.chosen import Choice, chosen_rows
from licensing.runtime import Runtime
from licensing.services.notes import take
from licensing.services.take_action import TakeAction
from licensing.services.take_many import MOST, take_many
from tests.bed import OwnerOf
from tests.factories import House, at_once, broken_promises, make_house
from tests.web.office import statements


def commands(house: House, *applications: UUID, action: str = "sign") -> list[TakeAction]:
    return [TakeAction(one, action, house.version(one)) for one in applications]


def steps(house: House, *applications: UUID) -> list[str]:
    return [house.row(one).step for one in applications]


class TestManyPresses:
    def test_carries_out_each_by_itself(self, house: House, head: Officer) -> None:
        files = [house.application("signature") for _ in range(3)]

        found = take_many(house.runtime, commands(house, *files), head)

        assert [one.receipt is not None for one in found] == [True] * 3
        assert steps(house, *files) == ["handover"] * 3
        assert all(house.history(one)[-1] == "sign" for one in files)

    def test_a_refusal_of_one_stops_none_of_the_others(self, house: House, head: Officer) -> None:
        first, refused, last = (house.application("signature") for _ in range(3))
        wanted = commands(house, first, refused, last)
        house.press("send_back", refused, by=head, reason="Nama keliru")

        found = take_many(house.runtime, wanted, head)

        assert isinstance(found[1].error, StaleApplication)
        assert found[1].command == wanted[1]
        assert steps(house, first, refused, last) == ["handover", "verification", "handover"]

    def test_pressed_twice_does_nothing_twice(self, house: House, head: Officer) -> None:
        files = [house.application("signature") for _ in range(2)]
        wanted = commands(house, *files)
        take_many(house.runtime, wanted, head)

        again = take_many(house.runtime, wanted, head)

        assert all(isinstance(one.error, StaleApplication) for one in again)
        assert all(house.history(one).count("sign") == 1 for one in files)

    def test_two_at_once_do_each_file_once(self, real_house: House) -> None:
        house, head = real_house, real_house.people.head
        files = [house.application("signature") for _ in range(4)]
        wanted = commands(house, *files)

        both = at_once(
            lambda: take_many(house.runtime, wanted, head),
            lambda: take_many(house.runtime, wanted[::-1], head),
        )

        done = [one for found in both for one in found if one.receipt is not None]
        assert len(done) == len(files)
        assert all(house.history(one).count("sign") == 1 for one in files)
        assert broken_promises(house) == {}

    def test_asks_the_sop_of_each(self, house: House) -> None:
        people = house.people
        application = house.application("signature")

        (found,) = take_many(house.runtime, commands(house, application), people.verifier)

        assert isinstance(found.error, Refusal)
        assert steps(house, application) == ["signature"]

    def test_what_another_has_taken_stays_with_him(self, house: House) -> None:
        people = house.people
        application = house.application("verification")
        house.judge_all(application)
        take(house.runtime, application, people.second_verifier)

        (found,) = take_many(
            house.runtime, commands(house, application, action="approve"), people.verifier
        )

        assert isinstance(found.error, TakenByAnother)

    def test_takes_no_more_than_so_many(self, house: House, head: Officer) -> None:
        application = house.application("signature")

        with pytest.raises(InvalidInput, match="too_many"):
            take_many(house.runtime, commands(house, application) * (MOST + 1), head)
        assert steps(house, application) == ["signature"]

    def test_carries_nothing_out_that_nobody_has_seen(self, house: House, head: Officer) -> None:
        application = house.application("signature")

        with pytest.raises(InvalidInput, match="required"):
            take_many(house.runtime, [TakeAction(application, "sign")], head)

    def test_a_second_press_in_one_file_goes_on_from_the_first(
        self, house: House, clerk: Officer
    ) -> None:
        seen: list[int | None] = []

        def press(_runtime: object, command: TakeAction, _by: Officer) -> object:
            seen.append(command.seen_version)
            return _Receipt(version=(command.seen_version or 0) + 1)

        application = UUID(int=1)
        wanted = [
            TakeAction(application, "give_opinion", 7, ask="opinion_pu#1"),
            TakeAction(application, "give_opinion", 7, ask="opinion_lh#1"),
            TakeAction(UUID(int=2), "give_opinion", 7),
        ]
        take_many(house.runtime, wanted, clerk, press=press)  # type: ignore[arg-type]

        assert seen == [7, 8, 7]


class _Receipt:
    def __init__(self, version: int) -> None:
        self.version = version


class TestWhatWasChosen:
    def test_is_read_in_one_statement_however_many(self, house: House, head: Officer) -> None:
        files = [house.application("signature") for _ in range(4)]
        chosen_rows(house.runtime, [Choice(files[0])], head)

        counts = []
        for some in (files[:1], files):
            with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
                rows = chosen_rows(house.runtime, [Choice(one) for one in some], head)
            assert [row.application_id for row in rows] == some
            counts.append(len([one for one in sent if "SAVEPOINT" not in one]))

        assert counts[0] == counts[1]

    def test_offers_what_the_door_would_accept(self, house: House) -> None:
        people = house.people
        ready, not_ready = house.application("verification"), house.application("verification")
        house.judge_all(ready)

        rows = chosen_rows(house.runtime, [Choice(ready), Choice(not_ready)], people.verifier)

        approve = [next(offer for offer in row.offers if offer.action == "approve") for row in rows]
        assert [offer.refusal is None for offer in approve] == [True, False]

    def test_who_checked_is_refused_before_he_presses(self, house: House) -> None:
        people = house.people
        application = house.application("signature")
        both = Officer(
            people.verifier.id, house.office_id, "", "", people.head.roles | people.verifier.roles
        )

        (row,) = chosen_rows(house.runtime, [Choice(application)], both)

        sign = next(offer for offer in row.offers if offer.action == "sign")
        assert isinstance(sign.refusal, SamePerson)

    def test_of_another_office_nothing_is_found(
        self, house: House, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        other = make_house(runtime, owner_db)
        application = other.application("signature")

        assert chosen_rows(house.runtime, [Choice(application)], house.people.head) == []

    def test_tells_what_happened_since(self, house: House, head: Officer) -> None:
        application = house.application("signature")
        seq = house.row(application).last_seq
        house.press("sign", application, by=head)

        (row,) = chosen_rows(house.runtime, [Choice(application, since=seq)], head)

        assert [(line.action, line.actor_id) for line in row.since] == [("sign", head.id)]
