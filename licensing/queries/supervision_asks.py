"""What supervisors see of side paths: what waits at the agencies, how long, since when late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from licensing.queries.due_order import due_or_never
from workflows.sop import Sop, Text

# One line for each ask and lane. The SOP is that of the oldest: its limit is the one compared.
ASKED = """
asked AS (
  SELECT g.name, g.lane, g.n, g.late, g.paused, g.oldest, a.sop_version_id AS version
    FROM (SELECT name, lane, count(*) AS n,
                 count(*) FILTER (WHERE due_at < %(now)s) AS late,
                 count(*) FILTER (WHERE due_at IS NULL) AS paused,
                 min(opened_at) AS oldest,
                 (array_agg(application_id ORDER BY opened_at, application_id))[1] AS first
            FROM ask WHERE closed_at IS NULL
           GROUP BY name, lane) g
    JOIN application a ON a.id = g.first
)"""

ASKED_FILES = f"""
SELECT k.*
  FROM (SELECT application_id AS id, lane, holder_id, due_at, key AS ask, step AS ask_step,
               opened_at
          FROM ask
         WHERE closed_at IS NULL AND lane = %(lane)s AND name = %(name)s
           AND ({due_or_never()}, application_id, key)
               > (%(due_after)s::timestamptz, %(id_after)s::uuid, %(ask_after)s)
         ORDER BY {due_or_never()}, application_id, key
         LIMIT %(limit)s) k"""  # noqa: S608 - our own text
"""The page of asks of one kind that wait in one lane, read from the index of the inbox."""


@dataclass(frozen=True, slots=True)
class AskLoad:
    """What waits at one agency, or wherever an ask lies."""

    name: str
    title: Text
    lane: str
    lane_title: Text
    open: int
    late: int
    paused: int
    oldest: datetime
    """When the one that has waited longest was asked."""
    limit_days: int | None
    """Working days that the SOP allows for the answer; None where it sets none, or hours."""


def ask_loads(rows: Sequence[Mapping[str, Any]], sops: Mapping[str, Sop]) -> list[AskLoad]:
    """Return what waits, in the order of the SOPs' asks."""
    found = [_load(row, sops[row["version"]]) for row in rows]
    return sorted(found, key=lambda load: (load.name, load.lane))


def _load(row: Mapping[str, Any], sop: Sop) -> AskLoad:
    ask = sop.asks[row["name"]]
    within = ask.within
    return AskLoad(
        name=ask.name,
        title=ask.title,
        lane=row["lane"],
        lane_title=sop.lanes[row["lane"]].title,
        open=row["n"],
        late=row["late"],
        paused=row["paused"],
        oldest=datetime.fromisoformat(row["oldest"]),
        limit_days=within.amount if within and within.unit == "working days" else None,
    )
