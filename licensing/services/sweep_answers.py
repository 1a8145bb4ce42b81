"""Limits on the applicant's answer: two warnings, then the clock presses what the SOP says.

Each is swept by itself, because a warning is also a line in the history of its application,
written under the same lock by which the one door moves it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from licensing.change import Case
from licensing.runtime import Runtime
from licensing.services.door_sql import dump, read_for_decision
from licensing.services.notes import write_note
from licensing.services.office_hours import OfficeHours
from licensing.services.sweep_one import (
    Pressing,
    being_counted,
    due_limits,
    move_on,
    next_opening,
    press,
    raise_alert,
    read_due,
)
from licensing.services.sweep_sql import rules_json, tell_officers
from workflows.ledger import Clockwork
from workflows.sop import AnswerWithin, Sop

log = logging.getLogger(__name__)

PREFIX = "answer:"

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


@dataclass(frozen=True, slots=True)
class Answers:
    """What the sweep of an office's answer limits did."""

    raised: int
    late: int
    moved: int
    """Applications that the clock moved."""
    failure: str | None = None
    """The first application that could not be swept, and why; the others were."""


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
    for application_id, key in due_limits(runtime, office_id, PREFIX, now):
        try:
            with runtime.transaction(office_id) as connection:
                owed, pressing = _warn(runtime, connection, application_id, key, at, late_after)
            if pressing is not None:
                moved += press(runtime, office_id, application_id, key, pressing, at)
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


def _warn(
    runtime: Runtime,
    connection: Connection,
    application_id: UUID,
    key: str,
    at: datetime | None,
    late_after: timedelta,
) -> tuple[list[timedelta], Pressing | None]:
    """Raise what one answer limit owes; return the delay of each alert, and what to press."""
    case = read_for_decision(connection, application_id)
    now = at or case.now
    limit = read_due(connection, application_id, key, now)
    if limit is None:
        return [], None
    if case.outcome is not None or not limit.running:
        move_on(connection, application_id, key, None)
        return [], None
    clockwork = runtime.clockwork(
        connection, case.sop_version_id, case.calendar_version_id, case.late_receipt
    )
    delays = []
    for rung, owed_at in limit.planned:
        if owed_at > now:
            break
        alert = raise_alert(connection, case, key, rung, owed_at, now)
        if alert is None:
            continue
        delays.append(now - owed_at)
        if rung == "breach":
            rules = rules_json(runtime, connection, (case.sop_version_id,))
            hours = OfficeHours(now, clockwork.calendar)
            tell_officers(connection, case, key, alert, rules, hours=hours, late_after=late_after)
        else:
            _tell(connection, clockwork, case, key, alert, limit.due_at, now)
            _note(connection, clockwork, application_id, key, rung, at, now)
    if any(rung == "breach" and owed_at <= now for rung, owed_at in limit.planned):
        if being_counted(connection, case):
            # Another calendar may give the applicant more time. The limit stays due till then.
            return delays, None
        pressing = _pressing(clockwork, case, key, now)
        if pressing is not None:
            # The limit stays due until that press has moved the application.
            return delays, pressing
    move_on(connection, application_id, key, limit.next_after(now))
    return delays, None


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


def _pressing(clockwork: Clockwork, case: Case, key: str, now: datetime) -> Pressing | None:
    rule, ask = answer_rule(clockwork.sop, key)
    if rule is None:
        return None
    unit = "hari kerja" if rule.within.unit == "working days" else "jam kerja"
    return Pressing(
        action=rule.then,
        ask=ask,
        version=case.version,
        reason=f"Pemohon tidak menjawab dalam {rule.within.amount} {unit} setelah dua peringatan.",
        again=next_opening(clockwork.calendar, now),
        now=now,
    )


def _base(key: str) -> str:
    where, slash, step = key.partition("/")
    return where.partition("#")[0] + slash + step
