"""Acknowledging an alert: by who looks after it, once, with who and when."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.services.acknowledge import acknowledge
from licensing.services.sweep import sweep
from tests.factories import House, make_house
from tests.licensing.test_sweep import MONDAY


@pytest.fixture
def alert(simulated_house: House) -> UUID:
    simulated_house.application("verification", at=MONDAY)
    sweep(simulated_house.runtime, at=MONDAY + timedelta(days=4))
    found: UUID = simulated_house.rows("SELECT id FROM alert ORDER BY id LIMIT 1")[0].id
    return found


@pytest.mark.parametrize("who", ["supervisor", "head", "verifier"])
def test_supervisor_head_and_the_lane_that_holds_the_file_may(
    simulated_house: House, alert: UUID, who: str
) -> None:
    by = getattr(simulated_house.people, who)
    done = acknowledge(simulated_house.runtime, alert, by, " Sudah dibagi ulang ")

    assert (done.by, done.name, done.note, done.again) == (
        by.id, by.name, "Sudah dibagi ulang", False,
    )  # fmt: skip
    row = simulated_house.rows("SELECT * FROM alert WHERE id = %(id)s", id=alert)[0]
    assert (row.acknowledged_by, row.acknowledged_at) == (by.id, done.at)


@pytest.mark.parametrize("who", ["clerk", "admin", "teller", "ombudsman"])
def test_nobody_else_may(simulated_house: House, alert: UUID, who: str) -> None:
    with pytest.raises(NotAllowed):
        acknowledge(simulated_house.runtime, alert, getattr(simulated_house.people, who))


def test_a_colleague_may_not_once_somebody_has_taken_the_file(
    simulated_house: House, alert: UUID
) -> None:
    people = simulated_house.people
    simulated_house.as_owner("UPDATE application SET holder_id = %(id)s", id=people.verifier.id)

    with pytest.raises(NotAllowed):
        acknowledge(simulated_house.runtime, alert, people.second_verifier)
    assert acknowledge(simulated_house.runtime, alert, people.verifier).by == people.verifier.id


def test_the_first_stays_and_the_second_is_told_who_it_was(
    simulated_house: House, alert: UUID
) -> None:
    people = simulated_house.people
    first = acknowledge(simulated_house.runtime, alert, people.supervisor, "Pertama")
    second = acknowledge(simulated_house.runtime, alert, people.head, "Kedua")

    assert (second.again, second.name, second.at, second.note) == (
        True, people.supervisor.name, first.at, "Pertama",
    )  # fmt: skip


def test_an_alert_of_another_office_does_not_exist(simulated_house: House, alert: UUID) -> None:
    other = make_house(simulated_house.runtime, simulated_house.owner)
    with pytest.raises(NotFound):
        acknowledge(other.runtime, alert, other.people.supervisor)
    with pytest.raises(NotFound):
        acknowledge(simulated_house.runtime, uuid4(), simulated_house.people.supervisor)


def test_a_note_has_an_end(simulated_house: House, alert: UUID) -> None:
    with pytest.raises(InvalidInput, match="too_long"):
        acknowledge(simulated_house.runtime, alert, simulated_house.people.supervisor, "x" * 5_000)
