"""The statement that writes a batch of clocks derived anew, and the rows it is handed.

Rows travel as one text a column: nothing else is read as fast by the server. The separator is a
control character that no JSON text holds, and an empty entry is NULL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from licensing.clock_rows import deadline_row, nearest_due
from licensing.services.door_sql import dump

if TYPE_CHECKING:
    from licensing.services.reclock import Recount

TAKEN_BACK: Final = "alert withdrawn"
"""Why a letter is parked that was about an alert which is true no longer."""

_SEPARATOR: Final = "\x1f"

_CASES: Final[Mapping[str, str]] = {
    "id": "uuid", "was": "int", "due_at": "timestamptz", "calendar": "uuid", "state": "json",
    "now": "timestamptz", "why": "json", "seq": "int", "hash": "text",
    "recorded_at": "timestamptz", "at": "timestamptz", "action": "text", "ask": "text",
    "from_step": "text", "to_step": "text", "lane": "text", "actor": "uuid", "reason": "json",
    "detail": "jsonb", "previous": "text", "step_since": "timestamptz",
}  # fmt: skip
_LIMITS: Final[Mapping[str, str]] = {
    "id": "uuid", "key": "text", "name": "text", "status": "text", "started_at": "timestamptz",
    "due_at": "timestamptz", "ended_at": "timestamptz", "broken_at": "timestamptz",
    "rungs": "json", "next_rung_at": "timestamptz",
}  # fmt: skip
_KNOWN: Final[Mapping[str, str]] = {
    "id": "uuid", "key": "text", "due_at": "timestamptz", "rungs": "json",
    "next_rung_at": "timestamptz",
}  # fmt: skip
_ASKS: Final[Mapping[str, str]] = {"id": "uuid", "key": "text", "due_at": "timestamptz"}
_NOTICES: Final[Mapping[str, str]] = {
    "id": "uuid", "seq": "int", "event": "text", "params": "jsonb", "at": "timestamptz",
    "simulated": "bool",
}  # fmt: skip

KINDS: Final = {
    "cases": _CASES, "limits": _LIMITS, "known": _KNOWN, "asks": _ASKS, "notices": _NOTICES,
}  # fmt: skip

# What a sweep may have in hand, or take before the writing statement has begun.
LOCK: Final = """
SELECT 1 FROM deadline
 WHERE application_id = ANY (%s::uuid[])
   AND next_rung_at <= statement_timestamp() + interval '5 minutes'
 ORDER BY application_id, key
   FOR UPDATE
"""


def _rows(kind: str) -> str:
    columns = KINDS[kind]
    texts = ", ".join(
        f"string_to_array(%({kind}_{name})s, chr(31), '')"  # the columns are our own names
        for name in columns
    )
    casts = ", ".join(f"r.{name}::{type_} AS {name}" for name, type_ in columns.items())
    return f"SELECT {casts} FROM unnest({texts}) AS r({', '.join(columns)})"  # noqa: S608 - fixed


_GIVEN = f"""
given AS MATERIALIZED ({_rows("cases")}),
limits AS MATERIALIZED ({_rows("limits")}),
known AS MATERIALIZED ({_rows("known")})"""

_MOVED = """
moved AS (
  UPDATE application a
     SET calendar_version_id = g.calendar, due_at = g.due_at, state = g.state,
         last_seq = coalesce(g.seq, a.last_seq),
         last_hash = coalesce(decode(g.hash, 'hex'), a.last_hash),
         last_recorded_at = coalesce(g.recorded_at, a.last_recorded_at),
         last_effective_at = coalesce(g.at, a.last_effective_at),
         step_since = coalesce(g.step_since, a.step_since)
    FROM given g
   WHERE a.id = g.id AND a.last_seq = g.was
  RETURNING a.id, a.office_id
), happened AS (
  INSERT INTO application_event (application_id, seq, office_id, action, ask, from_step, to_step,
         lane, actor_id, reason, detail, recorded_at, effective_at, previous, hash)
  SELECT g.id, g.seq, m.office_id, g.action, g.ask, g.from_step, g.to_step, coalesce(g.lane, ''),
         g.actor, g.reason #>> '{}', g.detail, g.recorded_at, g.at, decode(g.previous, 'hex'),
         decode(g.hash, 'hex')
    FROM given g JOIN moved m ON m.id = g.id
   WHERE g.seq IS NOT NULL
)"""

# A limit of the law that has not passed after all passes again. (Few ever have: what it is asked
# of, is asked one by one.)
_SEEN = """passing_seen = CASE WHEN d.passing_seen
           THEN coalesce(r.due_at < (SELECT g.now FROM given g WHERE g.id = r.id), false)
           ELSE false END"""

# Rows that are as they should be are left alone; the text of `rungs` is the one we write. A limit
# that ended in time, and still has, keeps the moment that it was due by the calendar of that day.
# Of those `known` to have a row, and to differ, nothing but moments ahead has changed.
_LIMITED = f"""
limited AS (
  UPDATE deadline d
     SET status = r.status, started_at = r.started_at, due_at = r.due_at, ended_at = r.ended_at,
         broken_at = r.broken_at, rungs = r.rungs, next_rung_at = r.next_rung_at, {_SEEN}
    FROM limits r
   WHERE d.application_id = r.id AND d.key = r.key
     AND (d.status <> r.status OR d.started_at <> r.started_at
          OR d.ended_at IS DISTINCT FROM r.ended_at OR d.broken_at IS DISTINCT FROM r.broken_at
          OR (r.status NOT IN ('met', 'closed')
              AND (d.due_at IS DISTINCT FROM r.due_at OR d.rungs::text <> r.rungs::text)))
), begun AS (
  INSERT INTO deadline (application_id, key, office_id, name, status, started_at, due_at,
         ended_at, broken_at, rungs, next_rung_at)
  SELECT r.id, r.key, m.office_id, r.name, r.status, r.started_at, r.due_at, r.ended_at,
         r.broken_at, r.rungs, r.next_rung_at
    FROM limits r JOIN moved m ON m.id = r.id
   WHERE NOT EXISTS (SELECT FROM deadline d WHERE d.application_id = r.id AND d.key = r.key)
), shifted AS (
  UPDATE deadline d
     SET due_at = r.due_at, rungs = r.rungs, next_rung_at = r.next_rung_at, {_SEEN}
    FROM known r
   WHERE d.application_id = r.id AND d.key = r.key
), asked AS (
  UPDATE ask k SET due_at = r.due_at
    FROM ({_rows("asks")}) AS r
   WHERE k.application_id = r.id AND k.key = r.key AND k.closed_at IS NULL
     AND k.due_at IS DISTINCT FROM r.due_at
)"""  # noqa: S608 - fixed text

# An alert stays true while its limit still has the rung and its moment has come. What lies in
# the outbox about one that is withdrawn does not leave any more.
_WITHDRAWN = f"""
withdrawn AS (
  UPDATE alert a SET withdrawn_at = greatest(g.now, a.raised_at), withdrawn_why = g.why #>> '{{}}'
    FROM (SELECT id, key, rungs FROM limits UNION ALL SELECT id, key, rungs FROM known) r
    JOIN given g ON g.id = r.id
   WHERE a.application_id = r.id AND a.key = r.key AND a.withdrawn_at IS NULL
     AND NOT EXISTS (SELECT FROM json_array_elements(r.rungs) AS planned(rung)
                      WHERE planned.rung ->> 0 = a.rung
                        AND to_timestamp((planned.rung ->> 1)::bigint) <= g.now)
  RETURNING a.id
), taken_back AS (
  UPDATE notice n
     SET parked_at = clock_timestamp(), parked_why = '{TAKEN_BACK}', next_try_at = NULL
    FROM withdrawn w
   WHERE n.alert_id = w.id AND n.sent_at IS NULL AND n.parked_at IS NULL AND n.channel <> 'app'
)"""  # noqa: S608 - fixed text

# By the ways that the door tells an applicant.
_TOLD = f"""
told AS (
  INSERT INTO notice (id, office_id, application_id, event, audience, address, channel, channel_id,
         locale, params, created_at, next_try_at)
  SELECT md5(n.id::text || ':' || n.seq::text || ':' || n.event
             || coalesce(':' || w.channel_id, ''))::uuid, d.office_id, n.id, n.event,
         'applicant', w.address, w.channel, w.channel_id, w.locale, n.params, n.at,
         CASE WHEN w.leaves AND NOT n.simulated THEN n.at END
    FROM ({_rows("notices")}) AS n
    JOIN dossier d ON d.application_id = n.id
    JOIN way_to_applicant w ON w.applicant_id = d.applicant_id
)"""  # noqa: S608 - fixed text

WRITE: Final = (
    f"WITH {_GIVEN}, {_MOVED}, {_LIMITED}, {_WITHDRAWN}, {_TOLD} SELECT count(*) FROM moved"  # noqa: S608 - fixed text
)


class Batch:
    """The rows of one writing, column by column; None becomes NULL."""

    def __init__(self) -> None:
        self.count = 0
        self.ids: list[str] = []
        self._columns: dict[str, list[list[str]]] = {
            kind: [[] for _ in columns] for kind, columns in KINDS.items()
        }

    def add(self, kind: str, *values: str | None) -> None:
        """Add a row of one kind, its values in the order of the kind's columns."""
        for column, value in zip(self._columns[kind], values, strict=True):
            column.append(value or "")

    def add_case(self, application_id: str, *values: str | None) -> None:
        """Add the row of an application."""
        self.count += 1
        self.ids.append(application_id)
        self.add("cases", application_id, *values)

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the statement."""
        return {
            f"{kind}_{name}": _SEPARATOR.join(column)
            for kind, columns in self._columns.items()
            for name, column in zip(KINDS[kind], columns, strict=True)
        }


def add_recount(batch: Batch, recount: Recount) -> None:
    """Add every row of one application."""
    case, clock, event = recount.case, recount.clock, recount.event
    case_id = str(case.application_id)
    due_at = None if clock.step is None else nearest_due(recount.limits.values())
    state = {**case.state, **(recount.state or {}), "clock": clock.carried().to_json()}
    why = recount.why or (event.action if event is not None else "recount")
    batch.add_case(
        case_id, str(case.last_seq), _text(due_at), str(recount.calendar_version_id), dump(state),
        case.now.isoformat(), dump(why), *_line(recount), _text(recount.step_since),
    )  # fmt: skip
    for limit in recount.limits.values():
        row = deadline_row(limit)
        batch.add(
            "limits", case_id, row["key"], row["name"], row["status"], row["started_at"],
            row["due_at"], row["ended_at"], row["broken_at"], dump(row["rungs"]),
            row["next_rung_at"],
        )  # fmt: skip
    for key, _ in clock.asks:
        batch.add("asks", case_id, key, _text(nearest_due(recount.limits.values(), ask=key)))
    for notice in recount.notices:
        seq, at = (case.last_seq, case.now) if event is None else (event.seq, event.effective_at)
        batch.add(
            "notices", case_id, str(seq), notice.event, dump(notice.params), at.isoformat(),
            str(case.simulated),
        )  # fmt: skip


def _line(recount: Recount) -> Sequence[str | None]:
    event = recount.event
    if event is None:
        return [None] * (len(_CASES) - 8)
    return [
        str(event.seq),
        event.hash().hex(),
        event.recorded_at.isoformat(),
        event.effective_at.isoformat(),
        event.action,
        event.ask,
        event.from_step,
        event.to_step,
        event.lane,
        None if event.actor_id is None else str(event.actor_id),
        None if event.reason is None else dump(event.reason),
        dump(event.detail),
        event.previous.hex(),
    ]


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
