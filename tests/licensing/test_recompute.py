"""Another calendar counts every open application anew: as if it had been so from the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

import licensing.services.recompute as recompute_module
from licensing.errors import NotAllowed, NotFound
from licensing.letters import render
from licensing.runtime import Runtime
from licensing.services.calendars import set_calendar
from licensing.services.recompute import RecomputeReport, recompute, retry_recompute
from licensing.services.sweep import sweep
from tests.asks_sop import with_opinions
from tests.bed import OwnerOf
from tests.factories import House, at_once, broken_promises, make_house
from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage

MONDAY = datetime.fromisoformat("2026-07-06T10:00+07:00")
NOW = datetime.fromisoformat("2026-07-09T09:00+07:00")
EIGHTH = date(2026, 7, 8)
PROMISES = ("I1", "I2", "I3", "I15", "I16", "I17", "I18", "I19", "I20", "I21", "I25", "I26", "I32")


@pytest.fixture
def office(simulated_house: House) -> House:
    """A simulated office: the tests say what time it is."""
    return simulated_house


def spec_of(house: House) -> CalendarSpec:
    """Return the calendar in force."""
    found = house.rows(
        "SELECT spec FROM calendar_version c JOIN office o ON o.calendar_version_id = c.id"
        " WHERE o.id = %(id)s",
        id=house.office_id,
    )
    return CalendarSpec.from_json(found[0].spec)


def put(house: House, **changed: Any) -> UUID:
    """Return the run of a new calendar with these parts changed."""
    spec = replace(spec_of(house), **changed)
    return set_calendar(house.runtime, spec, source="SK", by=house.people.head).recompute_id


def close(house: House, *days: date) -> UUID:
    """Return the run of a new calendar in which these days are closed too."""
    closed = dict.fromkeys(days, ClosedDay("Hari Contoh", "local"))
    return put(house, closed={**spec_of(house).closed, **closed})


def reopen(house: House, *days: date) -> UUID:
    """Return the run of a new calendar in which these days are closed no longer."""
    return put(
        house, closed={day: why for day, why in spec_of(house).closed.items() if day not in days}
    )


def run(house: House, recompute_id: UUID) -> Any:
    """Return the row of a run."""
    return house.rows("SELECT * FROM recompute WHERE id = %(id)s", id=recompute_id)[0]


def at(*parts: int) -> datetime:
    """Return a moment as the clock on the wall shows it."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def due(house: House, application_id: UUID, key: str = "service") -> datetime | None:
    """Return when a limit is due, in western Indonesian time."""
    rows = house.rows(
        "SELECT due_at AT TIME ZONE 'Asia/Jakarta' AS at FROM deadline"
        " WHERE application_id = %(id)s AND key = %(key)s",
        id=application_id,
        key=key,
    )
    found: datetime | None = rows[0].at
    return found


def last_line(house: House, application_id: UUID) -> Any:
    """Return the newest line of history."""
    return house.rows(
        "SELECT * FROM application_event WHERE application_id = %(id)s ORDER BY seq DESC LIMIT 1",
        id=application_id,
    )[0]


def alerts(house: House) -> list[tuple[str, str, bool]]:
    """Return (limit, rung, withdrawn) of every alert."""
    rows = house.rows("SELECT key, rung, withdrawn_at FROM alert ORDER BY owed_at, key, rung, id")
    return [(row.key, row.rung, row.withdrawn_at is not None) for row in rows]


def whole(house: House) -> bool:
    """Return whether nothing that must hold is broken; else it is printed."""
    broken = broken_promises(house, *PROMISES)
    print(broken)
    return not broken


@pytest.mark.parametrize("from_scratch", [False, True], ids=["quick", "from-scratch"])
class TestANewHoliday:
    """A day that was to be worked is closed: what counted on it is due later."""

    def test_moves_every_open_date_and_says_so(self, office: House, from_scratch: bool) -> None:
        application_id = office.application("verification", at=MONDAY)
        assert due(office, application_id) == at(2026, 7, 9, 16)
        recompute_id = close(office, EIGHTH)

        report = recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)

        assert due(office, application_id) == at(2026, 7, 10, 16, 30)
        line = last_line(office, application_id)
        assert (line.action, line.actor_id, line.from_step) == ("recount", None, line.to_step)
        assert line.detail["calendar"] == [1, 2]
        assert line.detail["cause"]["id"] == ("Libur ditambahkan: Rabu, 8 Juli 2026 – Hari Contoh")
        assert line.detail["cause"]["en"] == "Holiday added: Wednesday, 8 July 2026 – Hari Contoh"
        assert {
            "key": "service",
            "before": "2026-07-09T09:00:00+00:00",
            "after": "2026-07-10T09:30:00+00:00",
        } in line.detail["moved"]
        assert (report.moved, run(office, recompute_id).moved) == (1, 1)
        assert run(office, recompute_id).finished_at is not None
        assert whole(office)

    def test_tells_the_applicant_old_date_new_date_and_why(
        self, office: House, from_scratch: bool
    ) -> None:
        office.application("verification", at=MONDAY)
        close(office, EIGHTH)
        recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)

        (told,) = office.rows("SELECT params, locale FROM notice WHERE event = 'promise_moved'")

        for locale, words in {
            "id": ("Jumat, 10 Juli 2026", "Kamis, 9 Juli 2026", "Rabu, 8 Juli 2026 – Hari Contoh"),
            "en": ("Friday, 10 July 2026", "Thursday, 9 July 2026", "Wednesday, 8 July 2026"),
        }.items():
            body = render("promise_moved", told.params, locale).body
            assert all(each in body for each in words)

    def test_leaves_what_it_does_not_touch(self, office: House, from_scratch: bool) -> None:
        application_id = office.application("verification", at=MONDAY)
        lines = office.history(application_id)
        recompute_id = close(office, date(2026, 9, 9))

        assert recompute(office.runtime, at=MONDAY, from_scratch=from_scratch).moved == 0

        assert office.history(application_id) == lines
        assert run(office, recompute_id).done == 1
        assert not office.rows("SELECT 1 FROM notice WHERE event = 'promise_moved'")
        assert whole(office)

    def test_is_for_open_files_alone(self, office: House, from_scratch: bool) -> None:
        ended = office.application("withdrawn", at=MONDAY)
        before = office.row(ended)
        close(office, EIGHTH)

        recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)

        assert office.row(ended) == before
        assert whole(office)

    def test_that_is_taken_back_moves_the_date_back(
        self, office: House, from_scratch: bool
    ) -> None:
        application_id = office.application("verification", at=MONDAY)
        close(office, EIGHTH)
        recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)
        reopen(office, EIGHTH)

        recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)

        assert due(office, application_id) == at(2026, 7, 9, 16)
        assert last_line(office, application_id).detail["cause"]["id"].startswith("Libur dihapus")
        assert whole(office)

    def test_moves_no_promise_while_the_file_is_with_the_applicant(
        self, office: House, from_scratch: bool
    ) -> None:
        application_id = office.application("correction", at=MONDAY)
        close(office, EIGHTH)

        recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)

        assert due(office, application_id) is None
        keys = {one["key"] for one in last_line(office, application_id).detail["moved"]}
        assert keys == {"answer:correction#1"}
        assert not office.rows("SELECT 1 FROM notice WHERE event = 'promise_moved'")
        assert whole(office)


@pytest.mark.parametrize("from_scratch", [False, True], ids=["quick", "from-scratch"])
def test_a_holiday_moves_what_an_agency_owes_too(
    runtime: Runtime, owner_db: OwnerOf, from_scratch: bool
) -> None:
    office = make_house(runtime, owner_db, simulated=True, sop=with_opinions())
    application_id = office.application("signature", at=MONDAY)
    asked = "SELECT due_at AT TIME ZONE 'Asia/Jakarta' AS at FROM ask ORDER BY key"
    before = [row.at for row in office.rows(asked)]
    assert before
    assert all(before)
    close(office, date(2026, 7, 7), EIGHTH)

    recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)

    after = [row.at for row in office.rows(asked)]
    assert all(new > old for old, new in zip(before, after, strict=True))
    keys = {one["key"] for one in last_line(office, application_id).detail["moved"]}
    assert any(key.startswith("ask:") for key in keys)
    assert whole(office)


class TestAlerts:
    """What is true no longer is withdrawn, and owed again when it is true again."""

    def test_withdrawn_by_a_holiday_and_owed_again_without_it(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        first = sweep(office.runtime, at=NOW).raised
        assert first > 0
        days = (date(2026, 7, 7), EIGHTH, date(2026, 7, 9))
        close(office, *days)
        recompute(office.runtime, at=NOW)
        assert all(withdrawn for _, _, withdrawn in alerts(office))
        assert sweep(office.runtime, at=NOW).raised == 0

        reopen(office, *days)
        recompute(office.runtime, at=NOW)
        assert sweep(office.runtime, at=NOW).raised == first

        assert len(alerts(office)) == 2 * first
        assert sum(withdrawn for _, _, withdrawn in alerts(office)) == first
        assert whole(office)

    def test_letters_that_lie_in_the_outbox_about_them_do_not_leave(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=NOW)
        office.as_owner("UPDATE notice SET next_try_at = created_at WHERE channel <> 'app'")
        close(office, date(2026, 7, 7), EIGHTH, date(2026, 7, 9))

        recompute(office.runtime, at=NOW)

        waiting = "SELECT 1 FROM notice WHERE alert_id IS NOT NULL AND next_try_at IS NOT NULL"
        assert not office.rows(waiting)
        parked = office.rows("SELECT DISTINCT parked_why FROM notice WHERE alert_id IS NOT NULL"
                             " AND channel <> 'app'")  # fmt: skip
        assert [row.parked_why for row in parked] == ["alert withdrawn"]

    def test_those_that_stay_true_stay(self, office: House) -> None:
        office.application("verification", at=MONDAY)
        sweep(office.runtime, at=NOW)
        before = alerts(office)
        close(office, date(2026, 7, 13))

        recompute(office.runtime, at=NOW)

        assert alerts(office) == before
        assert whole(office)


class TestAnOutage:
    """Time that was declared nobody's, also afterwards."""

    def test_in_the_past_undoes_a_breach(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        late = datetime.fromisoformat("2026-07-10T10:00+07:00")
        sweep(office.runtime, at=late)
        assert ("service", "breach", False) in alerts(office)
        start = datetime(2026, 7, 7, tzinfo=UTC)

        put(office, outages=(Outage(start, start + timedelta(days=2), "Jaringan pusat data"),))
        recompute(office.runtime, at=late)

        assert ("service", "breach", True) in alerts(office)
        assert due(office, application_id) == at(2026, 7, 13, 16)
        assert whole(office)

    def test_in_the_past_undoes_a_breach_that_the_history_has_seen(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        late = datetime.fromisoformat("2026-07-10T10:00+07:00")
        office.judge_all(application_id)
        office.press("approve", application_id, by=office.people.verifier, at=late)
        sweep(office.runtime, at=late)
        stands = "SELECT key, status FROM deadline WHERE key IN ('service', 'step:verification#1')"
        assert dict(office.rows(stands)) == {"service": "broken", "step:verification#1": "late"}
        start = datetime(2026, 7, 7, tzinfo=UTC)

        put(office, outages=(Outage(start, start + timedelta(days=4), "Jaringan pusat data"),))
        recompute(office.runtime, at=late)

        assert dict(office.rows(stands)) == {"service": "running", "step:verification#1": "met"}
        assert all(withdrawn for _, rung, withdrawn in alerts(office) if "breach" in rung)
        assert whole(office)


class TestARun:
    """In order, once, resumable, whatever happens in between."""

    def files(self, house: House, count: int) -> list[UUID]:
        return [house.application("verification", at=MONDAY) for _ in range(count)]

    def test_goes_on_where_it_was_killed(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = self.files(office, 5)
        recompute_id = close(office, EIGHTH)
        real, batches = recompute_module.write_batch, []

        def write_batch(connection: Any, batch: Any) -> None:
            real(connection, batch)
            batches.append(batch.count)
            if len(batches) == 2:
                raise OperationalError("killed", None, Exception("killed"))

        monkeypatch.setattr(recompute_module, "write_batch", write_batch)
        report = recompute(office.runtime, at=MONDAY, batch=2)
        assert report.offices[0].failure is not None
        half = run(office, recompute_id)
        assert (half.done, half.finished_at) == (2, None)

        recompute(office.runtime, at=MONDAY, batch=2)

        whole_run = run(office, recompute_id)
        assert (whole_run.total, whole_run.done, whole_run.moved) == (5, 5, 5)
        assert whole_run.finished_at is not None
        assert all(office.history(each).count("recount") == 1 for each in files)
        assert whole(office)

    def recounts(self, house: House) -> list[list[int]]:
        """Return from which calendar to which each recount has led."""
        rows = house.rows(
            "SELECT detail FROM application_event WHERE action = 'recount' ORDER BY seq"
        )
        return [row.detail["calendar"] for row in rows]

    def test_two_calendars_that_wait_count_a_file_once_against_the_newest(
        self, office: House
    ) -> None:
        application_id = office.application("verification", at=MONDAY)
        first, second = close(office, EIGHTH), close(office, date(2026, 7, 10))

        report = recompute(office.runtime, at=MONDAY)

        assert self.recounts(office) == [[1, 3]]
        assert (report.offices[0].done, report.offices[0].finished) == (1, 2)
        handed_over, counted = run(office, first), run(office, second)
        assert (handed_over.total, handed_over.done) == (1, 0)
        assert (counted.total, counted.done) == (1, 1)
        assert handed_over.finished_at is not None
        assert counted.finished_at is not None
        assert due(office, application_id) == at(2026, 7, 13, 16)
        assert whole(office)

    @pytest.mark.parametrize("from_scratch", [False, True], ids=["quick", "from-scratch"])
    def test_a_day_closed_and_opened_before_anything_was_counted_is_told_to_nobody(
        self, office: House, from_scratch: bool
    ) -> None:
        application_id = office.application("verification", at=MONDAY)
        close(office, EIGHTH)
        reopen(office, EIGHTH)

        report = recompute(office.runtime, at=MONDAY, from_scratch=from_scratch)

        assert report.moved == 0
        assert self.recounts(office) == []
        assert not office.rows("SELECT 1 FROM notice WHERE event = 'promise_moved'")
        assert due(office, application_id) == at(2026, 7, 9, 16)
        assert whole(office)

    def test_what_is_under_way_hands_over_what_is_left(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.files(office, 4)
        first = close(office, EIGHTH)
        real, seconds = recompute_module.write_batch, []

        def write_batch(connection: Any, batch: Any) -> None:
            real(connection, batch)
            if len(seconds) == 1:
                raise OperationalError("killed", None, Exception("killed"))
            seconds.append(batch.count)

        monkeypatch.setattr(recompute_module, "write_batch", write_batch)
        recompute(office.runtime, at=MONDAY, batch=1)
        monkeypatch.undo()
        second = reopen(office, EIGHTH)

        recompute(office.runtime, at=MONDAY, batch=1)

        assert (run(office, first).done, run(office, second).done) == (1, 4)
        assert sorted(self.recounts(office)) == [[1, 2], [2, 3]]
        assert whole(office)

    def test_killed_after_it_was_handed_over_the_later_one_counts(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.files(office, 3)
        first, second = close(office, EIGHTH), close(office, date(2026, 7, 10))

        def killed(*_: Any) -> None:
            raise OperationalError("killed", None, Exception("killed"))

        monkeypatch.setattr(recompute_module, "write_batch", killed)
        recompute(office.runtime, at=MONDAY)
        monkeypatch.undo()
        assert not broken_promises(office, "I32")

        recompute(office.runtime, at=MONDAY)

        assert (run(office, first).done, run(office, second).done) == (0, 3)
        assert self.recounts(office) == [[1, 3]] * 3
        assert whole(office)

    def test_two_calendars_one_after_the_other_are_two_runs(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        for day in (EIGHTH, date(2026, 7, 10)):
            close(office, day)
            recompute(office.runtime, at=MONDAY)

        assert self.recounts(office) == [[1, 2], [2, 3]]
        assert due(office, application_id) == at(2026, 7, 13, 16)
        assert whole(office)

    def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(self, office: House) -> None:
        good, bad = office.application("verification", at=MONDAY), office.application(at=MONDAY)
        office.as_owner(
            "UPDATE application_event SET action = 'gibberish', to_step = 'nowhere'"
            " WHERE application_id = %(id)s",
            id=bad,
        )
        recompute_id = close(office, EIGHTH)

        recompute(office.runtime, at=MONDAY, from_scratch=True)

        found = run(office, recompute_id)
        assert (found.done, found.moved, found.failed) == (2, 1, 1)
        assert [one["id"] for one in found.failures] == [str(bad)]
        assert found.finished_at is not None
        assert due(office, good) == at(2026, 7, 10, 16, 30)

    def test_failures_can_be_tried_again(self, office: House) -> None:
        bad = office.application("verification", at=MONDAY)
        spoil = "UPDATE application_event SET detail = %(detail)s WHERE application_id = %(id)s"
        office.as_owner(spoil, id=bad, detail='{"opened": ["nothing#1"]}')
        recompute_id = close(office, EIGHTH)
        recompute(office.runtime, at=MONDAY, from_scratch=True)
        assert run(office, recompute_id).failed == 1
        assert broken_promises(office, "I32")

        office.as_owner(spoil, id=bad, detail="{}")
        retry_recompute(office.runtime, recompute_id, office.people.admin)
        recompute(office.runtime, at=MONDAY, from_scratch=True)

        again = run(office, recompute_id)
        assert (again.done, again.moved, again.failed, again.failures) == (1, 1, 0, [])
        assert due(office, bad) == at(2026, 7, 10, 16, 30)
        with pytest.raises(NotFound):
            retry_recompute(office.runtime, recompute_id, office.people.admin)
        with pytest.raises(NotAllowed):
            retry_recompute(office.runtime, recompute_id, office.people.clerk)

    def test_a_row_that_the_database_refuses_keeps_no_other_from_its_own(
        self, office: House
    ) -> None:
        files = sorted(self.files(office, 3))
        office.as_owner(
            f"ALTER TABLE application ADD CONSTRAINT odd CHECK (id <> '{files[1]}' OR last_seq < 3)"
        )
        recompute_id = close(office, EIGHTH)

        recompute(office.runtime, at=MONDAY)

        found = run(office, recompute_id)
        assert (found.done, found.moved, found.failed) == (3, 2, 1)
        assert [one["id"] for one in found.failures] == [str(files[1])]

    def test_filed_meanwhile_counts_by_the_new_calendar_from_the_start(self, office: House) -> None:
        recompute_id = close(office, EIGHTH)
        application_id = office.application("verification", at=MONDAY)

        recompute(office.runtime, at=MONDAY)

        assert run(office, recompute_id).done == 0
        assert due(office, application_id) == at(2026, 7, 10, 16, 30)
        assert whole(office)

    def test_offices_do_not_touch_each_other(self, office: House) -> None:
        east = make_house(office.runtime, office.owner, zone="Asia/Makassar", simulated=True)
        here = office.application("verification", at=MONDAY)
        there = east.application("verification", at=MONDAY)
        before = east.row(there)
        close(office, EIGHTH)

        report = recompute(office.runtime, at=MONDAY)

        assert [one.code for one in report.offices] == [office.code]
        assert due(office, here) == at(2026, 7, 10, 16, 30)
        assert east.row(there) == before

    def test_a_real_office_is_not_counted_with_a_time_of_the_callers(self, house: House) -> None:
        house.application("verification")
        close(house, date(2029, 7, 8))

        assert recompute(house.runtime, at=MONDAY) == RecomputeReport()
        assert len(recompute(house.runtime).offices) == 1


class TestManyAtOnce:
    """Real commits, several connections."""

    def test_two_processes_count_each_file_once(self, real_house: House) -> None:
        files = [real_house.application("verification") for _ in range(8)]
        recompute_id = close(real_house, *tomorrow(1, 2, 3, 4))

        reports = at_once(*[lambda: recompute(real_house.runtime, batch=1)] * 2)

        assert all(report.offices[0].failure is None for report in reports if report.offices)
        recompute(real_house.runtime)
        assert run(real_house, recompute_id).done == len(files)
        assert all(real_house.history(each).count("recount") == 1 for each in files)
        assert not broken_promises(real_house, "I20", "I21", "I26", "I32")

    def test_a_press_between_two_batches_and_within_one_stays_right(
        self, real_house: House
    ) -> None:
        files = [real_house.application("verification") for _ in range(6)]
        for each in files:
            real_house.judge_all(each)
        close(real_house, *tomorrow(1, 2))

        def press() -> None:
            for each in files:
                real_house.press("approve", each, by=real_house.people.verifier)

        results = at_once(lambda: recompute(real_house.runtime, batch=1), press)

        assert not [each for each in results if isinstance(each, Exception)]
        recompute(real_house.runtime)
        assert not broken_promises(real_house, "I1", "I2", "I20", "I21", "I25", "I26", "I32")

    def test_filings_under_way_are_found(self, real_house: House) -> None:
        def file() -> None:
            for _ in range(6):
                real_house.application("verification")

        results = at_once(file, lambda: close(real_house, *tomorrow(1, 2)), file)
        recompute(real_house.runtime)

        assert not [each for each in results if isinstance(each, Exception)]
        assert not broken_promises(real_house, "I26", "I32")


def tomorrow(*days: int) -> list[date]:
    """Return days to come, weekends too: some of them are worked."""
    today = datetime.now(UTC).date()
    return [today + timedelta(days=each) for each in range(1, 3 + max(days))]
