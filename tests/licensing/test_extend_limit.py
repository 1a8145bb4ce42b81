"""More time for one application: before it is due, with a reason, within the caps of the SOP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from licensing.errors import (
    ApplicationEnded,
    ExtensionRefused,
    InvalidInput,
    NotAllowed,
    SimulationOnly,
    StaleSetting,
)
from licensing.runtime import Runtime
from licensing.services.extend_limit import ExtendLimit, extend_limit, preview_extension
from licensing.services.sweep import sweep
from tests.bed import OwnerOf
from tests.factories import House, at_once, broken_promises, make_house
from tests.licensing.clock_office import (
    AGREED,
    RULE,
    accepted,
    clock_house,
    due,
    letters,
    sop_text,
    statements,
    wib,
)


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    return clock_house(runtime, owner_db)


def more(application_id: UUID, at: str, **different: Any) -> ExtendLimit:
    plain = ExtendLimit(application_id, "office", 1, "Menunggu salinan akta", at=wib(at))
    return replace(plain, **different)


def agreed(application_id: UUID, at: str, **different: Any) -> ExtendLimit:
    consent = {
        "kind": "consent",
        "consent_on": date(2026, 7, 7),
        "consent_by": "letter",
        "consent_reference": "12/VII/2026",
    }
    return more(application_id, at, **(consent | different))


class TestAnExtension:
    def test_gives_one_more_working_day_and_keeps_the_law_as_it_is(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        law = due(house, file, "law")

        done = extend_limit(house.runtime, more(file, "8 09:00"), house.people.head)

        assert (done.before, done.after) == (wib("9 16:00"), wib("10 16:30"))
        assert due(house, file) == wib("10 16:30")
        assert due(house, file, "law") == law == wib("13 16:00")
        assert broken_promises(house) == {}

    def test_is_a_line_of_history_with_reason_basis_and_actor(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        extend_limit(house.runtime, more(file, "8 09:00"), house.people.supervisor)

        line = house.rows(
            "SELECT * FROM application_event WHERE application_id = %(id)s ORDER BY seq DESC",
            id=file,
        )[0]
        assert (line.action, line.actor_id, line.reason) == (
            "extend", house.people.supervisor.id, "Menunggu salinan akta",
        )  # fmt: skip
        assert line.from_step == line.to_step == "verification"
        known = {name: line.detail[name] for name in ("limit", "more", "unit", "legal", "kind")}
        assert known == {
            "limit": "service", "more": 1, "unit": "working days", "legal": RULE, "kind": "office",
        }  # fmt: skip

    def test_is_told_to_the_applicant_with_both_dates_the_reason_and_the_basis(
        self, house: House
    ) -> None:
        file = accepted(house, "6 10:00")

        extend_limit(house.runtime, more(file, "8 09:00"), house.people.head)

        (params,) = letters(house, file, "extended")
        assert params["before"].startswith("2026-07-09")
        assert params["after"].startswith("2026-07-10")
        assert (params["why"], params["legal"]) == ("Menunggu salinan akta", RULE)

    def test_is_previewed_without_being_written(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        shown = preview_extension(house.runtime, more(file, "8 09:00"), house.people.head)

        assert (shown.before, shown.after) == (wib("9 16:00"), wib("10 16:30"))
        assert "extend" not in house.history(file)
        assert due(house, file) == wib("9 16:00")

    def test_is_refused_where_the_date_is_not_the_one_that_was_shown(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(StaleSetting):
            extend_limit(
                house.runtime, more(file, "8 09:00", expects=wib("13 16:00")), house.people.head
            )
        assert "extend" not in house.history(file)

    def test_may_be_given_in_the_very_minute_in_which_it_is_due(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        extend_limit(house.runtime, more(file, "9 16:00"), house.people.head)

        assert due(house, file) == wib("10 16:30")

    def test_is_refused_once_the_due_moment_has_passed(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(ExtensionRefused) as refused:
            extend_limit(house.runtime, more(file, "9 16:01"), house.people.head)

        assert refused.value.why == "past_due"
        assert due(house, file) == wib("9 16:00")

    def test_while_the_file_is_away_adds_to_the_days_that_are_left(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        house.press("wait_applicant", file, by=house.people.verifier, at=wib("7 10:00"))

        done = extend_limit(house.runtime, more(file, "8 09:00"), house.people.head)

        assert (done.before, done.after) == (None, None)
        assert (done.left_before, done.left_after) == (2, 3)
        house.press("go_on", file, by=house.people.verifier, at=wib("9 09:00"))
        # Tuesday and three days after the answer.
        assert due(house, file) == wib("14 16:00")
        assert broken_promises(house) == {}

    @pytest.mark.parametrize("step", ["intake", "issued"])
    def test_needs_a_standard_that_runs(self, house: House, step: str) -> None:
        file = house.application(step, at=wib("6 10:00"))

        with pytest.raises((ExtensionRefused, ApplicationEnded)):
            extend_limit(house.runtime, more(file, "8 09:00"), house.people.head)

    def test_takes_no_time_of_the_callers_choice_in_a_real_office(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        real = clock_house(runtime, owner_db, simulated=False)
        file = real.application("verification")

        with pytest.raises(SimulationOnly):
            extend_limit(runtime, more(file, "8 09:00"), real.people.head)

    def test_costs_beside_the_locking_read_a_look_at_alerts_and_one_writing_statement(
        self, real_clock_house: House
    ) -> None:
        house = real_clock_house
        file = accepted(house, "6 10:00")
        extend_limit(house.runtime, more(file, "7 09:00"), house.people.head)

        with statements(house.runtime.db) as sent:
            extend_limit(house.runtime, agreed(file, "8 09:00"), house.people.head)

        # The driver's own prepared statements, office and lock, are not seen from here.
        assert len([each for each in sent if each.startswith("WITH")]) <= 1, sent
        assert len(sent) <= 2, sent

    def test_is_followed_by_alerts_of_the_new_date_alone(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        extend_limit(house.runtime, more(file, "8 09:00"), house.people.head)

        sweep(house.runtime, at=wib("9 16:30"), office_id=house.office_id)

        raised = {
            row.rung
            for row in house.rows(
                "SELECT rung FROM alert WHERE application_id = %(id)s AND key = 'service'", id=file
            )
        }
        assert "breach" not in raised


class TestTheCaps:
    def test_once_is_once(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        extend_limit(house.runtime, more(file, "7 09:00"), house.people.head)

        with pytest.raises(ExtensionRefused) as refused:
            extend_limit(house.runtime, more(file, "8 09:00"), house.people.head)

        assert refused.value.why == "used_up"

    def test_each_kind_is_counted_by_itself(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        extend_limit(house.runtime, more(file, "7 09:00"), house.people.head)

        extend_limit(house.runtime, agreed(file, "8 09:00"), house.people.head)

        # Three days and two more: the law's five.
        assert due(house, file) == due(house, file, "law") == wib("13 16:00")

    @pytest.mark.parametrize("days", [0, -1, 2])
    def test_more_than_the_sop_allows_is_refused(self, house: House, days: int) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(InvalidInput) as refused:
            extend_limit(house.runtime, more(file, "8 09:00", more=days), house.people.head)

        assert refused.value.faults == {"more": "beyond_cap"}

    def test_an_sop_without_extensions_has_none(self, runtime: Runtime, owner_db: OwnerOf) -> None:
        plain = make_house(runtime, owner_db, simulated=True, sop=sop_text(extensions=False))
        file = accepted(plain, "6 10:00")

        with pytest.raises(ExtensionRefused) as refused:
            extend_limit(runtime, more(file, "8 09:00"), plain.people.head)

        assert refused.value.why == "none"

    @pytest.mark.parametrize("who", ["clerk", "verifier", "teller", "admin", "ombudsman"])
    def test_only_those_named_by_the_sop_decide(self, house: House, who: str) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(NotAllowed):
            extend_limit(house.runtime, more(file, "8 09:00"), getattr(house.people, who))

    def test_consent_is_for_the_head_where_the_sop_says_so(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(NotAllowed):
            extend_limit(house.runtime, agreed(file, "8 09:00"), house.people.supervisor)

    def test_a_reason_is_required(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(InvalidInput) as refused:
            extend_limit(house.runtime, more(file, "8 09:00", reason="  "), house.people.head)

        assert refused.value.faults == {"reason": "required"}


class TestConsent:
    def test_is_recorded_with_its_day_and_how_it_was_given(self, house: House) -> None:
        file = accepted(house, "6 10:00")

        extend_limit(house.runtime, agreed(file, "8 09:00"), house.people.head)

        detail = house.rows(
            "SELECT detail FROM application_event WHERE application_id = %(id)s"
            " AND action = 'extend'",
            id=file,
        )[0].detail
        assert detail["legal"] == AGREED
        assert detail["consent"] == {"on": "2026-07-07", "by": "letter", "reference": "12/VII/2026"}

    @pytest.mark.parametrize(
        ("different", "field", "code"),
        [
            ({"consent_on": None}, "consent_on", "required"),
            ({"consent_on": date(2026, 7, 9)}, "consent_on", "in_future"),
            ({"consent_by": ""}, "consent_by", "required"),
            ({"consent_by": "phone"}, "consent_by", "unknown_choice"),
            ({"consent_reference": " "}, "consent_reference", "required"),
        ],
    )
    def test_that_is_not_recorded_whole_is_refused(
        self, house: House, different: dict[str, Any], field: str, code: str
    ) -> None:
        file = accepted(house, "6 10:00")

        with pytest.raises(InvalidInput) as refused:
            extend_limit(house.runtime, agreed(file, "8 09:00", **different), house.people.head)

        assert refused.value.faults == {field: code}

    def test_given_at_the_counter_needs_no_reference(self, house: House) -> None:
        file = accepted(house, "6 10:00")
        there = {"consent_by": "counter", "consent_reference": ""}

        assert extend_limit(house.runtime, agreed(file, "8 09:00", **there), house.people.head)


class TestAtTheSameMoment:
    def test_two_who_extend_at_once_extend_it_once(self, real_clock_house: House) -> None:
        house = real_clock_house
        file = accepted(house, "6 10:00")
        command = more(file, "8 09:00")

        results = at_once(
            lambda: extend_limit(house.runtime, command, house.people.head),
            lambda: extend_limit(house.runtime, command, house.people.supervisor),
        )

        refused = [one for one in results if isinstance(one, ExtensionRefused)]
        assert [one.why for one in refused] == ["used_up"]
        assert house.history(file).count("extend") == 1
        assert due(house, file) == wib("10 16:30")
