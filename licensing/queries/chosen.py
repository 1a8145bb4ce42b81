"""Files and asks that somebody has chosen in a list: what may be pressed in each, in one read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from licensing.facts import facts_from_state
from licensing.holding import sees_file
from licensing.people import Officer
from licensing.queries.offers import offers_of_file
from licensing.runtime import Rules, Runtime
from workflows.ledger import ClockState
from workflows.machine import Offer
from workflows.silence import true_silence
from workflows.sop import Sop


@dataclass(frozen=True, slots=True)
class Choice:
    """One row that was chosen."""

    application_id: UUID
    ask: str | None = None
    since: int = 0
    """The line of its history after which lines are wanted."""


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to a file after the line that was seen."""

    seq: int
    action: str
    ask: str | None
    to_step: str
    actor_id: UUID | None
    actor: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """One file, or one ask of a file, with what the reader may press in it now."""

    application_id: UUID
    ask: str | None
    number: str
    subject: str
    applicant: str
    sop: Sop
    version: int
    seq: int
    step: str
    """Of the ask, where the row is one; empty once it is closed."""
    ended: bool
    granted: bool
    """The law grants it: nothing is pressed any more."""
    holder_id: UUID | None
    holder: str | None
    offers: Sequence[Offer]
    since: Sequence[Line]
    """Oldest first."""


def chosen_rows(runtime: Runtime, choices: Sequence[Choice], by: Officer) -> Sequence[ChosenRow]:
    """Return the chosen rows that `by` may see, in the order of `choices`, in one statement."""
    wanted = [
        {"n": place, "id": str(one.application_id), "ask": one.ask, "since": one.since}
        for place, one in enumerate(choices)
    ]
    with runtime.transaction(by.office_id, planned=True) as connection:
        rows = connection.exec_driver_sql(_CHOSEN, {"wanted": json.dumps(wanted)}).fetchall()
        found = []
        for row in rows:
            rules = runtime.rules(connection, row.sop_version_id)
            if not sees_file(rules.sop, row.asked, by):
                continue
            clockwork = runtime.clockwork(
                connection, row.sop_version_id, row.calendar_version_id, row.late_receipt
            )
            ended = row.ended_at is not None
            clock = ClockState.from_json(row.state["clock"])
            silence = None if ended else true_silence(clockwork, clock, row.now)
            granted = silence is not None and silence.grants
            today = clockwork.calendar.local_date(row.now).isoformat()
            offers: Sequence[Offer] = ()
            if not (ended or granted):
                offers = _offers(row, rules, by, today)
            asks: Mapping[str, Any] = row.state.get("asks", {})
            at = asks.get(row.ask, {}).get("s", "") if row.ask else row.step
            found.append(
                ChosenRow(
                    application_id=row.id,
                    ask=row.ask,
                    number=row.number,
                    subject=row.subject,
                    applicant=row.applicant,
                    sop=rules.sop,
                    version=row.version,
                    seq=row.last_seq,
                    step=at,
                    ended=ended,
                    granted=granted,
                    holder_id=row.holder_id,
                    holder=row.holder,
                    offers=offers,
                    since=[_line(line) for line in row.lines],
                )
            )
    return found


def _offers(row: Any, rules: Rules, by: Officer, today: str) -> Sequence[Offer]:
    """Return what `by` may press in an open row."""
    facts = facts_from_state(row.state, today=today)
    if row.ask:
        ask = row.state.get("asks", {}).get(row.ask)
        if ask is None or row.holder_id not in (None, by.id):
            return ()
        return rules.machine.offers_ask(ask["n"], ask["s"], by=by.actor, facts=facts)
    return offers_of_file(rules, row.step, row.state, facts, row.holder_id, by)


def _line(line: Mapping[str, Any]) -> Line:
    return Line(
        seq=line["seq"],
        action=line["action"],
        ask=line["ask"],
        to_step=line["to_step"],
        actor_id=None if line["actor_id"] is None else UUID(line["actor_id"]),
        actor=line["actor"],
        at=datetime.fromisoformat(line["at"]),
    )


# A row is seen from its own holder: of an ask that is who has taken the ask.
_CHOSEN = """
SELECT c.ask, a.id, a.version, a.last_seq, a.sop_version_id, a.calendar_version_id, a.step,
       a.ended_at, a.state, o.late_receipt, clock_timestamp() AS now, d.number, d.subject,
       t.name AS applicant, h.id AS holder_id, h.name AS holder,
       array(SELECT x.name FROM ask x WHERE x.application_id = a.id) AS asked,
       coalesce((SELECT json_agg(json_build_object('seq', e.seq, 'action', e.action,
                 'ask', e.ask, 'to_step', e.to_step, 'actor_id', e.actor_id, 'actor', w.name,
                 'at', e.recorded_at) ORDER BY e.seq)
          FROM application_event e LEFT JOIN officer w ON w.id = e.actor_id
         WHERE e.application_id = a.id AND e.seq > c.since AND c.since > 0), '[]'::json) AS lines
  FROM json_to_recordset(%(wanted)s) AS c(n int, id uuid, ask text, since int)
  JOIN application a ON a.id = c.id
  JOIN office o ON o.id = a.office_id
  JOIN dossier d ON d.application_id = a.id
  JOIN applicant t ON t.id = d.applicant_id
  LEFT JOIN ask k ON k.application_id = a.id AND k.key = c.ask
  LEFT JOIN officer h ON h.id = CASE WHEN c.ask IS NULL THEN a.holder_id ELSE k.holder_id END
 WHERE c.ask IS NULL OR k.key IS NOT NULL
 ORDER BY c.n
"""
