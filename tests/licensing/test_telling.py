"""What the applicant hears: one message at each turn, and nothing personal in it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from licensing.runtime import Runtime
from tests.bed import OwnerOf
from tests.factories import House, make_house
from tests.licensing.test_sweep_asks import with_asks


def told(house: House) -> list[str]:
    rows = house.rows(
        "SELECT event FROM notice WHERE audience = 'applicant' ORDER BY created_at, id"
    )
    return [row.event for row in rows]


@pytest.mark.parametrize(
    ("step", "events"),
    [
        ("intake", []),
        ("completion", ["correction"]),
        ("verification", ["accepted"]),
        ("correction", ["accepted", "correction"]),
        ("signature", ["accepted", "progress"]),
        ("refusal", ["accepted", "progress"]),
        ("refused", ["accepted", "progress", "refused"]),
        ("handover", ["accepted", "progress", "granted"]),
        ("issued", ["accepted", "progress", "granted", "issued"]),
        ("withdrawn", ["withdrawn"]),
    ],
)
def test_the_applicant_is_told_at_each_turn_once(
    house: House, step: str, events: list[str]
) -> None:
    house.application(step)
    assert told(house) == events


def test_the_promise_is_the_service_limit(house: House) -> None:
    house.application("verification")
    params = house.rows("SELECT params FROM notice WHERE event = 'accepted'")[0].params
    due = house.rows("SELECT due_at FROM deadline WHERE key = 'service'")[0].due_at

    assert params["promised"] == due.isoformat()


def test_coming_back_from_a_correction_promises_nothing_anew(house: House) -> None:
    application_id = house.application("correction")
    house.press("resubmit_correction", application_id, by=house.people.clerk)

    assert told(house) == ["accepted", "correction", "progress"]


def test_a_step_that_puts_a_question_to_the_applicant_says_so(
    runtime: Runtime, db: Engine, owner_db: OwnerOf
) -> None:
    asking = with_asks().replace(
        "  - step: verification\n", "  - step: verification\n    opens: question\n"
    )
    house = make_house(runtime, owner_db, sop=asking)

    house.application("verification")

    assert told(house) == ["asked"]


def test_a_return_names_the_faults_and_the_last_day(house: House) -> None:
    house.application("correction")
    params = house.rows("SELECT params FROM notice WHERE event = 'correction'")[0].params
    due = house.rows("SELECT due_at FROM deadline WHERE key LIKE 'answer:%%'")[0].due_at

    assert params["faults"] == ["npwp"]
    assert params["answer_by"] == due.isoformat()


def test_no_message_carries_an_identity_number_or_a_reason(house: House) -> None:
    house.application("refused")
    rows = house.rows("SELECT params::text AS text FROM notice")

    assert rows
    assert not any("9999990101" in row.text or "tidak sesuai" in row.text for row in rows)


def test_who_has_no_address_reads_it_on_the_tracking_page(house: House) -> None:
    from tests.factories import make_applicant

    house.application("verification", applicant=make_applicant(5, email=""))
    rows = house.rows("SELECT channel, next_try_at FROM notice")
    assert [tuple(row) for row in rows] == [("app", None)]
