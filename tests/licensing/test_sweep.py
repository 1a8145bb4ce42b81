"""The sweep: every alert that is owed, once, never early, however late it looks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError

import licensing.services.sweep as sweep_module
from licensing.database import OWNER_ROLE, connect
from licensing.queries.alerts import owed_until
from licensing.services.heartbeat import sweep_silent
from licensing.services.sweep import sweep
from licensing.services.sweep_sql import BATCH, PEEK_AT, PEEK_NOW, peek, rules_json
from tests.bed import Urls
from tests.factories import House, make_applicant, make_house, make_runtime

ZONE = "+07:00"


def wib(text: str) -> datetime:
    """Return a moment in western Indonesian time: `2026-07-06 10:00`."""
    return datetime.fromisoformat(f"{text}{ZONE}")


MONDAY = wib("2026-07-06 10:00")
NEXT_DAY = timedelta(days=1)


@pytest.fixture
def office(simulated_house: House) -> House:
    """A simulated office: the tests say what time it is."""
    return simulated_house


@pytest.fixture
def committed(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    """The same with real commits and many connections."""
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield make_house(make_runtime(app, tmp_path), owner, simulated=True)
    app.dispose()
    owner.dispose()


def raised(house: House, application_id: UUID | None = None) -> list[tuple[str, str]]:
    """Return (limit, rung) of every alert in the order in which they were raised."""
    rows = house.rows(
        "SELECT key, rung FROM alert WHERE %(id)s::uuid IS NULL OR application_id = %(id)s"
        " ORDER BY raised_at, owed_at, key, rung",
        id=application_id,
    )
    return [(row.key, row.rung) for row in rows]


def notices(house: House, condition: str = "true") -> list[tuple[str, str, str]]:
    """Return (rung, audience, channel) of the notices of alerts."""
    rows = house.rows(
        "SELECT al.rung, n.audience, n.channel FROM notice n JOIN alert al ON al.id = n.alert_id"
        f" WHERE {condition} ORDER BY al.rung, n.audience, n.channel, n.address"
    )
    return [(row.rung, row.audience, row.channel) for row in rows]


class TestWhatIsRaised:
    """One row per limit and rung, at or after its moment."""

    def test_nothing_is_raised_early(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        first = min(
            row.next_rung_at
            for row in office.rows(
                "SELECT next_rung_at FROM deadline WHERE next_rung_at > '-infinity'"
            )
        )

        assert sweep(office.runtime, at=first - timedelta(seconds=1)).raised == 0
        assert sweep(office.runtime, at=first).raised > 0

    def test_the_database_refuses_an_alert_before_its_moment(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)

        with pytest.raises(IntegrityError, match="never_early"):
            office.as_owner(
                "INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at)"
                " VALUES (%(office)s, %(id)s, 'service', 'breach', %(at)s,"
                " %(at)s::timestamptz - interval '1 second')",
                office=office.office_id,
                id=application_id,
                at=MONDAY,
            )

    def test_three_days_asleep_leave_one_alert_per_rung_oldest_first(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)

        report = sweep(office.runtime, at=wib("2026-07-13 09:00"))

        found = office.rows("SELECT key, rung, owed_at FROM alert ORDER BY id")
        assert report.raised == len(found) == report.late
        assert len({(row.key, row.rung) for row in found}) == len(found)
        assert [row.owed_at for row in found] == sorted(row.owed_at for row in found)
        assert ("service", "breach") in raised(office, application_id)
        assert ("step:verification#1", "breach+3") in raised(office, application_id)

    def test_a_second_sweep_raises_nothing(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        at = wib("2026-07-08 09:00")
        assert sweep(office.runtime, at=at).raised > 0
        before = notices(office)

        assert sweep(office.runtime, at=at).raised == 0
        assert notices(office) == before

    def test_every_rung_is_raised_once_however_often_one_looks(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        at = MONDAY
        while at < wib("2026-07-20 00:00"):
            sweep(office.runtime, at=at)
            at += timedelta(hours=3)
        step_by_step = sorted(raised(office))

        other = make_house(office.runtime, office.owner, simulated=True)
        other.application("verification", at=MONDAY)
        sweep(other.runtime, at=at, office_id=other.office_id)

        assert step_by_step == sorted(raised(other))

    def test_a_met_limit_owes_nothing_though_its_warning_was_never_raised(
        self, office: House
    ) -> None:
        application_id = office.application("verification", at=MONDAY)
        office.judge_all(application_id)
        tuesday = wib("2026-07-07 10:00")  # half of the step's one day was reached at opening
        office.press("approve", application_id, by=office.people.verifier, at=tuesday)
        sweep(office.runtime, at=tuesday)

        assert "step:verification#1" not in {key for key, _ in raised(office, application_id)}

    def test_a_limit_that_stands_still_owes_nothing_until_it_goes_on(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        office.judge_all(application_id, faulty="npwp")
        people, wednesday = office.people, wib("2026-07-08 10:00")  # half of the service is used
        office.press(
            "return_for_correction", application_id, by=people.verifier, reason="x", at=wednesday
        )
        sweep(office.runtime, at=wednesday)
        assert "service" not in {key for key, _ in raised(office, application_id)}

        back = wib("2026-07-09 10:00")
        office.press("resubmit_correction", application_id, by=people.clerk, at=back)
        sweep(office.runtime, at=back)
        assert ("service", "50%") in raised(office, application_id)

    def test_an_ended_application_owes_nothing(self, office: House) -> None:
        application_id = office.application("withdrawn", at=MONDAY)
        sweep(office.runtime, at=wib("2026-08-03 09:00"))

        assert raised(office, application_id) == []

    def test_a_limit_that_ended_late_still_owes_the_breach_that_nobody_heard_of(
        self, office: House
    ) -> None:
        application_id = office.application("verification", at=MONDAY)
        office.judge_all(application_id)
        # The step was due at closing of Tuesday.
        office.press(
            "approve", application_id, by=office.people.verifier, at=wib("2026-07-08 09:00")
        )
        sweep(office.runtime, at=wib("2026-07-08 09:01"))

        found = [rung for key, rung in raised(office, application_id) if "verification" in key]
        assert found == ["breach"]

    def test_a_withdrawn_rung_can_be_owed_again(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        at = wib("2026-07-08 09:00")
        sweep(office.runtime, at=at)
        before = raised(office)
        office.as_owner(
            "UPDATE alert SET withdrawn_at = raised_at, withdrawn_why = 'holiday'"
            " WHERE key = 'service'"
        )
        office.as_owner(
            "UPDATE deadline SET next_rung_at = %(at)s WHERE key = 'service'", at=MONDAY
        )

        assert sweep(office.runtime, at=at).raised == sum(key == "service" for key, _ in before)
        assert len(notices(office)) > 0
        assert ("service", "50%") in raised(office, application_id)

    def test_an_alert_told_a_minute_too_late_says_so(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        at = office.rows("SELECT min(next_rung_at) AS at FROM deadline")[0].at

        def told_late() -> set[bool]:
            query = (
                "SELECT DISTINCT params -> 'late' AS late FROM notice WHERE alert_id IS NOT NULL"
            )
            return {row.late for row in office.rows(query)}

        assert sweep(office.runtime, at=at + timedelta(seconds=60)).late == 0
        assert told_late() == {False}
        assert sweep(office.runtime, at=wib("2026-07-10 10:00")).late > 0
        assert told_late() == {False, True}


class TestWhoIsTold:
    """The ladder of the SOP names audiences; each person hears once per channel."""

    def test_the_pool_is_told_when_nobody_has_taken_the_file(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-07 08:00"))

        told = office.rows(
            "SELECT DISTINCT officer_id FROM notice n JOIN alert a ON a.id = n.alert_id"
            " WHERE a.key = 'step:verification#1' AND a.rung = '50%%'"
        )
        people = office.people
        assert {row.officer_id for row in told} == {
            people.verifier.id, people.second_verifier.id, people.everybody.id,
        }  # fmt: skip

    def test_who_holds_the_file_is_told_alone(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        office.as_owner(
            "UPDATE application SET holder_id = %(who)s WHERE id = %(id)s",
            who=office.people.second_verifier.id,
            id=application_id,
        )
        sweep(office.runtime, at=wib("2026-07-07 08:00"))

        told = office.rows(
            "SELECT DISTINCT officer_id FROM notice n JOIN alert a ON a.id = n.alert_id"
            " WHERE a.rung = '50%%'"
        )
        assert [row.officer_id for row in told] == [office.people.second_verifier.id]

    @pytest.mark.parametrize(
        ("rung", "audiences"),
        [
            ("50%", {"holder"}),
            ("80%", {"holder", "supervisor"}),
            ("breach", {"holder", "supervisor"}),
            ("breach+1", {"head"}),
            ("breach+3", {"inspectorate"}),
        ],
    )
    def test_each_rung_tells_those_whom_the_ladder_names(
        self, office: House, rung: str, audiences: set[str]
    ) -> None:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-31 09:00"))

        found = {audience for told, audience, _ in notices(office) if told == rung}
        assert found == audiences

    def test_nobody_is_told_twice_by_one_channel(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-31 09:00"))

        twice = office.rows(
            "SELECT 1 FROM notice WHERE alert_id IS NOT NULL"
            " GROUP BY alert_id, officer_id, channel HAVING count(*) > 1"
        )
        assert twice == []

    def test_officers_are_told_in_the_application_and_by_mail_where_they_have_an_address(
        self, office: House
    ) -> None:
        office.as_owner(
            "UPDATE officer SET email = '' WHERE id = %(id)s", id=office.people.supervisor.id
        )
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-09 17:00"))

        channels = {
            (row.officer_id, row.channel)
            for row in office.rows(
                "SELECT officer_id, channel FROM notice WHERE alert_id IS NOT NULL"
            )
        }
        assert (office.people.supervisor.id, "app") in channels
        assert (office.people.supervisor.id, "email") not in channels
        assert (office.people.verifier.id, "email") in channels

    def test_what_would_reach_nobody_reaches_those_who_look_after_the_office(
        self, office: House
    ) -> None:
        people = office.people
        for officer in (people.verifier, people.second_verifier, people.everybody):
            office.as_owner("UPDATE officer SET active = false WHERE id = %(id)s", id=officer.id)
        clerk_only = office.file(at=MONDAY).application_id
        office.check_all(clerk_only)
        office.press("accept", clerk_only, by=people.clerk, at=MONDAY)
        sweep(office.runtime, at=wib("2026-07-07 08:00"))

        assert {audience for _, audience, _ in notices(office)} == {"supervisor", "head"}

    def test_what_lies_with_an_applicant_is_told_to_the_counter_never_to_other_applicants(
        self, office: House
    ) -> None:
        application_id = office.application("verification", at=MONDAY)
        office.judge_all(application_id, faulty="npwp")
        # Broken while it was here, then returned: a broken limit keeps its rungs.
        office.press(
            "return_for_correction",
            application_id,
            by=office.people.verifier,
            reason="NPWP tidak terbaca",
            at=wib("2026-07-13 08:00"),
        )
        sweep(office.runtime, at=wib("2026-07-13 09:00"))

        told = office.rows(
            "SELECT DISTINCT n.officer_id FROM notice n JOIN alert a ON a.id = n.alert_id"
            " WHERE a.key = 'service' AND a.rung = 'breach' AND n.audience = 'holder'"
        )
        people = office.people
        assert {row.officer_id for row in told} == {
            people.clerk.id, people.second_clerk.id, people.everybody.id,
        }  # fmt: skip

    def test_an_office_sees_alerts_of_its_own_alone(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        other = make_house(office.runtime, office.owner, simulated=True)
        sweep(office.runtime, at=wib("2026-07-31 09:00"))

        assert raised(office)
        assert raised(other) == []


class TestManySweeps:
    """Any number of processes, killed anywhere."""

    def test_four_at_once_raise_each_alert_once(self, committed: House) -> None:
        for _ in range(12):
            committed.application("verification", at=MONDAY)
        at = wib("2026-07-31 09:00")
        reports, start = [], threading.Barrier(4)

        def look() -> None:
            start.wait()
            reports.append(sweep(committed.runtime, at=at, batch=5))

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert all(report.whole for report in reports)
        found = raised(committed)
        assert sum(report.raised for report in reports) == len(found)
        assert len(committed.rows("SELECT DISTINCT application_id, key, rung FROM alert")) == len(
            found
        )
        assert sweep(committed.runtime, at=at).raised == 0
        assert committed.rows("SELECT 1 FROM deadline WHERE next_rung_at <= %(at)s", at=at) == []

    def test_killed_after_a_batch_the_next_one_goes_on_where_it_stopped(
        self, committed: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(6):
            committed.application("verification", at=MONDAY)
        at = wib("2026-07-31 09:00")
        whole = sweep_module.sweep_batch
        calls = 0

        def dies(*arguments: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            done = whole(*arguments, **named)  # type: ignore[arg-type]
            if calls == 2:
                raise KeyboardInterrupt  # inside the transaction: this batch never happened
            return done

        monkeypatch.setattr(sweep_module, "sweep_batch", dies)
        with pytest.raises(KeyboardInterrupt):
            sweep(committed.runtime, at=at, batch=4)
        partly = len(raised(committed))
        monkeypatch.undo()
        sweep(committed.runtime, at=at, batch=4)

        found = raised(committed)
        assert 0 < partly < len(found)
        per_application = committed.rows(
            "SELECT count(*) AS n, count(DISTINCT (key, rung)) AS d FROM alert"
            " GROUP BY application_id"
        )
        assert len({row.n for row in per_application}) == 1
        assert all(row.n == row.d for row in per_application)

    def test_one_office_that_cannot_be_swept_silences_no_other(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        broken = make_house(office.runtime, office.owner, simulated=True)
        broken.application("verification", at=MONDAY)
        broken.as_owner(
            "UPDATE sop_version SET expanded = 'no SOP' WHERE office_id = %(id)s",
            id=broken.office_id,
        )
        office.runtime._rules.clear()

        report = sweep(office.runtime, at=wib("2026-07-31 09:00"))

        assert raised(office)
        assert not report.whole
        assert [line.code for line in report.offices if line.failure] == [broken.code]


class TestTime:
    """Real offices live by the database's time, simulated ones by the caller's."""

    def test_without_a_time_a_simulated_office_is_left_alone(self, office: House) -> None:
        office.application("verification", at=MONDAY)

        assert sweep(office.runtime).offices == ()
        assert raised(office) == []

    def test_a_real_office_is_swept_by_the_databases_time(self, office: House) -> None:
        past = datetime.now(MONDAY.tzinfo) - timedelta(days=30)
        office.application("verification", at=past)
        office.as_owner("UPDATE office SET simulated = false")

        report = sweep(office.runtime)

        assert report.raised == len(raised(office)) > 0

    def test_a_real_office_reports_without_writing_at_a_time_of_the_callers(
        self, office: House
    ) -> None:
        office.application("verification", at=MONDAY)
        office.as_owner("UPDATE office SET simulated = false")

        report = sweep(office.runtime, at=wib("2026-07-31 09:00"))

        assert report.raised == 0
        assert [line.written for line in report.offices] == [False]
        assert report.offices[0].raised > 0
        assert raised(office) == []

    def test_a_time_without_offset_is_refused(self, office: House) -> None:
        with pytest.raises(ValueError, match="UTC offset"):
            sweep(office.runtime, at=datetime(2026, 7, 6, 10, 0))  # noqa: DTZ001


class TestPreview:
    """Two weeks ahead: what it lists is what a sweep of then raises."""

    def test_lists_each_owed_rung_once_and_the_sweep_raises_exactly_these(
        self, office: House
    ) -> None:
        for step in ("intake", "completion", "verification", "correction", "signature", "handover"):
            office.application(step, at=MONDAY)
        until = MONDAY + timedelta(days=14)

        with office.runtime.transaction(office.office_id) as connection:
            owed = owed_until(office.runtime, connection, office.office_id, until)
        listed = [(line.application_id, line.key, line.rung) for line in owed]
        sweep(office.runtime, at=until)

        found = office.rows("SELECT application_id, key, rung FROM alert")
        assert len(listed) == len(set(listed)) > 10
        assert {tuple(row) for row in found} == set(listed)
        assert sweep(office.runtime, at=until).raised == 0
        with office.runtime.transaction(office.office_id) as connection:
            assert owed_until(office.runtime, connection, office.office_id, until) == ()

    def test_says_who_would_be_told(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        office.application("correction", at=MONDAY)
        with office.runtime.transaction(office.office_id) as connection:
            owed = owed_until(
                office.runtime, connection, office.office_id, MONDAY + timedelta(days=14)
            )

        warnings = [
            line for line in owed if line.key.startswith("answer:") and line.rung != "breach"
        ]
        assert [line.tells_applicant for line in warnings] == [True, True]
        supervisor = ("supervisor", office.people.supervisor.name)
        assert all(
            supervisor in [(told.audience, told.name) for told in line.tells]
            for line in owed
            if line.rung == "breach" and not line.key.startswith("answer:")
        )

    def test_changes_nothing(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        before = office.rows("SELECT * FROM deadline ORDER BY key")
        with office.runtime.transaction(office.office_id) as connection:
            owed_until(office.runtime, connection, office.office_id, MONDAY + timedelta(days=99))

        assert office.rows("SELECT * FROM deadline ORDER BY key") == before
        assert raised(office) == []


class TestSilence:
    """Our own silence is an alarm."""

    def test_a_sweep_that_went_through_ends_the_silence(self, office: House) -> None:
        office.as_owner(
            "UPDATE office SET simulated = false, created_at = now() - interval '1 day'"
        )
        with office.runtime.db.begin() as connection:
            assert (sweep_silent(connection) or timedelta(0)) > timedelta(hours=23)
        sweep(office.runtime)
        with office.runtime.db.begin() as connection:
            assert sweep_silent(connection) is None

    def test_five_minutes_without_one_are_told(self, office: House) -> None:
        office.as_owner("UPDATE office SET simulated = false")
        sweep(office.runtime)
        office.as_owner("UPDATE heartbeat SET at = at - interval '5 minutes 1 second'")
        with office.runtime.db.begin() as connection:
            assert (sweep_silent(connection) or timedelta(0)) > timedelta(minutes=5)

    def test_a_sweep_that_failed_somewhere_stays_silent(self, office: House) -> None:
        past = datetime.now(MONDAY.tzinfo) - timedelta(days=30)
        office.application("verification", at=past)
        office.as_owner("UPDATE office SET simulated = false")
        office.as_owner("UPDATE sop_version SET expanded = 'no SOP'")
        office.runtime._rules.clear()

        assert not sweep(office.runtime).whole
        assert office.rows("SELECT 1 FROM heartbeat WHERE job = 'sweep'") == []


class TestCost:
    """A sweep costs what is due, not what is open."""

    def test_a_batch_is_one_statement_between_begin_and_commit(self, office: House) -> None:
        for _ in range(3):
            office.application("verification", at=MONDAY)
        at = wib("2026-07-10 09:00")  # the standard has passed, the limit of the law has not
        sweep(office.runtime, at=MONDAY)

        assert isinstance(office.runtime.db, Engine)
        statements: list[str] = []

        def count(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        event.listen(office.runtime.db, "before_cursor_execute", count)
        sweep(office.runtime, at=at)

        batches = [text for text in statements if "INSERT INTO alert" in text]
        assert len(batches) == 2  # all of it, then the one that finds nothing more
        # offices; office and peek; office and batch, twice; office and answer limits; office and
        # limits of the law; the calendar, once in the life of a process
        assert len(statements) <= 1 + 2 + 2 * 2 + 2 + 2 + 1

    def test_due_limits_are_found_by_their_index_under_row_level_security(
        self, office: House
    ) -> None:
        application_id = office.application("verification", at=MONDAY)
        office.as_owner(
            "INSERT INTO deadline (application_id, key, office_id, name, status, started_at,"
            " due_at, rungs, next_rung_at)"
            " SELECT %(id)s, 'step:x#' || n, %(office)s, 'x', 'running', %(at)s, %(at)s, '[]',"
            " %(at)s::timestamptz + interval '1 year' FROM generate_series(1, 5000) n",
            id=application_id,
            office=office.office_id,
            at=MONDAY,
        )
        office.as_owner("ANALYZE deadline")
        with office.runtime.transaction(office.office_id) as connection:
            now, versions, _ = peek(connection, office.office_id, wib("2026-07-31 09:00"))
            parameters = {
                "office": office.office_id,
                "rules": rules_json(office.runtime, connection, versions),
                "now": now,
                "opens": now,
                "late_after": timedelta(minutes=1),
                "batch": 200,
            }
            plans = [
                "\n".join(
                    row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}", parameters)
                )
                for text in (BATCH, PEEK_AT, PEEK_NOW)
            ]

        for plan in plans:
            assert "ix_deadline_next_rung" in plan, plan
            assert "next_rung_at <=" in plan.partition("Index Cond: ")[2].partition("\n")[0]
            assert "Seq Scan on deadline" not in plan


def test_an_applicant_is_never_among_the_officers(office: House) -> None:
    office.application("verification", at=MONDAY, applicant=make_applicant(7))
    sweep(office.runtime, at=wib("2026-07-31 09:00"))

    rows = office.rows("SELECT DISTINCT audience FROM notice WHERE event LIKE 'alert.%%'")
    assert {row.audience for row in rows} <= {"holder", "supervisor", "head", "inspectorate"}
