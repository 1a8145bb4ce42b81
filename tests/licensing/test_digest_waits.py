"""At opening most is owed: the digest of the morning has what the sweep raises at that moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from licensing.services.digest import PATIENCE, send_digests
from tests.factories import House
from tests.licensing.test_alarm import sweep_as_of
from tests.licensing.test_digest import choose, digests
from tests.licensing.test_sweep import MONDAY, wib

# Three working days from Monday: four fifths of them are over when Thursday begins.
OPENING = wib("2026-07-09 07:30")


@pytest.fixture
def office(simulated_house: House) -> House:
    """An office with one file, swept on Wednesday, whose supervisor reads digests."""
    simulated_house.application("verification", at=MONDAY)
    simulated_house.as_owner("UPDATE office SET simulated = false")
    sweep_as_of(simulated_house, wib("2026-07-08 18:00"))
    choose(simulated_house, simulated_house.people.supervisor, since=wib("2026-07-08 19:00"))
    return simulated_house


def test_it_waits_for_the_sweep_and_tells_what_is_owed_at_opening(office: House) -> None:
    assert send_digests(office.runtime, at=OPENING).written == 0
    sweep_as_of(office, OPENING + timedelta(seconds=20))

    assert send_digests(office.runtime, at=OPENING + timedelta(minutes=1)).written == 1
    (row,) = digests(office)
    assert ("service", "80%") in {
        (line["key"], line["rung"]) for line in row.params["told"]["lines"]
    }


def test_it_does_not_wait_for_ever(office: House) -> None:
    choose(office, office.people.verifier, since=wib("2026-07-08 19:00"))
    late = OPENING + PATIENCE

    assert send_digests(office.runtime, at=late - timedelta(seconds=1)).written == 0
    assert send_digests(office.runtime, at=late).written == 1
