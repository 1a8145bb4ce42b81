"""`--measure`: how long a case took, with and without the time it was suspended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from licensing.replay.errors import MapFaults
from licensing.replay.figures import Spread
from licensing.replay.log import LogEvent, read_log
from licensing.replay.mapping import read_map
from licensing.replay.measure import measure
from licensing.replay.report import CaseReport, Report
from tests.replay.small import MAP, write_log
from workflows.sop import Party, Within

TERM = """
measure:
  suspends: Question sent
  resumes: [Answer received, Reminder answered]
  decides: [Send, Sent again]
  within: 3 working days
  extends: [Extended, Extension sent]
  extension: 2
"""
MEASURED = read_map(MAP + TERM)


def event(activity: str, day: int, clock: str = "10:00", case: str = "A") -> LogEvent:
    # July 2026 begins on a Wednesday.
    at = datetime.fromisoformat(f"2026-07-{day:02d}T{clock}:00+07:00").astimezone(UTC)
    return LogEvent(day, case, activity, at, "Ani")


def report(*events: LogEvent) -> Report:
    return measure(events, MEASURED)


def only(*events: LogEvent) -> CaseReport:
    (case,) = report(*events).per_case
    return case


class TestNetTime:
    """Days of a suspension are the applicant's: from the day after the letter on."""

    def test_without_suspension_all_days_are_ours(self):
        case = only(event("File", 6), event("Check", 8), event("Send", 10))

        assert (case.working_days, case.net_working_days) == (4, 4)

    def test_takes_the_days_of_a_suspension_out(self):
        case = only(
            event("File", 6),
            event("Question sent", 7),
            event("Answer received", 10, "09:00"),
            event("Send", 13),
        )

        # The 7th is ours, it began with us; the 8th to the 10th are the applicant's.
        assert (case.working_days, case.net_working_days) == (5, 2)
        assert case.days_per_party[Party.APPLICANT] == 3
        assert case.time is not None
        assert case.time.suspensions == 1
        assert case.time.suspended_seconds == timedelta(days=3, hours=-1).total_seconds()

    def test_a_second_letter_or_answer_changes_nothing(self):
        history = [event("File", 6), event("Question sent", 7), event("Answer received", 9)]
        told_twice = [
            *history[:2], event("Question sent", 8), history[2], event("Reminder answered", 10),
        ]  # fmt: skip

        once, twice = only(*history, event("Send", 13)), only(*told_twice, event("Send", 13))

        assert once.days_per_party == twice.days_per_party
        assert once.time == twice.time

    def test_each_suspension_counts(self):
        case = only(
            event("File", 6),
            event("Question sent", 6, "11:00"),
            event("Answer received", 7),
            event("Question sent", 8),
            event("Answer received", 9),
            event("Send", 10),
        )

        assert case.time is not None
        assert case.time.suspensions == 2
        assert case.net_working_days == 2

    def test_answered_on_the_day_of_the_letter_costs_no_day(self):
        case = only(
            event("File", 6),
            event("Question sent", 7),
            event("Answer received", 7, "15:00"),
            event("Send", 9),
        )

        assert case.net_working_days == case.working_days == 3

    def test_nobody_answered_until_the_last_event(self):
        case = only(event("File", 6), event("Question sent", 7), event("Check", 10))

        assert case.net_working_days == 1
        assert case.time is not None
        assert case.time.suspended_seconds == timedelta(days=3).total_seconds()

    def test_who_decides_has_the_file(self):
        case = only(
            event("File", 6), event("Question sent", 7), event("Send", 8), event("Check", 10)
        )

        assert case.days_per_party[Party.APPLICANT] == 1
        assert case.time is not None
        assert case.time.suspended_seconds == timedelta(days=1).total_seconds()

    def test_who_decides_again_has_it_back_again(self):
        case = only(
            event("File", 6),
            event("Send", 7),
            event("Question sent", 8),
            event("Sent again", 9),
            event("Check", 13),
        )

        assert case.days_per_party[Party.APPLICANT] == 1

    def test_the_first_event_files_whatever_it_is(self):
        case = only(event("Question sent", 6), event("Send", 8))

        assert case.days_per_party[Party.APPLICANT] == 0


class TestStandard:
    """The time allowed: three working days, and two more where it was extended in time."""

    @pytest.mark.parametrize(
        ("events", "status", "used", "extension", "unextended"),
        [
            ([event("Send", 9, "16:00")], "met", 3, "none", True),
            ([event("Send", 9, "16:01")], "late", 3, "none", False),
            ([event("Extended", 9), event("Send", 13)], "met", 5, "in_time", False),
            ([event("Extended", 9), event("Send", 9)], "met", 3, "in_time", True),
            ([event("Extended", 9), event("Extension sent", 10), event("Send", 14)],
             "late", 6, "in_time", False),
            ([event("Extended", 10), event("Send", 13)], "late", 5, "too_late", False),
            ([event("Send", 9), event("Extended", 9, "11:00")], "met", 3, "none", True),
            ([event("Send", 9), event("Sent again", 20)], "met", 3, "none", True),
            ([event("Check", 8)], "running", 2, "none", True),
            ([event("Check", 10)], "broken", 4, "none", False),
            ([event("Question sent", 7), event("Check", 20)], "paused", 1, "none", True),
            ([event("Question sent", 7), event("Answer received", 13), event("Send", 15)],
             "met", 3, "none", True),
        ],
    )  # fmt: skip
    def test_a_case_stands(self, events, status, used, extension, unextended):
        case = only(event("File", 6), *events)

        assert case.time is not None
        stood = case.time.standing
        assert stood is not None
        assert (stood.limit.status, stood.limit.used) == (status, used)
        assert (stood.extension, stood.in_time_unextended) == (extension, unextended)

    def test_the_cases_together(self):
        found = report(
            *(event(what, day, case="A") for what, day in (("File", 6), ("Send", 8))),
            *(event(what, day, case="B") for what, day in (("File", 6), ("Send", 13))),
            *(event(what, day, case="C")
              for what, day in (("File", 6), ("Extended", 8), ("Send", 13))),
            *(event(what, day, case="D") for what, day in (("File", 6), ("Check", 7))),
        )  # fmt: skip

        assert found.breaches == 1
        assert found.to_json()["time"]["standard"] == {
            "within": "3 working days",
            "cases": {"late": 1, "met": 2, "running": 1},
            "extended_in_time": 1,
            "extended_too_late": 0,
            "decided": 3,
            "decided_in_time": 0.6667,
            "decided_in_time_without_extension": 0.3333,
        }

    def test_a_map_without_a_time_allowed_measures_time_alone(self):
        (case,) = measure([event("File", 6), event("Send", 9)], read_map(MAP)).per_case

        assert case.time is not None
        assert case.time.standing is None
        assert case.to_json()["net_working_days"] == 3
        assert "standard" not in case.to_json()


class TestFigures:
    def test_spread_is_between_two_cases_in_proportion(self):
        assert Spread.of([1, 2, 3, 10]).to_json() == {
            "sum": 16, "mean": 4.0, "median": 2.5, "p90": 7.9, "max": 10,
        }  # fmt: skip

    def test_of_a_single_case_is_that_case(self):
        assert set(Spread.of([7]).to_json().values()) == {7}

    def test_net_is_gross_without_the_time_away(self):
        told = report(
            event("File", 6), event("Question sent", 7), event("Answer received", 9),
            event("Send", 10),
        ).to_json()["time"]  # fmt: skip

        assert {name: told["working_days"][name]["sum"] for name in told["working_days"]} == {
            "gross": 4, "suspended": 2, "net": 2,
        }  # fmt: skip
        day = 86_400
        assert [told["seconds"][name]["sum"] for name in ("gross", "suspended", "net")] == [
            4 * day, 2 * day, 2 * day,
        ]  # fmt: skip
        assert (told["suspended_cases"], told["suspensions"]) == (1, 1)


class TestMap:
    """What `measure` may say."""

    def test_is_read(self):
        assert MEASURED.term.within == Within(3)
        assert MEASURED.term.suspends == {"Question sent"}
        assert MEASURED.term.extension == 2

    @pytest.mark.parametrize(
        ("was", "now", "code", "words"),
        [
            ("  suspends: Question sent\n", "", "map.needs", "without `suspends`"),
            ("  resumes: [Answer received, Reminder answered]\n", "", "map.needs", "`resumes`"),
            ("  decides: [Send, Sent again]\n", "", "map.needs", "without `decides`"),
            ("  within: 3 working days\n", "", "map.needs", "without `within`"),
            ("  extension: 2\n", "", "map.needs", "without `extension`"),
            ("[Extended, Extension sent]", "Send", "map.activity_twice", "`Send`"),
            ("3 working days", "3 weeks", "sop.bad_time", "3 working days"),
            ("extension: 2", "extension: 0", "sop.bad_number", "0"),
            ("suspends:", "suspend:", "sop.unknown_key", "suspends"),
        ],
    )
    def test_is_refused(self, was, now, code, words):
        assert was in TERM

        with pytest.raises(MapFaults) as caught:
            read_map(MAP + TERM.replace(was, now, 1))

        found = [fault for fault in caught.value.faults if fault.code == code]
        assert found
        assert any(words in f"{fault.text['en']} {fault.suggestion}" for fault in found)


def test_a_log_is_measured_as_it_is_read(tmp_path):
    log = read_log(
        write_log(
            tmp_path,
            "A,Send,2026-07-10T10:00:00+07:00,Ani",
            "A,Question sent,2026-07-07T10:00:00+07:00,Ani",
            "A,File,2026-07-06T10:00:00+07:00,Ani",
            "A,Answer received,2026-07-09T10:00:00+07:00,Ani",
        ),
        MEASURED,
    )

    (case,) = measure(log.events, MEASURED).per_case

    assert (case.working_days, case.net_working_days) == (4, 2)
