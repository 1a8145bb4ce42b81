"""A hold has a deadline row of its own: it disturbs no other limit, and ends at its length."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

import licensing.services.sweep_one as one_by_one
from licensing.errors import InvalidInput, Refusal
from licensing.people import Clock
from licensing.runtime import Runtime
from licensing.services.correct_time import ProposeCorrection, propose_correction
from licensing.services.recompute import recompute
from licensing.services.sweep import sweep
from licensing.services.take_action import TakeAction, take_action
from tests.bed import OwnerOf
from tests.factories import House, at_once, broken_promises
from tests.licensing.clock_office import accepted, clock_house, due, wib
from tests.licensing.test_recompute import close
from workflows.errors import HoldNotOver

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


def last_line(house: House, application_id: UUID) -> Any:
    return house.rows(
        "SELECT * FROM application_event WHERE application_id = %(id)s ORDER BY seq DESC LIMIT 1",
        id=application_id,
    )[0]


def swept(house: House, at: str) -> None:
    sweep(house.runtime, at=wib(at), office_id=house.office_id)


class TestAHoldThatIsOver:
    """It may last two working days: held on Tuesday 7, it is over at closing of Thursday 9."""

    @pytest.mark.parametrize("at", ["9 16:00", "9 16:01", "10 09:00", "11 10:00", "13 15:00"])
    def test_ends_at_its_length_however_late_the_sweep_comes(self, house: House, at: str) -> None:
        file = held(house)

        swept(house, at)

        line = last_line(house, file)
        assert (line.action, line.actor_id, line.lane) == ("go_on", None, "verifier")
        assert (line.detail["hold"], line.detail["over"]) == ("ends", True)
        assert line.effective_at == wib("9 16:00")
        assert rows(house, file)[HOLD].status == "met"
        # Tuesday was ours, Wednesday and Thursday the applicant's: Friday and Monday are left.
        assert due(house, file) == wib("13 16:00")
        # Nothing was left of the step's one day: it has the next working day.
        assert due(house, file, "step:verification#1") == wib("10 16:30")
        assert house.row(file).state.get("held") is None
        assert broken_promises(house) == {}

    @pytest.mark.parametrize("at", ["8 10:00", "9 15:59"])
    def test_goes_on_as_long_as_it_may_last(self, house: House, at: str) -> None:
        file = held(house)

        swept(house, at)

        assert house.history(file)[-1] == "wait_applicant"
        assert alerts(house, file, HOLD) == []

    @pytest.mark.parametrize(("at", "refused"), [("9 15:59", HoldNotOver), ("9 16:00", None)])
    def test_is_not_ended_by_the_clock_before_its_moment(
        self, house: House, at: str, refused: type[Exception] | None
    ) -> None:
        file = held(house)
        command = TakeAction(file, "go_on", at=wib(at))

        if refused is None:
            assert take_action(house.runtime, command, Clock(house.office_id)).at == wib("9 16:00")
        else:
            with pytest.raises(refused):
                take_action(house.runtime, command, Clock(house.office_id))

    def test_is_ended_by_no_other_press_of_the_clock(self, house: House) -> None:
        file = held(house)

        for action in ("approve", "wait_applicant"):
            command = TakeAction(file, action, reason="x", at=wib("10 09:00"))
            with pytest.raises(Refusal):
                take_action(house.runtime, command, Clock(house.office_id))

    def test_is_told_to_its_holder_and_the_supervisor(self, house: House) -> None:
        file = held(house)

        swept(house, "9 16:00")

        assert alerts(house, file, HOLD) == ["breach"]
        told = house.rows(
            "SELECT DISTINCT n.audience FROM notice n JOIN alert a ON a.id = n.alert_id"
            " WHERE a.application_id = %(id)s AND a.key = %(key)s",
            id=file,
            key=HOLD,
        )
        assert {row.audience for row in told} == {"holder", "supervisor"}

    def test_is_told_by_its_name_and_its_length(self, house: House) -> None:
        held(house)

        swept(house, "9 16:00")

        params = house.rows("SELECT params FROM notice WHERE alert_id IN"
                            " (SELECT id FROM alert WHERE key = %(key)s)", key=HOLD)  # fmt: skip
        assert {row.params["limit"]["en"] for row in params} == {"Wait for the applicant"}
        assert {row.params["within"] for row in params} == {"2 working days"}

    def test_is_ended_and_told_once(self, house: House) -> None:
        file = held(house)

        for at in ("9 16:00", "9 16:01", "10 08:00"):
            swept(house, at)

        assert house.history(file).count("go_on") == 1
        assert alerts(house, file, HOLD) == ["breach"]

    def test_owes_what_is_ours_again(self, house: House) -> None:
        """Downtime gives the office no time: it is late for what it owed meanwhile."""
        file = held(house)

        swept(house, "20 09:00")

        assert "breach" in alerts(house, file, "service")

    def test_of_a_file_that_waits_for_another_calendar_goes_on_till_that_is_counted(
        self, house: House
    ) -> None:
        file = held(house)
        close(house, date(2026, 7, 9))

        swept(house, "9 16:00")
        assert house.history(file)[-1] == "wait_applicant"

        recompute(house.runtime, at=wib("9 17:00"), office_id=house.office_id)
        swept(house, "9 17:01")
        assert house.history(file)[-1] != "go_on"
        assert due(house, file, HOLD) == wib("10 16:30")
        assert alerts(house, file, HOLD) == []

        swept(house, "10 16:30")
        assert last_line(house, file).effective_at == wib("10 16:30")
        assert alerts(house, file, HOLD) == ["breach"]
        assert broken_promises(house) == {}

    def test_is_ended_by_the_next_sweep_after_one_that_was_killed(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = held(house)

        def dies(*_: object) -> None:
            raise RuntimeError("killed")

        monkeypatch.setattr(one_by_one, "take_action", dies)
        report = sweep(house.runtime, at=wib("9 16:00"), office_id=house.office_id)
        monkeypatch.undo()
        assert not report.whole
        assert alerts(house, file, HOLD) == ["breach"]

        report = sweep(house.runtime, at=wib("9 16:05"), office_id=house.office_id)

        assert report.resumed == 1
        assert alerts(house, file, HOLD) == ["breach"]
        assert last_line(house, file).effective_at == wib("9 16:00")

    def test_is_looked_at_again_the_next_working_day_where_it_is_refused(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = held(house)

        def refuses(*_: object) -> None:
            raise HoldNotOver("go_on", "verification")

        monkeypatch.setattr(one_by_one, "take_action", refuses)
        swept(house, "9 16:00")
        monkeypatch.undo()
        swept(house, "9 16:05")
        assert house.history(file)[-1] == "wait_applicant"
        assert alerts(house, file, HOLD) == ["breach"]

        swept(house, "10 08:00")

        assert house.history(file)[-1] == "go_on"

    def test_is_ended_once_by_two_sweeps_and_a_person_at_once(
        self, real_clock_house: House
    ) -> None:
        house = real_clock_house
        file = held(house)

        at_once(
            lambda: swept(house, "9 16:00"),
            lambda: swept(house, "9 16:00"),
            lambda: house.press("go_on", file, by=house.people.verifier, at=wib("9 16:00")),
        )
        swept(house, "9 16:01")

        assert house.history(file).count("go_on") == 1
        assert len(alerts(house, file, HOLD)) <= 1
        assert broken_promises(house) == {}

    def test_of_a_corrected_calendar_keeps_its_alert_only_while_it_is_true(
        self, house: House
    ) -> None:
        file = held(house)
        swept(house, "9 16:00")
        close(house, date(2026, 7, 8))

        recompute(house.runtime, at=wib("10 09:00"), office_id=house.office_id)

        # With Wednesday closed it ended a day before it was over.
        assert rows(house, file)[HOLD].status == "met"
        assert alerts(house, file, HOLD) == []
        assert broken_promises(house) == {}

    def test_can_be_corrected_by_nobody_as_a_receipt(self, house: House) -> None:
        file = held(house)
        swept(house, "9 16:00")
        line = last_line(house, file)
        proposal = ProposeCorrection(file, line.seq, wib("9 10:00"), "x", at=wib("10 09:00"))

        with pytest.raises(InvalidInput) as refused:
            propose_correction(house.runtime, proposal, house.people.verifier)

        assert refused.value.faults == {"seq": "no_arrival"}

    def test_is_still_told_where_somebody_ended_it_late_before_the_sweep_came(
        self, house: House
    ) -> None:
        file = held(house)
        house.press("go_on", file, by=house.people.verifier, at=wib("10 09:00"))

        swept(house, "10 09:01")

        assert rows(house, file)[HOLD].status == "late"
        assert alerts(house, file, HOLD) == ["breach"]
        assert house.history(file).count("go_on") == 1
