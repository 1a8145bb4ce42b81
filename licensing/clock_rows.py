"""How a limit of the ledger becomes a row of `deadline`, and when the sweep must look at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from workflows.ledger import LimitState

OPEN = frozenset({"running", "paused", "broken"})
RUNNING = frozenset({"running", "broken"})


def deadline_row(limit: LimitState) -> dict[str, Any]:
    """Return the stored form of a limit, as plain JSON; the moments of rungs in epoch seconds."""
    rungs = [[name, int(moment.timestamp())] for name, moment in limit.rungs]
    return {
        "key": limit.key,
        "name": limit.name,
        "status": limit.status,
        "started_at": limit.started_at.isoformat(),
        "due_at": _text(limit.due_at),
        "ended_at": _text(limit.ended_at),
        "broken_at": _text(limit.broken_at),
        "rungs": rungs,
        "next_rung_at": _text(min((moment for _, moment in owed_rungs(limit)), default=None)),
    }


def owed_rungs(limit: LimitState) -> tuple[tuple[str, datetime], ...]:
    """Return the rungs that are owed, or will be if nothing happens.

    Nothing is owed for a limit that was met, stands still or was closed. One that ended late
    still owes its breach, to the office alone: an applicant who has answered owes nothing more.
    """
    if limit.status in RUNNING:
        return limit.rungs
    if limit.status == "late" and not limit.key.startswith("answer:"):
        return tuple(rung for rung in limit.rungs if rung[0].startswith("breach"))
    return ()


def changed_limits(
    before: Iterable[LimitState], after: Iterable[LimitState]
) -> tuple[tuple[LimitState, ...], tuple[LimitState, ...]]:
    """Return the limits of `after` that `before` lacks, and those whose stored row differs."""
    stored = {limit.key: _stored(limit) for limit in before}
    begun, moved = [], []
    for limit in after:
        known = stored.get(limit.key)
        if known is None:
            begun.append(limit)
        elif known != _stored(limit):
            moved.append(limit)
    return tuple(begun), tuple(moved)


def nearest_due(limits: Iterable[LimitState], *, ask: str | None = None) -> datetime | None:
    """Return the earliest due moment among open limits of the office, or of one ask."""
    return min(
        (
            limit.due_at
            for limit in limits
            if limit.due_at is not None and limit.status in OPEN and concerns(limit.key, ask)
        ),
        default=None,
    )


def concerns(key: str, ask: str | None) -> bool:
    """Return whether a limit is of the main line, or of `ask`: the whole ask or a step of it.

    What the applicant owes is nobody's limit here.
    """
    if ask is not None:
        return key == f"ask:{ask}" or key.startswith(f"step:{ask}/")
    return not key.startswith(("ask:", "answer:", "hold:")) and "/" not in key


def _stored(limit: LimitState) -> tuple[Any, ...]:
    return (limit.status, limit.due_at, limit.ended_at, limit.broken_at, limit.rungs)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
