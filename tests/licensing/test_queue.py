"""The queue: numbers of a day, the order in which they are called, and every exception to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, ProgrammingError

from licensing.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSeated,
    QueueClosed,
    QueueMoved,
    SeatTaken,
)
from licensing.invariants import check
from licensing.queries.queue import display, kiosk, ticket_of
from licensing.queries.queue_desk import queue_bar, waiting_lines
from licensing.queries.queue_figures import queue_calls, queue_figures
from licensing.services.queue import (
    bind_ticket,
    call_ticket,
    draw,
    finish,
    hand_over,
    pass_over,
    recall,
)
from licensing.services.queue_day import opens_at
from licensing.services.queue_seats import leave_seat, take_seat
from licensing.services.queue_setup import QueueRules, set_rules
from tests.bed import OwnerOf
from tests.factories import House
from tests.queue import Queue, open_queue
from workflows.calendar_spec import default_spec
from workflows.worktime import Calendar


@pytest.fixture
def queue(house: House) -> Queue:
    return open_queue(house)


def _yesterday(connection: Connection, queue: Queue) -> None:
    """Let everything of today have been yesterday."""
    for statement in (
        "INSERT INTO queue_day (office_id, day) SELECT office_id, day - 1 FROM queue_day"
        " WHERE office_id = %(office)s",
        "UPDATE ticket_event SET day = day - 1 WHERE office_id = %(office)s",
        "UPDATE ticket SET day = day - 1 WHERE office_id = %(office)s",
        "UPDATE window_seat SET day = day - 1 WHERE office_id = %(office)s",
        "DELETE FROM queue_day d WHERE office_id = %(office)s AND NOT EXISTS"
        " (SELECT FROM ticket t WHERE t.office_id = d.office_id AND t.day = d.day)",
    ):
        connection.exec_driver_sql(statement, {"office": queue.house.office_id})


class TestANumber:
    def test_counts_within_its_group_from_one(self, queue: Queue) -> None:
        drawn = [queue.draw(letter).label for letter in ("A", "A", "B", "A")]

        assert drawn == ["A-001", "A-002", "B-001", "A-003"]

    def test_begins_anew_the_next_day_and_what_was_left_is_closed(
        self, queue: Queue, owner_db: OwnerOf
    ) -> None:
        left, called = queue.draw(), queue.draw("B")
        queue.seat(queue.house.people.clerk, 3)
        with owner_db.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE ticket SET status = 'called', calls = 1, called_at = clock_timestamp(),"
                " window_id = %(window)s WHERE id = %(id)s",
                {"id": called.id, "window": queue.window(3)},
            )
            _yesterday(connection, queue)

        assert queue.draw().label == "A-001"
        assert queue.status(left) == queue.status(called) == "closed"
        assert queue.history(left) == ["taken", "closed"]

    def test_of_a_group_that_no_counter_serves_is_not_given(
        self, queue: Queue, owner_db: OwnerOf
    ) -> None:
        with owner_db.begin() as connection:
            connection.exec_driver_sql("DELETE FROM window_group")

        with pytest.raises(NotFound, match="queue group"):
            queue.draw()

    def test_has_only_a_priority_that_there_is(self, queue: Queue) -> None:
        with pytest.raises(InvalidInput, match="unknown_choice"):
            queue.draw("A", "important")

    def test_is_not_given_where_the_office_says_so(self, queue: Queue) -> None:
        house = queue.house
        rules = QueueRules(always_open=True, closed_note="Antrean penuh hari ini.")
        set_rules(house.runtime, rules, house.people.head)

        with pytest.raises(QueueClosed) as refused:
            queue.draw()
        assert refused.value.note == "Antrean penuh hari ini."
        assert not kiosk(house.runtime, house.office_id).open

    @pytest.mark.parametrize(
        ("now", "opens"),
        [
            # A Wednesday in its hours, at noon, before opening, after closing, on a Saturday.
            ("2026-11-18T09:00", None),
            ("2026-11-18T12:30", None),
            ("2026-11-18T06:00", "2026-11-18T07:30"),
            ("2026-11-18T16:00", "2026-11-19T07:30"),
            ("2026-11-21T10:00", "2026-11-23T07:30"),
        ],
    )
    def test_is_given_from_opening_to_closing(self, now: str, opens: str | None) -> None:
        calendar = Calendar(default_spec("Asia/Jakarta", 2026, 2026))
        at = datetime.fromisoformat(f"{now}+07:00")

        found = opens_at(calendar, at)

        assert found == (datetime.fromisoformat(f"{opens}+07:00") if opens else None)


class TestTheOrder:
    def test_is_that_of_drawing(self, queue: Queue) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        for _ in range(3):
            queue.draw()

        assert [queue.next(clerk) for _ in range(4)] == ["A-001", "A-002", "A-003", None]

    def test_lets_priority_go_first_within_its_head_start(self, queue: Queue) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        queue.draw()
        queue.draw()
        queue.draw("A", "elderly")

        assert [queue.next(clerk) for _ in range(3)] == ["A-003", "A-001", "A-002"]

    def test_lets_nobody_wait_for_ever_behind_priority(
        self, queue: Queue, owner_db: OwnerOf
    ) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        patient = queue.draw()
        with owner_db.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE ticket SET taken_at = taken_at - interval '61 minutes',"
                " order_at = order_at - interval '61 minutes' WHERE id = %s",
                (patient.id,),
            )
        queue.draw("A", "pregnant")

        assert queue.next(clerk) == "A-001"

    def test_merges_the_groups_of_a_counter_by_the_time_of_drawing(self, queue: Queue) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 3)
        for letter in "ABCA":
            queue.draw(letter)

        assert [queue.next(clerk) for _ in range(4)] == ["A-001", "B-001", "A-002", None]

    def test_calling_the_next_is_done_with_the_one_before(self, queue: Queue) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        first, second = queue.draw(), queue.draw()
        queue.next(clerk)
        queue.next(clerk)
        assert queue.next(clerk) is None

        assert queue.history(first) == queue.history(second) == ["taken", "called", "done"]

    def test_a_second_press_of_the_same_page_calls_nobody(self, queue: Queue) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        queue.draw()
        second = queue.draw()
        queue.next(clerk)

        with pytest.raises(QueueMoved):
            call_ticket(queue.house.runtime, second.id, clerk, seen=None)
        assert queue.status(second) == "waiting"


class TestAnException:
    def test_needs_a_reason_which_stays_with_the_name(self, queue: Queue) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        queue.draw()
        second = queue.draw()
        with pytest.raises(InvalidInput, match="reason: required"):
            call_ticket(house.runtime, second.id, clerk, seen=None)

        call_ticket(house.runtime, second.id, clerk, seen=None, reason=" Anak  sakit ")

        (told,) = queue_figures(house.runtime, house.people.supervisor).exceptions
        assert (told.label, told.ahead, told.by, told.reason, told.window) == (
            "A-002", 1, "Contoh Loket", "Anak sakit", 1,
        )  # fmt: skip

    def test_is_none_where_nobody_is_passed_over(self, queue: Queue) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        first = queue.draw()

        assert call_ticket(queue.house.runtime, first.id, clerk, seen=None).label == "A-001"
        assert queue_figures(queue.house.runtime, queue.house.people.head).exceptions == []

    def test_without_reason_and_name_is_refused_by_the_database(
        self, queue: Queue, owner_db: OwnerOf
    ) -> None:
        queue.draw()
        with (
            pytest.raises(IntegrityError, match="ck_ticket_event_exception_named"),
            owner_db.begin() as connection,
        ):
            connection.exec_driver_sql("UPDATE ticket_event SET ahead = 1")

    def test_history_is_only_added_to(self, queue: Queue) -> None:
        queue.draw()
        for statement in ("UPDATE ticket_event SET reason = 'x'", "DELETE FROM ticket_event"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                queue.house.runtime.transaction(queue.house.office_id) as connection,
            ):
                connection.exec_driver_sql(statement)

    @pytest.mark.parametrize("column", ["order_at", "taken_at", "number", "priority"])
    def test_nobody_moves_a_ticket_to_another_place(self, queue: Queue, column: str) -> None:
        queue.draw()
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            queue.house.runtime.transaction(queue.house.office_id) as connection,
        ):
            connection.exec_driver_sql(f"UPDATE ticket SET {column} = {column}")


class TestWhoeverDoesNotCome:
    def test_is_passed_over_with_a_reason_before_the_third_call(self, queue: Queue) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        ticket = queue.draw()
        queue.next(clerk)
        with pytest.raises(InvalidInput, match="reason: required"):
            pass_over(house.runtime, clerk, seen=ticket.id)

        pass_over(house.runtime, clerk, seen=ticket.id, reason="Pulang dahulu")

        assert queue.status(ticket) == "absent"

    def test_is_passed_over_without_a_reason_after_the_third_call(self, queue: Queue) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        ticket = queue.draw()
        queue.next(clerk)
        assert [recall(house.runtime, clerk, seen=ticket.id) for _ in range(2)] == [2, 3]

        pass_over(house.runtime, clerk, seen=ticket.id)

        assert queue.history(ticket) == ["taken", "called", "recalled", "recalled", "absent"]

    def test_is_called_again_the_same_day_without_a_reason(self, queue: Queue) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        ticket, later = queue.draw(), queue.draw()
        queue.next(clerk)
        pass_over(house.runtime, clerk, seen=ticket.id, reason="Tidak hadir")
        queue.next(clerk)

        call_ticket(house.runtime, ticket.id, clerk, seen=later.id)

        assert queue.current(clerk) == ticket.id
        assert queue.status(later) == "done"
        assert not _broken(queue)


class TestHandingOver:
    def test_keeps_the_place_in_the_other_group(self, queue: Queue) -> None:
        house, people = queue.house, queue.house.people
        queue.seat(people.clerk, 1)
        queue.seat(people.second_clerk, 4)
        early = queue.draw("A")
        queue.draw("C")
        queue.next(people.clerk)

        hand_over(house.runtime, people.clerk, seen=early.id, group_id=queue.group("C"))

        assert queue.next(people.second_clerk) == "A-001"
        assert queue.history(early) == ["taken", "called", "handed_over", "called"]

    def test_to_one_counter_lets_no_other_call(self, queue: Queue) -> None:
        house, people = queue.house, queue.house.people
        queue.seat(people.clerk, 1)
        queue.seat(people.second_clerk, 2)
        queue.seat(people.everybody, 3)
        ticket = queue.draw("A")
        queue.next(people.clerk)

        hand_over(house.runtime, people.clerk, seen=ticket.id, window_id=queue.window(3))

        assert queue.next(people.second_clerk) is None
        assert queue.next(people.everybody) == "A-001"

    def test_to_the_bank_is_called_by_the_bank_alone(self, queue: Queue) -> None:
        house, people = queue.house, queue.house.people
        queue.seat(people.clerk, 1)
        queue.seat(people.teller, 5)
        ticket = queue.draw("A")
        queue.next(people.clerk)

        hand_over(house.runtime, people.clerk, seen=ticket.id, group_id=queue.group("D"))

        assert queue.next(people.clerk) is None
        assert queue.next(people.teller) == "A-001"

    @pytest.mark.parametrize("where", ["nowhere", "here", "unknown"])
    def test_leads_somewhere_where_somebody_serves(self, queue: Queue, where: str) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        ticket = queue.draw("A")
        queue.next(clerk)
        group = {"nowhere": None, "here": queue.group("A"), "unknown": uuid4()}[where]

        with pytest.raises(InvalidInput, match="target"):
            hand_over(house.runtime, clerk, seen=ticket.id, group_id=group)


class TestASeat:
    def test_of_the_bank_is_for_the_bank_alone(self, queue: Queue) -> None:
        people = queue.house.people
        with pytest.raises(NotAllowed):
            queue.seat(people.clerk, 5)
        with pytest.raises(NotAllowed):
            queue.seat(people.teller, 1)
        with pytest.raises(NotAllowed):
            queue.seat(people.verifier, 1)

    def test_of_the_bank_is_kept_from_the_office_by_the_database(self, queue: Queue) -> None:
        house = queue.house
        queue.draw()
        with (
            pytest.raises(IntegrityError, match="fk_window_seat_officer_id_kind"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.exec_driver_sql(
                "INSERT INTO window_seat (office_id, day, window_id, officer_id, kind)"
                " SELECT %s, day, %s, %s, 'bank' FROM queue_day",
                (house.office_id, queue.window(5), house.people.clerk.id),
            )

    def test_and_groups_of_the_bank_do_not_mix_with_the_offices(self, queue: Queue) -> None:
        house = queue.house
        with (
            pytest.raises(IntegrityError, match="fk_window_group_group_id_kind"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.exec_driver_sql(
                "INSERT INTO window_group (office_id, window_id, group_id, kind)"
                " VALUES (%s, %s, %s, 'office')",
                (house.office_id, queue.window(1), queue.group("D")),
            )

    def test_is_one_for_each(self, queue: Queue) -> None:
        people = queue.house.people
        queue.seat(people.clerk, 1)
        with pytest.raises(SeatTaken) as refused:
            queue.seat(people.second_clerk, 1)
        assert refused.value.name == "Contoh Loket"

        queue.seat(people.clerk, 2)
        queue.seat(people.second_clerk, 1)

        bar = queue_bar(queue.house.runtime, people.clerk)
        assert bar is not None
        taken = {window.number: window.taken_by for window in bar.windows if window.taken_by}
        assert taken == {1: "Contoh Loket Dua", 2: "Contoh Loket"}

    def test_taken_over_takes_the_one_who_is_served_there_too(self, queue: Queue) -> None:
        people = queue.house.people
        queue.seat(people.clerk, 1)
        ticket = queue.draw()
        queue.next(people.clerk)
        with pytest.raises(InvalidInput, match="still_serving"):
            leave_seat(queue.house.runtime, people.clerk)

        queue.seat(people.second_clerk, 1, take_over=True)

        assert queue.current(people.second_clerk) == ticket.id
        with pytest.raises(NotSeated):
            finish(queue.house.runtime, people.clerk, seen=ticket.id)
        finish(queue.house.runtime, people.second_clerk, seen=ticket.id)
        assert queue.status(ticket) == "done"

    def test_at_a_counter_that_is_closed_or_unknown_is_not_taken(self, queue: Queue) -> None:
        with pytest.raises(NotFound):
            take_seat(queue.house.runtime, uuid4(), queue.house.people.clerk)


class TestATicketBecomesTheCase:
    def test_that_it_started_once(self, queue: Queue) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        ticket = queue.draw()
        case, other = house.application(), house.application()
        with house.runtime.transaction(house.office_id) as connection:
            assert not bind_ticket(connection, house.office_id, ticket.id, case)
        queue.next(clerk)

        with house.runtime.transaction(house.office_id) as connection:
            assert bind_ticket(connection, house.office_id, ticket.id, case, clerk.id)
            assert not bind_ticket(connection, house.office_id, ticket.id, other)

        bar = queue_bar(house.runtime, clerk)
        assert bar is not None
        assert bar.current is not None
        assert bar.current.application_id == case
        (line,) = queue_calls(house.runtime, house.people.supervisor, _today(queue))
        assert line.case_number

    def test_of_another_office_is_not_found(self, queue: Queue) -> None:
        with queue.house.runtime.transaction(uuid4()) as connection:
            assert not bind_ticket(connection, uuid4(), queue.draw().id, uuid4())


class TestOnesOwnTicket:
    def test_says_how_many_are_before_it_and_where_to_go(self, queue: Queue) -> None:
        runtime, clerk = queue.house.runtime, queue.house.people.clerk
        queue.seat(clerk, 1)
        queue.draw()
        mine = queue.draw()

        before = ticket_of(runtime, mine.secret)
        assert (before.label, before.status, before.ahead) == ("A-002", "waiting", 1)
        assert list(before.windows) == [1, 2, 3]
        assert before.estimate is None

        queue.next(clerk)
        queue.next(clerk)
        after = ticket_of(runtime, mine.secret)
        assert (after.status, list(after.windows)) == ("called", [1])

    def test_estimates_from_what_was_measured_today(self, queue: Queue, owner_db: OwnerOf) -> None:
        runtime, clerk = queue.house.runtime, queue.house.people.clerk
        queue.seat(clerk, 1)
        for _ in range(5):
            queue.draw()
        mine = queue.draw()
        for _ in range(4):
            queue.next(clerk)
        with owner_db.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE ticket_event SET at = at - interval '6 minutes' WHERE kind = 'called'"
            )

        found = ticket_of(runtime, mine.secret)

        assert found.ahead == 1
        assert found.estimate is not None
        assert timedelta(minutes=11) < found.estimate < timedelta(minutes=13)

    def test_is_found_by_its_secret_alone(self, queue: Queue) -> None:
        queue.draw()
        with pytest.raises(NotFound):
            ticket_of(queue.house.runtime, "x" * 22)


class TestWhatIsShown:
    def test_on_the_screen_is_the_newest_call_first_each_number_once(self, queue: Queue) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        first = queue.draw()
        queue.draw()
        queue.next(clerk)
        recall(house.runtime, clerk, seen=first.id)
        queue.next(clerk)

        shown = display(house.runtime, house.office_id)

        assert [(call.label, call.window) for call in shown.calls] == [("A-002", 1), ("A-001", 1)]

    def test_at_the_counter_is_who_waits_and_who_did_not_come(self, queue: Queue) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        absent = queue.draw()
        queue.draw()
        queue.draw("A", "disabled")
        queue.draw("C")
        call_ticket(house.runtime, absent.id, clerk, seen=None, reason="Urutan diatur")
        pass_over(house.runtime, clerk, seen=absent.id, reason="Tidak hadir")

        lines = waiting_lines(house.runtime, clerk)

        assert [(line.label, line.status, line.ahead) for line in lines] == [
            ("A-003", "waiting", 0), ("A-002", "waiting", 1), ("A-001", "absent", 1),
        ]  # fmt: skip

    def test_of_a_day_is_how_long_people_waited_and_were_served(
        self, queue: Queue, owner_db: OwnerOf
    ) -> None:
        house, clerk = queue.house, queue.house.people.clerk
        queue.seat(clerk, 1)
        ticket = queue.draw()
        queue.draw()
        queue.next(clerk)
        finish(house.runtime, clerk, seen=ticket.id)
        with owner_db.begin() as connection:
            for kind, minutes in (("taken", 15), ("called", 5)):
                connection.exec_driver_sql(
                    f"UPDATE ticket_event SET at = at - interval '{minutes} minutes'"
                    " WHERE kind = %s AND ticket_id = %s",
                    (kind, ticket.id),
                )

        found = queue_figures(house.runtime, house.people.inspectorate)

        group = found.groups[0]
        assert (group.name, group.people, group.waiting) == ("A Permohonan izin", 1, 1)
        assert group.wait_middle is not None
        assert round(group.wait_middle.total_seconds() / 60) == 10
        assert group.service_middle is not None
        assert round(group.service_middle.total_seconds() / 60) == 5
        assert found.windows[0].people == 1
        assert (found.drawn, found.absent, found.closed) == (2, 0, 0)

    def test_of_a_day_is_for_those_who_watch(self, queue: Queue) -> None:
        with pytest.raises(NotAllowed):
            queue_figures(queue.house.runtime, queue.house.people.clerk)


class TestTheInvariant:
    def test_holds_after_a_day_of_everything(self, queue: Queue) -> None:
        house, people = queue.house, queue.house.people
        queue.seat(people.clerk, 1)
        queue.seat(people.teller, 5)
        tickets = [queue.draw("A", priority) for priority in ("", "", "elderly", "", "pregnant")]
        queue.next(people.clerk)
        hand_over(house.runtime, people.clerk, seen=tickets[2].id, group_id=queue.group("D"))
        call_ticket(house.runtime, tickets[3].id, people.clerk, seen=None, reason="Sakit")
        pass_over(house.runtime, people.clerk, seen=tickets[3].id, reason="Keluar")
        queue.next(people.teller)
        queue.next(people.clerk)

        assert not _broken(queue)

    @pytest.mark.parametrize(
        "tampering",
        [
            "UPDATE ticket_event SET ahead = 0, reason = '' WHERE reason <> ''",
            "UPDATE ticket SET order_at = order_at - interval '1 hour' WHERE number = 1",
            "UPDATE ticket SET status = 'closed' WHERE number = 1",
        ],
    )
    def test_finds_what_was_reordered_without_trace(
        self, queue: Queue, owner_db: OwnerOf, tampering: str
    ) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        queue.draw()
        second = queue.draw()
        if "reason" in tampering:
            call_ticket(queue.house.runtime, second.id, clerk, seen=None, reason="Sakit")
        elif "order_at" in tampering:
            queue.draw("A", "elderly")
            queue.next(clerk)
        assert not _broken(queue, owner_db)
        with owner_db.begin() as connection:
            connection.exec_driver_sql(tampering)

        assert _broken(queue, owner_db)


def _broken(queue: Queue, owner: OwnerOf | None = None) -> tuple[str, ...]:
    with (owner or queue.house.owner).begin() as connection:
        (found,) = check(connection, only=frozenset({"I27"}))
        return found.rows


def _today(queue: Queue) -> date:
    rows = queue.house.rows("SELECT day FROM queue_day ORDER BY day DESC")
    today: date = rows[0].day
    return today


def test_a_moment_is_the_databases(queue: Queue) -> None:
    before = datetime.now(UTC) - timedelta(minutes=5)
    queue.draw()
    (row,) = queue.house.rows("SELECT taken_at FROM ticket")
    assert before < row.taken_at


def test_a_group_of_another_office_is_unknown(queue: Queue) -> None:
    with pytest.raises(NotFound):
        draw(queue.house.runtime, queue.house.office_id, uuid4())
