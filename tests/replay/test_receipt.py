"""The receipt phase of a municipality: 717 real cases against the SOP written from them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licensing.replay.log import LogEvent, read_log
from licensing.replay.mapping import ReplayMap, read_map
from licensing.replay.measure import measure
from licensing.replay.order import by_case, in_time, reversed_, shuffled
from licensing.replay.run import ReplaySop, read_replay_sop, replay
from tests.replay.conftest import Stage
from tests.replay.walk import refused
from workflows.sop import Sop

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "../shared/data/eventlog"
LOG = DATA / "receipt_shared.csv.gz"
MAP = (HERE / "receipt.map.yaml").read_text(encoding="utf-8")

needs_log = pytest.mark.skipif(
    not LOG.exists(), reason="the real event log is not here: ../shared/data/eventlog"
)
AT = datetime(2011, 10, 11, 12, tzinfo=UTC)
MANY = 4
"""A case with fewer events says too little about their order."""


@pytest.fixture(scope="module")
def against() -> ReplaySop:
    # With the roles of the product: what the log shows can be stored and looked at.
    return read_replay_sop((HERE / "receipt.sop.yaml").read_text(encoding="utf-8"), store=True)


@pytest.fixture(scope="module")
def sop(against: ReplaySop) -> Sop:
    return against.sop


@pytest.fixture(scope="module")
def mapped(sop: Sop) -> ReplayMap:
    return read_map(MAP, sop)


@pytest.fixture(scope="module")
def events(mapped: ReplayMap) -> tuple[LogEvent, ...]:
    log = read_log(LOG, mapped)
    assert log.bad == ()
    return log.events


def share_without_refusal(sop: Sop, mapped: ReplayMap, events: Iterable[LogEvent]) -> float:
    """Return the share that passes of the cases with enough events."""
    events = tuple(events)
    many = {case for case, found in by_case(events).items() if len(found) >= MANY}
    found = refused(sop, mapped, events)
    return sum(found[case] == 0 for case in many) / len(many)


def working_days_in_reference(column: str) -> dict[str, int]:
    with (DATA / "receipt_shared_cases.reference.csv").open(newline="") as rows:
        return {row["case_id"]: int(row[column]) for row in csv.DictReader(rows)}


ORDERS = {
    # What the office did.
    "check first": "T02 T04 T05 T06 T10",
    "stop question first": "T06 T10 T02 T04 T05",
    "side by side": "T02 T06 T04 T10 T05",
    "adjusted twice": "T06 T10 T02 T03 T02 T03 T02 T04 T05",
    "adjusted after it was determined": "T02 T06 T10 T04 T03 T02 T04 T05",
    "advice inside, every aspect": "T02 T06 T07-1 T07-2 T07-3 T07-4 T07-5 T06 T10",
    "advice outside, every party": (
        "T06 T08 T09-1 T06 T08 T09-2 T06 T08 T09-3 T06 T08 T09-4 T06 T10"
    ),
    "report before the check": "T06 T10 T16 T17 T18 T17 T19 T20 T02 T04 T05",
    "document last": "T02 T04 T05 T06 T10 T11 T12 T13 T12 T14 T15",
    "stops mid-way": "T02 T06 T07-1",
}
FORBIDDEN = {
    # What its SOP must not allow.
    "determined unchecked": "T04",
    "printed undetermined": "T02 T05",
    "adjusted unchecked": "T03",
    "determined after an adjustment nobody checked": "T02 T03 T04",
    "stop decided before the need of advice": "T10",
    "stop decided while advice is outside": "T06 T08 T10",
    "advice received that nobody asked for": "T06 T09-1",
    "report before the stop decision": "T02 T06 T16",
    "document while the stop question is open": "T02 T04 T05 T06 T11",
    "document before the confirmation is sent": "T02 T04 T06 T10 T11",
}


class TestTheSop:
    @staticmethod
    def walk(sop: Sop, mapped: ReplayMap, order: str) -> int:
        names = {name.split()[0]: name for name in mapped.presses}
        log = [LogEvent(1, "A", next(iter(mapped.files)), AT, "x")]
        log += [
            LogEvent(line, "A", names[short], AT, "x")
            for line, short in enumerate(order.split(), start=2)
        ]
        return refused(sop, mapped, log)["A"]

    @pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
    def test_allows_what_the_office_does(self, sop, mapped, order):
        assert self.walk(sop, mapped, order) == 0

    @pytest.mark.parametrize("order", FORBIDDEN.values(), ids=FORBIDDEN)
    def test_forbids_what_it_never_does(self, sop, mapped, order):
        assert self.walk(sop, mapped, order) == 1

    def test_is_named_whole_by_the_map(self, sop, mapped):
        actions = {
            (ask, name)
            for ask, steps in [(None, sop.steps), *((a.name, a.steps) for a in sop.asks.values())]
            for step in steps.values()
            for name in step.actions
        }
        pressed = {(press.ask, press.do) for press in mapped.presses.values()}
        assert actions - pressed == {(None, "complete"), (None, "withdraw")}


@needs_log
class TestTheRealLog:
    def test_passes_through_the_door_with_the_working_days_of_the_reference(
        self, stage: Stage, against, mapped, events
    ):
        report, _ = replay(stage.runtime, stage.owner, against, mapped, in_time(events))

        assert (len(report.per_case), report.events) == (717, 4284)
        assert report.cases_without_refusal >= 0.93 * 717
        assert report.events_accepted + sum(report.refusals.values()) == report.events
        assert report.alerts > report.breaches > 0
        days = {case.case: case.working_days for case in report.per_case}
        assert days == working_days_in_reference("working_days_mon_fri")
        assert all(sum(c.days_per_party.values()) == c.working_days for c in report.per_case)

    def test_hardly_passes_shuffled(self, sop, mapped, events):
        assert share_without_refusal(sop, mapped, shuffled(events, 1)) <= 0.10

    def test_does_not_pass_backwards(self, sop, mapped, events):
        assert share_without_refusal(sop, mapped, reversed_(events)) <= 0.01

    def test_is_refused_by_the_door_what_the_machine_refuses(
        self, stage: Stage, against, mapped, events
    ):
        cases = list(by_case(events))[:60]
        some = shuffled([event for event in events if event.case in cases], 1)

        report, _ = replay(stage.runtime, stage.owner, against, mapped, some)

        found = {case.case: case.refused for case in report.per_case}
        assert found == refused(against.sop, mapped, some)
        assert sum(found.values()) > len(cases)

    def test_is_measured_as_the_reference_has_it(self, mapped, events):
        days = {case.case: case.working_days for case in measure(events, mapped).per_case}

        assert days == working_days_in_reference("working_days_mon_fri")

    def test_is_measured_with_the_holidays_of_the_country(self, events):
        reference = json.loads((DATA / "receipt_shared.reference.json").read_text())
        closed = ", ".join(reference["nl_public_holidays_used"])
        mapped = read_map(MAP.replace("holidays: none", f"holidays: [{closed}]"))

        days = {case.case: case.working_days for case in measure(events, mapped).per_case}

        assert days == working_days_in_reference("working_days_nl_holidays")
