"""A child must not outlive the program that started it, also when that one is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return what a new process calls first to be sent `number` when its parent ends.

    Only Linux offers that; elsewhere there is nothing to call, and the next start cleans up.
    """
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it ended before we could ask
            os.kill(os.getpid(), number)

    return ask


def end_with(handle: int, *, seconds: float = 5.0) -> None:
    """End this process when `handle`, held open by its parent, closes: politely, then surely."""

    def watch() -> None:
        # The bare handle: a reader of Python's own would still be locked when the process ends.
        while os.read(handle, 64):
            pass
        timer = threading.Timer(seconds, os._exit, [1])
        timer.daemon = True
        timer.start()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
