"""How stored history becomes what the clock reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from licensing.history import FILED, NOTES
from workflows.check import ANSWERED, CORRECT_TIME, EXTEND, LAPSE
from workflows.ledger import Happening
from workflows.sop import Sop


class Line(Protocol):
    """One line of history, as far as the clock is concerned."""

    @property
    def seq(self) -> int:
        """Its place in the history; corrections name it."""

    @property
    def action(self) -> str:
        """What was pressed."""

    @property
    def ask(self) -> str | None:
        """The side path it was pressed in."""

    @property
    def from_step(self) -> str | None:
        """The step before; None for the first line."""

    @property
    def to_step(self) -> str:
        """The step after, of the main line or of the side path."""

    @property
    def detail(self) -> Mapping[str, Any]:
        """What else the line records: side paths opened, a hold."""

    @property
    def effective_at(self) -> datetime:
        """When it counts as done."""


def happenings(sop: Sop, history: Iterable[Line]) -> Iterator[Happening]:
    """Return what the clock reads of a history, in its order; notes are left out.

    A line whose time was corrected is read with the time of its last correction.
    """
    lines = list(history)
    corrected = corrected_times(lines)
    step, held = sop.starts_at, None
    for line in lines:
        at = line.effective_at
        if corrected:
            at = corrected.get(line.seq, at)
        if line.action == EXTEND:
            yield Happening(at, EXTEND, step, entered=False, held=held, extend=_extended(line))
        if line.action in NOTES:
            continue
        entered = False
        if line.ask is None:
            entered = line.action == FILED or not _stays(sop, step, line.action)
            held = _held(line, held, entered=entered)
            step = line.to_step
        ended = step in sop.ends
        opened = tuple(
            (key, sop.asks[key.partition("#")[0]].starts_at)
            for key in line.detail.get("opened", ())
        )
        yield Happening(
            at=at,
            action=line.action,
            step=None if ended else step,
            entered=entered and not ended,
            ask=line.ask,
            ask_step=None if line.ask is None or line.to_step == ANSWERED else line.to_step,
            opened=opened,
            held=held,
        )


def corrected_times(history: Iterable[Line]) -> dict[int, datetime]:
    """Return the corrected time of each line that has one, by its place in the history."""
    return {
        int(line.detail["seq"]): datetime.fromisoformat(line.detail["now"])
        for line in history
        if line.action == CORRECT_TIME
    }


def _extended(line: Line) -> tuple[str, int]:
    return str(line.detail["limit"]), int(line.detail["more"])


def _stays(sop: Sop, step: str, action: str) -> bool:
    if action == LAPSE:
        return False
    pressed = sop.steps[step].actions.get(action)
    return pressed is None or pressed.to is None


def _held(line: Line, held: str | None, *, entered: bool) -> str | None:
    if line.detail.get("hold") == "starts":
        return line.action
    return None if entered or line.detail.get("hold") == "ends" else held
