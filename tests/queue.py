"""An office with a queue: the usual six counters, and people who sit at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from licensing.people import Officer
from licensing.queries.queue import kiosk
from licensing.services.accounts import NewAccount, write_account
from licensing.services.queue import Drawn, Turn, call_next, draw
from licensing.services.queue_seats import take_seat
from licensing.services.queue_setup import QueueRules, make_usual, set_rules
from tests.factories import House, password_hash


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of an office at work."""

    house: House

    def group(self, letter: str) -> UUID:
        """Return the group of a letter."""
        found = self.house.rows("SELECT id FROM queue_group WHERE letter = %(it)s", it=letter)
        id_: UUID = found[0].id
        return id_

    def window(self, number: int) -> UUID:
        """Return the counter of a number."""
        found = self.house.rows("SELECT id FROM counter_window WHERE number = %(it)s", it=number)
        id_: UUID = found[0].id
        return id_

    def draw(self, letter: str = "A", priority: str = "") -> Drawn:
        """Return a number just drawn."""
        return draw(self.house.runtime, self.house.office_id, self.group(letter), priority)

    def seat(self, by: Officer, number: int, **how: bool) -> None:
        """Let `by` sit at a counter."""
        take_seat(self.house.runtime, self.window(number), by, **how)

    def current(self, by: Officer) -> UUID | None:
        """Return whom the counter of `by` serves."""
        found = self.house.rows(
            "SELECT t.id FROM window_seat s JOIN ticket t ON t.window_id = s.window_id"
            " WHERE s.officer_id = %(by)s AND s.left_at IS NULL AND t.status = 'called'",
            by=by.id,
        )
        return found[0].id if found else None

    def next(self, by: Officer) -> str | None:
        """Call whoever is first at the counter of `by`; return his number."""
        turn = self.turn(by)
        return None if turn is None else turn.label

    def turn(self, by: Officer) -> Turn | None:
        """Call whoever is first at the counter of `by`."""
        return call_next(self.house.runtime, by, seen=self.current(by))

    def history(self, ticket: Drawn) -> list[str]:
        """Return what happened to a ticket."""
        found = self.house.rows(
            "SELECT kind FROM ticket_event WHERE ticket_id = %(it)s ORDER BY seq", it=ticket.id
        )
        return [row.kind for row in found]

    def status(self, ticket: Drawn) -> str:
        """Return how a ticket stands."""
        found = self.house.rows("SELECT status FROM ticket WHERE id = %(it)s", it=ticket.id)
        return str(found[0].status)

    def waiting(self) -> dict[str, int]:
        """Return how many wait, by group."""
        found = kiosk(self.house.runtime, self.house.office_id)
        return {group.letter: group.waiting for group in found.groups}

    def hire(self, count: int, role: str = "counter") -> Sequence[Officer]:
        """Return more officers of one role."""
        house = self.house
        with house.runtime.transaction(house.office_id) as connection:
            return [
                write_account(
                    connection,
                    house.office_id,
                    NewAccount(f"{house.code}-{role}-{number}", f"Contoh {number}", (role,), ""),
                    password_hash(),
                )
                for number in range(count)
            ]


def open_queue(house: House, **rules: Any) -> Queue:
    """Give an office the usual six counters, open at every hour."""
    make_usual(house.runtime, house.people.admin)
    set_rules(house.runtime, QueueRules(always_open=True, **rules), house.people.admin)
    return Queue(house)
