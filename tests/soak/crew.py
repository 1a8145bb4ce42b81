"""Processes that work until they are killed, and what they have said until then."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

# A server that has imported everything and only forks: a new process costs milliseconds.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.soak.work"])

BACK_WITHIN_S = 15.0
"""How long a process may take until its first word, whatever was killed before it."""


@dataclass(slots=True)
class Worker:
    """One process that works, and what it has told of it: what it told was acknowledged."""

    process: Any
    ear: Connection
    told: list[Any] = field(default_factory=list)

    def says(self, seconds: float = BACK_WITHIN_S) -> Any:
        """Return the next thing that it tells; the test fails where nothing comes in time."""
        if not self.ear.poll(seconds):
            raise AssertionError(f"not a word within {seconds:g} seconds")
        try:
            self.told.append(self.ear.recv())
        except EOFError:
            self.process.join()
            raise AssertionError(f"it ended with code {self.process.exitcode}") from None
        return self.told[-1]

    def listen(self, seconds: float) -> None:
        """Hear what it tells for so long: the span is what is random about its end."""
        self.process.join(seconds)

    def kill(self) -> list[Any]:
        """Kill it, where it has not come to its end, and return everything that it told."""
        self.process.kill()
        return self.ended(-signal.SIGKILL, 0)

    def ended(self, *codes: int) -> list[Any]:
        """Wait for its end, which has one of `codes`; return everything that it told."""
        try:
            while True:
                if not self.ear.poll(60):
                    raise AssertionError("it neither ended nor said anything for 60 seconds")
                self.told.append(self.ear.recv())
        except EOFError:
            pass
        self.process.join(BACK_WITHIN_S)
        assert self.process.exitcode in codes, f"it ended with code {self.process.exitcode}"
        return self.told


@contextmanager
def working(work: Callable[..., None], *arguments: Any, **named: Any) -> Iterator[Worker]:
    """Return a process that does `work(tell, …)`; at the end it is gone."""
    ear, mouth = _context.Pipe(duplex=False)
    process = _context.Process(target=work, args=(mouth, *arguments), kwargs=named, daemon=True)
    process.start()
    mouth.close()
    try:
        yield Worker(process, ear)
    finally:
        process.kill()
        process.join()
        process.close()
        ear.close()


def first_word(workers: list[Worker], seconds: float) -> None:
    """Wait until one of them tells something; the test fails where nobody does in time."""
    assert wait([worker.ear for worker in workers], seconds), (
        f"nobody said a word within {seconds:g} seconds"
    )
