"""Many clerks and many visitors at once: nobody is called twice, nobody is lost, order is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from licensing.errors import QueueMoved
from licensing.invariants import check
from licensing.people import Officer
from licensing.services.queue import call_next
from licensing.services.queue_setup import WindowForm, add_window
from tests.factories import House
from tests.queue import Queue, open_queue

CLERKS = 6
TICKETS = 48

T = TypeVar("T")


@pytest.fixture
def queue(real_house: House) -> Queue:
    return open_queue(real_house)


def _at_once(*deeds: Callable[[], T]) -> list[T]:
    """Return what the deeds gave, all begun at the same moment."""
    ready = Barrier(len(deeds))

    def run(deed: Callable[[], T]) -> T:
        ready.wait(30)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def _staffed(queue: Queue) -> list[Officer]:
    clerks = list(queue.hire(CLERKS))
    for number, clerk in enumerate(clerks, start=11):
        form = WindowForm("Tambahan", [queue.group("A")], number=number)
        add_window(queue.house.runtime, form, queue.house.people.admin)
        queue.seat(clerk, number)
    return clerks


class TestACrowd:
    def test_is_called_one_by_one_while_it_still_draws(self, queue: Queue) -> None:
        clerks = _staffed(queue)
        share = TICKETS // CLERKS

        def visitors() -> list[str]:
            return [queue.draw("A", ("", "elderly")[turn % 2]).label for turn in range(share)]

        def counter(clerk: Officer) -> Callable[[], list[str]]:
            def serve() -> list[str]:
                seen, called = None, []
                for _ in range(share):
                    turn = call_next(queue.house.runtime, clerk, seen=seen)
                    seen = None if turn is None else turn.id
                    called += [] if turn is None else [turn.label]
                return called

            return serve

        found = _at_once(*([visitors] * CLERKS), *(counter(clerk) for clerk in clerks))

        drawn = [label for labels in found[:CLERKS] for label in labels]
        called = [label for labels in found[CLERKS:] for label in labels]
        assert sorted(drawn) == [f"A-{number:03d}" for number in range(1, TICKETS + 1)]
        assert max(Counter(called).values(), default=1) == 1
        while label := next(filter(None, (queue.next(clerk) for clerk in clerks)), None):
            called.append(label)
        assert sorted(called) == sorted(drawn)
        with queue.house.owner.begin() as connection:
            (kept,) = check(connection, only=frozenset({"I27"}))
        assert kept.rows == ()

    def test_pressing_one_button_many_times_calls_one(self, queue: Queue) -> None:
        clerk = queue.house.people.clerk
        queue.seat(clerk, 1)
        for _ in range(5):
            queue.draw()

        def press() -> str:
            try:
                turn = call_next(queue.house.runtime, clerk, seen=None)
            except QueueMoved:
                return "moved"
            return "nobody" if turn is None else turn.label

        assert sorted(_at_once(*([press] * 5))) == ["A-001", *(["moved"] * 4)]
        assert queue.waiting()["A"] == 4
