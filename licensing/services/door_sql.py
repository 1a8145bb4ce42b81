"""The two statements of a step: one locking read, one write of everything it changes.

The text is fixed and the driver prepares it; lists travel as one JSON text each. Which parts a
write has depends only on the kinds of rows in the change, so there are few different texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import AskChange, Case, Change, PermitOrder
from licensing.clock_rows import deadline_row
from licensing.database import execute
from licensing.errors import NotFound, StaleApplication
from licensing.services.door_money import money_parts
from licensing.services.door_numbers import searched, taken, written
from licensing.services.door_visits import must_have_visited, visit_parts

READ_CASE = """
SELECT a.id, a.office_id, a.sop_version_id, a.calendar_version_id, a.step, a.outcome, a.version,
       a.holder_id, a.last_seq, a.last_hash, a.last_actor_id, a.last_recorded_at,
       a.last_effective_at, a.state, clock_timestamp(), o.late_receipt, o.simulated
  FROM application a JOIN office o ON o.id = a.office_id
"""
"""What a `Case` is made of, without the condition."""

_READ = f"{READ_CASE} WHERE a.id = %s FOR UPDATE OF a"

_MOVED = """
moved AS (
  UPDATE application
     SET step = %(step)s, lane = %(lane)s, outcome = %(outcome)s, ended_at = %(ended_at)s,
         version = version + 1, holder_id = %(holder)s, due_at = %(due_at)s,
         last_seq = %(seq)s, last_hash = %(hash)s, last_actor_id = %(actor)s,
         last_recorded_at = %(recorded_at)s, last_effective_at = %(at)s, state = %(state)s,
         step_since = CASE WHEN step = %(step)s THEN step_since ELSE %(at)s END
   WHERE id = %(id)s AND last_seq = %(seq)s - 1
  RETURNING id
)"""

_HAPPENED = """
happened AS (
  INSERT INTO application_event (application_id, seq, office_id, action, ask, from_step, to_step,
         lane, actor_id, reason, detail, recorded_at, effective_at, previous, hash)
  SELECT id, %(seq)s, %(office)s, %(action)s, %(ask)s, %(from_step)s, %(to_step)s, %(event_lane)s,
         %(actor)s, %(reason)s, %(detail)s, %(recorded_at)s, %(at)s, %(previous)s, %(hash)s
    FROM moved
)"""

_RECORDSET = """json_to_recordset(%({rows})s) AS r(key text, name text, status text,
         started_at timestamptz, due_at timestamptz, ended_at timestamptz, broken_at timestamptz,
         rungs json, next_rung_at timestamptz)"""

DEADLINES = f"""
begun AS (
  INSERT INTO deadline (application_id, key, office_id, name, status, started_at, due_at,
         ended_at, broken_at, rungs, next_rung_at)
  SELECT %(id)s, key, %(office)s, name, status, started_at, due_at, ended_at, broken_at, rungs,
         next_rung_at
    FROM {_RECORDSET.format(rows="begun")}
)"""  # noqa: S608 - fixed text

# Known apart from those that begin: an upsert would write three more records to the log.
_LIMITED = f"""
limited AS (
  UPDATE deadline d
     SET status = r.status, due_at = r.due_at, ended_at = r.ended_at, broken_at = r.broken_at,
         rungs = r.rungs, next_rung_at = r.next_rung_at
    FROM {_RECORDSET.format(rows="limited")}
   WHERE d.application_id = %(id)s AND d.key = r.key
)"""  # noqa: S608 - fixed text

# Which ways lead to an applicant is said once, by the view: one row each, and none for a channel
# that the office does not have.
NOTICES = """
told AS (
  INSERT INTO notice (id, office_id, application_id, event, audience, address, channel, channel_id,
         locale, params, created_at, next_try_at)
  SELECT md5(%(id)s::text || ':' || %(seq)s::text || ':' || n.event
             || coalesce(':' || w.channel_id, ''))::uuid, %(office)s,
         %(id)s, n.event, 'applicant', w.address, w.channel, w.channel_id, w.locale,
         n.params, %(at)s,
         CASE WHEN w.leaves AND NOT %(simulated)s THEN %(at)s::timestamptz END
    FROM jsonb_to_recordset(%(notices)s) AS n(event text, params jsonb),
         dossier d JOIN way_to_applicant w ON w.applicant_id = d.applicant_id
   WHERE d.application_id = %(id)s
)"""

ASKS = """
asked AS (
  INSERT INTO ask (application_id, key, office_id, name, step, lane, due_at, opened_at,
         closed_at, answer)
  SELECT %(id)s, key, %(office)s, name, step, lane, due_at, %(at)s,
         CASE WHEN lane IS NULL THEN %(at)s::timestamptz END, answer
    FROM jsonb_to_recordset(%(asks)s) AS r(key text, name text, step text, lane text,
         due_at timestamptz, answer text)
  ON CONFLICT (application_id, key) DO UPDATE
     SET step = excluded.step, lane = excluded.lane, due_at = excluded.due_at, holder_id = NULL,
         closed_at = excluded.closed_at, answer = excluded.answer
)"""

_REOPENED = """
reopened AS (
  UPDATE paper
     SET presence = CASE WHEN presence IN ('missing', 'faulty') THEN 'unchecked' ELSE presence END,
         verdict = NULL
   WHERE application_id = %(id)s
     AND (presence IN ('missing', 'faulty') OR verdict = 'faulty')
)"""

# Who comes to visit is named as the table of accounts names him.
_TOLD_OF_VISIT = NOTICES.replace(
    "n.params, %(at)s",
    "n.params || jsonb_build_object('who', (SELECT name FROM officer"
    " WHERE id = %(visit_inspector)s)), %(at)s",
)

_PERMIT = f"""{taken("numbered", "%(series)s")}, permitted AS (
  INSERT INTO permit (office_id, application_id, service, number, number_key, holder_name,
         subject, issued_on, valid_until, signed_by, verify_code, replaces_id, content)
  SELECT %(office)s, d.application_id, d.service, w.number, {searched("w.number")},
         p.name, d.subject, %(issued_on)s, %(valid_until)s, %(actor)s, %(verify_code)s,
         d.replaces_permit_id,
         jsonb_build_object('variants', d.variants, 'fields', d.fields, 'proxy', d.proxy,
                            'applicant', jsonb_build_object('name', p.name, 'kind', p.kind,
                                                            'address', p.address))
    FROM numbered n, office o, dossier d JOIN applicant p ON p.id = d.applicant_id,
         LATERAL (SELECT {written("%(series)s")} AS number) w
   WHERE d.application_id = %(id)s AND o.id = %(office)s
), superseded AS (
  UPDATE permit SET status = 'superseded'
   WHERE id = (SELECT replaces_permit_id FROM dossier WHERE application_id = %(id)s)
     AND status = 'valid'
)"""  # noqa: S608 - fixed text

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def read_for_decision(connection: Connection, application_id: UUID) -> Case:
    """Return the application, locked until the transaction ends, with the database's time.

    Raises:
        NotFound: the office of this transaction has none.
    """
    row = execute(connection, _READ, (application_id,)).fetchone()
    if row is None:
        raise NotFound("application", application_id)
    return Case(*row)


def write(connection: Connection, change: Change) -> None:
    """Write a change in one statement.

    Raises:
        StaleApplication: another transaction got there first (the lock makes this a last word).
        InvalidInput: the inspector named is none of this office.
    """
    event, case = change.event, change.case
    parameters: dict[str, Any] = {
        "id": case.application_id,
        "office": case.office_id,
        "step": case.step if event.ask else event.to_step,
        "lane": change.lane,
        "outcome": change.move.end.outcome.value if change.move.end else None,
        "ended_at": event.effective_at if change.move.end else None,
        "holder": case.holder_id if change.move.stays or event.ask else None,
        "due_at": change.due_at,
        "seq": event.seq,
        "hash": event.hash(),
        "actor": event.actor_id,
        "recorded_at": event.recorded_at,
        "at": event.effective_at,
        "state": dump(change.state),
        "action": event.action,
        "ask": event.ask,
        "from_step": event.from_step,
        "to_step": event.to_step,
        "event_lane": event.lane,
        "reason": event.reason,
        "detail": dump(event.detail),
        "previous": event.previous,
    }
    parts = [_MOVED, _HAPPENED]
    if change.begun:
        parts.append(DEADLINES)
        parameters["begun"] = dump([deadline_row(limit) for limit in change.begun])
    if change.moved:
        parts.append(_LIMITED)
        parameters["limited"] = dump([deadline_row(limit) for limit in change.moved])
    if change.notices:
        parts.append(NOTICES if change.visit is None else _TOLD_OF_VISIT)
        parameters["simulated"] = case.simulated
        parameters["notices"] = dump(
            [{"event": notice.event, "params": notice.params} for notice in change.notices]
        )
    if change.asks:
        parts.append(ASKS)
        parameters["asks"] = dump(ask_rows(change.asks))
    if change.reopens_papers:
        parts.append(_REOPENED)
    if change.permit is not None:
        parts.append(_PERMIT)
        parameters |= _permit_parameters(change.permit, change.today)
    money = money_parts(change, parameters)
    if money:
        parts += money
        parameters |= _numbering(change.today)
    visit = visit_parts(change, parameters)
    if visit:
        parts += visit
        parameters |= _numbering(change.today)
    statement = _statement(tuple(parts), visits=bool(visit))
    moved, visited = execute(connection, statement, parameters).fetchone() or (0, 0)
    if moved != 1:
        raise StaleApplication(case.application_id, seen=case.version, now=case.version + 1)
    if visit:
        must_have_visited(change, visited)


def ask_rows(asks: Iterable[AskChange]) -> list[dict[str, Any]]:
    """Return the stored form of side paths, as plain JSON."""
    return [
        {
            "key": ask.key,
            "name": ask.name,
            "step": ask.step,
            "lane": ask.lane,
            "due_at": None if ask.due_at is None else ask.due_at.isoformat(),
            "answer": ask.answer,
        }
        for ask in asks
    ]


def dump(value: Any) -> str:
    """Return a value as compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache
def _statement(parts: Sequence[str], *, visits: bool) -> str:
    visited = "(SELECT count(*) FROM visited)" if visits else "0"
    return f"WITH {', '.join(parts)} SELECT count(*), {visited} FROM moved"  # noqa: S608 - fixed


def _permit_parameters(permit: PermitOrder, issued_on: date) -> dict[str, Any]:
    years = permit.valid_years
    return {
        **_numbering(issued_on),
        "series": permit.series,
        "issued_on": issued_on,
        "valid_until": None if years is None else years_later(issued_on, years),
        "verify_code": permit.verify_code,
    }


def _numbering(day: date) -> dict[str, str]:
    """Return what a number says of the day on which it is given out."""
    return {"year": str(day.year), "month": ROMAN[day.month - 1]}


def years_later(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
