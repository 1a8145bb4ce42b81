"""The figures of an office, from what stands in its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event

from licensing.errors import InvalidInput, NotFound
from licensing.queries.figures import OfficeFigures, Share, office_figures
from licensing.queries.figures_values import Spread
from licensing.runtime import Runtime
from licensing.services.extend_limit import ExtendLimit, extend_limit
from tests.bed import OwnerOf
from tests.factories import House, make_house
from tests.licensing.clock_office import clock_house
from workflows.sop import Party

JULY = date(2026, 7, 1), date(2026, 7, 31)
AUGUST = date(2026, 8, 1), date(2026, 8, 31)


def on(text: str) -> datetime:
    """Return a moment of 2026 in western Indonesian time: `7-06 10:00`."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-0{day}T{clock}:00+07:00").astimezone(UTC)


def figures(house: House, period: tuple[date, date], service: str | None = None) -> OfficeFigures:
    with house.runtime.transaction(house.office_id) as connection:
        return office_figures(
            house.runtime,
            connection,
            house.office_id,
            since=period[0],
            until=period[1],
            service=service,
        )


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Return the statements that the toolkit sends meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def accepted(house: House) -> UUID:
    """Return an application accepted on Monday 6 July at 10:00."""
    application = house.file(at=on("7-06 09:00")).application_id
    house.check_all(application)
    house.press("accept", application, by=house.people.clerk, at=on("7-06 10:00"))
    return application


def approved(house: House, application: UUID, at: str = "7-07 11:00") -> UUID:
    house.judge_all(application)
    house.press("approve", application, by=house.people.verifier, at=on(at))
    return application


def signed(house: House, at: str) -> UUID:
    application = approved(house, accepted(house))
    house.press("sign", application, by=house.people.head, at=on(at))
    return application


def corrected_and_signed(house: House) -> UUID:
    application = accepted(house)
    house.judge_all(application, faulty="npwp")
    house.press(
        "return_for_correction",
        application,
        by=house.people.verifier,
        reason="NPWP tidak terbaca",
        at=on("7-07 11:00"),
    )
    house.press("resubmit_correction", application, by=house.people.clerk, at=on("7-09 10:00"))
    approved(house, application, "7-10 09:00")
    house.press("sign", application, by=house.people.head, at=on("7-10 11:00"))
    return application


def withdrawn(house: House) -> UUID:
    application = accepted(house)
    house.press(
        "withdraw",
        application,
        by=house.people.clerk,
        reason="Batal membuka usaha",
        at=on("7-07 11:00"),
    )
    return application


def incomplete(house: House) -> UUID:
    application = house.file(at=on("7-06 09:00")).application_id
    house.check_all(application, missing="npwp")
    house.press(
        "return_incomplete",
        application,
        by=house.people.clerk,
        reason="NPWP belum ada",
        at=on("7-06 10:00"),
    )
    return application


@pytest.fixture
def july(simulated_house: House) -> House:
    """Seven applications of Monday 6 July; the standard allows three days."""
    signed(simulated_house, "7-08 15:00")
    corrected_and_signed(simulated_house)
    signed(simulated_house, "7-14 09:00")
    withdrawn(simulated_house)
    approved(simulated_house, accepted(simulated_house))
    incomplete(simulated_house)
    signed(simulated_house, "8-03 09:00")
    return simulated_house


class TestTheFiguresOfAnOffice:
    def test_tell_who_was_in_time_with_what_they_are_counted_of(self, july: House):
        found = figures(july, JULY)

        assert (found.decided, found.on_time, found.on_time_unextended) == (
            3, Share(2, 3), Share(2, 3),
        )  # fmt: skip
        assert found.extended == Share(0, 3)
        assert found.on_time.percent is None

    def test_are_not_bettered_by_leaving_files_open(self, july: House):
        found = figures(july, JULY)

        # One lies at the signature to this day, one was signed in August.
        assert (found.left_late, found.undecided_late) == (2, 0)
        assert found.on_time_of_all == Share(2, 5)
        assert found.on_time_of_all.percent == 40.0

    def test_show_what_was_withdrawn_apart(self, july: House):
        assert figures(july, JULY).undecided == {"withdrawn": 1}

    def test_share_the_days_among_the_parties(self, july: House):
        found = figures(july, JULY)

        # 2 + 4 + 6 days, of which Wednesday 8 and Thursday 9 were an applicant's.
        assert {p: s for p, s in found.days_of.items() if s.part} == {
            Party.OFFICE: Share(10, 12),
            Party.APPLICANT: Share(2, 12),
        }
        assert (found.gross, found.net) == (Spread(3, 4, None, 6), Spread(3, 2, None, 6))

    def test_tell_where_files_lay_and_where_they_lie(self, july: House):
        found = {one.step: (one.visits, one.unfinished) for one in figures(july, JULY).steps}

        assert found == {
            "intake": (7, 0),
            "completion": (0, 1),
            "verification": (7, 0),
            "correction": (1, 0),
            "signature": (3, 2),
            "handover": (0, 3),
        }

    def test_tell_how_files_were_given_back(self, july: House):
        found = figures(july, JULY).returns

        assert (found.returns, found.to_applicant) == (2, 2)
        assert (found.in_the_last_fifth, found.second) == (Share(0, 2), Share(0, 2))

    def test_tell_what_lies_open_now(self, july: House):
        found = figures(july, JULY).open_now

        # Four wait to be handed over, one for a signature, one for the applicant.
        assert (found.open, found.overdue, found.overdue_anywhere) == (6, 1, 5)
        assert found.stopped == Share(1, 6)

    def test_of_another_month_count_what_fell_in_it_and_what_still_lies_untouched(
        self, july: House
    ):
        found = figures(july, AUGUST)

        assert (found.decided, found.on_time, found.left_late) == (1, Share(0, 1), 1)
        assert found.on_time_of_all == Share(0, 2)
        assert {one.step: (one.visits, one.unfinished) for one in found.steps} == {
            "completion": (0, 1),
            "signature": (1, 1),
            "handover": (0, 4),
        }
        assert found.undecided == {}

    def test_of_one_service_leave_out_the_others(self, july: House):
        assert figures(july, JULY, "siup").decided == 3
        other = figures(july, JULY, "imb")
        assert (other.decided, other.open_now.open, other.left_late) == (0, 0, 0)
        assert other.steps == ()

    def test_of_another_office_are_its_own(self, july: House, runtime: Runtime, owner_db: OwnerOf):
        other = make_house(runtime, owner_db, simulated=True)
        signed(other, "7-08 15:00")

        assert figures(other, JULY).on_time == Share(1, 1)
        assert figures(july, JULY).decided == 3

    def test_cost_three_statements_however_many_files_there_are(self, july: House, db: Engine):
        figures(july, JULY)  # the process knows the SOP and the calendar from now on

        with counted(db) as sent:
            figures(july, JULY)

        assert len(sent) == 3

    def test_tell_who_owes_being_in_time_to_an_extension(self, runtime: Runtime, owner_db: OwnerOf):
        house = clock_house(runtime, owner_db)
        application = accepted(house)
        more = ExtendLimit(application, "office", 1, "Menunggu salinan akta", at=on("7-08 09:00"))
        extend_limit(house.runtime, more, house.people.head)
        approved(house, application, "7-09 11:00")
        house.press("sign", application, by=house.people.head, at=on("7-10 09:00"))

        found = figures(house, JULY)

        assert (found.on_time, found.on_time_unextended, found.extended) == (
            Share(1, 1), Share(0, 1), Share(1, 1),
        )  # fmt: skip

    def test_name_what_cannot_be_read_and_go_on(self, july: House):
        broken = accepted(july)
        july.as_owner(
            "UPDATE application_event SET effective_at = effective_at - interval '9 days'"
            " WHERE application_id = %(id)s AND action = 'accept'",
            id=broken,
        )

        found = figures(july, JULY)

        assert (found.unreadable, found.decided) == (1, 3)


class TestTheQuestion:
    def test_for_a_period_that_ends_before_it_begins_is_refused(self, simulated_house: House):
        with pytest.raises(InvalidInput, match="ends_before_it_begins"):
            figures(simulated_house, (date(2026, 7, 2), date(2026, 7, 1)))

    def test_for_an_office_that_is_not_there_is_refused(self, simulated_house: House):
        runtime = simulated_house.runtime
        with (
            runtime.transaction(simulated_house.office_id) as connection,
            pytest.raises(NotFound),
        ):
            office_figures(runtime, connection, uuid4(), since=JULY[0], until=JULY[1], service=None)


def test_an_office_without_files_has_figures_without_numbers(simulated_house: House):
    found = figures(simulated_house, JULY)

    assert (found.on_time, found.on_time_of_all) == (Share(0, 0), Share(0, 0))
    assert (found.gross.median, found.steps) == (None, ())
    assert {share.percent for share in found.days_of.values()} == {None}
