"""`satupintu deadline explain` says what was done to the clock of a file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from licensing.runtime import Runtime
from licensing.services.correct_time import (
    DecideCorrection,
    ProposeCorrection,
    decide_correction,
    propose_correction,
)
from licensing.services.extend_limit import ExtendLimit, extend_limit
from tests.bed import OwnerOf
from tests.factories import House
from tests.licensing.clock_office import accepted, clock_house, wib
from web.cli.deadline_explain import run


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    return clock_house(runtime, owner_db)


@pytest.fixture
def number(house: House) -> str:
    """Return the number of a file of which the receipt was corrected and the time extended."""
    file = accepted(house, "6 16:01", filed="6 15:40")
    found = propose_correction(
        house.runtime,
        ProposeCorrection(file, 2, wib("6 15:50"), "Jam loket salah", at=wib("7 09:00")),
        house.people.verifier,
    )
    decide_correction(
        house.runtime, DecideCorrection(found, confirm=True, at=wib("7 10:00")), house.people.head
    )
    extend_limit(
        house.runtime,
        ExtendLimit(file, "office", 1, "Menunggu akta", at=wib("8 09:00")),
        house.people.head,
    )
    return str(house.rows("SELECT number FROM dossier")[0].number)


def explained(house: House, number: str, capsys: Any, *, machine: bool) -> str:
    run(house.runtime, number, house.code, wib("8 12:00"), lang="id", machine=machine)
    return str(capsys.readouterr().out)


def test_it_names_each_act_with_who_when_why_and_its_rule(
    house: House, number: str, capsys: Any
) -> None:
    said = explained(house, number, capsys, machine=False)

    assert "Yang dilakukan pada jam" in said
    assert "Waktu terima dibetulkan, Contoh Kepala" in said
    assert "Jam loket salah" in said
    assert "Standar pelayanan diperpanjang, Contoh Kepala" in said
    assert "Dasar: Standar pelayanan kantor Pasal 7." in said
    assert "Termasuk perpanjangan 1." in said


def test_it_counts_from_the_corrected_time(house: House, number: str, capsys: Any) -> None:
    plain = json.loads(explained(house, number, capsys, machine=True))

    service = next(one for one in plain["limits"] if one["key"] == "service")
    assert service["started_at"] == "2026-07-06T15:50:00+07:00"
    assert service["due_at"] == "2026-07-10T16:30:00+07:00"
    assert [act["action"] for act in plain["acts"]] == ["correct_time", "extend"]
