"""PDF files read and drawn in a process of their own, which may use only so much time and memory.

Reading a PDF that a stranger made is the riskiest thing done here: it may crash its reader, or
unfold to gigabytes. Whatever happens happens to a process that knows no key and no database.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

_WORKER = Path(__file__).with_name("pdf_worker.py")
_SECONDS = 20
"""How long one call may take by the wall; the worker allows itself less time of the processor."""
_AT_ONCE = threading.BoundedSemaphore(3)
"""So many readers at once, however many people send files: their memory is bounded together."""
_REFUSALS = frozenset({"damaged", "locked", "active", "too_complex"})


class PdfRefused(Exception):
    """A PDF that is not accepted. Codes: damaged, locked, active, too_complex."""

    def __init__(self, code: str, found: str) -> None:
        self.code, self.found = code, found
        super().__init__(f"{code}: {found}")


def inspect_pdf(content: bytes) -> int:
    """Return how many pages a PDF has.

    Raises:
        PdfRefused: it cannot be read, asks for a password, carries what acts when it is opened
            (scripts, programs to start, files within, forms that are programs), or costs too much.
    """
    return int(json.loads(_work(content, "inspect"))["pages"])


def draw_page(content: bytes, number: int, *, width: int) -> bytes:
    """Return page `number` (from 1) as a PNG, `width` pixels wide.

    Raises:
        PdfRefused: it cannot be drawn.
    """
    return _work(content, "draw", str(number), str(width))


def _work(content: bytes, *arguments: str) -> bytes:
    with _AT_ONCE:
        try:
            done = subprocess.run(  # noqa: S603 - our own file, and numbers
                [sys.executable, "-I", str(_WORKER), *arguments],
                input=content,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env={},
            )
        except subprocess.TimeoutExpired as late:
            raise PdfRefused("too_complex", "time") from late
    if done.returncode == 0:
        return done.stdout
    # The last line is the worker's own word; without it the worker was ended by a limit.
    code, _, found = (
        done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(" ")
    )
    if done.returncode == _SAID and code in _REFUSALS:
        raise PdfRefused(code, found)
    raise PdfRefused("too_complex", f"reader ended with {done.returncode}")


_SAID = 3
"""How the worker ends when it has said why."""
