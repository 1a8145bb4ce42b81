"""A wrongly recorded time of receipt: one proposes, a second person decides, the clock follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from licensing.errors import (
    ApplicationEnded,
    CorrectionRefused,
    InvalidInput,
    NotAllowed,
    NotFound,
    SimulationOnly,
    StaleSetting,
)
from licensing.runtime import Runtime
from licensing.services.correct_time import (
    CorrectionEffect,
    DecideCorrection,
    ProposeCorrection,
    decide_correction,
    effect_of_correction,
    preview_correction,
    propose_correction,
    withdraw_correction,
)
from licensing.services.extend_limit import ExtendLimit, extend_limit
from licensing.services.reprint_receipt import record_reprint
from licensing.services.sweep import sweep
from tests.bed import OwnerOf
from tests.factories import House, at_once, broken_promises, make_house
from tests.licensing.clock_office import accepted, clock_house, due, letters, statements, wib
from tests.silence_sop import deemed_siup

FILED, ACCEPTED = 1, 2


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    return clock_house(runtime, owner_db)


def proposal(application_id: UUID, becomes: str, at: str, **different: Any) -> ProposeCorrection:
    plain = ProposeCorrection(
        application_id, ACCEPTED, wib(becomes), "Jam komputer loket terlambat", at=wib(at)
    )
    return replace(plain, **different)


def corrected(
    house: House, application_id: UUID, becomes: str, at: str, **different: Any
) -> CorrectionEffect | None:
    """Propose as the verifier, confirm as the head."""
    found = propose_correction(
        house.runtime, proposal(application_id, becomes, at, **different), house.people.verifier
    )
    decided = DecideCorrection(found, confirm=True, at=wib(at))
    return decide_correction(house.runtime, decided, house.people.head)


class TestAConfirmedCorrection:
    # Accepted Monday 16:01, after closing, it counted as Tuesday and was due on Friday.
    def test_that_moves_the_receipt_before_closing_makes_it_due_a_day_earlier(
        self, house: House
    ) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")
        assert due(house, file) == wib("10 16:30")

        corrected(house, file, "6 15:50", "7 09:00")

        assert due(house, file) == wib("9 16:00")
        assert due(house, file, "law") == wib("13 16:00")
        assert broken_promises(house) == {}

    def test_that_moves_it_a_day_later_makes_it_due_a_day_later(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        corrected(house, file, "7 10:00", "8 09:00")

        assert due(house, file) == wib("10 16:30")
        assert broken_promises(house) == {}

    def test_leaves_the_recorded_line_as_it_is_and_adds_one(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")
        query = "SELECT * FROM application_event WHERE application_id = %(id)s ORDER BY seq"
        before = house.rows(query, id=file)

        corrected(house, file, "6 15:50", "7 09:00")

        lines = house.rows(query, id=file)
        assert lines[:2] == before
        added = lines[2]
        assert (added.action, added.actor_id) == ("correct_time", house.people.head.id)
        assert added.reason == "Jam komputer loket terlambat"
        assert added.detail["seq"] == ACCEPTED
        assert added.detail["was"] == before[1].effective_at.isoformat()
        assert wib("6 15:50").isoformat() in {
            added.detail["now"],
            house.rows("SELECT becomes FROM time_correction")[0]
            .becomes.astimezone(wib("6 15:50").tzinfo)
            .isoformat(),
        }
        assert added.detail["proposed_by"] == str(house.people.verifier.id)

    def test_is_told_to_the_applicant_with_old_and_new(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")

        corrected(house, file, "6 15:50", "7 09:00")

        (params,) = letters(house, file, "receipt_corrected")
        assert params["limit"] == "service"
        assert (params["before"][:10], params["after"][:10]) == ("2026-07-10", "2026-07-09")
        assert params["why"] == "Jam komputer loket terlambat"

    def test_can_be_corrected_again_and_the_last_one_counts(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")
        corrected(house, file, "6 15:50", "7 09:00")

        corrected(house, file, "6 16:02", "7 10:00")

        assert due(house, file) == wib("10 16:30")
        assert broken_promises(house) == {}

    def test_withdraws_an_alert_that_is_true_no_longer(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        sweep(house.runtime, at=wib("9 16:30"), office_id=house.office_id)
        raised = (
            "SELECT rung, withdrawn_at FROM alert WHERE application_id = %(id)s"
            " AND key = 'service' AND rung = 'breach'"
        )
        assert [row.withdrawn_at for row in house.rows(raised, id=file)] == [None]

        corrected(house, file, "7 10:00", "9 16:45")

        assert all(row.withdrawn_at is not None for row in house.rows(raised, id=file))
        assert due(house, file) == wib("10 16:30")

    def test_that_undoes_a_broken_limit_is_told_to_the_inspectorate(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        sweep(house.runtime, at=wib("9 16:30"), office_id=house.office_id)

        effect = corrected(house, file, "7 10:00", "9 16:45")

        assert effect is not None
        assert "service" in effect.undoes
        rows = house.rows(
            "SELECT params, application_id FROM notice"
            " WHERE event = 'breach_corrected' AND audience = 'inspectorate'"
        )
        assert {row.application_id for row in rows} == {file}
        told = rows[0].params
        assert (told["proposed_by"], told["by"]) == (
            house.people.verifier.name,
            house.people.head.name,
        )
        assert told["number"]

    def test_that_undoes_a_limit_which_ended_late_says_so_too(self, house: House) -> None:
        """Accepted too late, written down as in time: the check of the filing is over already."""
        file = accepted(house, "14 10:00", filed="6 10:00")
        found = preview_correction(
            house.runtime, proposal(file, "10 10:00", "14 11:00"), house.people.verifier
        )

        assert found.undoes == ("filing",)
        corrected(house, file, "10 10:00", "14 11:00")
        assert house.rows("SELECT 1 FROM notice WHERE event = 'breach_corrected'")

    def test_that_undoes_nothing_is_the_business_of_the_office(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        effect = corrected(house, file, "6 12:00", "6 14:00")

        assert effect is not None
        assert effect.undoes == ()
        assert not house.rows("SELECT 1 FROM notice WHERE event = 'breach_corrected'")

    def test_of_the_filing_moves_the_check_of_the_filing(self, house: House) -> None:
        file = house.file(at=wib("6 16:05")).application_id
        assert due(house, file, "filing") == wib("14 16:00")

        corrected(house, file, "6 15:55", "7 08:00", seq=FILED)

        assert due(house, file, "filing") == wib("13 16:00")
        assert due(house, file, "step:intake#1") == wib("7 16:00")
        assert broken_promises(house) == {}

    def test_goes_on_from_there_when_the_file_moves(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")
        corrected(house, file, "6 15:50", "7 09:00")

        house.press("wait_applicant", file, by=house.people.verifier, at=wib("7 10:00"))
        house.press("go_on", file, by=house.people.verifier, at=wib("9 09:00"))

        # Tuesday was ours, Wednesday and Thursday began with the applicant.
        assert due(house, file) == wib("13 16:00")
        assert broken_promises(house) == {}

    def test_after_an_extension_keeps_the_extension(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")
        extend_limit(
            house.runtime,
            ExtendLimit(file, "office", 1, "Menunggu akta", at=wib("7 09:00")),
            house.people.head,
        )
        assert due(house, file) == wib("13 16:00")

        corrected(house, file, "6 15:50", "7 10:00")

        assert due(house, file) == wib("10 16:30")
        assert broken_promises(house) == {}


class TestTheSecondPerson:
    @pytest.mark.parametrize("who", ["supervisor", "head"])
    def test_is_a_supervisor_or_the_head(self, house: House, who: str) -> None:
        file = accepted(house, "6 10:00")
        found = propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.second_clerk
        )

        decided = DecideCorrection(found, confirm=True, at=wib("7 10:00"))
        assert decide_correction(house.runtime, decided, getattr(house.people, who))

    def test_is_not_who_proposed_it(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        found = propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.supervisor
        )

        with pytest.raises(CorrectionRefused) as refused:
            decide_correction(
                house.runtime, DecideCorrection(found, confirm=True), house.people.supervisor
            )
        assert refused.value.why == "same_person"
        assert due(house, file) == wib("9 16:00")

    def test_is_not_who_recorded_the_line(self, house: House) -> None:
        # One person has all three roles, and has taken the file in.
        file = house.file(at=wib("6 10:00"), by=house.people.everybody).application_id
        found = propose_correction(
            house.runtime, proposal(file, "6 09:00", "7 09:00", seq=FILED), house.people.verifier
        )

        with pytest.raises(CorrectionRefused) as refused:
            decide_correction(
                house.runtime, DecideCorrection(found, confirm=True), house.people.everybody
            )
        assert refused.value.why == "same_person"

    def test_cannot_be_left_out_behind_the_program(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.verifier
        )

        with pytest.raises(DBAPIError, match="ck_time_correction_two_people"):
            house.as_owner(
                "UPDATE time_correction SET decision = 'confirmed', decided_by = proposed_by,"
                " decided_at = now(), line_seq = 3"
            )

    @pytest.mark.parametrize("who", ["clerk", "verifier", "admin", "inspectorate"])
    def test_is_nobody_else(self, house: House, who: str) -> None:
        file = accepted(house, "6 10:00")
        found = propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.second_clerk
        )

        with pytest.raises(NotAllowed):
            decide_correction(
                house.runtime, DecideCorrection(found, confirm=True), getattr(house.people, who)
            )

    @pytest.mark.parametrize("who", ["head", "admin", "teller", "ombudsman", "inspector"])
    def test_only_who_takes_in_checks_or_supervises_proposes(self, house: House, who: str) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(NotAllowed):
            propose_correction(
                house.runtime, proposal(file, "6 11:00", "7 09:00"), getattr(house.people, who)
            )

    def test_is_told_of_the_proposal(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.supervisor
        )

        told = house.rows(
            "SELECT officer_id, params FROM notice WHERE event = 'correction_proposed'"
        )
        assert {row.officer_id for row in told} == {
            house.people.head.id, house.people.everybody.id,
        }  # fmt: skip
        assert told[0].params["by"] == house.people.supervisor.name

    def test_may_turn_it_down_with_words_and_nothing_changes(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        found = propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.verifier
        )
        refusal = DecideCorrection(found, confirm=False, at=wib("7 10:00"))

        with pytest.raises(InvalidInput, match="note: required"):
            decide_correction(house.runtime, refusal, house.people.head)
        decide_correction(
            house.runtime, replace(refusal, note="Tidak ada bukti"), house.people.head
        )

        assert "correct_time" not in house.history(file)
        row = house.rows("SELECT decision, note FROM time_correction")[0]
        assert (row.decision, row.note) == ("turned_down", "Tidak ada bukti")


class TestAProposal:
    @pytest.mark.parametrize(
        ("becomes", "code"),
        [
            # Filed Monday 09:00, accepted 10:00, approved 14:00.
            ("6 08:59", "before_the_one_before"),
            ("6 14:01", "after_the_next"),
            ("6 10:00", "nothing_changed"),
            ("8 10:00", "time_in_future"),
        ],
    )
    def test_lies_between_what_happened_before_and_after_and_not_in_the_future(
        self, house: House, becomes: str, code: str
    ) -> None:
        file = accepted(house, "6 10:00", filed="6 09:00")
        house.judge_all(file)
        house.press("approve", file, by=house.people.verifier, at=wib("6 14:00"))

        with pytest.raises(InvalidInput) as refused:
            propose_correction(
                house.runtime, proposal(file, becomes, "7 09:00"), house.people.verifier
            )

        assert refused.value.faults == {"becomes": code}

    @pytest.mark.parametrize("becomes", ["6 09:00", "6 14:00"])
    def test_may_be_the_very_moment_of_the_one_before_or_after(
        self, house: House, becomes: str
    ) -> None:
        file = accepted(house, "6 10:00", filed="6 09:00")
        house.judge_all(file)
        house.press("approve", file, by=house.people.verifier, at=wib("6 14:00"))

        corrected(house, file, becomes, "7 09:00")

        assert broken_promises(house) == {}

    def test_is_measured_by_the_corrected_time_of_its_neighbour(self, house: House) -> None:
        file = accepted(house, "6 10:00", filed="6 09:00")
        corrected(house, file, "6 08:00", "7 09:00", seq=FILED)

        corrected(house, file, "6 08:30", "7 10:00")

        assert broken_promises(house) == {}

    def test_in_the_future_is_refused_where_it_is_the_last_line(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(InvalidInput, match="becomes: time_in_future"):
            propose_correction(
                house.runtime, proposal(file, "7 09:01", "7 09:00"), house.people.verifier
            )

    def test_concerns_lines_by_which_papers_came_in(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        house.judge_all(file)
        house.press("approve", file, by=house.people.verifier, at=wib("7 09:00"))

        with pytest.raises(InvalidInput, match="seq: no_arrival"):
            propose_correction(
                house.runtime, proposal(file, "6 12:00", "7 10:00", seq=3), house.people.verifier
            )

    def test_needs_a_reason(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(InvalidInput, match="reason: required"):
            propose_correction(
                house.runtime, proposal(file, "6 11:00", "7 09:00", reason=" "),
                house.people.verifier,
            )  # fmt: skip

    def test_waits_alone(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.verifier
        )

        with pytest.raises(CorrectionRefused) as refused:
            propose_correction(
                house.runtime, proposal(file, "6 12:00", "7 09:00"), house.people.clerk
            )

        assert refused.value.why == "waiting"

    def test_may_be_taken_back_by_who_made_it_alone(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        found = propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.verifier
        )

        with pytest.raises(NotAllowed):
            withdraw_correction(house.runtime, found, house.people.second_verifier)
        withdraw_correction(house.runtime, found, house.people.verifier)

        with pytest.raises(CorrectionRefused) as refused:
            decide_correction(
                house.runtime, DecideCorrection(found, confirm=True), house.people.head
            )
        assert refused.value.why == "decided"

    def test_is_seen_by_its_own_office_alone(
        self, house: House, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        file = accepted(house, "6 10:00")
        found = propose_correction(
            house.runtime, proposal(file, "6 11:00", "7 09:00"), house.people.verifier
        )
        other = clock_house(runtime, owner_db)

        with pytest.raises(NotFound):
            decide_correction(runtime, DecideCorrection(found, confirm=True), other.people.head)

    def test_for_a_file_that_has_ended_is_refused(self, house: House) -> None:
        file = house.application("issued", at=wib("6 10:00"))

        with pytest.raises(ApplicationEnded):
            propose_correction(
                house.runtime, proposal(file, "6 09:00", "7 09:00"), house.people.verifier
            )

    def test_takes_no_time_of_the_callers_choice_in_a_real_office(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        real = clock_house(runtime, owner_db, simulated=False)
        file = real.application("verification")

        with pytest.raises(SimulationOnly):
            propose_correction(runtime, proposal(file, "6 11:00", "7 09:00"), real.people.verifier)


class TestThePreview:
    def test_shows_old_and_new_and_writes_nothing(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")

        shown = preview_correction(
            house.runtime, proposal(file, "6 15:50", "7 09:00"), house.people.verifier
        )

        assert shown.promise is not None
        assert (shown.promise.before, shown.promise.after) == (wib("10 16:30"), wib("9 16:00"))
        assert not shown.breaks
        assert house.rows("SELECT 1 FROM time_correction") == []

    def test_says_that_a_limit_would_be_broken(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")
        found = propose_correction(
            house.runtime, proposal(file, "6 15:50", "10 09:00"), house.people.verifier
        )

        shown = effect_of_correction(house.runtime, found, house.people.head, at=wib("10 09:00"))

        assert shown.breaks
        assert not shown.lapses

    def test_says_that_the_law_would_have_granted_it(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        house = make_house(runtime, owner_db, simulated=True, sop=deemed_siup())
        # Five days of the law from Tuesday 7 end on Tuesday 14, from Monday 6 on Monday 13.
        file = accepted(house, "6 16:01", filed="6 15:40")
        command = proposal(file, "6 15:50", "14 09:00")

        shown = preview_correction(house.runtime, command, house.people.verifier)

        assert shown.lapses
        assert not preview_correction(
            house.runtime, replace(command, at=wib("13 09:00")), house.people.verifier
        ).lapses

    def test_binds_who_confirms_to_what_was_shown(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")
        found = propose_correction(
            house.runtime, proposal(file, "6 15:50", "7 09:00"), house.people.verifier
        )
        decided = DecideCorrection(found, confirm=True, expects=wib("13 16:00"), at=wib("7 10:00"))

        with pytest.raises(StaleSetting):
            decide_correction(house.runtime, decided, house.people.head)
        assert decide_correction(
            house.runtime, replace(decided, expects=wib("9 16:00")), house.people.head
        )


class TestAReprint:
    def test_is_recorded(self, house: House) -> None:
        file = accepted(house, "6 16:01", filed="6 15:40")

        record_reprint(house.runtime, file, house.people.clerk, at=wib("7 09:00"))

        assert house.history(file)[-1] == "receipt_reprinted"
        assert broken_promises(house) == {}

    def test_is_for_the_people_of_the_office(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(NotAllowed):
            record_reprint(house.runtime, file, house.people.teller)


class TestAtTheSameMoment:
    def test_two_who_confirm_at_once_confirm_it_once(self, real_clock_house: House) -> None:
        house = real_clock_house
        file = accepted(house, "6 16:01", filed="6 15:40")
        found = propose_correction(
            house.runtime, proposal(file, "6 15:50", "7 09:00"), house.people.verifier
        )
        decided = DecideCorrection(found, confirm=True, at=wib("7 10:00"))

        results = at_once(
            lambda: decide_correction(house.runtime, decided, house.people.head),
            lambda: decide_correction(house.runtime, decided, house.people.supervisor),
        )

        refused = [one for one in results if isinstance(one, CorrectionRefused)]
        assert [one.why for one in refused] == ["decided"]
        assert house.history(file).count("correct_time") == 1
        assert broken_promises(house) == {}

    def test_two_proposals_at_once_leave_one(self, real_clock_house: House) -> None:
        house = real_clock_house
        file = accepted(house, "6 10:00")
        command = proposal(file, "6 11:00", "7 09:00")

        results = at_once(
            lambda: propose_correction(house.runtime, command, house.people.verifier),
            lambda: propose_correction(house.runtime, command, house.people.clerk),
        )

        assert sum(isinstance(one, CorrectionRefused) for one in results) == 1
        assert len(house.rows("SELECT 1 FROM time_correction")) == 1

    def test_a_confirmation_beside_a_press_leaves_a_whole_history(
        self, real_clock_house: House
    ) -> None:
        house = real_clock_house
        file = accepted(house, "6 16:01", filed="6 15:40")
        found = propose_correction(
            house.runtime, proposal(file, "6 15:50", "7 09:00"), house.people.verifier
        )
        decided = DecideCorrection(found, confirm=True, at=wib("7 10:00"))

        results = at_once(
            lambda: decide_correction(house.runtime, decided, house.people.head),
            lambda: house.press(
                "wait_applicant", file, by=house.people.verifier, at=wib("7 10:00")
            ),
        )

        assert not [one for one in results if isinstance(one, Exception)], results
        assert broken_promises(house) == {}

    def test_a_confirmation_costs_few_statements(self, real_clock_house: House) -> None:
        house = real_clock_house
        file = accepted(house, "6 16:01", filed="6 15:40")
        found = propose_correction(
            house.runtime, proposal(file, "6 15:50", "7 09:00"), house.people.verifier
        )

        with statements(house.runtime.db) as sent:
            decide_correction(
                house.runtime, DecideCorrection(found, confirm=True, at=wib("7 10:00")),
                house.people.head,
            )  # fmt: skip

        # The lock, the proposal, the history, the alerts held, the clock, the decision.
        assert len(sent) <= 6, sent


def test_a_correction_keeps_the_order_of_the_history_for_every_time_it_may_take(
    house: House,
) -> None:
    """Every quarter of an hour between the neighbours is accepted, none outside them."""
    file = accepted(house, "6 10:00", filed="6 09:00")
    house.judge_all(file)
    house.press("approve", file, by=house.people.verifier, at=wib("6 11:00"))

    for quarter in range(-2, 11):
        becomes = wib("6 09:00") + timedelta(minutes=15 * quarter)
        command = ProposeCorrection(file, ACCEPTED, becomes, "-", at=wib("7 09:00"))
        inside = 0 <= quarter <= 8 and quarter != 4
        try:
            preview_correction(house.runtime, command, house.people.verifier)
        except InvalidInput:
            assert not inside, becomes
        else:
            assert inside, becomes
