"""Callers: some in a hurry, some very slow."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import perf_counter

CALLERS = 4
PATIENCE_SECONDS = 5.0
_TICK_SECONDS = 0.25


@dataclass(slots=True)
class Load:
    """What callers in a hurry were given."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    """Seconds of each request that was answered with 200."""
    failed: int = 0
    wrong: set[str] = field(default_factory=set)
    """What failed: other status codes, names of errors."""

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    @property
    def answered(self) -> float:
        """Return the share of requests that were answered."""
        asked = len(self.took) + self.failed
        return len(self.took) / asked if asked else 0.0

    @property
    def p95_ms(self) -> float:
        """Return the time within which 95 % were answered, in milliseconds."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000 if ordered else 0.0

    def add(self, other: Load) -> None:
        """Take in another slice."""
        self.seconds += other.seconds
        self.took += other.took
        self.failed += other.failed
        self.wrong |= other.wrong


@dataclass(frozen=True, slots=True)
class Target:
    """A page to be asked for."""

    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


def call(target: Target, seconds: float, callers: int = CALLERS) -> Load:
    """Return what so many callers at once were given within `seconds`, one after another each."""
    loads = [Load() for _ in range(callers)]
    begin = perf_counter()
    threads = [
        threading.Thread(target=_call, args=(target, begin + seconds, load)) for load in loads
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Load(seconds=perf_counter() - begin)
    for load in loads:
        whole.add(load)
    return whole


def _call(target: Target, until: float, load: Load) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=PATIENCE_SECONDS)
    while perf_counter() < until:
        begin = perf_counter()
        try:
            connection.request("GET", target.path, headers=dict(target.headers))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            load.failed += 1
            load.wrong.add(type(error).__name__)
            connection.close()
            continue
        if answer.status == 200:
            load.took.append(perf_counter() - begin)
        else:
            load.failed += 1
            load.wrong.add(str(answer.status))
    connection.close()


@contextmanager
def slow_callers(targets: Sequence[Target], count: int) -> Iterator[list[int]]:
    """Keep `count` connections open that send a byte at a time, or read a few at a time.

    Gives a list of one number: how many of them are connected.
    """
    stop = threading.Event()
    connected = [0]
    ready = threading.Event()
    thread = threading.Thread(target=_dawdle, args=(targets, count, stop, ready, connected))
    thread.start()
    try:
        ready.wait(10)
        yield connected
    finally:
        stop.set()
        thread.join()


def _dawdle(
    targets: Sequence[Target],
    count: int,
    stop: threading.Event,
    ready: threading.Event,
    connected: list[int],
) -> None:
    callers: list[tuple[socket.socket, bytearray]] = []
    for number in range(count):
        target = targets[number % len(targets)]
        caller = socket.socket()
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        with suppress(OSError):
            caller.settimeout(2)
            caller.connect(("127.0.0.1", target.port))
            callers.append((caller, bytearray(_request(target))))
            if number % 2:  # the whole question at once; its answer is read slowly
                caller.sendall(bytes(callers[-1][1]))
                callers[-1][1].clear()
            caller.setblocking(False)
    connected[0] = len(callers)
    ready.set()
    while not stop.wait(_TICK_SECONDS):
        for caller, unsent in callers:
            with suppress(OSError):
                if unsent:
                    caller.send(unsent[:1])
                    del unsent[:1]
                else:
                    caller.recv(16)
    for caller, _unsent in callers:
        caller.close()


def _request(target: Target) -> bytes:
    lines = [f"GET {target.path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in target.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
