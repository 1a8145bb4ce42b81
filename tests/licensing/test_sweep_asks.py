"""The alarm on side paths: an opinion's own people are told, a question's own limit acts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.sweep import sweep
from tests.bed import OwnerOf
from tests.factories import House, make_house
from tests.licensing.test_sweep import MONDAY, raised, wib
from workflows.definitions import text_of

ASKS = """
asks:
  - ask: opinion
    title: {id: Pendapat teknis, en: Technical opinion}
    within: 2 working days
    steps:
      - step: writing
        lane: agency_pu
        within: 2 working days
        actions:
          - {do: agree, answer: positive}
  - ask: question
    title: {id: Pertanyaan, en: Question}
    answer_within: {within: 5 working days, then: give_up, source: Standar pelayanan kantor}
    steps:
      - step: reply
        lane: applicant
        actions:
          - {do: reply, answer: positive}
          - {do: give_up, lane: clock, answer: negative, only_if: applicant_warned}
ends:
"""


def with_asks() -> str:
    """Return the SIUP with an opinion beside the signature and a question beside the correction."""
    return (
        text_of("siup")
        .replace("\nends:\n", ASKS)
        .replace(
            "  clock: {title",
            "  agency_pu: {title: {id: Dinas PU, en: Public works}, party: agency, letter: D}\n"
            "  clock: {title",
        )
        .replace("  - step: signature\n", "  - step: signature\n    opens: opinion\n")
        .replace("  - step: correction\n", "  - step: correction\n    opens: question\n")
        .replace("tell: [holder, supervisor]}", "tell: [holder, supervisor, applicant]}", 1)
    )


@pytest.fixture
def office(runtime: Runtime, db: Engine, owner_db: OwnerOf) -> House:
    return make_house(runtime, owner_db, simulated=True, sop=with_asks())


@pytest.fixture
def engineer(office: House) -> Officer:
    """Who writes opinions for the agency."""
    return office.people.agency_pu


def told(house: House, key: str) -> set[UUID | None]:
    rows = house.rows(
        "SELECT DISTINCT n.officer_id FROM notice n JOIN alert a ON a.id = n.alert_id"
        " WHERE a.key = %(key)s AND n.audience = 'holder'",
        key=key,
    )
    return {row.officer_id for row in rows}


def test_an_opinion_that_is_late_is_told_to_those_who_write_it(
    office: House, engineer: Officer
) -> None:
    office.application("signature", at=MONDAY)
    sweep(office.runtime, at=wib("2026-07-09 09:00"))

    assert told(office, "ask:opinion#1") == {engineer.id}
    assert told(office, "step:opinion#1/writing") == {engineer.id}
    assert office.people.head.id in told(office, "step:signature#1")
    titles = office.rows("SELECT DISTINCT params -> 'limit' AS title FROM notice"
                         " WHERE params ->> 'key' = 'ask:opinion#1'")  # fmt: skip
    assert [row.title for row in titles] == [{"id": "Pendapat teknis", "en": "Technical opinion"}]


def test_an_opinion_that_somebody_has_taken_is_told_to_that_person(
    office: House, engineer: Officer
) -> None:
    office.application("signature", at=MONDAY)
    office.as_owner("UPDATE ask SET holder_id = %(id)s", id=office.people.clerk.id)
    sweep(office.runtime, at=wib("2026-07-09 09:00"))

    assert told(office, "ask:opinion#1") == {office.people.clerk.id}


def test_a_ladder_may_tell_the_applicant(office: House) -> None:
    office.application("verification", at=MONDAY)
    sweep(office.runtime, at=wib("2026-07-09 09:00"))

    rows = office.rows(
        "SELECT n.channel, n.event, n.officer_id FROM notice n JOIN alert a ON a.id = n.alert_id"
        " WHERE a.key = 'service' AND n.audience = 'applicant'"
    )
    assert [tuple(row) for row in rows] == [("email", "alert.80%", None)]


def test_a_question_that_is_not_answered_is_closed_by_the_clock_after_two_warnings(
    office: House,
) -> None:
    application_id = office.application("correction", at=MONDAY)
    # Five days: warned on the third and the fourth, over at closing of Monday 13.
    for at in (wib("2026-07-09 08:00"), wib("2026-07-10 08:00"), wib("2026-07-13 17:00")):
        sweep(office.runtime, at=at)

    found = [rung for key, rung in raised(office, application_id) if key == "answer:question#1"]
    assert found == ["50%", "80%", "breach"]
    assert office.row(application_id).step == "correction"
    answer = office.rows("SELECT answer, closed_at FROM ask")[0]
    assert answer.answer == "negative"
    assert answer.closed_at is not None
    assert sweep(office.runtime, at=wib("2026-07-13 17:30") + timedelta(minutes=1)).raised == 0
