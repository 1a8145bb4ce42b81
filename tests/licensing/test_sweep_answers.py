"""When an applicant does not answer: two warnings on different days, then the clock acts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import licensing.services.sweep_one as one_by_one
from licensing.database import OWNER_ROLE, connect
from licensing.errors import NotYourLane
from licensing.history import GENESIS, Event
from licensing.people import Clock
from licensing.runtime import Runtime
from licensing.services.recompute import recompute
from licensing.services.sweep import sweep
from licensing.services.sweep_answers import answer_rule
from licensing.services.take_action import Receipt, TakeAction, take_action
from tests.bed import Urls
from tests.factories import House, make_applicant, make_house, make_runtime
from tests.licensing.test_recompute import close
from tests.licensing.test_sweep import MONDAY, raised, wib
from workflows.ledger import ClockFault

# Ten working days from Monday 6 July: half on Monday 13, four fifths on Thursday 16 (8th day),
# over at closing of Monday 20.
FIRST = wib("2026-07-13 08:00")
SECOND = wib("2026-07-16 08:00")
OVER = wib("2026-07-20 16:30")


@pytest.fixture
def office(simulated_house: House) -> House:
    return simulated_house


@pytest.fixture
def committed(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield make_house(make_runtime(app, tmp_path), owner, simulated=True)
    app.dispose()
    owner.dispose()


def waiting(house: House, **filed: object) -> UUID:
    """Return an application that waits for its applicant since Monday 6 July, 10:00."""
    return house.application("completion", at=MONDAY, **filed)


def next_look(house: House, application_id: UUID) -> datetime | None:
    rows = house.rows(
        "SELECT next_rung_at FROM deadline WHERE application_id = %(id)s AND key LIKE 'answer:%%'",
        id=application_id,
    )
    found: datetime | None = rows[0].next_rung_at
    return found


def outcome(house: House, application_id: UUID) -> str | None:
    found: str | None = house.row(application_id).outcome
    return found


def chain_is_whole(house: House, application_id: UUID) -> bool:
    previous = GENESIS
    for row in house.rows(
        "SELECT application_id, seq, action, ask, from_step, to_step, lane, actor_id, reason,"
        " detail, recorded_at, effective_at, previous, hash FROM application_event"
        " WHERE application_id = %(id)s ORDER BY seq",
        id=application_id,
    ):
        *fields, stored = row
        if row.previous != previous or Event(*fields).hash() != stored:
            return False
        previous = stored
    return bool(house.row(application_id).last_hash == previous)


class TestWarnings:
    """At 50 % and 80 % of the time the applicant is warned, and the history says so."""

    def test_each_warning_is_an_alert_a_notice_and_a_line_of_history(self, office: House) -> None:
        application_id = waiting(office)

        sweep(office.runtime, at=FIRST)
        assert raised(office, application_id) == [("answer:completion#1", "50%")]
        sweep(office.runtime, at=SECOND)

        assert [rung for _, rung in raised(office, application_id)] == ["50%", "80%"]
        assert office.history(application_id).count("warned") == 2
        assert office.row(application_id).state["warned"] == ["2026-07-13", "2026-07-16"]
        told = office.rows(
            "SELECT audience, channel, params FROM notice WHERE event = 'warned'"
            " ORDER BY created_at"
        )
        assert [(row.audience, row.channel) for row in told] == [("applicant", "email")] * 2
        assert told[0].params["answer_by"].startswith("2026-07-20")
        assert told[0].params["step"] in ("completion", "correction")
        assert chain_is_whole(office, application_id)

    def test_an_applicant_without_an_address_reads_it_on_the_tracking_page(
        self, office: House
    ) -> None:
        waiting(office, applicant=make_applicant(3, email=""))
        sweep(office.runtime, at=FIRST)

        told = office.rows("SELECT channel, next_try_at FROM notice WHERE event = 'warned'")
        assert [tuple(row) for row in told] == [("app", None)]

    def test_looking_again_warns_nobody_again(self, office: House) -> None:
        application_id = waiting(office)
        for _ in range(3):
            sweep(office.runtime, at=FIRST + timedelta(hours=1))

        assert office.history(application_id).count("warned") == 1
        assert len(office.rows("SELECT 1 FROM notice WHERE event = 'warned'")) == 1

    def test_an_applicant_who_has_answered_is_not_warned(self, office: House) -> None:
        application_id = waiting(office)
        office.press(
            "resubmit", application_id, by=office.people.clerk, at=FIRST - timedelta(days=3)
        )
        sweep(office.runtime, at=OVER)

        assert office.history(application_id).count("warned") == 0
        assert not any(key.startswith("answer:") for key, _ in raised(office, application_id))


class TestDiscontinuing:
    """When the time is over and two warnings came on days before, the file is discontinued."""

    def test_the_clock_discontinues_after_two_warnings(self, office: House) -> None:
        application_id = waiting(office)
        for at in (FIRST, SECOND):
            sweep(office.runtime, at=at)
        assert sweep(office.runtime, at=OVER - timedelta(minutes=31)).discontinued == 0
        report = sweep(office.runtime, at=OVER)

        assert report.discontinued == 1
        assert outcome(office, application_id) == "discontinued"
        last = office.rows(
            "SELECT * FROM application_event WHERE application_id = %(id)s"
            " ORDER BY seq DESC LIMIT 1",
            id=application_id,
        )[0]
        assert (last.action, last.actor_id) == ("discontinue", None)
        assert "dua peringatan" in last.reason
        assert chain_is_whole(office, application_id)
        told = office.rows("SELECT 1 FROM notice WHERE event = 'discontinued'")
        assert len(told) == 1

    def test_nobody_is_discontinued_while_another_calendar_waits_to_be_counted(
        self, office: House
    ) -> None:
        application_id = waiting(office)
        for at in (FIRST, SECOND):
            sweep(office.runtime, at=at)
        close(office, OVER.date())

        assert sweep(office.runtime, at=OVER).discontinued == 0
        recompute(office.runtime, at=OVER)
        assert sweep(office.runtime, at=OVER).discontinued == 0
        assert outcome(office, application_id) is None

        assert sweep(office.runtime, at=OVER + timedelta(days=1)).discontinued == 1

    def test_those_who_serve_the_applicant_hear_that_the_time_is_over(self, office: House) -> None:
        waiting(office)
        sweep(office.runtime, at=OVER)

        told = office.rows(
            "SELECT DISTINCT n.audience, n.officer_id FROM notice n"
            " JOIN alert a ON a.id = n.alert_id WHERE a.rung = 'breach'"
        )
        people = office.people
        assert {tuple(row) for row in told} == {
            ("holder", people.clerk.id),
            ("holder", people.second_clerk.id),
            ("holder", people.everybody.id),
            ("supervisor", people.supervisor.id),
        }

    def test_afterwards_nothing_is_owed(self, office: House) -> None:
        application_id = waiting(office)
        for at in (FIRST, SECOND, OVER):
            sweep(office.runtime, at=at)

        assert next_look(office, application_id) is None
        assert sweep(office.runtime, at=OVER + timedelta(days=30)).raised == 0

    def test_warned_too_late_it_waits_until_the_next_working_day_and_keeps_its_alert(
        self, office: House
    ) -> None:
        application_id = waiting(office)
        friday = wib("2026-07-24 10:00")

        report = sweep(office.runtime, at=friday)  # asleep for three weeks: both warnings today
        assert (report.discontinued, outcome(office, application_id)) == (0, None)
        assert [rung for _, rung in raised(office, application_id)] == ["50%", "80%", "breach"]
        look = next_look(office, application_id)
        assert look is not None
        assert look.astimezone(friday.tzinfo).strftime("%a %d") == "Mon 27"
        assert sweep(office.runtime, at=look - timedelta(seconds=1)).discontinued == 0

        assert sweep(office.runtime, at=look).discontinued == 1
        assert outcome(office, application_id) == "discontinued"
        assert [rung for _, rung in raised(office, application_id)] == ["50%", "80%", "breach"]

    def test_an_answer_that_comes_first_wins(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        application_id = waiting(office)
        for at in (FIRST, SECOND):
            sweep(office.runtime, at=at)

        def answered_meanwhile(*arguments: object) -> object:
            monkeypatch.undo()
            office.press("resubmit", application_id, by=office.people.clerk, at=OVER)
            return take_action(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(one_by_one, "take_action", answered_meanwhile)
        report = sweep(office.runtime, at=OVER)

        assert report.discontinued == 0
        assert office.row(application_id).step == "intake"
        assert sweep(office.runtime, at=OVER).discontinued == 0

    def test_killed_between_the_alert_and_the_press_the_next_sweep_presses(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        application_id = waiting(office)
        for at in (FIRST, SECOND):
            sweep(office.runtime, at=at)

        def dies(*_: object) -> object:
            raise KeyboardInterrupt

        monkeypatch.setattr(one_by_one, "take_action", dies)
        with pytest.raises(KeyboardInterrupt):
            sweep(office.runtime, at=OVER)
        monkeypatch.undo()
        assert outcome(office, application_id) is None

        assert sweep(office.runtime, at=OVER).discontinued == 1
        assert [rung for _, rung in raised(office, application_id)] == ["50%", "80%", "breach"]
        assert office.history(application_id).count("warned") == 2

    def test_four_sweeps_at_once_warn_once_and_discontinue_once(self, committed: House) -> None:
        ids = [waiting(committed) for _ in range(4)]
        reports = []

        def look(at: datetime, start: threading.Barrier) -> None:
            start.wait()
            reports.append(sweep(committed.runtime, at=at))

        for at in (FIRST, SECOND, OVER):
            start = threading.Barrier(4)
            threads = [threading.Thread(target=look, args=(at, start)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        assert all(report.whole for report in reports)
        assert sum(report.discontinued for report in reports) == len(ids)
        for application_id in ids:
            history = committed.history(application_id)
            assert (history.count("warned"), history.count("discontinue")) == (2, 1)
            assert chain_is_whole(committed, application_id)

    def test_one_file_that_cannot_be_read_keeps_no_other_waiting_and_is_told(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken, other = waiting(office), waiting(office)
        for at in (FIRST, SECOND):
            sweep(office.runtime, at=at)

        def fails_on_one(runtime: Runtime, command: TakeAction, by: Clock) -> Receipt:
            if command.application_id == broken:
                raise ClockFault("history", "is damaged")
            return take_action(runtime, command, by)

        monkeypatch.setattr(one_by_one, "take_action", fails_on_one)
        report = sweep(office.runtime, at=OVER)

        assert (outcome(office, broken), outcome(office, other)) == (None, "discontinued")
        assert report.discontinued == 1
        assert not report.whole
        assert str(broken) in (report.offices[0].failure or "")

    def test_nobody_but_the_clock_may_press_it(self, office: House) -> None:
        application_id = waiting(office)
        with pytest.raises(NotYourLane):
            take_action(
                office.runtime,
                TakeAction(application_id, "discontinue", at=OVER),
                office.people.supervisor,
            )


@pytest.mark.parametrize(
    ("key", "step"), [("answer:completion#1", "completion"), ("answer:correction#12", "correction")]
)
def test_an_answer_limit_names_its_rule(office: House, key: str, step: str) -> None:
    with office.runtime.transaction(office.office_id) as connection:
        version = office.rows("SELECT id FROM sop_version")[0].id
        sop = office.runtime.rules(connection, version).sop

    assert answer_rule(sop, key) == (sop.steps[step].answer_within, None)
