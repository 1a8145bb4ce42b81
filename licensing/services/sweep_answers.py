"""Limits on the applicant's answer: two warnings, then the clock presses what the SOP says.

Each is swept by itself, because a warning is also a line in the history of its application,
written under the same lock by which the one door moves it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from licensing.change import Case
from licensing.clock_rows import RUNNING
from licensing.errors import (
    ApplicationEnded,
    InputMissing,
    NotFound,
    Refusal,
    StaleApplication,
)
from licensing.people import Clock
from licensing.runtime import Runtime
from licensing.services.door_sql import dump, read_for_decision
from licensing.services.notes import write_note
from licensing.services.office_hours import OfficeHours
from licensing.services.recompute_sql import BEING_COUNTED
from licensing.services.sweep_sql import rules_json, tell_officers
from licensing.services.take_action import TakeAction, take_action
from workflows.ledger import Clockwork
from workflows.sop import AnswerWithin, Sop

log = logging.getLogger(__name__)

PREFIX = "answer:"
_PAGE = 200

_DUE = """
SELECT next_rung_at, application_id, key
  FROM deadline
 WHERE office_id = %(office)s AND next_rung_at <= %(now)s AND key LIKE 'answer:%%'
   AND (%(after)s::timestamptz IS NULL
        OR (next_rung_at, application_id, key) > (%(after)s, %(id)s::uuid, %(key)s))
 ORDER BY next_rung_at, application_id, key
 LIMIT %(page)s
"""

_READ = """
SELECT status, rungs, next_rung_at, due_at FROM deadline
 WHERE application_id = %s AND key = %s
   FOR UPDATE
"""

_RAISE = """
INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at)
VALUES (%(office)s, %(id)s, %(key)s, %(rung)s, %(owed)s, %(now)s)
ON CONFLICT (application_id, key, rung) WHERE withdrawn_at IS NULL DO NOTHING
RETURNING id
"""

_WARN = """
INSERT INTO notice (id, office_id, application_id, alert_id, event, audience, address, channel,
       channel_id, locale, params, created_at, next_try_at)
SELECT md5(%(alert)s::text || ':applicant:' || w.channel
           || coalesce(':' || w.channel_id, ''))::uuid,
       %(office)s, d.application_id, %(alert)s, 'warned', 'applicant', w.address, w.channel,
       w.channel_id, w.locale, %(params)s, %(now)s,
       CASE WHEN w.leaves AND NOT %(simulated)s THEN %(now)s::timestamptz END
  FROM dossier d JOIN way_to_applicant w ON w.applicant_id = d.applicant_id
 WHERE d.application_id = %(id)s
ON CONFLICT (id) DO NOTHING
"""

_LOOK_AGAIN = """
UPDATE deadline SET next_rung_at = %(again)s
 WHERE application_id = %(id)s AND key = %(key)s AND next_rung_at <= %(now)s
   AND status IN ('running', 'broken')
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the sweep of an office's answer limits did."""

    raised: int
    late: int
    moved: int
    """Applications that the clock moved."""
    failure: str | None = None
    """The first application that could not be swept, and why; the others were."""


@dataclass(frozen=True, slots=True)
class _Pressing:
    """What the clock has to press, and what it saw when it decided to."""

    action: str
    ask: str | None
    version: int
    reason: str
    again: datetime
    """When to look again if the SOP refuses."""
    now: datetime


def sweep_answers(
    runtime: Runtime,
    office_id: UUID,
    *,
    at: datetime | None,
    now: datetime,
    late_after: timedelta,
) -> Answers:
    """Warn the applicants who are owed a warning; act where the time to answer has passed."""
    raised = late = moved = 0
    failure = None
    for application_id, key in _due(runtime, office_id, now):
        try:
            with runtime.transaction(office_id) as connection:
                owed, pressing = _warn(runtime, connection, application_id, key, at, late_after)
            if pressing is not None:
                moved += _press(runtime, office_id, application_id, key, pressing, at)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            # It stays the oldest that is due: stopping here would silence all behind it for ever.
            log.exception("application %s: limit %s could not be swept", application_id, key)
            failure = failure or f"application {application_id}, {key}: {error}"
            continue
        raised += len(owed)
        late += sum(delay > late_after for delay in owed)
    return Answers(raised, late, moved, failure)


def answer_rule(sop: Sop, key: str) -> tuple[AnswerWithin | None, str | None]:
    """Return the rule of an answer limit and the side path it belongs to.

    Keys: `answer:correction#2`, `answer:question#1`, `answer:question#1/reply`.
    """
    rest = key.removeprefix(PREFIX)
    where, _, step = rest.partition("/")
    name = where.partition("#")[0]
    if step:
        return sop.asks[name].steps[step].answer_within, where
    if name in sop.steps:
        return sop.steps[name].answer_within, None
    return sop.asks[name].answer_within, where


def _due(runtime: Runtime, office_id: UUID, now: datetime) -> Iterator[tuple[UUID, str]]:
    """Return each due answer limit once, oldest first, page by page."""
    after: tuple[Any, Any, Any] = (None, None, None)
    while True:
        with runtime.transaction(office_id) as connection:
            rows = connection.exec_driver_sql(
                _DUE,
                {
                    "office": office_id,
                    "now": now,
                    "after": after[0],
                    "id": after[1],
                    "key": after[2],
                    "page": _PAGE,
                },
            ).fetchall()
        for row in rows:
            yield row[1], row[2]
        if len(rows) < _PAGE:
            return
        after = (rows[-1][0], rows[-1][1], rows[-1][2])


def _warn(
    runtime: Runtime,
    connection: Connection,
    application_id: UUID,
    key: str,
    at: datetime | None,
    late_after: timedelta,
) -> tuple[list[timedelta], _Pressing | None]:
    """Raise what one answer limit owes; return the delay of each alert, and what to press."""
    case = read_for_decision(connection, application_id)
    row = connection.exec_driver_sql(_READ, (application_id, key)).fetchone()
    if row is None:
        return [], None
    status, rungs, next_rung_at, due_at = row
    now = at or case.now
    if next_rung_at is None or next_rung_at > now:
        return [], None
    if case.outcome is not None or status not in RUNNING:
        _move_on(connection, application_id, key, None)
        return [], None
    planned = sorted(
        ((name, datetime.fromtimestamp(seconds, UTC)) for name, seconds in rungs),
        key=lambda rung: rung[1],
    )
    clockwork = runtime.clockwork(
        connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
    )
    delays = []
    for rung, owed_at in planned:
        if owed_at > now:
            break
        alert = _raise(connection, case, key, rung, owed_at, now)
        if alert is None:
            continue
        delays.append(now - owed_at)
        if rung == "breach":
            rules = rules_json(runtime, connection, (case.sop_version_id,))
            hours = OfficeHours(now, clockwork.calendar)
            tell_officers(connection, case, key, alert, rules, hours=hours, late_after=late_after)
        else:
            _tell(connection, clockwork, case, key, alert, due_at, now)
            _note(connection, clockwork, application_id, key, rung, at, now)
    if any(rung == "breach" and owed_at <= now for rung, owed_at in planned):
        if _being_counted(connection, case):
            # Another calendar may give the applicant more time. The limit stays due till then.
            return delays, None
        pressing = _pressing(clockwork, case, key, now)
        if pressing is not None:
            # The limit stays due until that press has moved the application.
            return delays, pressing
    _move_on(
        connection,
        application_id,
        key,
        min((owed_at for _, owed_at in planned if owed_at > now), default=None),
    )
    return delays, None


def _being_counted(connection: Connection, case: Case) -> bool:
    """Return whether the file waits to be counted by another calendar."""
    found: bool = connection.exec_driver_sql(
        BEING_COUNTED, {"office": case.office_id, "calendar": case.calendar_version_id}
    ).scalar_one()
    return found


def _raise(
    connection: Connection, case: Case, key: str, rung: str, owed_at: datetime, now: datetime
) -> UUID | None:
    found: UUID | None = connection.exec_driver_sql(
        _RAISE,
        {
            "office": case.office_id,
            "id": case.application_id,
            "key": key,
            "rung": rung,
            "owed": owed_at,
            "now": now,
        },
    ).scalar()
    return found


def _tell(
    connection: Connection,
    clockwork: Clockwork,
    case: Case,
    key: str,
    alert: UUID,
    due_at: datetime,
    now: datetime,
) -> None:
    params = {
        "step": _base(key).partition(":")[2],
        "answer_by": due_at.isoformat(),
        "zone": clockwork.calendar.spec.zone,
    }
    connection.exec_driver_sql(
        _WARN,
        {
            "office": case.office_id,
            "id": case.application_id,
            "alert": alert,
            "params": dump(params),
            "now": now,
            "simulated": case.simulated,
        },
    )


def _note(
    connection: Connection,
    clockwork: Clockwork,
    application_id: UUID,
    key: str,
    rung: str,
    at: datetime | None,
    now: datetime,
) -> None:
    # Read again, under the lock held already: a note before this one has moved the chain on.
    case = read_for_decision(connection, application_id)
    today = clockwork.calendar.local_date(now).isoformat()
    write_note(
        connection,
        case,
        "warned",
        holder=case.holder_id,
        by=None,
        at=at,
        detail={"limit": key, "rung": rung},
        state={**case.state, "warned": [*case.state.get("warned", ()), today]},
    )


def _pressing(clockwork: Clockwork, case: Case, key: str, now: datetime) -> _Pressing | None:
    rule, ask = answer_rule(clockwork.sop, key)
    if rule is None:
        return None
    calendar = clockwork.calendar
    tomorrow = calendar.nth_after(calendar.local_date(now), 1)
    unit = "hari kerja" if rule.within.unit == "working days" else "jam kerja"
    return _Pressing(
        action=rule.then,
        ask=ask,
        version=case.version,
        reason=f"Pemohon tidak menjawab dalam {rule.within.amount} {unit} setelah dua peringatan.",
        again=calendar.opening(tomorrow),
        now=now,
    )


def _press(
    runtime: Runtime,
    office_id: UUID,
    application_id: UUID,
    key: str,
    pressing: _Pressing,
    at: datetime | None,
) -> bool:
    """Return whether the clock moved the application; where it may not yet, look again later."""
    command = TakeAction(
        application_id,
        pressing.action,
        seen_version=pressing.version,
        ask=pressing.ask,
        reason=pressing.reason,
        at=at,
    )
    try:
        take_action(runtime, command, Clock(office_id))
    except (StaleApplication, ApplicationEnded, NotFound):
        return False  # somebody was quicker, and what was owed is owed no more
    except (Refusal, InputMissing) as refusal:
        log.info("application %s: %s is not due yet: %s", application_id, pressing.action, refusal)
        with runtime.transaction(office_id) as connection:
            connection.exec_driver_sql(
                _LOOK_AGAIN,
                {
                    "id": application_id,
                    "key": key,
                    "again": pressing.again,
                    "now": pressing.now,
                },
            )
        return False
    return True


def _move_on(
    connection: Connection, application_id: UUID, key: str, next_rung_at: datetime | None
) -> None:
    connection.exec_driver_sql(
        "UPDATE deadline SET next_rung_at = %s WHERE application_id = %s AND key = %s",
        (next_rung_at, application_id, key),
    )


def _base(key: str) -> str:
    where, slash, step = key.partition("/")
    return where.partition("#")[0] + slash + step
