"""The writer of clocks derived anew: rows, line of history, alerts, letters, in one statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from licensing.change import NoticeOrder
from licensing.errors import StaleApplication
from licensing.services.door_sql import read_for_decision
from licensing.services.offices import add_calendar
from licensing.services.reclock import Recount, derive, line_about, reclock
from licensing.services.sweep import sweep
from tests.factories import House, broken_promises
from workflows.calendar_spec import CalendarSpec, ClosedDay
from workflows.ledger import LimitState

MONDAY = datetime.fromisoformat("2026-07-06T10:00+07:00")
NOW = datetime.fromisoformat("2026-07-09T09:00+07:00")


@pytest.fixture
def office(simulated_house: House) -> House:
    """A simulated office: the tests say what time it is."""
    return simulated_house


def close(house: House, *days: date) -> UUID:
    """Return the id of a new version of the calendar in which these days are closed."""
    spec = CalendarSpec.from_json(
        house.rows(
            "SELECT spec FROM calendar_version c JOIN office o ON o.calendar_version_id = c.id"
            " WHERE o.id = %(id)s",
            id=house.office_id,
        )[0].spec
    )
    closed = {**spec.closed, **{day: ClosedDay("Libur Contoh", "local") for day in days}}
    with house.runtime.transaction(house.office_id) as connection:
        add_calendar(
            connection, house.office_id, replace(spec, closed=closed), source="SK", created_by=None
        )
    return UUID(
        str(
            house.rows(
                "SELECT calendar_version_id AS id FROM office WHERE id = %(id)s", id=house.office_id
            )[0].id
        )
    )


def history_of(connection: Connection, application_id: UUID) -> list[Any]:
    """Return every line of an application's history."""
    return list(
        connection.exec_driver_sql(
            "SELECT * FROM application_event WHERE application_id = %s ORDER BY seq",
            (application_id,),
        ).fetchall()
    )


def recount(
    house: House, application_id: UUID, version: UUID, *, now: datetime = NOW, told: bool = True
) -> dict[str, LimitState]:
    """Return the limits of an application after it was brought to a version of the calendar."""
    with house.runtime.transaction(house.office_id) as connection:
        case = replace(read_for_decision(connection, application_id), now=now)
        clockwork = house.runtime.clockwork(
            connection, case.sop_version_id, version, case.late_receipt
        )
        state, limits = derive(clockwork, history_of(connection, application_id))
        reclock(
            connection,
            [
                Recount(
                    case=case,
                    clockwork=clockwork,
                    limits=limits,
                    clock=state,
                    event=line_about(case, "recount", {"calendar": [1, 2]}),
                    calendar_version_id=version,
                    notices=(NoticeOrder("progress", {"step": "verification"}),) if told else (),
                    why="libur",
                )
            ],
        )
    return dict(limits)


def alerts(house: House) -> list[tuple[str, str, str | None]]:
    """Return (limit, rung, why withdrawn) of every alert."""
    rows = house.rows("SELECT key, rung, withdrawn_why FROM alert ORDER BY owed_at, key, rung")
    return [(row.key, row.rung, row.withdrawn_why) for row in rows]


def due(house: House, application_id: UUID) -> dict[str, Any]:
    rows = house.rows(
        "SELECT key, due_at FROM deadline WHERE application_id = %(id)s", id=application_id
    )
    return {row.key: row.due_at for row in rows}


class TestReclock:
    """One statement, and everything agrees with it."""

    def test_rows_line_and_invariants_follow_the_new_calendar(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        before = due(office, application_id)
        version = close(office, date(2026, 7, 8))

        limits = recount(office, application_id, version)

        after = due(office, application_id)
        assert after["service"] > before["service"]
        derived = {key: one.due_at for key, one in limits.items() if one.ended_at is None}
        assert derived.items() <= after.items()
        # What ended in time keeps the moment that it was due by the calendar of that day.
        assert after["filing"] == before["filing"] != limits["filing"].due_at
        assert office.history(application_id)[-1] == "recount"
        assert office.row(application_id).calendar_version_id == version
        assert not broken_promises(
            office, "I1", "I2", "I3", "I16", "I20", "I21", "I22", "I25", "I26"
        )

    def test_what_is_as_it_should_be_is_not_written(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        version = close(office, date(2027, 7, 7))
        before = office.rows("SELECT key, xmin::text AS written FROM deadline ORDER BY key")

        recount(office, application_id, version)

        after = office.rows("SELECT key, xmin::text AS written FROM deadline ORDER BY key")
        assert after == before

    def test_an_untrue_alert_is_withdrawn_and_its_letter_stays(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        assert sweep(office.runtime, at=NOW).raised > 0
        letters = (
            "SELECT count(*) AS n FROM notice WHERE alert_id IS NOT NULL AND channel = 'email'"
        )
        assert office.rows(f"{letters} AND parked_at IS NULL")[0].n > 0
        office.as_owner("UPDATE notice SET next_try_at = created_at WHERE channel = 'email'")
        version = close(office, date(2026, 7, 7), date(2026, 7, 8), date(2026, 7, 9))

        recount(office, application_id, version)

        assert all(why == "libur" for _key, _rung, why in alerts(office))
        assert office.rows(f"{letters} AND next_try_at IS NOT NULL")[0].n == 0
        assert office.rows(f"{letters} AND parked_at IS NULL")[0].n == 0
        assert not broken_promises(office, "I15", "I16", "I17", "I19")

    def test_a_rung_that_was_withdrawn_can_be_owed_again(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        raised = sweep(office.runtime, at=NOW).raised
        version = close(office, date(2026, 7, 7), date(2026, 7, 8), date(2026, 7, 9))
        recount(office, application_id, version)
        assert sweep(office.runtime, at=NOW).raised == 0

        version = close(office)
        recount(office, application_id, version)

        # The holidays are part of this version too: nothing is owed before the days have passed.
        assert sweep(office.runtime, at=NOW).raised == 0
        later = datetime.fromisoformat("2026-07-14T09:00+07:00")
        assert sweep(office.runtime, at=later).raised >= raised
        assert len(alerts(office)) > raised
        assert not broken_promises(office, "I15", "I16", "I17")

    def test_an_alert_that_is_still_true_stays(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        sweep(office.runtime, at=NOW)
        before = alerts(office)
        version = close(office, date(2026, 7, 20))

        recount(office, application_id, version)

        assert alerts(office) == before

    def test_the_applicant_is_told_once(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        version = close(office, date(2026, 7, 8))
        told = "SELECT count(*) AS n FROM notice WHERE event = 'progress'"
        before = office.rows(told)[0].n

        recount(office, application_id, version)

        assert office.rows(told)[0].n == before + 1

    def test_an_application_that_moved_on_meanwhile_is_refused(self, office: House) -> None:
        application_id = office.application("verification", at=MONDAY)
        version = close(office, date(2026, 7, 8))
        with office.runtime.transaction(office.office_id) as connection:
            case = read_for_decision(connection, application_id)
            clockwork = office.runtime.clockwork(
                connection, case.sop_version_id, version, case.late_receipt
            )
            state, limits = derive(clockwork, history_of(connection, application_id))
            old = replace(case, last_seq=case.last_seq - 1)
            with pytest.raises(StaleApplication):
                reclock(connection, [Recount(old, clockwork, limits, state, None, version)])
