"""Who has a file open: a hint for colleagues, never a lock."""

from __future__ import annotations

import pytest

from licensing.errors import NotFound
from licensing.people import Officer
from licensing.queries.application import view_application
from licensing.runtime import Runtime
from licensing.services.openings import drop_old_openings, keep_open, leave
from tests.bed import OwnerOf
from tests.factories import House, make_house


def names(house: House, application: object, by: Officer) -> list[str]:
    view = view_application(house.runtime, application, by)  # type: ignore[arg-type]
    return [one.who for one in view.openings]


def age(house: House, minutes: int) -> None:
    house.as_owner(
        "UPDATE opening SET seen_at = seen_at - make_interval(mins => %(m)s),"
        " since = since - make_interval(mins => %(m)s)",
        m=minutes,
    )


class TestAnOpenFile:
    def test_is_shown_to_others_and_not_to_who_has_it_open(self, house: House) -> None:
        people, application = house.people, house.application("verification")

        keep_open(house.runtime, application, people.verifier)

        assert names(house, application, people.second_verifier) == [people.verifier.name]
        assert names(house, application, people.verifier) == []

    def test_is_since_the_first_beat_and_begins_anew_after_a_while(self, house: House) -> None:
        people, application = house.people, house.application("verification")

        def since() -> object:
            (one,) = view_application(house.runtime, application, people.second_verifier).openings
            return one.since

        keep_open(house.runtime, application, people.verifier)
        age(house, 1)
        first = since()
        keep_open(house.runtime, application, people.verifier)
        assert since() == first
        age(house, 3)
        keep_open(house.runtime, application, people.verifier)
        assert since() > first  # type: ignore[operator]

    def test_is_told_of_no_longer_after_two_minutes_of_silence(self, house: House) -> None:
        people, application = house.people, house.application("verification")
        keep_open(house.runtime, application, people.verifier)
        age(house, 3)

        assert names(house, application, people.second_verifier) == []

    def test_is_left(self, house: House) -> None:
        people, application = house.people, house.application("verification")
        keep_open(house.runtime, application, people.verifier)
        leave(house.runtime, application, people.verifier)

        assert names(house, application, people.second_verifier) == []

    def test_changes_nothing_of_the_file(self, house: House) -> None:
        application = house.application("verification")
        before = house.row(application)
        keep_open(house.runtime, application, house.people.verifier)

        assert house.row(application) == before

    def test_is_of_the_own_office(self, house: House, runtime: Runtime, owner_db: OwnerOf) -> None:
        other = make_house(runtime, owner_db)
        application = other.application("verification")

        with pytest.raises(NotFound):
            keep_open(house.runtime, application, house.people.verifier)

    def test_an_agency_that_was_not_asked_says_nothing(self, house: House) -> None:
        application = house.application("verification")

        with pytest.raises(NotFound):
            keep_open(house.runtime, application, house.people.agency_pu)
        assert house.rows("SELECT 1 FROM opening") == []

    def test_is_forgotten_when_it_is_old(self, house: House) -> None:
        application = house.application("verification")
        keep_open(house.runtime, application, house.people.verifier)
        assert drop_old_openings(house.runtime) == 0
        age(house, 11)

        assert drop_old_openings(house.runtime) >= 1
        assert house.rows("SELECT 1 FROM opening") == []
