"""How far and how often a time of receipt may be corrected: the SOP says it, for both persons."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from licensing.errors import CorrectionRefused, InvalidInput
from licensing.runtime import Runtime
from licensing.services.correct_time import (
    CorrectionEffect,
    DecideCorrection,
    ProposeCorrection,
    decide_correction,
    effect_of_correction,
    preview_correction,
    propose_correction,
)
from licensing.services.notes import take
from licensing.services.recompute import recompute
from tests.bed import OwnerOf
from tests.factories import House, broken_promises, make_house
from tests.licensing.clock_office import accepted, due, letters, wib
from tests.licensing.test_recompute import close, reopen
from workflows.definitions import text_of

SAID = """\
corrections:
  at_most: 1 working day
  times: 2
  source: Keputusan Kepala Dinas Contoh 5/2026
"""
HOURS = SAID.replace("1 working day", "2 working hours")
BOUND = """\
corrections:
  at_most: 5 working days
  times: 1
  source: Keputusan kepala dinas
"""
FILED, ACCEPTED = 1, 2


def with_caps(runtime: Runtime, owner: Any, said: str) -> House:
    text = text_of("siup")
    assert text.count(BOUND) == 1
    text = text.replace(BOUND, said)
    if not said:
        before, _, after = text.partition("  - at: corrections.at_most")
        text = f"{before}ladder:{after.partition('ladder:')[2]}"
    return make_house(runtime, owner, sop=text, simulated=True)


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    return with_caps(runtime, owner_db, SAID)


def proposal(
    application_id: UUID, becomes: str, at: str = "14 09:00", seq: int = ACCEPTED
) -> ProposeCorrection:
    return ProposeCorrection(application_id, seq, wib(becomes), "Salah tulis", at=wib(at))


def confirmed(
    house: House, application_id: UUID, becomes: str, at: str = "14 09:00", seq: int = ACCEPTED
) -> CorrectionEffect | None:
    found = propose_correction(
        house.runtime, proposal(application_id, becomes, at, seq), house.people.verifier
    )
    return decide_correction(
        house.runtime, DecideCorrection(found, confirm=True, at=wib(at)), house.people.head
    )


def why(house: House, command: ProposeCorrection) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        propose_correction(house.runtime, command, house.people.verifier)
    with pytest.raises(InvalidInput):
        preview_correction(house.runtime, command, house.people.verifier)
    assert not house.rows("SELECT 1 FROM time_correction")
    return dict(refused.value.faults)


class TestHowFar:
    """One working day, between the days on which the recorded and the right time count."""

    # Accepted Thursday 9 at 10:00 and filed long before; July 2026, closing 16:00, Friday 16:30.
    @pytest.mark.parametrize(
        ("becomes", "allowed"),
        [
            ("9 08:00", True),
            ("8 08:00", True),
            ("7 16:01", True),  # after closing: counts as Wednesday
            ("7 16:00", False),
            ("7 08:00", False),
            ("9 16:01", True),  # counts as Friday
            ("10 16:30", True),
            ("10 16:31", False),  # counts as Monday
            ("11 09:00", False),  # a Saturday: counts as Monday
            ("13 08:00", False),
        ],
    )
    def test_is_counted_in_working_days(self, house: House, becomes: str, allowed: bool) -> None:
        file = accepted(house, "9 10:00", filed="3 09:00")

        if allowed:
            assert preview_correction(house.runtime, proposal(file, becomes), house.people.verifier)
        else:
            assert why(house, proposal(file, becomes)) == {"becomes": "beyond_correction"}

    @pytest.mark.parametrize(
        ("becomes", "allowed"), [("9 08:00", True), ("8 15:00", False), ("8 16:30", True)]
    )
    def test_may_be_said_in_working_hours(
        self, runtime: Runtime, owner_db: OwnerOf, becomes: str, allowed: bool
    ) -> None:
        # The office opens at 07:30: from 08:00 to 09:30 are one and a half working hours.
        house = with_caps(runtime, owner_db, HOURS)
        file = accepted(house, "9 09:30", filed="3 09:00")

        if allowed:
            assert preview_correction(house.runtime, proposal(file, becomes), house.people.verifier)
        else:
            assert why(house, proposal(file, becomes)) == {"becomes": "beyond_correction"}

    def test_is_counted_from_what_was_recorded_first(self, house: House) -> None:
        """Two steps of one day each would be two days: a second one leads no further."""
        file = accepted(house, "9 10:00", filed="3 09:00")
        confirmed(house, file, "8 10:00")

        with pytest.raises(InvalidInput) as refused:
            confirmed(house, file, "7 10:00")

        assert refused.value.faults == {"becomes": "beyond_correction"}
        confirmed(house, file, "10 10:00")

    def test_is_looked_at_again_when_the_second_person_decides(self, house: House) -> None:
        close(house, date(2026, 7, 8))
        recompute(house.runtime, at=wib("3 08:00"), office_id=house.office_id)
        file = accepted(house, "9 10:00", filed="3 09:00")
        found = propose_correction(house.runtime, proposal(file, "7 10:00"), house.people.verifier)
        reopen(house, date(2026, 7, 8))
        recompute(house.runtime, at=wib("14 09:30"), office_id=house.office_id)
        before = due(house, file)

        for decide in (
            lambda: effect_of_correction(
                house.runtime, found, house.people.head, at=wib("14 10:00")
            ),
            lambda: decide_correction(
                house.runtime,
                DecideCorrection(found, confirm=True, at=wib("14 10:00")),
                house.people.head,
            ),
        ):
            with pytest.raises(InvalidInput) as refused:
                decide()
            assert refused.value.faults == {"becomes": "beyond_correction"}

        assert due(house, file) == before
        turned_down = DecideCorrection(found, confirm=False, note="Terlalu jauh")
        assert decide_correction(house.runtime, turned_down, house.people.head) is None


class TestHowOften:
    def test_is_as_often_as_the_sop_says(self, house: House) -> None:
        file = accepted(house, "9 10:00", filed="9 09:00")
        confirmed(house, file, "9 11:00")
        confirmed(house, file, "9 08:00", seq=FILED)

        for act in (preview_correction, propose_correction):
            with pytest.raises(CorrectionRefused) as refused:
                act(house.runtime, proposal(file, "9 10:30"), house.people.verifier)
            assert refused.value.why == "corrected_enough"

    def test_counts_only_those_that_were_confirmed(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        house = with_caps(runtime, owner_db, SAID.replace("times: 2", "times: 1"))
        file = accepted(house, "9 10:00", filed="9 09:00")
        found = propose_correction(house.runtime, proposal(file, "9 11:00"), house.people.verifier)
        decide_correction(
            house.runtime, DecideCorrection(found, confirm=False, note="Tidak"), house.people.head
        )

        assert confirmed(house, file, "9 12:00") is not None

    def test_is_once_and_one_day_where_the_sop_says_nothing(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        house = with_caps(runtime, owner_db, "")
        file = accepted(house, "9 10:00", filed="3 09:00")
        assert why(house, proposal(file, "7 10:00")) == {"becomes": "beyond_correction"}

        confirmed(house, file, "8 10:00")

        (line,) = lines(house, file)
        assert line.detail["legal"] == "Keputusan kepala dinas"
        with pytest.raises(CorrectionRefused):
            confirmed(house, file, "8 11:00")


def lines(house: House, application_id: UUID) -> list[Any]:
    return house.rows(
        "SELECT * FROM application_event WHERE application_id = %(id)s"
        " AND action = 'correct_time' ORDER BY seq",
        id=application_id,
    )


def test_what_allows_it_is_recorded_with_it_and_told(house: House) -> None:
    file = accepted(house, "9 10:00", filed="9 09:00")

    effect = confirmed(house, file, "9 11:00")

    assert effect is not None
    assert effect.legal == "Keputusan Kepala Dinas Contoh 5/2026"
    (line,) = lines(house, file)
    assert line.detail["legal"] == effect.legal
    (params,) = letters(house, file, "receipt_corrected")
    assert params["legal"] == effect.legal
    assert broken_promises(house) == {}


class TestSinceWhenAFileLiesAtItsStep:
    """The board counts from there, so a corrected time is followed."""

    def test_is_the_corrected_time_of_the_line_that_brought_it_there(self, house: House) -> None:
        file = accepted(house, "9 10:00", filed="3 09:00")
        assert house.row(file).step_since == wib("9 10:00")

        confirmed(house, file, "8 11:00")

        assert house.row(file).step_since == wib("8 11:00")
        assert broken_promises(house) == {}

    def test_is_left_alone_by_the_correction_of_an_earlier_line(self, house: House) -> None:
        file = accepted(house, "9 10:00", filed="8 09:00")

        confirmed(house, file, "8 08:00", seq=FILED)

        assert house.row(file).step_since == wib("9 10:00")

    def test_of_a_file_that_was_only_filed_is_its_filing(self, house: House) -> None:
        file = house.file(at=wib("9 10:00")).application_id

        confirmed(house, file, "8 10:00", at="9 11:00", seq=FILED)

        assert house.row(file).step_since == wib("8 10:00")

    def test_of_a_file_that_has_been_taken_is_still_that_line(self, house: House) -> None:
        file = accepted(house, "9 10:00", filed="3 09:00")
        take(house.runtime, file, house.people.verifier)

        confirmed(house, file, "8 10:00")

        assert house.row(file).step_since == wib("8 10:00")
