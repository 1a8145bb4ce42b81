"""Real processes for tests: started, waited for with a deadline, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil

ROOT = Path(__file__).resolve().parents[2]
_pause = threading.Event()
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found | None], what: str, seconds: float = 30.0) -> Found:
    """Return the first true answer of `look`; after `seconds` the test fails with `what`."""
    rounds = max(1, int(seconds / 0.05))
    for _ in range(rounds):
        found = look()
        if found:
            return found
        _pause.wait(0.05)
    raise AssertionError(f"not within {seconds:g} seconds: {what}")


class Program:
    """A program that runs, its output line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def says(self, words: str, seconds: float = 60.0) -> str:
        """Return the line with `words` as soon as it is printed."""

        def look() -> str | None:
            if self.process.poll() is not None:
                self._reader.join(5)
            for line in list(self.lines):
                if words in line:
                    return line
            assert self.process.poll() is None, f"it ended: {self.text}"
            return None

        return wait_for(look, f"{words!r} in {self.text!r}", seconds)

    def ends(self, seconds: float = 15.0) -> int:
        """Return the exit code."""
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def children(self) -> dict[str, psutil.Process]:
        """Return the children by what they are: web, scheduler, postgres."""
        found = {}
        for child in psutil.Process(self.pid).children():
            with suppress(psutil.Error):
                words = child.cmdline()
                for name in ("web", "scheduler"):
                    if name in words:
                        found[name] = child
                if words and Path(words[0]).name == "postgres":
                    found["postgres"] = child
        return found

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
        self.process.stdout.close()


@contextmanager
def program(code: str, environment: Mapping[str, str]) -> Iterator[Program]:
    """Run Python `code` in a session of its own; at the end nothing of it is left."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SATUPINTU_") and name not in {"DATABASE_URL", "PORT"}
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**clean, "PYTHONUNBUFFERED": "1", **environment},
        start_new_session=True,
    )
    running = Program(process)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()


def gone(process: psutil.Process) -> bool:
    """Return whether a process has ended."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
