"""Quiet hours, preferences, passing on, answering: what people hear of an alert, and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import licensing.services.sweep as sweep_module
from licensing.errors import InvalidInput, NotAllowed, StaleSetting
from licensing.people import Officer
from licensing.queries.alerts import owed_until, unanswered_until
from licensing.services.acknowledge import AlertAnswer, acknowledge, answer_alert
from licensing.services.alert_preferences import (
    AlertPreferences,
    alert_preferences,
    set_alert_preferences,
)
from licensing.services.escalate import PASS_ON
from licensing.services.office_hours import OfficeHours
from licensing.services.sweep import BATCH, LATE_AFTER, OfficeSweep, sweep
from licensing.services.sweep_sql import PEEK_AT
from tests.factories import House
from tests.licensing.test_sweep import MONDAY, notices, wib
from tests.workflows.clock_sops import plain_calendar, plain_spec, week
from workflows.calendar_spec import WeeklyRule
from workflows.definitions import text_of
from workflows.sop import Within
from workflows.worktime import Calendar

# Filed and accepted on Monday 6 July 2026: verification is due on Tuesday, the standard on
# Thursday at closing.
TUESDAY_EVENING = wib("2026-07-07 18:00")


@pytest.fixture
def office(simulated_house: House) -> House:
    """A simulated office: the tests say what time it is."""
    return simulated_house


@pytest.fixture
def real(simulated_house: House) -> House:
    """An office from which letters leave, with one file filed on Monday 6 July 2026."""
    simulated_house.application("verification", at=MONDAY)
    simulated_house.as_owner("UPDATE office SET simulated = false")
    return simulated_house


def sweep_as_of(house: House, at: datetime) -> OfficeSweep:
    """Sweep a real office as if it were `at`."""
    (office,) = sweep_module._offices(house.runtime)
    return sweep_module._sweep_office(house.runtime, office, at, BATCH, LATE_AFTER)


def letters(house: House, who: Officer | None = None) -> list[Any]:
    """Return the letters of alerts to one person or all, and when they may leave."""
    return house.rows(
        "SELECT n.event, n.next_try_at, n.created_at"
        "  FROM notice n JOIN alert a ON a.id = n.alert_id"
        " WHERE n.channel = 'email' AND (%(who)s::uuid IS NULL OR n.officer_id = %(who)s)"
        " ORDER BY n.created_at, n.event",
        who=None if who is None else who.id,
    )


def prefer(house: House, who: Officer, **chosen: Any) -> None:
    seen = alert_preferences(house.runtime, who).version
    set_alert_preferences(house.runtime, who, AlertPreferences(version=seen, **chosen))


class TestWorkingTime:
    """Now where the office is open, else when it opens."""

    @pytest.mark.parametrize(
        ("now", "opens"),
        [
            ("2026-07-08 10:00", "2026-07-08 10:00"),
            ("2026-07-08 07:30", "2026-07-08 07:30"),
            ("2026-07-08 05:00", "2026-07-08 07:30"),
            ("2026-07-08 16:00", "2026-07-09 07:30"),  # at closing nobody reads a letter
            ("2026-07-10 18:00", "2026-07-13 07:30"),  # Friday evening: Monday
            ("2026-07-11 12:00", "2026-07-13 07:30"),
        ],
    )
    def test_is_kept(self, now: str, opens: str) -> None:
        assert OfficeHours(wib(now), plain_calendar()).opens == wib(opens)

    def test_a_break_at_noon_is_waited_for(self) -> None:
        calendar = plain_calendar(hours=("07:30-12:00", "13:00-16:00"))

        assert OfficeHours(wib("2026-07-08 12:20"), calendar).opens == wib("2026-07-08 13:00")

    def test_in_ramadan_the_office_opens_later(self) -> None:
        ramadan = WeeklyRule(date(2026, 2, 19), week("08:00-15:00"), date(2026, 3, 20))
        calendar = Calendar(plain_spec(more=(ramadan,)))

        assert OfficeHours(wib("2026-02-23 15:30"), calendar).opens == wib("2026-02-24 08:00")

    def test_an_office_without_a_calendar_puts_nothing_off(self) -> None:
        hours = OfficeHours(wib("2026-07-11 12:00"), None)

        assert hours.opens == hours.now
        assert hours.after(Within(4, "working hours")) is None

    @pytest.mark.parametrize(
        ("wait", "until"),
        [
            (Within(4, "working hours"), "2026-07-13 10:00"),
            (Within(1, "working days"), "2026-07-13 16:00"),
        ],
    )
    def test_what_is_waited_for_is_working_time_too(self, wait: Within, until: str) -> None:
        assert OfficeHours(wib("2026-07-10 14:30"), plain_calendar()).after(wait) == wib(until)


class TestQuietHours:
    """The record is made at once; people read letters when the office is open."""

    def test_a_letter_of_the_evening_leaves_at_the_next_opening(self, real: House) -> None:
        sweep_as_of(real, TUESDAY_EVENING)

        found = letters(real)
        assert found
        assert {row.created_at for row in found} == {TUESDAY_EVENING}
        assert {row.next_try_at for row in found} == {wib("2026-07-08 07:30")}

    def test_a_letter_of_friday_evening_leaves_on_monday(self, real: House) -> None:
        sweep_as_of(real, wib("2026-07-10 18:00"))

        assert {row.next_try_at for row in letters(real)} == {wib("2026-07-13 07:30")}

    def test_a_letter_of_working_time_leaves_at_once(self, real: House) -> None:
        sweep_as_of(real, wib("2026-07-08 10:00"))

        assert {row.next_try_at for row in letters(real)} == {wib("2026-07-08 10:00")}

    def test_whoever_wants_them_at_any_hour_gets_them_at_once(self, real: House) -> None:
        supervisor = real.people.supervisor
        prefer(real, supervisor, outside_hours=True)
        sweep_as_of(real, TUESDAY_EVENING)

        assert {row.next_try_at for row in letters(real, supervisor)} == {TUESDAY_EVENING}

    def test_the_alert_and_what_stands_in_the_application_wait_for_nothing(
        self, real: House
    ) -> None:
        sweep_as_of(real, TUESDAY_EVENING)

        raised = real.rows("SELECT raised_at FROM alert")
        assert {row.raised_at for row in raised} == {TUESDAY_EVENING}
        inside = real.rows("SELECT created_at, next_try_at FROM notice WHERE channel = 'app'"
                           " AND event LIKE 'alert.%%'")  # fmt: skip
        assert {(row.created_at, row.next_try_at) for row in inside} == {(TUESDAY_EVENING, None)}


class TestPreferences:
    """How one person hears by letter, by what he chose; in the application he always does."""

    @pytest.mark.parametrize(
        ("warnings", "breaches", "rungs"),
        [
            ("at_once", "at_once", {"80%", "breach"}),
            ("digest", "at_once", {"breach"}),
            ("never", "at_once", {"breach"}),
            ("at_once", "digest", {"80%"}),
            ("digest", "digest", set()),
            ("never", "digest", set()),
        ],
    )
    def test_of_a_supervisor(
        self, office: House, warnings: str, breaches: str, rungs: set[str]
    ) -> None:
        supervisor = office.people.supervisor
        prefer(office, supervisor, warnings=warnings, breaches=breaches)
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-08 10:00"))

        mine = f"n.officer_id = '{supervisor.id}' AND n.channel = "
        assert {rung for rung, _, _ in notices(office, f"{mine}'email'")} == rungs
        assert {rung for rung, _, _ in notices(office, f"{mine}'app'")} == {"80%", "breach"}

    def test_whoever_does_not_look_after_the_office_may_silence_even_a_breach(
        self, office: House
    ) -> None:
        prefer(office, office.people.verifier, warnings="never", breaches="never")
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-08 10:00"))

        assert letters(office, office.people.verifier) == []

    @pytest.mark.parametrize("who", ["supervisor", "head"])
    def test_whoever_looks_after_the_office_may_not(self, office: House, who: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            prefer(office, getattr(office.people, who), breaches="never")

        assert refused.value.faults == {"breaches": "watchers_hear_of_breaches"}

    def test_a_silence_chosen_before_somebody_became_supervisor_holds_no_longer(
        self, office: House
    ) -> None:
        verifier = office.people.verifier
        prefer(office, verifier, breaches="never")
        office.as_owner(
            "INSERT INTO officer_role (officer_id, role, office_id, organisation_kind)"
            " VALUES (%(id)s, 'supervisor', %(office)s, 'office')",
            id=verifier.id,
            office=office.office_id,
        )
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-08 10:00"))

        assert "alert.breach" in {row.event for row in letters(office, verifier)}

    def test_count_at_once_until_somebody_chooses(self, office: House) -> None:
        found = alert_preferences(office.runtime, office.people.clerk)

        assert (found.warnings, found.breaches, found.outside_hours) == (
            "at_once", "at_once", False,
        )  # fmt: skip
        assert found.email.startswith("loket")

    def test_what_was_changed_meanwhile_is_not_overwritten(self, office: House) -> None:
        clerk = office.people.clerk
        prefer(office, clerk, warnings="digest")
        prefer(office, clerk, warnings="never")

        for seen in (0, 1):
            with pytest.raises(StaleSetting):
                set_alert_preferences(office.runtime, clerk, AlertPreferences(version=seen))
        assert alert_preferences(office.runtime, clerk).warnings == "never"

    def test_a_choice_that_there_is_not_is_refused(self, office: House) -> None:
        with pytest.raises(InvalidInput) as refused:
            prefer(office, office.people.clerk, warnings="sometimes")

        assert refused.value.faults == {"warnings": "unknown_choice"}


class TestWaysOfARung:
    def make(self, house: House, ladder: str) -> UUID:
        """Return a file under an SOP with another ladder."""
        from licensing.services.sops import publish_sop

        text = text_of("siup")
        begin = text.index("ladder:\n")
        end = text.index("\n\n", begin)
        publish_sop(
            house.runtime,
            house.office_id,
            text[:begin] + ladder + text[end:],
            drafted_by=house.people.supervisor.id,
            published_by=house.people.head.id,
        )
        return house.application("verification", at=MONDAY)

    def test_a_rung_by_the_application_alone_sends_no_letter(self, office: House) -> None:
        self.make(office, "ladder: [{at: breach, tell: [holder, supervisor], by: app}]")
        sweep(office.runtime, at=wib("2026-07-10 10:00"))

        assert {channel for _, _, channel in notices(office)} == {"app"}

    def test_a_rung_by_gateway_goes_out_once_by_each_channel_of_the_office(
        self, office: House
    ) -> None:
        self.make(office, "ladder: [{at: breach, tell: supervisor, by: [email, gateway]}]")
        channels = [("gateway", "true"), ("webhook", "true"), ("webhook", "false")]
        for kind, active in channels:
            office.as_owner(
                "INSERT INTO office_channel (office_id, kind, name, place, secret_cipher, takes,"
                " active, created_by) VALUES (%(office)s, %(kind)s, 'Grup', 'host', 'x',"
                f" ARRAY['office'], {active}, %(by)s)",
                office=office.office_id,
                kind=kind,
                by=office.people.admin.id,
            )
        sweep(office.runtime, at=wib("2026-07-07 18:00"))

        found = office.rows(
            "SELECT channel, audience, officer_id, channel_id FROM notice"
            " WHERE channel NOT IN ('app', 'email') ORDER BY channel"
        )
        alerts = office.rows("SELECT count(*) AS n FROM alert WHERE rung = 'breach'")[0].n
        assert alerts > 0
        assert [row.channel for row in found] == ["gateway"] * alerts + ["webhook"] * alerts
        assert all(row.audience == "office" and row.officer_id is None for row in found)
        assert all(row.channel_id for row in found)

    def test_rungs_before_the_end_and_hours_after_it_are_raised_at_their_moments(
        self, office: House
    ) -> None:
        application_id = self.make(
            office,
            "ladder:\n"
            "  - {at: 1 working day before, tell: holder}\n"
            "  - {at: 4 working hours before, tell: holder}\n"
            "  - {at: breach, tell: holder}\n"
            "  - {at: breach + 4 working hours, tell: head}",
        )
        sweep(office.runtime, at=wib("2026-07-10 16:00"))

        found = office.rows(
            "SELECT rung, owed_at FROM alert WHERE application_id = %(id)s AND key = 'service'"
            " ORDER BY owed_at",
            id=application_id,
        )
        assert [(row.rung, row.owed_at) for row in found] == [
            ("-1d", wib("2026-07-08 07:30")),
            ("-4h", wib("2026-07-09 12:00")),
            ("breach", wib("2026-07-09 16:00")),
            ("breach+4h", wib("2026-07-10 11:30")),
        ]


def passed_on(house: House) -> list[tuple[str, str]]:
    """Return (audience, name) of whoever heard that nobody answered the alert of the step."""
    rows = house.rows(
        "SELECT n.audience, o.name FROM notice n JOIN officer o ON o.id = n.officer_id"
        " JOIN alert a ON a.id = n.alert_id"
        " WHERE n.event = 'alert.escalated' AND n.channel = 'app' AND a.rung = 'breach'"
        "   AND a.key = 'step:verification#1' ORDER BY n.created_at, o.name"
    )
    return [(row.audience, row.name) for row in rows]


class TestNobodyAnswers:
    """The breach of the step on Tuesday at closing; four working hours later it goes on."""

    RAISED = wib("2026-07-07 16:30")
    FIRST = wib("2026-07-08 11:30")
    SECOND = wib("2026-07-08 15:30")

    @pytest.fixture
    def alert(self, office: House) -> UUID:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=self.RAISED)
        (row,) = office.rows(
            "SELECT id, escalate_at FROM alert WHERE rung = 'breach' AND withdrawn_at IS NULL"
        )
        assert row.escalate_at == self.FIRST
        found: UUID = row.id
        return found

    def test_each_rank_hears_once_after_the_one_before_it(self, office: House, alert: UUID) -> None:
        head, inspectorate = ("head", "Contoh Kepala"), ("inspectorate", "Contoh Inspektorat")
        everybody = ("head", "Contoh Serba Bisa")

        assert sweep(office.runtime, at=self.FIRST - timedelta(seconds=1)).passed_on == 0
        assert passed_on(office) == []
        assert sweep(office.runtime, at=self.FIRST).passed_on == 1
        assert passed_on(office) == [head, everybody]
        assert sweep(office.runtime, at=self.SECOND - timedelta(seconds=1)).passed_on == 0
        sweep(office.runtime, at=self.SECOND)
        assert passed_on(office) == [head, everybody, inspectorate]
        sweep(office.runtime, at=wib("2026-07-10 12:00"))
        assert passed_on(office) == [head, everybody, inspectorate]
        row = office.rows("SELECT escalate_at FROM alert WHERE id = %(id)s", id=alert)[0]
        assert row.escalate_at is None

    def test_the_letter_says_who_was_silent(self, office: House, alert: UUID) -> None:
        sweep(office.runtime, at=self.FIRST)

        params = office.rows("SELECT params FROM notice WHERE event = 'alert.escalated' LIMIT 1")
        silent = {(one["audience"], one["name"]) for one in params[0].params["silent"]}
        assert ("supervisor", "Contoh Pengawas") in silent
        assert ("holder", "Contoh Verifikator") in silent
        assert params[0].params["rung"] == "breach"

    def test_an_answer_stops_it(self, office: House, alert: UUID) -> None:
        acknowledge(office.runtime, alert, office.people.supervisor, "Saya tangani")
        sweep(office.runtime, at=self.FIRST)

        assert passed_on(office) == []

    def test_a_withdrawn_alert_is_not_passed_on(self, office: House, alert: UUID) -> None:
        office.as_owner(
            "UPDATE alert SET withdrawn_at = clock_timestamp(), withdrawn_why = 'libur'"
        )
        sweep(office.runtime, at=self.FIRST)

        assert passed_on(office) == []

    def test_a_limit_that_has_ended_concerns_nobody_any_more(
        self, office: House, alert: UUID
    ) -> None:
        (row,) = office.rows("SELECT application_id FROM alert WHERE id = %(id)s", id=alert)
        office.judge_all(row.application_id)
        morning = wib("2026-07-08 08:00")
        office.press("approve", row.application_id, by=office.people.verifier, at=morning)
        sweep(office.runtime, at=self.FIRST)

        assert passed_on(office) == []
        found = office.rows("SELECT escalate_at FROM alert WHERE id = %(id)s", id=alert)
        assert found[0].escalate_at is None

    def test_after_days_asleep_each_rank_still_gets_its_own_time(
        self, office: House, alert: UUID
    ) -> None:
        late = wib("2026-07-10 09:00")
        sweep(office.runtime, at=late)

        assert {audience for audience, _ in passed_on(office)} == {"head"}
        (row,) = office.rows("SELECT escalate_at FROM alert WHERE id = %(id)s", id=alert)
        assert row.escalate_at == wib("2026-07-10 13:00")

    def test_a_rank_without_people_is_passed_over(self, office: House, alert: UUID) -> None:
        office.as_owner("UPDATE officer SET active = false WHERE username ~ '^(kepala|serba)'")
        sweep(office.runtime, at=self.FIRST)

        assert passed_on(office) == [("inspectorate", "Contoh Inspektorat")]

    def test_an_sop_may_set_another_time(self, office: House) -> None:
        from licensing.services.sops import publish_sop

        publish_sop(
            office.runtime,
            office.office_id,
            text_of("siup").replace("ladder:\n", "escalate_after: 1 working day\nladder:\n", 1),
            drafted_by=office.people.supervisor.id,
            published_by=office.people.head.id,
        )
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=self.RAISED)

        (row,) = office.rows("SELECT escalate_at FROM alert WHERE rung = 'breach'")
        assert row.escalate_at == wib("2026-07-08 16:00")

    def test_warnings_are_never_passed_on(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-07 10:00"))

        rows = office.rows("SELECT rung, escalate_at FROM alert")
        assert rows
        assert all(row.escalate_at is None for row in rows)


class TestPreviewWithPeople:
    """What is listed for a moment is what a sweep of that moment then does."""

    def test_everybody_listed_is_told_and_nobody_else(self, office: House) -> None:
        people = office.people
        prefer(office, people.supervisor, warnings="never", breaches="digest")
        prefer(office, people.verifier, warnings="digest")
        for step in ("verification", "signature", "intake", "correction"):
            office.application(step, at=MONDAY)
        for at in (wib("2026-07-07 10:00"), wib("2026-07-09 17:00"), wib("2026-07-10 12:00")):
            with office.runtime.transaction(office.office_id) as connection:
                owed = owed_until(office.runtime, connection, office.office_id, at)
                unanswered = unanswered_until(office.runtime, connection, office.office_id, at)
            sweep(office.runtime, at=at)
            told = office.rows(
                "SELECT a.application_id, a.key, n.event, o.name, n.channel FROM notice n"
                " JOIN alert a ON a.id = n.alert_id JOIN officer o ON o.id = n.officer_id"
                " WHERE n.created_at = %(at)s",
                at=at,
            )
            listed = {
                (one.application_id, one.key, f"alert.{one.rung}", person.name, way)
                for one in (*owed, *unanswered)
                for person in one.tells
                for way in ("app", *(["email"] if person.letter == "at_once" else []))
            }
            assert listed
            assert {tuple(row) for row in told} == listed

    def test_says_when_a_letter_leaves(self, office: House) -> None:
        people = office.people
        prefer(office, people.supervisor, breaches="digest")
        prefer(office, people.verifier, breaches="never")
        prefer(office, people.second_verifier, outside_hours=True)
        office.application("verification", at=MONDAY)
        with office.runtime.transaction(office.office_id) as connection:
            owed = owed_until(office.runtime, connection, office.office_id, wib("2026-07-07 23:00"))
        (breach,) = [one for one in owed if one.rung == "breach"]

        leaves = {told.name: (told.letter, told.leaves_at) for told in breach.tells}
        assert leaves["Contoh Pengawas"] == ("digest", wib("2026-07-08 07:30"))
        assert leaves["Contoh Verifikator"] == (None, None)
        # Owed at closing: nobody reads it before the next morning, unless he wants to.
        assert leaves["Contoh Verifikator Dua"] == ("at_once", wib("2026-07-07 16:00"))
        assert leaves["Contoh Serba Bisa"] == ("at_once", wib("2026-07-08 07:30"))


class TestAnswerAndGiveAway:
    """One form: what is being done, and who does it from now on."""

    @pytest.fixture
    def alert(self, office: House) -> Any:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-07 16:30"))
        return office.rows("SELECT id, application_id FROM alert WHERE rung = 'breach'")[0]

    def test_the_file_changes_hands_and_the_alert_is_answered(
        self, office: House, alert: Any
    ) -> None:
        people = office.people
        done = answer_alert(
            office.runtime,
            AlertAnswer(alert.id, "Pemegang cuti", people.second_verifier.id),
            people.supervisor,
        )

        assert (done.by, done.note) == (people.supervisor.id, "Pemegang cuti")
        assert office.row(alert.application_id).holder_id == people.second_verifier.id
        assert office.history(alert.application_id)[-1] == "reassign"
        (line,) = office.rows(
            "SELECT reason FROM application_event WHERE application_id = %(id)s"
            " AND action = 'reassign'",
            id=alert.application_id,
        )
        assert line.reason == "Pemegang cuti"

    def test_a_file_is_not_given_away_without_a_reason(self, office: House, alert: Any) -> None:
        answer = AlertAnswer(alert.id, "  ", office.people.verifier.id)
        with pytest.raises(InvalidInput) as refused:
            answer_alert(office.runtime, answer, office.people.supervisor)

        assert refused.value.faults == {"note": "reason_to_reassign"}

    def test_nor_to_somebody_of_another_lane(self, office: House, alert: Any) -> None:
        answer = AlertAnswer(alert.id, "Cuti", office.people.clerk.id)
        with pytest.raises(InvalidInput) as refused:
            answer_alert(office.runtime, answer, office.people.supervisor)

        assert refused.value.faults == {"to": "no_such_colleague"}
        (row,) = office.rows("SELECT acknowledged_at FROM alert WHERE id = %(id)s", id=alert.id)
        assert row.acknowledged_at is None

    def test_whoever_is_no_supervisor_gives_nothing_away(self, office: House, alert: Any) -> None:
        people = office.people
        answer = AlertAnswer(alert.id, "Cuti", people.second_verifier.id)
        with pytest.raises(NotAllowed):
            answer_alert(office.runtime, answer, people.verifier)

    def test_a_second_answer_may_still_give_the_file_away(self, office: House, alert: Any) -> None:
        people = office.people
        acknowledge(office.runtime, alert.id, people.head, "Dilihat")
        done = answer_alert(
            office.runtime,
            AlertAnswer(alert.id, "Cuti", people.second_verifier.id),
            people.supervisor,
        )

        assert (done.again, done.note) == (True, "Dilihat")
        assert office.row(alert.application_id).holder_id == people.second_verifier.id


def test_four_sweeps_at_once_pass_an_alert_on_once(real_house: House) -> None:
    house = real_house
    house.as_owner("UPDATE office SET simulated = true")
    for _ in range(6):
        house.application("verification", at=MONDAY)
    sweep(house.runtime, at=wib("2026-07-07 16:30"))
    at = wib("2026-07-08 11:30")

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: sweep(house.runtime, at=at, batch=2), range(8)))

    assert sum(report.passed_on for report in reports) == 6
    told = house.rows(
        "SELECT alert_id, officer_id, channel FROM notice WHERE event = 'alert.escalated'"
    )
    assert len(told) == len({tuple(row) for row in told}) == 6 * 2 * 2  # two heads, two ways


def test_unanswered_alerts_are_found_by_their_index(office: House) -> None:
    application_id = office.application("verification", at=MONDAY)
    office.as_owner(
        "INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at, escalate_at)"
        " SELECT %(office)s, %(id)s, 'service', 'breach+' || n, %(at)s, %(at)s,"
        " CASE WHEN n %% 100 = 0 THEN %(at)s::timestamptz + interval '1 year' END"
        " FROM generate_series(1, 5000) n",
        office=office.office_id,
        id=application_id,
        at=MONDAY,
    )
    office.as_owner("ANALYZE alert")
    with office.runtime.transaction(office.office_id) as connection:
        plans = [
            "\n".join(
                row[0]
                for row in connection.exec_driver_sql(
                    f"EXPLAIN {text}",
                    {"office": office.office_id, "now": MONDAY, "opens": MONDAY, "again": "{}",
                     "batch": 200},
                )
            )
            for text in (PEEK_AT, PASS_ON)
        ]  # fmt: skip

    for plan in plans:
        assert "ix_alert_escalate" in plan, plan
        assert "Seq Scan on alert" not in plan
