"""Building permits of three municipalities: 3,084 real cases with suspensions and extensions."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from licensing.replay.log import LogEvent, read_log
from licensing.replay.mapping import ReplayMap, read_map
from licensing.replay.measure import measure
from licensing.replay.order import by_case
from licensing.replay.report import Report
from workflows.sop import Party

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "../shared/data/eventlog"
MAP = (HERE / "bpic15.map.yaml").read_text(encoding="utf-8")
LOGS = ("bpic15_1", "bpic15_2", "bpic15_4")

needs_logs = pytest.mark.skipif(
    not all((DATA / f"{name}_events.csv.gz").exists() for name in LOGS),
    reason="the real event logs are not here: ../shared/data/eventlog",
)


@dataclass(frozen=True)
class Measured:
    """One log as it was read, its reference, and what both calendars make of it."""

    events: tuple[LogEvent, ...]
    reference: Mapping[str, Any]
    rows: Mapping[str, Mapping[str, str]]
    mapped: ReplayMap
    reports: Mapping[str, Report]


@pytest.fixture(scope="module", params=LOGS)
def log(request: pytest.FixtureRequest) -> Measured:
    reference = json.loads((DATA / f"{request.param}.reference.json").read_text(encoding="utf-8"))
    with gzip.open(DATA / f"{request.param}_cases.reference.csv.gz", "rt", newline="") as rows:
        listed = {row["case_id"]: row for row in csv.DictReader(rows)}
    closed = ", ".join(reference["nl_public_holidays_used"])
    mapped = read_map(MAP)
    dutch = read_map(MAP.replace("holidays: none", f"holidays: [{closed}]"))
    read = read_log(DATA / f"{request.param}_events.csv.gz", mapped)
    assert read.bad == ()
    reports = {
        "mon_fri": measure(read.events, mapped),
        "nl_holidays": measure(read.events, dutch),
    }
    return Measured(read.events, reference, listed, mapped, reports)


@needs_logs
class TestBuildingPermits:
    def test_has_every_case_and_event_of_the_reference(self, log: Measured):
        for report in log.reports.values():
            told = report.to_json()
            assert (told["cases"], told["events"]) == (
                log.reference["cases"], log.reference["events"],
            )  # fmt: skip
            assert {case.case for case in report.per_case} == set(log.rows)

    @pytest.mark.parametrize("calendar", ["mon_fri", "nl_holidays"])
    def test_every_case_has_the_working_days_of_the_reference(self, log: Measured, calendar: str):
        days = {case.case: case.working_days for case in log.reports[calendar].per_case}

        assert days == {
            case: int(row[f"working_days_{calendar}"]) for case, row in log.rows.items()
        }

    @pytest.mark.parametrize("calendar", ["mon_fri", "nl_holidays"])
    def test_the_spread_is_that_of_the_reference(self, log: Measured, calendar: str):
        figures = log.reports[calendar].to_json()["time"]

        for ours, theirs in (
            (figures["working_days"]["gross"], f"working_days_{calendar}"),
            (figures["seconds"]["gross"], "throughput_seconds"),
        ):
            for name in ("mean", "median", "p90", "max"):
                assert ours[name] == pytest.approx(log.reference[theirs][name], abs=0.01), name

    def test_suspended_days_are_those_of_a_second_count(self, log: Measured):
        report = log.reports["mon_fri"]

        away = {case.case: case.days_per_party[Party.APPLICANT] for case in report.per_case}

        assert away == {
            case: suspended_days(events) for case, events in by_case(log.events).items()
        }
        assert sum(days > 0 for days in away.values()) > 140

    def test_net_and_suspended_add_up_to_gross(self, log: Measured):
        for report in log.reports.values():
            told = report.to_json()["time"]
            for unit in ("working_days", "seconds"):
                sums = {name: told[unit][name]["sum"] for name in ("gross", "suspended", "net")}
                assert sums["gross"] == pytest.approx(sums["suspended"] + sums["net"])
                assert 0 < sums["suspended"] < sums["net"]
            for case in report.per_case:
                assert sum(case.days_per_party.values()) == case.working_days

    def test_an_extension_helps_and_a_suspension_too(self, log: Measured):
        report = log.reports["mon_fri"]
        standard = report.to_json()["time"]["standard"]
        bare = read_map(MAP.replace("suspends: 08_AWB45_020_2", "suspends: none of them"))
        unsuspended = measure(log.events, bare).to_json()["time"]["standard"]

        assert sum(standard["cases"].values()) == log.reference["cases"]
        assert standard["extended_in_time"] > 40
        assert standard["decided_in_time"] > standard["decided_in_time_without_extension"] > 0.5
        assert standard["decided_in_time"] > unsuspended["decided_in_time"]
        assert report.breaches == standard["cases"]["late"] + standard["cases"]["broken"]


def suspended_days(events: list[LogEvent]) -> int:
    """Return the weekdays of one case that began while it was suspended: date by date."""
    zone, away, days = ZoneInfo("Europe/Amsterdam"), False, 0
    by_date: dict[date, list[str]] = {}
    for event in events[1:]:
        by_date.setdefault(event.at.astimezone(zone).date(), []).append(event.activity)
    day, last = (events[place].at.astimezone(zone).date() for place in (0, -1))
    while day <= last:
        days += away and day.weekday() < 5
        for activity in by_date.get(day, ()):
            if activity == "08_AWB45_020_2":
                away = True
            elif activity in ("08_AWB45_030", "08_AWB45_040") or (
                activity.startswith("01_HOOFD_510_") and activity[-1] in "234"
            ):
                away = False
        day += timedelta(days=1)
    return days
