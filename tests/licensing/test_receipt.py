"""What the receipt of the SIUP promises: first the check, then the permit, nothing in between."""

from __future__ import annotations

import pytest

from licensing.errors import NotFound
from licensing.queries.letters import receipt
from tests.factories import House


def test_before_acceptance_the_check_is_promised(house: House) -> None:
    application = house.application("intake")

    promise = receipt(house.runtime, application, house.people.clerk, reprint=False).promise

    assert (promise.working_days, promise.since) == (5, "berkas diterima")
    assert "pemeriksaan kelengkapan" in promise.label


def test_after_acceptance_the_permit_is_promised(house: House) -> None:
    application = house.application("verification")

    promise = receipt(house.runtime, application, house.people.clerk, reprint=False).promise

    assert (promise.working_days, promise.since) == (3, "berkas lengkap")


def test_while_it_is_with_the_applicant_nothing_is_promised(house: House) -> None:
    application = house.application("completion")

    with pytest.raises(NotFound, match="promised day"):
        receipt(house.runtime, application, house.people.clerk, reprint=False)


def test_what_is_handed_in_again_is_checked_within_the_same_time_again(house: House) -> None:
    application = house.application("completion")
    house.press("resubmit", application, by=house.people.clerk)

    promise = receipt(house.runtime, application, house.people.clerk, reprint=False).promise

    assert promise.working_days == 5
    statuses = house.rows(
        "SELECT key, status, due_at FROM deadline"
        " WHERE application_id = %(id)s AND name = 'filing' ORDER BY key",
        id=application,
    )
    assert [(row.key, row.status) for row in statuses] == [
        ("filing", "met"),
        ("filing#2", "running"),
    ]
    assert statuses[1].due_at == promise.at
