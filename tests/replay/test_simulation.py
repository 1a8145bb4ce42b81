"""A log sent through the one door: what is accepted, what is refused, what the clock says."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection

from licensing.audit import verify_histories
from licensing.invariants import check
from licensing.replay.log import read_log
from licensing.replay.mapping import read_map
from licensing.replay.order import in_time
from licensing.replay.run import read_replay_sop, replay
from tests.replay.conftest import Replayed, Stage
from tests.replay.small import GOOD, MAP, SOP, write_log
from workflows.errors import SopFaults

KEYS = [
    "cases", "cases_without_refusal", "events", "events_accepted", "refusals", "breaches",
    "alerts", "events_per_second", "per_case",
]  # fmt: skip
CASE_KEYS = ["case", "events", "refused", "working_days", "gross_seconds", "days_per_party"]
TABLES = ("office", "application", "application_event", "officer", "alert", "sop_version")


def count_rows(connection: Connection) -> dict[str, int]:
    return {
        table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
        for table in TABLES
    }


class TestReplay:
    def test_takes_a_case_from_filing_to_its_end(self, replayed: Replayed):
        report = replayed(*GOOD)

        assert (report.events, report.events_accepted, report.refusals) == (4, 4, {})
        # The step of one day warns twice at the opening of that day.
        assert (report.breaches, report.alerts) == (0, 2)
        case = report.per_case[0]
        assert (case.case, case.events, case.refused) == ("A", 4, 0)
        assert (case.working_days, case.gross_seconds) == (1, 24 * 3600)

    def test_reports_exactly_what_it_promises(self, replayed: Replayed):
        told = json.loads(json.dumps(replayed(*GOOD).to_json()))

        assert list(told) == KEYS
        assert [list(case) for case in told["per_case"]] == [CASE_KEYS]
        assert told["per_case"][0]["days_per_party"]["office"] == 1

    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            ((GOOD[0], GOOD[3]), "sop.action_not_offered"),
            ((GOOD[0], GOOD[2], GOOD[3]), "sop.guard_refused"),
            ((*GOOD[:2], GOOD[1].replace("10:00", "10:30")), "replay.ask_not_open"),
            ((*GOOD, GOOD[3].replace("09:00", "10:00")), "application.ended"),
            ((GOOD[2],), "replay.not_filed"),
            ((GOOD[0], GOOD[0].replace("09:00", "09:30")), "replay.filed_twice"),
            ((GOOD[0], GOOD[2].replace("Check", "Dance")), "replay.activity_not_mapped"),
        ],
    )
    def test_counts_a_refused_event_by_its_reason(self, replayed: Replayed, lines, reason):
        report = replayed(*lines)

        assert report.refusals == {reason: 1}
        assert report.events_accepted == len(lines) - 1
        assert report.cases_without_refusal == 0

    def test_lets_a_case_go_on_after_a_refusal(self, replayed: Replayed):
        early = GOOD[3].replace("07-07T09:00", "07-06T09:30")

        report = replayed(GOOD[0], early, *GOOD[1:])

        assert (report.events_accepted, report.per_case[0].refused) == (4, 1)

    def test_refuses_one_case_without_touching_another(self, replayed: Replayed):
        other = tuple(line.replace("A,", "B,", 1) for line in GOOD)

        report = replayed(GOOD[0], GOOD[3], *other)

        assert [(case.case, case.refused) for case in report.per_case] == [("A", 1), ("B", 0)]

    def test_is_not_told_of_activities_that_the_map_ignores(self, replayed: Replayed):
        report = replayed(*GOOD[:2], "A,Phone call,2026-07-06T10:15:00+07:00,Ani", *GOOD[2:])

        assert (report.events, report.cases_without_refusal) == (4, 1)

    def test_raises_what_falls_due_between_two_events(self, replayed: Replayed):
        late = (*GOOD[:3], GOOD[3].replace("07-07", "07-13"))

        report = replayed(*late)

        # Step, due Tue 7: all five rungs. Service, due Thu 9: two warnings, the breach, and the
        # day after it. Law, due Mon 13 at closing: two warnings.
        assert report.breaches == 2
        assert report.alerts == 5 + 4 + 2
        assert report.per_case[0].working_days == 5

    def test_counts_what_is_broken_in_a_case_that_just_stops(self, replayed: Replayed):
        other = "B,File,2026-07-20T09:00:00+07:00,Ani"

        report = replayed(GOOD[0], other)

        assert report.cases_without_refusal == 2
        assert report.breaches >= 3
        assert report.alerts > report.breaches

    def test_gives_each_day_to_its_party(self, replayed: Replayed):
        sop = SOP.replace("lane: counter\n    within: 1 working day\n    opens",
                          "lane: counter\n    party: applicant\n    opens")  # fmt: skip
        answered = GOOD[1].replace("07-06", "07-08")
        checked = GOOD[2].replace("07-06", "07-10")

        case = replayed(GOOD[0], answered, checked, sop=sop).per_case[0]

        assert {str(party): days for party, days in case.days_per_party.items() if days} == {
            "agency": 2,
            "applicant": 2,
        }
        assert case.working_days == 4

    def test_counts_days_by_the_calendar_of_the_map(self, replayed: Replayed):
        text = MAP.replace("holidays: none", "holidays: [2026-07-07]")

        report = replayed(*GOOD, text=text)

        assert report.per_case[0].working_days == 0
        assert report.alerts == 0

    def test_presses_in_the_ask_that_is_open_when_one_was_opened_again(self, replayed: Replayed):
        sop = SOP.replace("- {do: send,", "- {do: ask, opens: [advice]}\n      - {do: send,")
        text = MAP.replace("ignore:", "  - {activity: Ask, do: ask}\nignore:")
        again = GOOD[2].replace("Check", "Ask"), GOOD[1].replace("10:00", "12:00")

        report = replayed(*GOOD[:3], *again, GOOD[3], sop=sop, text=text)

        assert (report.events_accepted, report.refusals) == (6, {})

    def test_keeps_nothing(self, stage: Stage, replayed: Replayed):
        with stage.owner.connect() as connection:
            before = count_rows(connection)

        replayed(*GOOD)

        with stage.owner.connect() as connection:
            assert count_rows(connection) == before

    def test_keeps_a_simulated_office_where_it_is_to_be_stored(self, own_stage, tmp_path):
        against = read_replay_sop(SOP, store=True)
        mapped = read_map(MAP, against.sop)
        log = read_log(write_log(tmp_path, *GOOD, GOOD[0].replace("A,", "B,")), mapped)

        _, code = replay(
            own_stage.runtime,
            own_stage.owner,
            against,
            mapped,
            in_time(log.events),
            store=True,
        )

        with own_stage.owner.connect() as connection:
            office = connection.exec_driver_sql(
                "SELECT code, simulated, zone, late_receipt FROM office"
            ).one()
            history = connection.exec_driver_sql(
                "SELECT action, reason, extract(epoch FROM effective_at - min(effective_at)"
                " OVER ())::int, ask FROM application_event e JOIN dossier d USING"
                " (application_id) WHERE d.subject = 'A' ORDER BY seq"
            ).fetchall()
            outcomes = connection.exec_driver_sql(
                "SELECT d.subject, a.outcome FROM application a JOIN dossier d"
                " ON d.application_id = a.id ORDER BY 1"
            ).fetchall()
        assert tuple(office) == (code, True, "Asia/Jakarta", "same_date")
        assert [tuple(row) for row in history] == [
            ("file", None, 0, None),
            ("answer", "Answer", 3600, "advice#1"),
            ("check", "Check", 2 * 3600, None),
            ("send", "Send", 24 * 3600, None),
        ]
        assert [tuple(row) for row in outcomes] == [("A", "granted"), ("B", None)]

    def test_leaves_every_promise_kept_where_it_is_stored(self, own_stage, tmp_path):
        against = read_replay_sop(SOP, store=True)
        mapped = read_map(MAP, against.sop)
        late = (*GOOD[:3], GOOD[3].replace("07-07", "07-13"))
        stopped = GOOD[0].replace("A,", "B,")
        log = read_log(write_log(tmp_path, *late, GOOD[3], stopped), mapped)

        report, _ = replay(
            own_stage.runtime, own_stage.owner, against, mapped, in_time(log.events), store=True
        )

        with own_stage.owner.connect() as connection:
            broken = {found.invariant.code: found.rows for found in check(connection) if found.rows}
            office_id = connection.exec_driver_sql("SELECT id FROM office").scalar_one()
            changed = list(verify_histories(connection, office_id))
        assert report.alerts > 0
        assert (broken, changed) == ({}, [])

    def test_stores_no_office_whose_lanes_nobody_can_sign_in_to(self):
        strange = SOP.replace("agency_pu", "oracle")

        assert "oracle" in read_replay_sop(strange, store=False).sop.lanes
        with pytest.raises(SopFaults, match="oracle"):
            read_replay_sop(strange, store=True)
