"""A hold has a deadline row of its own: it disturbs no other limit, and lasts no longer unseen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from licensing.runtime import Runtime
from licensing.services.sweep import sweep
from tests.bed import OwnerOf
from tests.factories import House, broken_promises
from tests.licensing.clock_office import accepted, clock_house, due, wib

HOLD = "hold:verification/wait_applicant#1"


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    return clock_house(runtime, owner_db)


def held(house: House, at: str = "7 10:00") -> UUID:
    """Return an application accepted on Monday 6 and held for the applicant."""
    application_id = accepted(house, "6 10:00")
    house.press("wait_applicant", application_id, by=house.people.verifier, at=wib(at))
    return application_id


def rows(house: House, application_id: UUID) -> dict[str, Any]:
    found = house.rows(
        "SELECT * FROM deadline WHERE application_id = %(id)s AND key LIKE 'hold:%%'",
        id=application_id,
    )
    return {row.key: row for row in found}


def alerts(house: House, application_id: UUID, key: str) -> list[str]:
    found = house.rows(
        "SELECT rung FROM alert WHERE application_id = %(id)s AND key = %(key)s"
        " AND withdrawn_at IS NULL ORDER BY owed_at",
        id=application_id,
        key=key,
    )
    return [row.rung for row in found]


class TestTheRowOfAHold:
    def test_says_until_when_it_may_last(self, house: House) -> None:
        file = held(house)

        assert due(house, file, HOLD) == wib("9 16:00")
        assert rows(house, file)[HOLD].status == "running"
        assert broken_promises(house) == {}

    def test_does_not_bring_the_due_moment_of_the_file_forward(self, house: House) -> None:
        file = held(house)

        # Nothing is owed while the file is with the applicant.
        assert house.row(file).due_at is None
        assert due(house, file) is None

    def test_ends_with_the_hold(self, house: House) -> None:
        file = held(house)

        house.press("go_on", file, by=house.people.verifier, at=wib("8 10:00"))

        assert rows(house, file)[HOLD].status == "met"
        assert due(house, file) == wib("10 16:30")
        assert broken_promises(house) == {}

    def test_ended_on_the_same_day_cost_nobody_a_day(self, house: House) -> None:
        file = held(house, "7 10:00")

        house.press("go_on", file, by=house.people.verifier, at=wib("7 14:00"))

        assert due(house, file) == wib("9 16:00")

    def test_is_another_one_for_the_next_hold(self, house: House) -> None:
        file = held(house)
        house.press("go_on", file, by=house.people.verifier, at=wib("7 11:00"))

        house.press("wait_applicant", file, by=house.people.verifier, at=wib("8 10:00"))

        assert set(rows(house, file)) == {HOLD, HOLD.replace("#1", "#2")}
        assert broken_promises(house) == {}

    def test_ends_when_the_file_ends(self, house: House) -> None:
        file = held(house)

        house.press("withdraw", file, by=house.people.clerk, reason="Batal", at=wib("8 10:00"))

        assert rows(house, file)[HOLD].ended_at is not None
        assert broken_promises(house) == {}


class TestAHoldThatLastsTooLong:
    def test_is_told_to_its_holder_and_the_supervisor(self, house: House) -> None:
        file = held(house)

        sweep(house.runtime, at=wib("9 16:00"), office_id=house.office_id)

        assert alerts(house, file, HOLD) == ["breach"]
        told = house.rows(
            "SELECT DISTINCT n.audience FROM notice n JOIN alert a ON a.id = n.alert_id"
            " WHERE a.application_id = %(id)s AND a.key = %(key)s",
            id=file,
            key=HOLD,
        )
        assert {row.audience for row in told} == {"holder", "supervisor"}

    def test_names_the_hold(self, house: House) -> None:
        file = held(house)

        sweep(house.runtime, at=wib("9 16:00"), office_id=house.office_id)

        titles = house.rows("SELECT params->'limit' AS title FROM notice WHERE alert_id IN"
                            " (SELECT id FROM alert WHERE key = %(key)s)", key=HOLD)  # fmt: skip
        assert {row.title["en"] for row in titles} == {"Wait for the applicant"}
        assert alerts(house, file, HOLD) == ["breach"]

    def test_is_no_alert_a_minute_before(self, house: House) -> None:
        file = held(house)

        sweep(house.runtime, at=wib("9 15:59"), office_id=house.office_id)

        assert alerts(house, file, HOLD) == []

    def test_is_still_told_where_it_ended_late_before_the_sweep_came(self, house: House) -> None:
        file = held(house)
        house.press("go_on", file, by=house.people.verifier, at=wib("10 09:00"))

        sweep(house.runtime, at=wib("10 09:01"), office_id=house.office_id)

        assert rows(house, file)[HOLD].status == "late"
        assert alerts(house, file, HOLD) == ["breach"]
