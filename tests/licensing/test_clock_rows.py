"""Which rungs of a stored limit are owed: the row of `deadline` says when to look at it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from licensing.clock_rows import deadline_row, owed_rungs
from workflows.ledger import LimitState
from workflows.sop import Party, Within

START = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RUNGS = (("50%", START + DAY), ("80%", START + 2 * DAY), ("breach", START + 3 * DAY))


def limit(status: str, key: str = "service") -> LimitState:
    ended = status in ("met", "late", "closed")
    return LimitState(
        key=key,
        name=key,
        started_at=START,
        within=Within(3),
        counts=frozenset({Party.OFFICE}),
        used=0,
        left=3,
        running=status in ("running", "broken"),
        due_at=None if status == "paused" else START + 3 * DAY,
        status=status,  # type: ignore[arg-type]
        ended_at=START + 4 * DAY if ended else None,
        broken_at=START + 3 * DAY if status in ("broken", "late") else None,
        paused_at=None,
        rungs=RUNGS,
    )


@pytest.mark.parametrize(
    ("status", "key", "owed"),
    [
        ("running", "service", ["50%", "80%", "breach"]),
        ("broken", "service", ["50%", "80%", "breach"]),
        ("late", "service", ["breach"]),
        ("late", "answer:completion#1", []),
        ("paused", "service", []),
        ("met", "service", []),
        ("closed", "service", []),
    ],
)
def test_what_is_owed_follows_from_the_status(status: str, key: str, owed: list[str]) -> None:
    found = owed_rungs(limit(status, key))

    assert [name for name, _ in found] == owed
    moment = found[0][1].isoformat() if found else None
    assert deadline_row(limit(status, key))["next_rung_at"] == moment


def test_every_rung_is_stored_whatever_is_owed() -> None:
    assert [name for name, _ in deadline_row(limit("met"))["rungs"]] == ["50%", "80%", "breach"]
