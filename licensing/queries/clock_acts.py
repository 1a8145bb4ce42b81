"""What was proposed and decided about recorded times of one application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One proposal of another time, and what became of it."""

    id: UUID
    seq: int
    was: datetime
    becomes: datetime
    reason: str
    recorded_by: UUID | None
    proposed_by: UUID
    proposer: str
    proposed_at: datetime
    decision: str | None
    """confirmed, turned_down, withdrawn; None while it waits."""
    decider: str | None
    decided_at: datetime | None
    note: str


def corrections_of(rows: Sequence[Mapping[str, Any]]) -> tuple[CorrectionView, ...]:
    """Return the proposals of an application, the newest first."""
    return tuple(
        CorrectionView(
            **{
                **row,
                **{
                    name: None if row[name] is None else UUID(row[name])
                    for name in ("id", "recorded_by", "proposed_by")
                },
                **{
                    name: None if row[name] is None else datetime.fromisoformat(row[name])
                    for name in ("was", "becomes", "proposed_at", "decided_at")
                },
            }
        )
        for row in rows
    )


CORRECTIONS: Final = """
       coalesce((SELECT json_agg(json_build_object('id', c1.id, 'seq', c1.seq, 'was', c1.was,
                 'becomes', c1.becomes, 'reason', c1.reason, 'recorded_by', c1.recorded_by,
                 'proposed_by', c1.proposed_by, 'proposer', p1.name,
                 'proposed_at', c1.proposed_at, 'decision', c1.decision, 'decider', p2.name,
                 'decided_at', c1.decided_at, 'note', c1.note) ORDER BY c1.proposed_at DESC)
          FROM time_correction c1 JOIN officer p1 ON p1.id = c1.proposed_by
          LEFT JOIN officer p2 ON p2.id = c1.decided_by
         WHERE c1.application_id = a.id), '[]'::json) AS corrections"""
