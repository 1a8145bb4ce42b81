"""The figures of a real log, replayed by the machine alone, against the reference of the log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from licensing.queries.figures_case import CaseFigures, case_figures
from licensing.queries.figures_sum import Gathered
from licensing.queries.figures_values import Spread
from licensing.replay.log import LogEvent, read_log
from licensing.replay.mapping import read_map
from licensing.replay.measure import office_calendar
from licensing.replay.order import by_case
from licensing.replay.run import read_replay_sop
from tests.replay.test_receipt import HERE, LOG, MAP, needs_log, working_days_in_reference
from tests.replay.walk import walked
from workflows.ledger import Clockwork

pytestmark = needs_log

Cases = dict[str, CaseFigures]


@pytest.fixture(scope="module")
def log() -> dict[str, list[LogEvent]]:
    sop = read_replay_sop((HERE / "receipt.sop.yaml").read_text(encoding="utf-8"), store=True).sop
    return by_case(read_log(LOG, read_map(MAP, sop)).events)


@pytest.fixture(scope="module")
def cases(log: dict[str, list[LogEvent]]) -> Cases:
    sop = read_replay_sop((HERE / "receipt.sop.yaml").read_text(encoding="utf-8"), store=True).sop
    mapped = read_map(MAP, sop)
    events = [event for found in log.values() for event in found]
    clockwork = Clockwork(sop, office_calendar(mapped, [event.at for event in events]))
    return {
        case: case_figures(clockwork, walk.lines)
        for case, walk in walked(sop, mapped, events).items()
    }


def mondays_to_fridays(first: date, last: date) -> int:
    days = ((first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 for day in days)


def test_a_case_whose_last_event_decides_it_has_the_days_of_the_reference(
    cases: Cases, log: dict[str, list[LogEvent]]
) -> None:
    reference = working_days_in_reference("working_days_mon_fri")
    zone = next(iter(log.values()))[0].at.tzinfo
    found = {
        name: case.decision.gross
        for name, case in cases.items()
        if case.decision is not None
        and case.decision.at.astimezone(zone).date() == log[name][-1].at.date()
    }

    assert len(found) > 400
    assert found == {name: reference[name] for name in found}


def test_every_decided_case_has_the_weekdays_until_its_decision(
    cases: Cases, log: dict[str, list[LogEvent]]
) -> None:
    zone = next(iter(log.values()))[0].at.tzinfo
    decided = {name: case.decision for name, case in cases.items() if case.decision is not None}

    assert len(decided) == 653
    assert {name: one.gross for name, one in decided.items()} == {
        name: mondays_to_fridays(log[name][0].at.date(), one.at.astimezone(zone).date())
        for name, one in decided.items()
    }
    assert all(sum(one.days_of.values()) == one.gross for one in decided.values())


def test_together_they_are_the_figures_of_the_office(cases: Cases) -> None:
    gathered = Gathered(datetime(2010, 1, 1, tzinfo=UTC), datetime(2013, 1, 1, tzinfo=UTC))
    for case in cases.values():
        gathered.add(case, None)

    gross = [case.decision.gross for case in cases.values() if case.decision is not None]
    assert gathered.gross() == Spread.of(gross)
    assert gathered.gross() == Spread(653, 0, 7, 86)
    assert sum(one.on_time for one in gathered.decisions) == 637
